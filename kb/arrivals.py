"""In: a reader. Out: where its mail came from, which mail is known, and what each arrival of mail changed.

Light: stdlib sqlite3 alone. A database that an older threadkb wrote has no sources and no journal until it is next
written to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from kb.journal import Change, What, in_order
from kb.reading import Reader
from kb.records import Source, SourceKind

EVER = ""
"""Before every time."""


@dataclass(frozen=True, slots=True)
class Known:
    """A source that the database knows."""

    number: int
    source: Source
    at: str
    """When it was last asked, ISO 8601."""


def sources_in(reader: Reader, thread: str | None = None) -> tuple[Known, ...]:
    """All sources, or those that gave mail of one thread (full id); the first one known first."""
    if not reader.ask("has_table", name="sources"):
        return ()
    rows = reader.ask("sources") if thread is None else reader.ask("sources_of_thread", thread=thread)
    return tuple(Known(r["id"], Source(SourceKind(r["kind"]), r["address"], r["seen"]), r["at"]) for r in rows)


def threads_of(reader: Reader, known: Known) -> tuple[str, ...]:
    """The ids of some threads, the first few, that hold mail of a source."""
    return tuple(row["thread_id"] for row in reader.ask("threads_of_source", source=known.number))


def known_digests(reader: Reader, digests: Iterable[str]) -> frozenset[str]:
    """Those of `digests` (SHA-256 of a mail's bytes) that are kept."""
    return frozenset(row["sha256"] for row in reader.ask("known_digests", digests=json.dumps(sorted(set(digests)))))


def last_arrival(reader: Reader) -> tuple[int, str]:
    """Number and time of the latest arrival that changed something; 0 and "" where there was none."""
    rows = reader.ask("journal_last") if reader.ask("has_table", name="journal") else []
    return (rows[0]["batch"], rows[0]["at"]) if rows else (0, EVER)


def changes_in(reader: Reader, *, batch: int = 0, since: str = EVER, thread: str | None = None) -> tuple[Change, ...]:
    """What changed, newest first: in the arrivals from number `batch` on, or since an ISO time in UTC; in one thread.

    Verdicts that turned since then are among it, and the first ones of new items.
    """
    if not reader.ask("has_table", name="journal"):
        return ()
    if batch:
        rows = reader.ask("journal_from", batch=batch, thread=thread)
    else:
        rows = reader.ask("journal_since", since=since, thread=thread)
    told = [
        Change(
            What(r["what"]),
            r["thread_id"],
            r["message_id"],
            item_id=r["item_id"],
            batch=r["batch"],
            at=r["at"],
            **{"number": 0, "author": "", "date": "", **json.loads(r["content"])},
        )
        for r in rows
    ]
    since = max(since, min((c.at for c in told), default=EVER)) if batch else since
    numbers = sorted((c.at, c.batch) for c in told)
    turned = [
        Change(
            What.VERDICT,
            r["thread_id"],
            r["message_id"],
            r["number"],
            r["author"],
            r["date"],
            item_id=r["item_id"],
            kind=r["kind"],
            quote=r["quote"],
            before=r["before"],
            after=r["verdict"],
            because=r["summary"],
            # a verdict belongs to the arrival before it
            batch=max((number for at, number in numbers if at <= r["at"]), default=batch),
            at=r["at"],
        )
        for r in reader.ask("verdicts_turned", since=since, thread=thread)
    ]
    return in_order((*told, *turned))
