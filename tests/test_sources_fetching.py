"""Sources: `ingest - --fetch`, a mail that stands for its thread."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingest.sources.fetching import TRIED, with_threads
from kb.errors import SourceError
from kb.records import RawMail, SourceKind
from tests.support.command_line import apart, here
from tests.support.failing_server import Answer, failing_server
from tests.support.git_settings import git_settings
from tests.support.mails import PATCH, mail, mboxrd

ROOT_MAIL = mail(1, PATCH, subject="[PATCH] a")
REPLY = mail(2, "Does it hold the lock?\n", parent=1)
ANSWER = mail(3, "It does.\n", parent=2, headers=["X-Delivered: here"])


class Archive:
    """Has these threads, by the Message-IDs that are asked for."""

    def __init__(self, **threads: list[bytes]) -> None:
        self._threads, self.asked = threads, list[str]()

    def __call__(self, source: str, **_given: object) -> list[RawMail]:
        name = source.strip("<>").partition("@")[0]
        self.asked.append(name)
        if name not in self._threads:
            wrong = SourceError(source, "there is no such message", "check the Message-ID")
            wrong.absent = True
            raise wrong
        return [RawMail(content, "archive") for content in self._threads[name]]


def given(*mails: bytes) -> list[RawMail]:
    return [RawMail(content, "standard input") for content in mails]


def test_mail_stands_for_its_thread_and_the_archives_bytes_are_taken() -> None:
    own = ANSWER.replace(b"X-Delivered: here", b"X-Delivered: elsewhere")
    archive = Archive(m3=[ROOT_MAIL, REPLY, own])
    found = with_threads(given(ANSWER), fetch=archive)
    assert [one.content for one in found] == [ROOT_MAIL, REPLY, own]
    assert {one.source.kind for one in found if one.source} == {SourceKind.LORE}


def test_mail_that_the_archive_lacks_is_put_to_the_thread_of_its_nearest_ancestor() -> None:
    archive = Archive(m2=[ROOT_MAIL, REPLY])
    told: list[str] = []
    found = with_threads(given(ANSWER), fetch=archive, progress=told.append)
    assert [one.content for one in found] == [ROOT_MAIL, REPLY, ANSWER]
    assert archive.asked == ["m3", "m2"]
    assert told == ["m3@example.org is not in the archive yet; it is taken as it was given"]


def test_two_mails_of_one_thread_are_asked_for_once() -> None:
    archive = Archive(m2=[ROOT_MAIL, REPLY, ANSWER])
    assert len(with_threads(given(REPLY, ANSWER), fetch=archive)) == 3
    assert archive.asked == ["m2"]


def test_archive_is_asked_for_a_few_ancestors_only() -> None:
    headers = ["References: " + " ".join(f"<r{n}@example.org>" for n in range(50))]
    archive = Archive()
    with pytest.raises(SourceError, match="there is no such message"):
        with_threads(given(mail(9, "x\n", headers=headers)), fetch=archive)
    assert archive.asked == ["m9", "r49", "r48", "r47"]
    assert len(archive.asked) == TRIED


def test_mail_without_a_message_id_is_told() -> None:
    bare = ROOT_MAIL.replace(b"Message-ID: <m1@example.org>\n", b"")
    with pytest.raises(SourceError, match="a mail without a Message-ID"):
        with_threads(given(bare), fetch=Archive())


def test_command_fetches_the_thread_of_a_piped_mail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    thread = gzip.compress(mboxrd([ROOT_MAIL, REPLY]), mtime=0)
    base = tmp_path / "kb.sqlite"
    with failing_server([Answer(404), Answer(body=thread)]) as (url, asked):
        git_settings(monkeypatch, tmp_path, [("b4.midmask", f"{url}/list/%s")])
        ran = apart("ingest", "-", "--fetch", "--json", "--db", base, stdin=ANSWER)
    assert ran.code == 0, ran.err
    assert '"added": 3' in ran.out, (ran.out, ran.err, asked)


def test_command_that_fetches_nothing_stores_what_it_is_given(tmp_path: Path) -> None:
    ran = apart("ingest", "-", "--json", "--db", tmp_path / "kb.sqlite", stdin=ANSWER)
    assert '"added": 1' in ran.out


def test_fetch_without_standard_input_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, "ingest", "a.mbox", "--fetch", "--db", tmp_path / "kb.sqlite")
    assert ran.code == 2
    assert "give - as SOURCE" in ran.one_line()
