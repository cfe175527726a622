"""The pipeline is idempotent, atomic, and blind to the order in which mails came."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.sources import read
from kb.reading import Filter, reading
from kb.records import RawMail

THREADS = Path(__file__).parent.parent / "data" / "threads"
MBOX = str(THREADS / "fuse-tmp-folio-v2.mbox")
PAGE = str(THREADS / "fuse-tmp-folio-v2.patchwork.txt")
FULL = str(THREADS / "fuse-tmp-folio-v2.full.mbox")


def _mail(number: int, body: str, parent: int | None, *, subject: str = "a lock") -> RawMail:
    header = f"From: P{number} <p{number}@example.org>\nMessage-ID: <n{number}@example.org>\nSubject: {subject}\n"
    header += f"Date: Wed, 01 May 2024 12:{number:02}:00 +0000\n"
    if parent is not None:
        header += f"In-Reply-To: <n{parent}@example.org>\n"
    return RawMail(f"{header}\n{body}\n".encode(), "tests")


SMALL = [
    _mail(0, "The lock is taken twice in the fast path. Why do we need the second one?", None),
    _mail(1, "> Why do we need the second one?\n\nThe caller does not hold it.", 0),
    _mail(2, "> The caller does not hold it.\n\nI think we should drop it then.", 1),
    _mail(3, "> I think we should drop it then.\n\nSounds good.", 2),
]


def _derived(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    try:
        return {
            table: sorted(connection.execute(f"SELECT {columns} FROM {table}"), key=repr)
            for table, columns in {
                "threads": "*",
                "messages": "*",
                "zones": "*",
                "items": "*",
                "links": "*",
                "topics": "*",
                "entities": "*",
                "ancestors": "*",
                "problems": "message_id, place, what",
                "search": "kind, ref, thread_id, text",
            }.items()
        }
    finally:
        connection.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled thread, ingested at once."""
    path = tmp_path_factory.mktemp("whole") / "kb.sqlite"
    pipeline.ingest(path, read(MBOX))
    return path


def test_ingest_finds_items_links_and_states_in_a_small_thread(tmp_path: Path) -> None:
    report = pipeline.ingest(tmp_path / "kb.sqlite", SMALL)
    assert (report.added, report.known, len(report.threads)) == (4, 0, 1)
    with reading(tmp_path / "kb.sqlite") as reader:
        states = {(i.number, i.kind): i.state for i in reader.items()}
    assert states[0, "question"] == "answered"
    assert states[2, "decision"] == "accepted"


def test_the_same_mails_twice_change_nothing(whole: Path) -> None:
    before = _derived(whole)
    report = pipeline.ingest(whole, read(MBOX))
    assert (report.added, report.known, len(report.threads)) == (0, 57, 1)
    assert _derived(whole) == before


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_and_any_cut_gives_the_same_rows(tmp_path: Path, seed: int) -> None:
    at_once, piecemeal = tmp_path / "a.sqlite", tmp_path / "b.sqlite"
    pipeline.ingest(at_once, SMALL)
    mails = list(SMALL)
    chance = random.Random(seed)
    chance.shuffle(mails)
    cut = chance.randrange(1, len(mails))
    for part in (mails[:cut], mails[cut:], mails[:cut]):
        pipeline.ingest(piecemeal, part)
    assert _derived(piecemeal) == _derived(at_once)


def test_late_mails_of_the_bundled_thread_give_the_same_rows(tmp_path: Path, whole: Path) -> None:
    path = tmp_path / "kb.sqlite"
    mails = read(MBOX)
    pipeline.ingest(path, mails[40:] + mails[:7])
    pipeline.ingest(path, mails)
    assert _derived(path) == _derived(whole)


def test_rebuild_gives_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, SMALL)
    before = _derived(path)
    report = pipeline.rebuild(path)
    assert _derived(path) == before
    assert (report.added, report.known) == (0, len(SMALL))


def _items(path: Path) -> list[tuple[object, ...]]:
    with reading(path) as reader:
        return [(i.number, i.kind, i.quote, i.state, i.topics) for i in reader.items()]


def test_the_patchwork_page_gives_the_same_items(tmp_path: Path, whole: Path) -> None:
    path = tmp_path / "page.sqlite"
    report = pipeline.ingest(path, read(PAGE))
    assert report.added == 57
    assert _items(path) == _items(whole)


@pytest.mark.parametrize("order", [(PAGE, MBOX), (MBOX, PAGE)])
def test_real_mails_take_the_place_of_the_pages(tmp_path: Path, whole: Path, order: tuple[str, str]) -> None:
    path = tmp_path / "kb.sqlite"
    replaced = sum(pipeline.ingest(path, read(source)).replaced for source in order)
    assert replaced == 56  # the patch itself has its real Message-ID on the page
    with reading(path) as reader:
        assert [t.messages for t in reader.threads()] == [57]
        assert not any(m.provisional for m in reader.messages(reader.threads()[0].id))
    assert _items(path) == _items(whole)


def test_the_thread_as_lore_has_it_takes_in_the_shorter_one(tmp_path: Path, whole: Path) -> None:
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, read(MBOX))
    pipeline.ingest(path, read(FULL))
    with reading(path) as reader:
        threads = reader.threads()
        assert [t.messages for t in threads] == [63]
        series = reader.series(threads[0].id)
        assert [(s.revision, s.expected, s.found) for s in series] == [(2, 2, 2)]
        assert reader.trailers(threads[0].id)


def test_one_bad_mail_stops_nothing(tmp_path: Path) -> None:
    bad = RawMail(b"\xff\xfe\x00 From: \x1b[31m\n\n\x80\x81 \xed\xa0\x80 body", "tests")
    report = pipeline.ingest(tmp_path / "kb.sqlite", [bad, *SMALL])
    assert report.added == 5
    assert report.problems >= 1


def test_a_failure_while_deriving_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, SMALL[:2])
    before = _derived(path)

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pipeline, "derive", fail)
    with pytest.raises(MemoryError):
        pipeline.ingest(path, SMALL)
    assert _derived(path) == before


def test_every_quote_stands_where_it_says(whole: Path) -> None:
    with reading(whole) as reader:
        bodies = {m.message_id: m.body for m in reader.messages(reader.threads()[0].id)}
        items = reader.items(Filter())
    assert len(items) > 100
    assert all(" ".join(bodies[i.message_id][i.start : i.end].split()) == i.quote for i in items)
