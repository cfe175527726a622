"""Update against a real public-inbox on loopback, and against servers that fail in every way they do."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.sources import lore, read
from kb.journal import What
from kb.journal_words import sentence
from kb.reading import reading
from tests.support.derived import derived_rows
from tests.support.failing_server import Answer, failing_server
from tests.support.git_settings import git_settings
from tests.support.mails import mail, mboxrd
from tests.support.publicinbox import MISSING, PublicInbox, installed, public_inbox
from tests.test_update import THREAD
from tui.updating import update

FUSE = Path(__file__).parent.parent / "data" / "threads" / "fuse-tmp-folio-v2.mbox"
UP_TO = 54
"""Mails of the bundled thread that the archive holds at first."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PublicInbox]:
    mails = [one.content for one in read(str(FUSE))]
    with public_inbox(tmp_path / "server", {"list": mails[:UP_TO]}) as one:
        (tmp_path / "user").mkdir()
        git_settings(monkeypatch, tmp_path / "user", [("b4.midmask", f"{one.url}/list/%s")])
        yield one


@pytest.mark.server
@pytest.mark.skipif(not installed(), reason=MISSING)
def test_update_from_public_inbox_tells_exactly_what_injected_mails_changed(
    server: PublicInbox, tmp_path: Path
) -> None:
    mails = read(str(FUSE))
    root = mails[0].content.lower().split(b"message-id: <")[1].split(b">")[0].decode()
    path, once = tmp_path / "kb.sqlite", tmp_path / "once.sqlite"
    pipeline.ingest(path, read(f"{server.url}/list/{root}/"))
    assert update(path).changes == ()
    server.add("list", [one.content for one in mails[UP_TO:]])
    before = items_of(path)
    report = update(path)
    pipeline.ingest(once, mails)
    after = items_of(once)
    assert derived_rows(path) == derived_rows(once)
    assert sum(c.what is What.MAIL for c in report.changes) == len(mails) - UP_TO
    assert {c.item_id for c in report.changes if c.what is What.ITEM} == after.keys() - before.keys()
    assert {c.item_id for c in report.changes if c.what is What.VANISHED} == before.keys() - after.keys()
    moved = {own for own in before.keys() & after.keys() if before[own] != after[own]}
    assert {c.item_id for c in report.changes if c.what is What.STATE} == moved
    assert {(c.item_id, c.before, c.after) for c in report.changes if c.what is What.STATE} == {
        (own, before[own], after[own]) for own in moved
    }
    assert report.changes[0].date >= report.changes[-1].date


def items_of(path: Path) -> dict[str, str]:
    """The state of each item."""
    with reading(path) as reader:
        return {item.id: item.state for item in reader.items()}


@pytest.fixture
def asked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A database with three mails that came from the server of that URL."""

    def made(url: str) -> Path:
        settings = [("b4.midmask", f"{url}/list/%s"), (f"liblore.{url}.requesttimeout", "2,1")]
        git_settings(monkeypatch, tmp_path, settings)
        monkeypatch.setattr(lore, "WAITS", ())
        path = tmp_path / "kb.sqlite"
        pipeline.ingest(path, read(f"{url}/list/m1@example.org/"))
        return path

    return made


def packed(mails: list[bytes]) -> bytes:
    return gzip.compress(mboxrd(mails))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(404), "there is no such message"),
        (Answer(429, headers={"Retry-After": "7"}), "the server asks to be left alone for a while (429)"),
        (Answer(503), "the server fails (503)"),
        (Answer(200, packed(THREAD)[:200], promised=200), "ends too early"),
        (Answer(200, packed(THREAD)[:200], promised=9000), ""),
        (Answer(200, b"<!DOCTYPE html><html><body>Are you a robot?</body></html>"), "no mbox"),
        (Answer(200, packed([mail(30, "Somebody else.\n", subject="Else")])), "a thread without that message"),
        (Answer(200, b"", delay=3.0), "does not answer in time"),
    ],
    ids=["404", "429", "503", "gzip cut", "connection cut", "html", "another thread", "slow"],
)
def test_update_tells_how_a_server_failed_and_leaves_the_database_whole(
    asked_at: Callable[[str], Path], answer: Answer, says: str
) -> None:
    with failing_server([Answer(200, packed(THREAD[:3])), answer]) as (url, _):
        path = asked_at(url)
        before = derived_rows(path)
        report = update(path)
    (failure,) = report.failures
    assert says in str(failure.error) and str(failure.error).startswith(f"{url}/list/m1@example.org/: ")
    assert (len(failure.threads), report.changes) == (1, ())
    assert derived_rows(path) == before


def test_update_asks_again_after_a_failure_and_takes_in_what_came(asked_at: Callable[[str], Path]) -> None:
    answers = [Answer(200, packed(THREAD[:3])), Answer(503), Answer(200, packed(THREAD[:4]))]
    with failing_server(answers) as (url, _):
        path = asked_at(url)
        assert update(path).failures
        report = update(path)
    assert not report.failures
    assert "new mail #3 Cleo Sample" in [sentence(c, str) for c in report.changes]


def test_a_server_that_is_down_is_told(asked_at: Callable[[str], Path]) -> None:
    with failing_server([Answer(200, packed(THREAD[:3]))]) as (url, _):
        path = asked_at(url)
    before = derived_rows(path)
    (failure,) = update(path).failures
    assert "does not answer" in str(failure.error)
    assert derived_rows(path) == before
