"""In: threads whose every check is fresh, and what that rests on. Out: marks, which go when a thread is rewritten.

A mark is derived: it saves the reading of a thread that nothing has changed in, and can be dropped at any time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, delete, insert

from kb.connecting import connect

_checked = Table(
    "checked",
    MetaData(),
    Column("thread_id", Text, primary_key=True),
    Column("basis", Text, nullable=False),
    Column("last_run", Integer, nullable=False),
    Column("checks", Integer, nullable=False),
    Column("unbound", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("unattached", Text, nullable=False),
)
_LAST_RUNS = "SELECT m.thread_id, max(r.id) FROM runs r JOIN messages m ON m.message_id = r.message_id GROUP BY 1"


@dataclass(frozen=True, slots=True)
class Mark:
    """That all checks of a thread were fresh, and what a verification had to say of it."""

    basis: str
    """Digest of what was read and decided with: code, facts, bindings."""
    checks: int
    unbound: int
    kept: int
    unattached: tuple[str, ...] = ()


def marks(path: Path) -> Mapping[str, Mark]:
    """The marks that still hold, by thread: no run was kept of the thread since."""
    connection = connect(path)
    try:
        last = dict(connection.execute(_LAST_RUNS))
        rows = connection.execute(
            "SELECT thread_id, last_run, basis, checks, unbound, kept, unattached FROM checked"
        ).fetchall()
    except sqlite3.OperationalError:  # a database that nothing was ever verified in
        return {}
    finally:
        connection.close()
    return {
        thread: Mark(basis, checks, unbound, kept, tuple(json.loads(unattached)))
        for thread, last_run, basis, checks, unbound, kept, unattached in rows
        if last.get(thread, 0) == last_run
    }


def mark(connection: Connection, found: Mapping[str, Mark]) -> None:
    """Keep these marks, by thread, in place of older ones."""
    forget(connection, found)
    last = {str(row[0]): int(row[1]) for row in connection.exec_driver_sql(_LAST_RUNS)}
    rows = [
        {
            "thread_id": thread,
            "basis": one.basis,
            "last_run": last.get(thread, 0),
            "checks": one.checks,
            "unbound": one.unbound,
            "kept": one.kept,
            "unattached": json.dumps(one.unattached),
        }
        for thread, one in found.items()
    ]
    if rows:
        connection.execute(insert(_checked), rows)


def forget(connection: Connection, threads: Iterable[str]) -> None:
    """Drop the marks of these threads."""
    _checked.create(connection, checkfirst=True)
    for thread in threads:
        connection.execute(delete(_checked).where(_checked.c.thread_id == thread))


def forget_all(connection: Connection) -> None:
    """Drop every mark."""
    _checked.create(connection, checkfirst=True)
    connection.execute(delete(_checked))
