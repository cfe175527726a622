"""In: a derived thread. Out: the rows it becomes, a statement and its values a table.

Nothing is read and nothing is executed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from kb import ids
from kb.corrections import Conflict
from kb.records import Item, Link, Standing, Thread, ZoneKind
from kb.store import schema
from kb.store.extracted import Extracted, to_text
from kb.store.series_rows import series_rows


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A version of a patch series found in a thread, with the trailers given on its patches."""

    revision: int
    subject: str
    change_id: str | None
    expected: int
    found: int
    trailers: tuple[tuple[int, str, str, str | None], ...] = ()
    """Patch number, name, value, and the Message-ID that gave it."""


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """What extraction found in one mail."""

    message_id: str
    key: str
    """The digest of all that it depends on."""
    content: str


@dataclass(frozen=True, slots=True)
class DerivedThread:
    """All that is derived from one thread's mails."""

    thread: Thread
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    standings: dict[str, Standing]
    series: tuple[SeriesRow, ...] = field(default=())
    extracted: Extracted | None = None
    """What was extracted, where corrections changed it."""
    conflicts: tuple[Conflict, ...] = ()
    readings: tuple[ReadingRow, ...] = ()
    """What was read in mails and is to be remembered."""

    @property
    def id(self) -> str:
        return ids.thread_id(self.thread.root_id)


def stamp(when: datetime) -> str:
    """`when` as the database keeps it: ISO 8601 in UTC, to the second."""
    return when.astimezone(UTC).isoformat(timespec="seconds")


def rows(derived: DerivedThread) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Each insert statement with its rows."""
    thread, own = derived.thread, derived.id
    mails = thread.messages
    yield (
        insert(schema.threads),
        [
            {
                "id": own,
                "root_id": thread.root_id,
                "subject": thread.subject,
                "messages": len(mails),
                "people": len({m.address or m.author for m in mails}),
                "first_date": stamp(min(m.date for m in mails)),
                "last_date": stamp(max(m.date for m in mails)),
            }
        ],
    )
    yield (
        insert(schema.messages),
        [
            {
                "message_id": m.message_id,
                "thread_id": own,
                "number": number,
                "parent_id": m.parent_id,
                "subject": m.subject,
                "author": m.author,
                "address": m.address,
                "date": stamp(m.date),
                "body": m.body,
                "sha256": m.sha256,
                "origin": m.origin,
                "provisional": m.provisional,
            }
            for number, m in enumerate(mails)
        ],
    )
    yield (
        insert(schema.ancestors),
        [
            {"message_id": m.message_id, "ancestor_id": ancestor}
            for m in mails
            for ancestor in sorted({*m.references, *([m.parent_id] if m.parent_id else [])})
        ],
    )
    yield (
        insert(schema.zones),
        [
            {
                "message_id": m.message_id,
                "start": z.start,
                "end": z.end,
                "kind": z.kind,
                "depth": z.depth,
                "quoted_id": z.quoted.message_id if z.quoted else None,
                "quoted_start": z.quoted.start if z.quoted else None,
                "quoted_end": z.quoted.end if z.quoted else None,
            }
            for m in mails
            for z in thread.zones.get(m.message_id, ())
        ],
    )
    yield (
        insert(schema.problems),
        [{"message_id": m.message_id, "place": p.place, "what": p.what} for m in mails for p in m.problems],
    )
    yield (
        insert(schema.series),
        [
            {
                "thread_id": own,
                "revision": s.revision,
                "subject": s.subject,
                "change_id": s.change_id,
                "expected": s.expected,
                "found": s.found,
            }
            for s in derived.series
        ],
    )
    yield (
        insert(schema.trailers),
        [
            {
                "thread_id": own,
                "revision": s.revision,
                "patch": patch,
                "name": name,
                "value": value,
                "message_id": given,
            }
            for s in derived.series
            for patch, name, value, given in s.trailers
        ],
    )
    yield from series_rows(thread, own)
    yield from item_rows(derived)


@dataclass(frozen=True, slots=True)
class FoundText:
    """A text that a search finds."""

    kind: str
    """`message`, or an item's kind."""
    ref: str
    """The Message-ID or the item's id."""
    thread_id: str
    text: str


def message_texts(derived: DerivedThread) -> tuple[FoundText, ...]:
    """The subject and the own words of each message."""
    apart = (ZoneKind.QUOTE, ZoneKind.ATTRIBUTION, ZoneKind.SIGNATURE)
    return tuple(
        FoundText(
            "message",
            m.message_id,
            derived.id,
            m.subject
            + "\n"
            + "".join(
                m.body[z.start : z.end] for z in derived.thread.zones.get(m.message_id, ()) if z.kind not in apart
            ),
        )
        for m in derived.thread.messages
    )


def item_texts(derived: DerivedThread) -> tuple[FoundText, ...]:
    """The words of each item."""
    return tuple(FoundText(i.kind, i.id, derived.id, i.quote.text) for i in derived.items)


def item_rows(derived: DerivedThread) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Each insert statement with its rows, for what corrections can change: items, links and what hangs on them."""
    own = derived.id
    yield (
        insert(schema.extracted),
        [{"thread_id": own, "content": to_text(derived.extracted)}] if derived.extracted is not None else [],
    )
    yield (
        insert(schema.conflicts),
        [{"thread_id": own, "correction_id": c.correction_id, "what": c.what} for c in derived.conflicts],
    )
    yield (
        insert(schema.items),
        [
            {
                "id": i.id,
                "thread_id": own,
                "message_id": i.quote.message_id,
                "kind": i.kind,
                "start": i.quote.start,
                "end": i.quote.end,
                "quote": i.quote.text,
                "says": i.says,
                "confidence": i.confidence,
                "cue": i.cue,
                "commits": i.commits,
                "state": derived.standings[i.id].state,
                "because": derived.standings[i.id].because,
                "by_item": derived.standings[i.id].by_item,
            }
            for i in derived.items
        ],
    )
    yield (
        insert(schema.topics),
        [
            {"item_id": i.id, "topic": t, "rank": n}
            for i in derived.items
            for n, t in enumerate(dict.fromkeys(i.topics))
        ],
    )
    yield (
        insert(schema.entities),
        [
            {"item_id": i.id, "entity": e, "rank": n}
            for i in derived.items
            for n, e in enumerate(dict.fromkeys(i.entities))
        ],
    )
    yield (
        insert(schema.links),
        [
            {
                "source": link.source,
                "relation": link.relation,
                "target": link.target,
                "thread_id": own,
                "confidence": link.confidence,
                "because": link.because,
            }
            for link in derived.links
        ],
    )
