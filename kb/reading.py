"""In: a path, filters, ids. Out: views, read from the database over stdlib sqlite3.

Nothing here writes, and nothing heavy is imported: a list command is quick because of it.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kb import ids
from kb.errors import StoreError, UsageError
from kb.identify import identify
from kb.queries import sql
from kb.records import Passage, Zone, ZoneKind
from kb.snippets import passage
from kb.views import HitView, ItemView, LinkView, MessageView, RunView, SeriesView, ThreadView, TrailerView


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items; None means all. Texts match as parts, without regard to ASCII case."""

    kind: str | None = None
    thread: str | None = None
    """A full thread id."""
    message: str | None = None
    state: str | None = None
    verdict: str | None = None
    """A verdict, or `unchecked`."""
    topic: str | None = None
    by: str | None = None
    about: str | None = None
    since: str | None = None
    """ISO date or time, UTC."""
    confidence: float | None = None
    limit: int | None = None


class Reader:
    """A read-only view of one database. Get one from `reading`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    def _rows(self, query: str, **given: Any) -> list[sqlite3.Row]:
        try:
            bound = {name: _bindable(value) for name, value in given.items()}
            return self._connection.execute(query, bound).fetchall()
        except sqlite3.DatabaseError as wrong:
            raise StoreError(str(self.path), str(wrong), "run `threadkb doctor`") from None

    def threads(self, thread: str | None = None) -> tuple[ThreadView, ...]:
        """Threads, last written first; or just the one with this full id."""
        return tuple(
            ThreadView(**{**dict(r), "provisional": bool(r["provisional"])})
            for r in self._rows(sql("threads"), thread=thread)
        )

    def messages(self, thread: str) -> tuple[MessageView, ...]:
        """The messages of a thread in reading order."""
        return tuple(_message(r) for r in self._rows(sql("messages"), thread=thread))

    def message(self, message_id: str) -> MessageView | None:
        """One message by its Message-ID, without angle brackets."""
        return next((_message(r) for r in self._rows(sql("message"), message=message_id)), None)

    def zones(self, message_id: str) -> tuple[Zone, ...]:
        """The zones of a message's body."""
        return tuple(_zone(r) for r in self._rows(sql("zones"), message=message_id))

    def zones_of_thread(self, thread: str) -> dict[str, tuple[Zone, ...]]:
        """The zones of each message's body, by Message-ID."""
        found: dict[str, list[Zone]] = {}
        for row in self._rows(sql("zones_of_thread"), thread=thread):
            found.setdefault(row["message_id"], []).append(_zone(row))
        return {message_id: tuple(zones) for message_id, zones in found.items()}

    def items(self, wanted: Filter | None = None) -> tuple[ItemView, ...]:
        """Items in reading order."""
        w = wanted or Filter()
        rows = self._rows(
            sql("items"),
            kind=w.kind,
            thread=w.thread,
            message=w.message,
            state=w.state,
            verdict=w.verdict,
            since=w.since,
            confidence=w.confidence,
            by=_like(w.by),
            topic=_like(w.topic),
            about=_like(w.about),
            limit=w.limit,
        )
        return tuple(_item(r) for r in rows)

    def item(self, item_id: str) -> ItemView | None:
        """One item by its full id."""
        return next((_item(r) for r in self._rows(sql("item_by_id"), id=item_id)), None)

    def links_of(self, item_id: str) -> tuple[LinkView, ...]:
        """The links that leave or reach an item."""
        return tuple(LinkView(**dict(r)) for r in self._rows(sql("links_of"), item=item_id))

    def links(self, thread: str) -> tuple[LinkView, ...]:
        """All links within a thread."""
        return tuple(LinkView(**dict(r)) for r in self._rows(sql("links_of_thread"), thread=thread))

    def runs_of(self, item_id: str) -> tuple[RunView, ...]:
        """Every run of an item, latest first."""
        return tuple(_run(r) for r in self._rows(sql("runs_of"), item=item_id))

    def latest_runs(self, thread: str | None = None) -> tuple[RunView, ...]:
        """The latest run of each item, in reading order."""
        return tuple(_run(r) for r in self._rows(sql("latest_runs"), thread=thread))

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

    def search(self, words: str, *, thread: str | None = None, limit: int | None = 50) -> tuple[HitView, ...]:
        """Messages and items that hold all the words; `word*` finds beginnings, "two words" a phrase."""
        match = fts_query(words)
        if not match:
            raise UsageError("search", f"'{words}' holds no word", "give letters or digits")
        found = self._rows(sql("search"), words=match, thread=thread, limit=limit)
        return tuple(HitView(**{**dict(r), "snippet": passage(r["snippet"])}) for r in found)

    def shown(self, full_id: str) -> str:
        """An id as people see it: as many characters as keep ids apart in a database of this size."""
        return full_id[: 2 + self._shown_length()]

    def _shown_length(self) -> int:
        count = self._rows("SELECT (SELECT count(*) FROM items) + (SELECT count(*) FROM threads) AS n")[0]["n"]
        # a clash among n digests becomes likely at n² / 2 values; five bits a character, one character to spare
        return max(ids.SHOWN, math.ceil(2 * math.log2(count + 1) / 5) + 1)

    def resolve(self, given: str) -> tuple[str, str]:
        """(`item` | `thread` | `message`, full id) for a prefix of an id, or for a Message-ID.

        Raises UsageError where nothing or more than one thing is meant.
        """
        text = given.strip().strip("<>")
        if self.message(text) is not None:
            return "message", text
        head, _, tail = text.partition("-")
        if len(head) == 1 and text.isascii() and (tail.isalnum() or not tail):
            what, table = ("thread", "threads") if head == "t" else ("item", "items")
            found = [
                r["id"]
                for r in self._rows(
                    f"SELECT id FROM {table} WHERE id >= :low AND id < :high ORDER BY id LIMIT 6",  # noqa: S608
                    low=text,
                    high=text + "{",  # the character after z
                )
            ]
            if len(found) == 1:
                return what, found[0]
            if found:
                raise UsageError(given, f"is the beginning of several ids: {', '.join(found)}", "type more of it")
        raise UsageError(
            given, "no item, thread or message has this id", "`threadkb threads` and `threadkb claims` list them"
        )

    def thread(self, given: str) -> str:
        """The full id of the thread that an id, a Message-ID or words of a subject name."""
        try:
            what, full = self.resolve(given)
        except UsageError:
            found = [t for t in self.threads() if given.casefold() in t.subject.casefold()]
            if len(found) != 1:
                many = "several threads have" if found else "no thread has"
                raise UsageError(
                    given, f"{many} this id or these words in the subject", "`threadkb threads` lists them"
                ) from None
            return found[0].id
        if what == "thread":
            return full
        row = self.message(full) if what == "message" else self.item(full)
        if row is None:
            raise UsageError(given, "no thread holds this", "`threadkb threads` lists them")
        return row.thread_id


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A reader on the database at `path`, one snapshot for the whole block.

    Raises StoreError where there is no database that is ours.
    """
    if not identify(path):
        raise StoreError(
            str(path), "there is no knowledge base here", "run `threadkb ingest SOURCE` or `threadkb demo` first"
        )
    connection = _connect(path)
    try:
        connection.row_factory = sqlite3.Row
        yield Reader(connection, path)
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    place = f"file:{quote(os.fsencode(path.absolute()))}"
    # WAL needs its side files even to read; where the directory is read-only and no writer left any,
    # the file itself is whole
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        try:
            connection = sqlite3.connect(f"{place}?{mode}", uri=True, isolation_level=None, timeout=15)
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM threads").fetchone()
        except sqlite3.OperationalError as wrong:
            words = str(wrong)
            if mode == "mode=ro" and "unable to open" in words and not path.with_name(path.name + "-wal").exists():
                continue
            if "no such table" in words:
                raise _damaged(path, words) from None
            raise StoreError(str(path), words, "check the rights of the file and of its directory") from None
        except sqlite3.DatabaseError as wrong:
            raise _damaged(path, str(wrong)) from None
        return connection
    raise StoreError(str(path), "cannot be opened", "check the rights of the file and of its directory")


def _damaged(path: Path, how: str) -> StoreError:
    return StoreError(str(path), f"is damaged: {how}", "restore it from a backup, or give another file with --db")


def fts_query(words: str) -> str:
    """`words` as an FTS5 expression that cannot be wrong: each word or "phrase" quoted, `*` at its end kept."""
    out = []
    for number, part in enumerate(words.split('"')):
        for word in [part] if number % 2 else part.split():
            star = "*" if word.endswith("*") else ""
            clean = word.strip().strip("*").replace("\x00", " ")
            if any(char.isalnum() for char in clean):
                out.append(f'"{clean}"{star}')
    return " ".join(out)


def _like(text: str | None) -> str | None:
    if text is None:
        return None
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _bindable(value: Any) -> Any:
    """`value` as SQLite takes it: what is no text (a file name's stray bytes) or beyond 64 bits equals nothing kept."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return min(value, (1 << 63) - 1) if isinstance(value, int) else value


def _zone(row: sqlite3.Row) -> Zone:
    quoted = row["quoted_id"]
    passage = None if quoted is None else Passage(quoted, row["quoted_start"], row["quoted_end"])
    return Zone(ZoneKind(row["kind"]), row["start"], row["end"], row["depth"], passage)


def _message(row: sqlite3.Row) -> MessageView:
    return MessageView(**{**dict(row), "provisional": bool(row["provisional"])})


def _item(row: sqlite3.Row) -> ItemView:
    values = dict(row)
    values["topics"] = tuple(json.loads(values["topics"]))
    values["entities"] = tuple(json.loads(values["entities"]))
    return ItemView(**values)


def _run(row: sqlite3.Row) -> RunView:
    values = dict(row)
    values["predicate"] = json.loads(values["predicate"])
    values["evidence"] = tuple(json.loads(values["evidence"]))
    values["assumptions"] = tuple(json.loads(values["assumptions"]))
    return RunView(**values)
