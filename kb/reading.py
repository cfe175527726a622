"""In: a path, filters, ids. Out: views, read from the database over stdlib sqlite3.

Nothing here writes, and nothing heavy is imported: a list command is quick because of it.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kb import ids
from kb.connecting import connect
from kb.corrections import effective, id_of, in_order
from kb.errors import StoreError, UsageError
from kb.filtering import Filter, bindable, like
from kb.identify import identify
from kb.queries import sql
from kb.records import Correction, Named, Zone
from kb.resolving import named_by_hand, resolve, thread_named
from kb.searching import fts_query
from kb.snippets import passage
from kb.viewing import correction_of, item_of, message_of, run_of, zone_of
from kb.views import (
    FlipView,
    HitView,
    ItemView,
    LinkView,
    MessageView,
    RunView,
    SeriesView,
    ThreadView,
    TrailerView,
)

__all__ = ["Filter", "Reader", "fts_query", "reading"]


class Reader:
    """A read-only view of one database. Get one from `reading`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path
        self._among: frozenset[tuple[str, str]] = frozenset()
        connection.create_function("among", 2, lambda thread, address: (thread, address) in self._among)

    def _rows(self, query: str, **given: Any) -> list[sqlite3.Row]:
        try:
            bound = {name: bindable(value) for name, value in given.items()}
            return self._connection.execute(query, bound).fetchall()
        except sqlite3.DatabaseError as wrong:
            raise StoreError(str(self.path), str(wrong), "run `threadkb doctor`") from None

    def ask(self, query: str, **given: Any) -> list[sqlite3.Row]:
        """The rows of one of the queries of `kb.queries`, by its name."""
        return self._rows(sql(query), **given)

    def threads(self, thread: str | None = None) -> tuple[ThreadView, ...]:
        """Threads, last written first; or just the one with this full id."""
        return tuple(
            ThreadView(**{**dict(r), "provisional": bool(r["provisional"])})
            for r in self._rows(sql("threads"), thread=thread)
        )

    def messages(self, thread: str) -> tuple[MessageView, ...]:
        """The messages of a thread in reading order."""
        return tuple(message_of(r) for r in self._rows(sql("messages"), thread=thread))

    def message(self, message_id: str) -> MessageView | None:
        """One message by its Message-ID, without angle brackets."""
        return next((message_of(r) for r in self._rows(sql("message"), message=message_id)), None)

    def zones(self, message_id: str) -> tuple[Zone, ...]:
        """The zones of a message's body."""
        return tuple(zone_of(r) for r in self._rows(sql("zones"), message=message_id))

    def zones_of_thread(self, thread: str) -> dict[str, tuple[Zone, ...]]:
        """The zones of each message's body, by Message-ID."""
        found: dict[str, list[Zone]] = {}
        for row in self._rows(sql("zones_of_thread"), thread=thread):
            found.setdefault(row["message_id"], []).append(zone_of(row))
        return {message_id: tuple(zones) for message_id, zones in found.items()}

    def items(self, wanted: Filter | None = None) -> tuple[ItemView, ...]:
        """Items in reading order."""
        w = wanted or Filter()
        self._among = w.among or frozenset()
        rows = self._rows(
            sql("items"),
            among=w.among is not None,
            kind=w.kind,
            thread=w.thread,
            message=w.message,
            state=w.state,
            verdict=w.verdict,
            since=w.since,
            confidence=w.confidence,
            by=like(w.by),
            topic=like(w.topic),
            about=like(w.about),
            limit=w.limit,
        )
        return tuple(item_of(r) for r in rows)

    def item(self, item_id: str) -> ItemView | None:
        """One item by its full id."""
        return next((item_of(r) for r in self._rows(sql("item_by_id"), id=item_id)), None)

    def items_of(self, message_id: str) -> tuple[ItemView, ...]:
        """The items of a message in reading order."""
        return self.items(Filter(message=message_id))

    def links_of(self, item_id: str) -> tuple[LinkView, ...]:
        """The links that leave or reach an item."""
        return tuple(LinkView(**dict(r)) for r in self._rows(sql("links_of"), item=item_id))

    def links(self, thread: str) -> tuple[LinkView, ...]:
        """All links within a thread."""
        return tuple(LinkView(**dict(r)) for r in self._rows(sql("links_of_thread"), thread=thread))

    def runs_of(self, item_id: str) -> tuple[RunView, ...]:
        """Every run of an item, latest first."""
        return tuple(run_of(r) for r in self._rows(sql("runs_of"), item=item_id))

    def latest_runs(self, thread: str | None = None, *, withdrawn: bool = False) -> tuple[RunView, ...]:
        """The latest run of each item, and of words that a binding names and no item has, in reading order.

        A verdict whose binding is gone is left out unless `withdrawn`.
        """
        query = "latest_runs" if thread is None else "latest_runs_of_thread"
        return tuple(run_of(r) for r in self.ask(query, thread=thread, withdrawn=withdrawn))

    def flips(
        self,
        *,
        item: str | None = None,
        thread: str | None = None,
        since: str | None = None,
        limit: int | None = None,
    ) -> tuple[FlipView, ...]:
        """Runs that came out otherwise than the run of the same item before, latest first.

        `since` is an ISO time in UTC.
        """
        found = self._rows(sql("flips"), item=item, thread=thread, since=since, limit=limit)
        return tuple(FlipView(**{**dict(r), "extracted": bool(r["extracted"])}) for r in found)

    def series(self, thread: str) -> tuple[SeriesView, ...]:
        """The patch series in a thread."""
        query = "SELECT revision, subject, change_id, expected, found FROM series WHERE thread_id = :thread ORDER BY id"
        return tuple(SeriesView(**dict(r)) for r in self._rows(query, thread=thread))

    def trailers(self, thread: str) -> tuple[TrailerView, ...]:
        """The trailers on the patches of a thread."""
        query = (
            "SELECT revision, patch, name, value, message_id FROM trailers WHERE thread_id = :thread "
            "ORDER BY revision, patch, id"
        )
        return tuple(TrailerView(**dict(r)) for r in self._rows(query, thread=thread))

    def problems(self, thread: str) -> tuple[tuple[str, str], ...]:
        """(place, what) of each Problem in a thread's mails."""
        query = (
            "SELECT p.place, p.what FROM problems p JOIN messages m ON m.message_id = p.message_id "
            "WHERE m.thread_id = :thread ORDER BY m.number, p.id"
        )
        return tuple((r["place"], r["what"]) for r in self._rows(query, thread=thread))

    def corrections(self) -> tuple[Correction, ...]:
        """What people said by hand, oldest first, with what was undone."""
        if not self._keeps_corrections():
            return ()
        query = "SELECT item_id, verb, value, who, at, why, named FROM corrections"
        return in_order(correction_of(row) for row in self._rows(query))

    def conflicts(self) -> dict[str, str]:
        """Id of each correction that cannot be carried out as things stand, and why not."""
        if not self._keeps_corrections():
            return {}
        found = self._rows("SELECT correction_id, what FROM conflicts ORDER BY thread_id")
        out = {row["correction_id"]: row["what"] for row in found}
        known = {row["message_id"] for row in self._rows("SELECT message_id FROM messages")}
        moved_to = "SELECT message_id, replaced_by FROM raw_mails WHERE replaced_by IS NOT NULL"
        places = {row["message_id"]: row["replaced_by"] for row in self._rows(moved_to)}
        for correction in effective(self.corrections()):
            gone = [n for n in correction.named if places.get(n.message_id, n.message_id) not in known]
            if gone or not correction.named:
                what = f"the mail <{gone[0].message_id}> is not here" if gone else "it names no item"
                out.setdefault(id_of(correction), what)
        return out

    def _keeps_corrections(self) -> bool:
        """Whether the database is of a version that does; an older one becomes so when it is next written to."""
        return bool(self._rows("SELECT 1 FROM pragma_table_info('corrections') WHERE name = 'named'"))

    def search(
        self,
        words: str,
        *,
        thread: str | None = None,
        limit: int | None = 50,
        confidence: float | None = None,
        by: str | None = None,
        among: frozenset[tuple[str, str]] | None = None,
    ) -> tuple[HitView, ...]:
        """Messages and items that hold all the words; `word*` finds beginnings, "two words" a phrase.

        Items found with less than `confidence` are left out; messages never are. `by` is a part of the name or address
        of who wrote them; `among` has the (thread, address) pairs that count.
        """
        self._among = among or frozenset()
        match = fts_query(words)
        if not match:
            raise UsageError("search", f"'{words}' holds no word", "give letters or digits")
        given = {"thread": thread, "limit": limit, "confidence": confidence, "by": like(by)}
        found = self._rows(sql("search"), words=match, among=among is not None, **given)
        return tuple(HitView(**{**dict(r), "snippet": passage(r["snippet"])}) for r in found)

    def shown(self, full_id: str) -> str:
        """An id as people see it: as many characters as keep ids apart in a database of this size."""
        return full_id[: 2 + self._shown_length()]

    def _shown_length(self) -> int:
        count = self._rows("SELECT (SELECT count(*) FROM items) + (SELECT count(*) FROM threads) AS n")[0]["n"]
        # a clash among n digests becomes likely at n² / 2 values; five bits a character, one character to spare
        return max(ids.SHOWN, math.ceil(2 * math.log2(count + 1) / 5) + 1)

    def resolve(self, given: str) -> tuple[str, str]:
        """(`item` | `words` | `thread` | `message`, full id) for a prefix of an id, or for a Message-ID.

        `words` are words of a message that were checked though no item has them. Raises UsageError where nothing or
        more than one thing is meant.
        """
        return resolve(self, given)

    def named_by_hand(self, prefix: str) -> tuple[Named, ...]:
        """The items that corrections name by an id that begins so, or gave one: also those that were rejected."""
        return named_by_hand(self.corrections(), prefix)

    def thread(self, given: str) -> str:
        """The full id of the thread that an id, a Message-ID or words of a subject name."""
        return thread_named(self, given)


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A reader on the database at `path`, one snapshot for the whole block.

    Raises StoreError where there is no database that is ours.
    """
    if not identify(path):
        raise StoreError(
            str(path), "there is no knowledge base here", "run `threadkb ingest SOURCE` or `threadkb demo` first"
        )
    connection = connect(path)
    try:
        connection.row_factory = sqlite3.Row
        yield Reader(connection, path)
    finally:
        connection.close()
