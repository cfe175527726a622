"""In: a path. Out: an engine on a database that is ours, of this version, in WAL mode.

A file that is not ours, or newer than this program, is left as it was; an older database is brought to this version in
one transaction, with all that it keeps.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

from kb.errors import StoreError
from kb.identify import APPLICATION_ID, VERSION, identify
from kb.store import schema

BUSY_SECONDS = 15
"""How long a writer waits for another one."""


def open_engine(path: Path, *, create: bool = True) -> Engine:
    """An engine on the database at `path`; made there if it is absent and `create` is true.

    Raises StoreError where the file is no threadkb database, comes from a newer version or cannot be written.
    """
    is_new = not identify(path)
    if is_new and not create:
        raise StoreError(str(path), "there is no knowledge base here", "run `threadkb ingest SOURCE` first")
    if is_new:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            raise StoreError(
                str(path.parent), f"cannot make this directory: {wrong.strerror}", "give --db FILE"
            ) from None
    engine = create_engine(URL.create("sqlite+pysqlite", database=str(path.absolute())), poolclass=NullPool)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    if is_new:
        _create(engine, path)
    else:
        _bring_up_to_date(engine, path)
    return engine


def explain(wrong: Exception, path: Path) -> StoreError:
    """What a failed statement means for the person at the keyboard."""
    words = str(getattr(wrong, "orig", None) or wrong)
    if "locked" in words or "busy" in words:
        return StoreError(str(path), "another program is writing here", "wait for it and try again")
    if "readonly" in words or "unable to open" in words:
        return StoreError(str(path), "cannot be written", "check the rights of the file and of its directory")
    if "full" in words:
        return StoreError(str(path), "the disk is full", "make room and try again; the database is as it was")
    if any(sign in words for sign in ("malformed", "not a database", "no such table")):
        return StoreError(str(path), "is damaged", "restore it from a backup, or give another file with --db")
    return StoreError(str(path), words, "run `threadkb doctor`")


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _on_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


_STEPS = {
    1: ("ALTER TABLE corrections ADD COLUMN named TEXT NOT NULL DEFAULT '[]'",),
    2: (
        "ALTER TABLE raw_mails ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT '0'",
        "CREATE INDEX IF NOT EXISTS raw_by_digest ON raw_mails (sha256)",
        "CREATE INDEX IF NOT EXISTS raw_replaced ON raw_mails (replaced_by) WHERE replaced_by IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS runs_by_message ON runs (message_id, item_id, id)",
        "CREATE INDEX IF NOT EXISTS runs_by_time ON runs (at)",
        "CREATE INDEX IF NOT EXISTS messages_by_minute ON messages (substr(date, 1, 16))",
        "INSERT INTO search_places (id, thread_id, of_item) SELECT rowid, thread_id, kind <> 'message' FROM search",
        # a mail's origin says where it came from: a URL, or an mbox's path with `#` and a number
        "INSERT INTO sources (kind, address, seen, at) SELECT 'lore', origin, '', max(added_at) FROM raw_mails "
        "WHERE origin LIKE 'http%://%' AND NOT provisional GROUP BY origin",
        "INSERT INTO sources (kind, address, seen, at) SELECT 'file', rtrim(rtrim(origin, '0123456789'), '#'), '', "
        "max(added_at) FROM raw_mails WHERE rtrim(origin, '0123456789') LIKE '/%#' "
        "GROUP BY rtrim(rtrim(origin, '0123456789'), '#')",
        "INSERT INTO source_mails (mail_id, source_id) SELECT m.id, s.id FROM raw_mails m JOIN sources s "
        "ON s.address IN (m.origin, rtrim(rtrim(m.origin, '0123456789'), '#'))",
    ),
}
"""What turns a version's tables into those of the next one; tables that are missing are made before."""


def _version(path: Path) -> int:
    connection = sqlite3.connect(f"file:{quote(os.fsencode(path.absolute()))}?mode=ro", uri=True)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def _bring_up_to_date(engine: Engine, path: Path) -> None:
    import sqlalchemy.exc

    try:
        if _version(path) >= VERSION:
            return
        with engine.begin() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            schema.metadata.create_all(connection)
            for step in (step for at in range(version, VERSION) for step in _STEPS[at]):
                connection.exec_driver_sql(step)
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    except (sqlalchemy.exc.DBAPIError, sqlite3.Error) as wrong:
        raise explain(wrong, path) from None


def _create(engine: Engine, path: Path) -> None:
    import sqlalchemy.exc

    try:
        with engine.begin() as connection:
            known = connection.execute(text("SELECT count(*) FROM sqlite_schema")).scalar_one()
            if known == 0:
                schema.metadata.create_all(connection)
                connection.exec_driver_sql(schema.SEARCH_TABLE)
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    except (sqlalchemy.exc.DBAPIError, sqlite3.Error) as wrong:
        raise explain(wrong, path) from None
