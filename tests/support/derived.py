"""In: a database. Out: all that is derived in it, table by table, so that two databases can be compared."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kb.store import schema

_NUMBERED = ("problems", "series", "trailers", "patches", "nacks")
"""Tables whose `id` says only in which order rows came."""


def derived_rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every derived table, sorted, without what hangs on the way of arrival: numbers, a mail's origin."""
    connection = sqlite3.connect(path)
    try:
        out = {}
        for table in schema.DERIVED:
            if table.name == "search_places":
                continue
            left_out = {"id"} if table.name in _NUMBERED else {"origin"}
            columns = [c.name for c in table.columns if c.name not in left_out]
            names = ", ".join(f'"{name}"' for name in columns)
            out[table.name] = sorted(connection.execute(f"SELECT {names} FROM {table.name}"), key=repr)
        found = connection.execute(
            "SELECT s.kind, s.ref, s.thread_id, s.text, p.thread_id, p.of_item "
            "FROM search s FULL JOIN search_places p ON p.id = s.rowid"
        )
        out["search"] = sorted(found, key=repr)
        return out
    finally:
        connection.close()
