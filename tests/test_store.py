"""The store keeps all or nothing, and reads back what it kept."""

from __future__ import annotations

import re
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import StoreError, UsageError
from kb.export import items as export_items
from kb.export import verdicts
from kb.identify import APPLICATION_ID, VERSION, identify
from kb.reading import Filter, fts_query, reading
from kb.records import ItemKind, RawMail, Verdict
from kb.snippets import WIDTH, passage
from kb.store import schema
from kb.store.writing import writing
from kb.why import why
from tests.support.threads import derived, message, run, small_base, small_review

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def _dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_reading_gives_back_what_was_written(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        items = reader.items()
        assert [i.id for i in items] == [i.id for i in named.values()]
        assert items[0].topics == ("locking",)
        assert (items[0].verdict, items[0].number, items[0].author) == ("verified", 0, "Ada Example")
        thread = reader.threads()[0]
        assert (thread.messages, thread.people, thread.items, thread.open_actions) == (4, 3, 8, 1)
        assert [m.number for m in reader.messages(thread.id)] == [0, 1, 2, 3]
        assert reader.zones("m0@example.org")[0].end == len(reader.messages(thread.id)[0].body)
        assert reader.trailers(thread.id)[0].name == "Acked-by"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Filter(kind="question"), ["needed"]),
        (Filter(state="disputed"), ["holds"]),
        (Filter(by="cleo"), ["good", "never"]),
        (Filter(topic="lock"), ["twice", "drop"]),
        (Filter(about="arm64"), ["test"]),
        (Filter(about="%"), []),
        (Filter(verdict="refuted"), ["never"]),
        (Filter(kind="claim", verdict="unchecked"), ["holds"]),
        (Filter(since="2024-05-01T14:00"), ["holds", "v2", "good", "never"]),
        (Filter(limit=1), ["twice"]),
        (Filter(confidence=0.95), []),
    ],
)
def test_filters_choose_items(tmp_path: Path, wanted: Filter, names: list[str]) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        assert [i.id for i in reader.items(wanted)] == [named[name].id for name in names]


def test_a_failed_transaction_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    small_base(path)
    before = _dump(path)
    with pytest.raises(ZeroDivisionError), writing(path) as writer:
        writer.drop_derived()
        writer.add_raw([("x@y", RawMail(b"x", "tests"))], NOW)
        raise ZeroDivisionError
    assert _dump(path) == before


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    mail = RawMail(b"From: a\n\nx", "tests")
    with writing(tmp_path / "kb.sqlite") as writer:
        assert writer.add_raw([("x@y", mail)], NOW) == {"x@y"}
        assert writer.add_raw([("x@y", mail)], NOW) == set()
        assert [m for _, m in writer.raw()] == [mail]


def test_of_several_bytes_for_one_message_id_the_choice_does_not_depend_on_order(tmp_path: Path) -> None:
    mails = [
        RawMail(b"short", "a"),
        RawMail(b"longer one", "b"),
        RawMail(b"the longest, rebuilt", "c", provisional=True),
    ]
    chosen = []
    for number, order in enumerate((mails, mails[::-1])):
        with writing(tmp_path / f"{number}.sqlite") as writer:
            writer.add_raw([("x@y", mail) for mail in order], NOW)
            chosen.append(list(writer.raw()))
    assert chosen == [[("x@y", mails[1])]] * 2


def test_dropping_a_thread_leaves_no_derived_row(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    small_base(path)
    review, _ = small_review()
    with writing(path) as writer:
        writer.drop_threads([review.id])
    connection = sqlite3.connect(path)
    left = {t.name: connection.execute(f"SELECT count(*) FROM {t.name}").fetchone()[0] for t in schema.DERIVED}
    assert left == dict.fromkeys(left, 0)
    assert connection.execute("SELECT count(*) FROM search").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM runs").fetchone() == (2,)
    connection.close()


def test_no_run_is_overwritten_and_the_latest_is_the_verdict(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    named = small_base(path)
    with writing(path) as writer:
        writer.add_run(run(named["twice"], Verdict.REFUTED))
    with reading(path) as reader:
        assert [r.verdict for r in reader.runs_of(named["twice"].id)] == ["refuted", "verified"]
        found = reader.item(named["twice"].id)
        assert found is not None
        assert found.verdict == "refuted"


def test_search_finds_messages_and_items_and_marks_the_words(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        hits = reader.search("error pat*")
        assert {h.kind for h in hits} == {"message", "claim"}
        assert "\x02error\x03" in hits[0].snippet
        with pytest.raises(UsageError):
            reader.search('"" *')


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("a b", '"a" "b"'),
        ('"a b" c*', '"a b" "c"*'),
        ('x" OR y', '"x" "OR y"'),
        ("(a)", '"(a)"'),
        ("a:b NOT", '"a:b" "NOT"'),
        ("* ^", ""),
    ],
)
def test_fts_query_quotes_every_word(words: str, query: str) -> None:
    assert fts_query(words) == query


@pytest.mark.parametrize("words", ['a" "', "NEAR(a, b)", "a AND", "{x}: y", "-a", "a\x00b", "a*b*"])
def test_no_words_break_a_search(tmp_path: Path, words: str) -> None:
    small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        assert isinstance(reader.search(words), tuple)


def test_resolve_takes_any_unique_beginning(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    full = named["needed"].id
    with reading(tmp_path / "kb.sqlite") as reader:
        assert reader.resolve(reader.shown(full)) == ("item", full)
        assert reader.resolve("<m2@example.org>") == ("message", "m2@example.org")
        assert reader.thread("PATCH") == reader.threads()[0].id
        with pytest.raises(UsageError, match="beginning of several"):
            reader.resolve("c-")
        with pytest.raises(UsageError, match="no item"):
            reader.resolve("c-zzzzz")


def test_why_groups_the_trail(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        trail = why(reader, named["drop"].id)
        assert [s.item.id for s in trail.moved_by] == [named["twice"].id]
        assert [s.item.id for s in trail.agreed] == [named["v2"].id]
        holds = why(reader, named["holds"].id)
        assert [s.item.id for s in holds.answers] == [named["needed"].id]
        assert [s.item.id for s in holds.objected] == [named["never"].id]


def test_export_rows_carry_links_and_verdicts(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        rows = {r["id"]: r for r in export_items.rows(reader, Filter())}
        assert rows[named["v2"].id]["links"] == [{"to": named["drop"].id, "rel": "accepts", "confidence": 0.8}]
        assert [r["verdict"] for r in verdicts.rows(reader)] == ["verified", "refuted"]
        assert {r["kind"] for r in rows.values()} == set(ItemKind)


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()


def _newer(path: Path) -> None:
    small_base(path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()


def _cut(path: Path) -> None:
    small_base(path)
    path.write_bytes(path.read_bytes()[:50])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_foreign, "another program"),
        (_newer, "newer threadkb"),
        (_cut, "no SQLite database"),
        (lambda path: path.write_text("not a database, but long enough to have a header " * 3), "no SQLite database"),
    ],
)
def test_a_database_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path, make: object, words: str) -> None:
    path = tmp_path / "kb.sqlite"
    make(path)  # type: ignore[operator]
    before = path.read_bytes()
    with pytest.raises(StoreError, match=words), writing(path):
        pass
    with pytest.raises(StoreError, match=words), reading(path):
        pass
    assert path.read_bytes() == before


def test_a_database_killed_right_after_its_making_is_still_ours(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("CREATE TABLE threads (x)")
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("kb.sqlite", "kb.sqlite-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    connection.close()
    assert (copy / "kb.sqlite").read_bytes()[68:72] == b"\0\0\0\0"
    assert identify(copy / "kb.sqlite")


def test_reading_where_nothing_lies_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="run `threadkb ingest"), reading(tmp_path / "none.sqlite"):
        pass
    assert not (tmp_path / "none.sqlite").exists()


def test_a_writer_waits_for_another_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kb.sqlite"
    small_base(path)
    monkeypatch.setattr("kb.store.opening.BUSY_SECONDS", 0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program is writing"), writing(path):
        pass
    other.execute("ROLLBACK")
    other.close()


def _base_with(path: Path, body: str) -> None:
    with writing(path) as writer:
        writer.add_thread(derived([message(0, body)], [], []))


def test_search_takes_linear_time_where_a_word_stands_very_often(tmp_path: Path) -> None:
    _base_with(tmp_path / "kb.sqlite", "a:" * 60_000 + " needle a needle\n")
    began = time.monotonic()
    with reading(tmp_path / "kb.sqlite") as reader:
        (hit,) = reader.search("a needle")
    assert time.monotonic() - began < 5
    assert "\x02needle\x03 \x02a\x03" in hit.snippet


@pytest.mark.parametrize(
    "body", ["x" * 300_000 + " needle", "needle " + "x" * 300_000, "needle" * 50_000], ids=["before", "after", "itself"]
)
def test_snippet_is_short_however_long_a_word_is(tmp_path: Path, body: str) -> None:
    _base_with(tmp_path / "kb.sqlite", body)
    with reading(tmp_path / "kb.sqlite") as reader:
        (hit,) = reader.search("needle*")
    assert len(hit.snippet) < 300
    assert "\x02needle" in hit.snippet


def test_value_that_sqlite_cannot_hold_matches_nothing(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        assert reader.items(Filter(topic="\udcff")) == ()
        assert reader.message("\udcff@example.org") is None
        assert reader.items(Filter(limit=10**30)) == reader.items()


@pytest.mark.parametrize("name", ["what?.sqlite", "50%25.sqlite", "a#b.sqlite", ":memory:", "file:x", "naïve.sqlite"])
def test_database_lies_where_its_name_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    small_base(Path(name))
    assert {path.name for path in tmp_path.iterdir()} == {name}
    with reading(Path(name)) as reader:
        assert len(reader.threads()) == 1


@pytest.mark.parametrize(
    ("marked", "short"),
    [
        ("one \x02two\x03 three", "one \x02two\x03 three"),
        ("", ""),
        ("\x03no \x02hit", "no hit"),
        ("far " * 50 + "\x02hit\x03 " + "far " * 50, f"…{'far ' * 15}\x02hit\x03{' far' * 15}…"),
        ("\x02one\x03 " + "far " * 50 + "\x02two\x03 \x02three\x03", f"…{'far ' * 28}\x02two\x03 \x02three\x03"),
    ],
    ids=["short", "empty", "stray marks", "middle", "most hits"],
)
def test_passage_holds_most_hits_and_little_else(marked: str, short: str) -> None:
    assert passage(marked) == short


@given(st.text(alphabet="ab \x02\x03", max_size=600))
def test_passage_is_a_part_of_the_text_and_short(marked: str) -> None:
    found = passage(marked)
    plain = found.translate({2: None, 3: None}).strip("…")
    assert plain in marked.translate({2: None, 3: None})
    assert len(plain) <= WIDTH + 48
    assert found.count("\x02") == found.count("\x03")
    if re.search("\x02[ab ]+\x03", marked):
        assert "\x02" in found


def test_base_without_its_tables_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE runs (id INTEGER)")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.close()
    with pytest.raises(StoreError, match="is damaged: no such table: threads; restore it"), reading(path):
        pass
    with pytest.raises(StoreError, match="is damaged; restore it"), writing(path) as writer:
        writer.corrections()


def test_every_table_is_either_durable_or_derived() -> None:
    assert {*schema.DURABLE, *schema.DERIVED} == set(schema.metadata.tables.values())
    assert not set(schema.DURABLE) & set(schema.DERIVED)
