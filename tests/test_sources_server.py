"""Sources: a thread fetched via b4 from a real public-inbox on loopback."""

from __future__ import annotations

import logging
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sources import lore, read
from kb.errors import SourceError
from kb.records import RawMail
from tests.support.git_settings import git_settings
from tests.support.mails import PATCH, mail
from tests.support.publicinbox import MISSING, PublicInbox, free_port, installed, public_inbox

pytestmark = [pytest.mark.server, pytest.mark.skipif(not installed(), reason=MISSING)]

THREAD = [
    mail(1, PATCH, subject="[PATCH] a"),
    mail(2, "> Take the lock once.\n\nWhy?\n\nFrom here on I do not follow.\n>From there neither.\n", parent=1),
    mail(3, "It is taken twice — see “lock()”.\n", parent=2),
]
ELSEWHERE = [mail(11, "Another list.\n", subject="Another"), mail(12, "Yes.\n", parent=11)]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicInbox]:
    archives = {"first": THREAD, "second": ELSEWHERE}
    with public_inbox(tmp_path_factory.mktemp("public-inbox"), archives) as one:
        yield one


@pytest.fixture
def asks_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: PublicInbox) -> PublicInbox:
    """b4.midmask names the list `first` of the server."""
    git_settings(monkeypatch, tmp_path, [("b4.midmask", f"{server.url}/first/%s")])
    return server


def contents(mails: list[RawMail]) -> list[bytes]:
    return sorted(one.content for one in mails)


@pytest.mark.parametrize("source", ["m1@example.org", "<m2@example.org>", "id:m3@example.org"])
def test_message_id_of_any_mail_gives_its_whole_thread_byte_for_byte(asks_first: PublicInbox, source: str) -> None:
    assert contents(read(source)) == sorted(THREAD)


@pytest.mark.parametrize("end", ["", "/", "/T/", "/t/#u", "/t.mbox.gz", "/raw"])
def test_url_names_its_own_host_and_list(asks_first: PublicInbox, end: str) -> None:
    mails = read(f"{asks_first.url}/second/m12@example.org{end}")
    assert contents(mails) == sorted(ELSEWHERE)
    assert {one.origin for one in mails} == {f"{asks_first.url}/second/m12@example.org/"}


def test_message_id_on_another_list_of_the_server_is_found(asks_first: PublicInbox) -> None:
    assert contents(read("m11@example.org")) == sorted(ELSEWHERE)


def test_message_id_with_characters_that_urls_escape_is_found(asks_first: PublicInbox) -> None:
    odd = mail(30, "Odd.\n", subject="Odd").replace(b"m30@", b"a/b+c=d%e@")
    asks_first.add("first", [odd])
    assert contents(read("<a/b+c=d%e@example.org>")) == [odd]
    assert contents(read(f"{asks_first.url}/first/a%2Fb+c=d%25e@example.org/")) == [odd]


def test_file_that_the_server_gives_holds_the_same_bytes_as_the_fetched_thread(
    asks_first: PublicInbox, tmp_path: Path
) -> None:
    with urllib.request.urlopen(f"{asks_first.url}/first/m1@example.org/t.mbox.gz", timeout=10) as answer:
        (tmp_path / "t.mbox.gz").write_bytes(answer.read())
    assert contents(read(str(tmp_path / "t.mbox.gz"))) == contents(read("m1@example.org"))


def test_unknown_message_id_is_told(asks_first: PublicInbox) -> None:
    with pytest.raises(SourceError) as told:
        read("nobody@example.org")
    place = f"{asks_first.url}/first/nobody@example.org/"
    assert str(told.value) == f"{place}: there is no such message; check the Message-ID"


def test_fetching_is_told_once_before_it_begins(asks_first: PublicInbox) -> None:
    told: list[str] = []
    read("m1@example.org", progress=told.append)
    assert told == [f"fetching {asks_first.url}/first/m1@example.org/"]


def test_new_reply_is_seen_when_b4s_cache_is_not_asked(asks_first: PublicInbox) -> None:
    asks_first.add("first", [mail(20, PATCH, subject="[PATCH] b")])
    assert len(read("m20@example.org")) == 1
    asks_first.add("first", [mail(21, "Fine.\n", parent=20, subject="Re: [PATCH] b")])
    assert len(read("m20@example.org")) == 1
    assert len(read("m20@example.org", fresh=True)) == 2
    assert len(read("m20@example.org")) == 2


def test_cache_lies_where_b4_keeps_it(asks_first: PublicInbox, tmp_path: Path) -> None:
    read("m1@example.org")
    assert list((tmp_path / "XDG_CACHE_HOME" / "b4" / "lore").glob("*.lore.cache"))


def test_dead_host_is_passed_over_for_a_fallback_that_is_configured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: PublicInbox, capfd: pytest.CaptureFixture[str]
) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    settings = [("b4.midmask", f"{dead}/first/%s"), (f"liblore.{dead}.fallback", server.url)]
    git_settings(monkeypatch, tmp_path, settings)
    assert contents(read("m1@example.org")) == sorted(THREAD)
    assert capfd.readouterr() == ("", "")


def test_midmask_of_the_work_trees_own_file_is_obeyed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: PublicInbox
) -> None:
    git_settings(monkeypatch, tmp_path, [])
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".b4-config").write_text(f"[b4]\n  midmask = {server.url}/second/%s\n")
    assert contents(read("m12@example.org")) == sorted(ELSEWHERE)


def test_state_of_b4_is_as_before(asks_first: PublicInbox) -> None:
    import b4
    from liblore import LoreNode

    node = LoreNode("http://127.0.0.1:9/all")
    config: dict[str, str | list[str] | None] = {"midmask": "kept"}
    kept = b4.MAIN_CONFIG, b4.LORENODE
    try:
        b4.MAIN_CONFIG, b4.LORENODE = config, node
        read(f"{asks_first.url}/second/m11@example.org/")
        with pytest.raises(SourceError):
            read("nobody@example.org")
        assert b4.MAIN_CONFIG is config
        assert config == {"midmask": "kept"}
        assert b4.LORENODE is node
    finally:
        b4.MAIN_CONFIG, b4.LORENODE = kept
    assert logging.getLogger("b4").propagate
    assert logging.getLogger("liblore").propagate


def test_thread_fetched_via_b4_is_read_by_b4_as_a_series(asks_first: PublicInbox) -> None:
    (series,) = lore.series_of(read("m1@example.org"))
    assert (series.subject, series.revision, series.expected, series.found) == ("a", 1, 1, 1)
