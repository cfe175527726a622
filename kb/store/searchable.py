"""In: texts to be found. Out: their rows in the full-text table, and beside them which thread each belongs to.

The full-text table finds words and nothing else: without `search_places`, dropping a thread would read all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, func, insert, select, text

from kb.store import schema
from kb.store.rows import FoundText

_INSERT = text("INSERT INTO search (rowid, kind, ref, thread_id, text) VALUES (:id, :kind, :ref, :thread_id, :text)")


class SearchWriter:
    """What a transaction does with the full-text table."""

    _connection: Connection

    def _searchable(self, texts: Sequence[FoundText]) -> None:
        """Let these texts be found."""
        if not texts:
            return
        table = schema.search_places
        last = self._connection.execute(select(func.max(table.c.id))).scalar_one() or 0
        rows = [{"id": last + number, **asdict(one)} for number, one in enumerate(texts, 1)]
        self._connection.execute(
            insert(table),
            [{"id": r["id"], "thread_id": r["thread_id"], "of_item": r["kind"] != "message"} for r in rows],
        )
        self._connection.execute(_INSERT, rows)

    def _unsearchable(self, thread_id: str, *, items_only: bool = False) -> None:
        """Let nothing of this thread be found, or none of its items."""
        table = schema.search_places
        here = [table.c.thread_id == thread_id, *([table.c.of_item] if items_only else [])]
        places = list(self._connection.execute(select(table.c.id).where(*here)).scalars())
        if places:
            self._connection.execute(text("DELETE FROM search WHERE rowid = :id"), [{"id": place} for place in places])
            self._connection.execute(delete(table).where(*here))
