"""In: a database. Out: the lines of its dump, one durable row each, always the same for what it holds.

The first line says that it is a dump and of which format. Then come the tables in a fixed order: rows that are known by
what they hold are sorted by that, corrections by their time, others stand as they were kept. Only reads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Boolean

from kb.connecting import connect
from kb.errors import StoreError
from kb.identify import identify
from kb.store.dump_lines import Row, head, to_line
from kb.store.kinds import Kind, kinds


def dumped(path: Path, *, mail: bool = False) -> Iterator[str]:
    """The lines of the dump of the database at `path`; with `mail` also every mail's bytes.

    Raises StoreError where there is no database that is ours, or it cannot be read.
    """
    if not identify(path):
        raise StoreError(str(path), "there is no knowledge base here", "run `threadkb ingest SOURCE` first")
    connection = connect(path)
    try:
        yield head()
        for kind in kinds():
            if mail or not kind.of_mail:
                yield from _lines(connection, kind, mail)
    except sqlite3.DatabaseError as wrong:
        raise StoreError(str(path), str(wrong), "run `threadkb doctor`") from None
    finally:
        connection.close()


def _lines(connection: sqlite3.Connection, kind: Kind, mail: bool) -> Iterator[str]:
    rows = rows_of(connection, kind)
    if kind.by_time:
        timed = ((datetime.fromisoformat(row[kind.time]), to_line(kind, row)) for row in rows)
        yield from dict.fromkeys(line for _, line in sorted(timed))
    elif kind.name == "raw_mails":
        yield from (to_line(kind, row) for row in rows)  # in order already, and too much to hold
    else:
        blank = {kind.unseen: ""} if kind.unseen and not mail else {}
        lines = (to_line(kind, {**row, **blank}) for row in rows)
        yield from sorted(lines) if kind.key else lines


def rows_of(connection: sqlite3.Connection, kind: Kind) -> Iterator[Row]:
    """The rows of a kind as they are dumped, in the order in which they were kept, or of what makes them themselves.

    A table or column that an older schema lacks has none.
    """
    there = {row[1] for row in connection.execute(f'PRAGMA table_info("{kind.name}")')}
    columns = [column for column in kind.columns if column.name in there]
    if not columns:
        return
    keys = {column: keys_of(connection, name) for column, name in kind.points.items()}
    names = ", ".join(f'"{column.name}"' for column in columns)
    order = ", ".join(f'"{name}"' for name in kind.key or ("id",))
    truths = [isinstance(column.type, Boolean) for column in columns]
    for found in connection.execute(f'SELECT {names} FROM "{kind.name}" ORDER BY {order}'):  # noqa: S608 - our schema
        row: Row = {
            column.name: bool(value) if truth else value
            for column, truth, value in zip(columns, truths, found, strict=True)
        }
        for column, known in keys.items():
            row[column] = known.get(row[column])
        if all(row[column] is not None for column in keys):
            yield row


def keys_of(connection: sqlite3.Connection, name: str) -> Mapping[int, tuple[str, ...]]:
    """Each row's number in the table `name` to what makes that row itself."""
    (kind,) = (one for one in kinds() if one.name == name)
    columns = ", ".join(f'"{column}"' for column in ("id", *kind.key))
    return {row[0]: tuple(row[1:]) for row in connection.execute(f'SELECT {columns} FROM "{name}"')}  # noqa: S608
