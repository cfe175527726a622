"""A base of an older version is brought up to date with all it keeps, and no statement of an update reads a table."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.sources import read
from kb.arrivals import sources_in
from kb.identify import VERSION
from kb.queries import sql
from kb.reading import reading
from kb.store import opening
from tests.support.derived import derived_rows
from tests.support.filled import fill
from tests.test_update import THREAD, put, told
from tui.updating import update

NEW_TABLES = ("sources", "source_mails", "journal", "readings", "search_places")


def _as_version_two(path: Path) -> None:
    """Take away what version 3 added to the tables of version 2."""
    connection = sqlite3.connect(path)
    for statement in opening._STEPS[2]:
        if found := re.match(r"CREATE INDEX IF NOT EXISTS (\w+)", statement):
            connection.execute(f"DROP INDEX IF EXISTS {found[1]}")
    for table in NEW_TABLES:
        connection.execute(f"DROP TABLE {table}")
    connection.execute("ALTER TABLE raw_mails DROP COLUMN withdrawn")
    connection.execute("PRAGMA user_version = 2")
    connection.commit()
    connection.close()


def test_a_base_of_version_two_keeps_all_and_knows_where_its_mail_came_from(tmp_path: Path) -> None:
    path, box = tmp_path / "kb.sqlite", tmp_path / "review.mbox"
    pipeline.ingest(path, read(str(put(box, THREAD[:3]))))
    before = derived_rows(path)
    _as_version_two(path)
    with reading(path) as reader:
        assert sources_in(reader) == ()
    assert update(path).changes == ()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    connection.close()
    after = derived_rows(path)
    assert {name: rows for name, rows in after.items() if name != "readings"} == {
        name: rows for name, rows in before.items() if name != "readings"
    }
    with reading(path) as reader:
        thread = reader.threads()[0].id
        assert [one.source.address for one in sources_in(reader, thread)] == [str(box)]
    put(box, THREAD)
    assert "new mail #4 Cleo Sample" in told(update(path))


def _statements(path: Path) -> list[str]:
    """Every statement that an update of one thread carries out, as it reaches SQLite."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    found: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        with reading(path) as reader:
            thread = reader.thread("a lock")
        assert update(path, [thread]).added == 1
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    return list(dict.fromkeys(found))


MAY_SCAN = ("journal", "latest", "json_each", "corrections", "conflicts")
"""What an update may read whole: what hands made, and what a statement made itself."""


def _scans(connection: sqlite3.Connection, statement: str) -> list[str]:
    names = set(re.findall(r":(\w+)", statement))
    given = dict.fromkeys(names) if names else (None,) * statement.count("?")
    try:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", given).fetchall()
    except sqlite3.OperationalError:
        return []  # a pragma, or the beginning of a transaction
    # "INDEX 0:=" is how the full-text table says that it goes straight to a row
    told = [row[3] for row in plan if not row[3].endswith("VIRTUAL TABLE INDEX 0:=")]
    return [step for step in told if re.match(rf"SCAN (?!(?:{'|'.join(MAY_SCAN)})\b)\w", step)]


def test_no_statement_of_an_update_reads_a_whole_table(tmp_path: Path) -> None:
    path, box = tmp_path / "kb.sqlite", tmp_path / "review.mbox"
    fill(path, 200)
    pipeline.ingest(path, read(str(put(box, THREAD[:4]))))
    put(box, THREAD)
    statements = _statements(path)
    assert len(statements) > 30
    queries = ("sources_of_thread", "known_digests", "journal_from", "journal_last", "verdicts_turned")
    connection = sqlite3.connect(path)
    try:
        for statement in (*statements, *(sql(name) for name in (*queries, "latest_runs_of_thread"))):
            assert _scans(connection, statement) == [], statement
    finally:
        connection.close()


def test_the_guard_sees_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    fill(path, 10)
    connection = sqlite3.connect(path)
    assert _scans(connection, "DELETE FROM search WHERE thread_id = :thread")
    assert _scans(connection, "SELECT * FROM raw_mails WHERE provisional")
    connection.close()


@pytest.mark.parametrize("messages", [30])
def test_a_filled_base_is_one_that_threadkb_reads(tmp_path: Path, messages: int) -> None:
    path = tmp_path / "kb.sqlite"
    fill(path, messages)
    with reading(path) as reader:
        assert sum(view.messages for view in reader.threads()) == messages
        assert len(reader.items()) == 3 * messages
        assert reader.search("reader")
