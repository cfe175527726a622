"""In: a number. Out: a database that holds so many messages of made-up threads, written without any extraction."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb import ids, states
from kb.records import (
    Correction,
    Item,
    ItemKind,
    Link,
    Message,
    Named,
    Quote,
    RawMail,
    Relation,
    Source,
    SourceKind,
    Thread,
    Verdict,
    Zone,
    ZoneKind,
)
from kb.store.rows import DerivedThread, ReadingRow
from kb.store.writing import Writer, writing
from tests.support.threads import run

A_THREAD = 10
"""Messages of each thread."""
_START = datetime(2020, 1, 1, tzinfo=UTC)
_AT_ONCE = 100
_SAID = (
    (ItemKind.CLAIM, "The lock is taken twice in the fast path of reader {0}."),
    (ItemKind.QUESTION, "Why does writer {0} need the second lock at all?"),
    (ItemKind.DECISION, "We should drop the second lock of reader {0}."),
)


def fill(path: Path, messages: int) -> None:
    """Add threads with at least so many messages in all to the database at `path`, made if absent.

    Each message has three items, each thread links, a run for each fifth item, and sometimes a correction.
    """
    threads = -(-messages // A_THREAD)
    for first in range(0, threads, _AT_ONCE):
        with writing(path) as writer:
            for number in range(first, min(first + _AT_ONCE, threads)):
                _write(writer, number)


def _write(writer: Writer, number: int) -> None:
    mails = [_message(number, place) for place in range(A_THREAD)]
    source = Source(SourceKind.FILE, f"/nowhere/{number}.mbox")
    writer.add_raw([(m.message_id, RawMail(_bytes(m), "made up", source=source)) for m in mails], _START)
    items = [item for m in mails for item in _items(m)]
    links = [
        Link(later.id, Relation.SUPPORTS, earlier.id, 0.6, "made up")
        for earlier, later in zip(items[::3], items[3::3], strict=False)
    ]
    voices = {m.message_id: states.Voice(m.author, place) for place, m in enumerate(mails)}
    zones = {m.message_id: (Zone(ZoneKind.OWN, 0, len(m.body)),) for m in mails}
    thread = Thread(mails[0].message_id, mails[0].subject, tuple(mails), zones)
    readings = tuple(ReadingRow(m.message_id, "made up", m.body * 3) for m in mails)
    standings = states.fold(items, links, voices)
    writer.add_thread(DerivedThread(thread, tuple(items), tuple(links), standings, readings=readings))
    for item in items[::5]:
        writer.add_run(run(item, Verdict.VERIFIED, at=_START))
    if number % 10 == 0:
        named = Named(items[0].id, items[0].kind, items[0].quote.message_id, items[0].quote.text)
        writer.add_corrections([Correction(items[0].id, "confirm", "", "Ada Example", _START, "", (named,))])


def _message(number: int, place: int) -> Message:
    body = "\n".join(words.format(f"{number}_{place}") for _, words in _SAID) + "\n" + "More words follow here.\n" * 20
    return Message(
        message_id=f"f{number}.{place}@example.net",
        parent_id=f"f{number}.{place - 1}@example.net" if place else None,
        references=(f"f{number}.0@example.net",) if place else (),
        subject=f"{'Re: ' * bool(place)}[PATCH] thread {number}",
        author=f"Person {(number + place) % 97}",
        address=f"p{(number + place) % 97}@example.net",
        date=_START + timedelta(minutes=7 * (number * A_THREAD + place)),
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
    )


def _bytes(message: Message) -> bytes:
    return f"From: {message.author}\nMessage-ID: <{message.message_id}>\n\n{message.body}".encode()


def _items(message: Message) -> list[Item]:
    out = []
    for kind, words in zip((k for k, _ in _SAID), message.body.split("\n"), strict=False):
        start = message.body.index(words)
        quote = Quote(message.message_id, start, start + len(words), words)
        own = ids.item_id(message.message_id, kind, words)
        out.append(Item(own, kind, quote, words, 0.8, "made up", ("lock",), ("reader()",)))
    return out
