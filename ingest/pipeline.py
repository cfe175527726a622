"""In: raw mails and a database. Out: the database with those mails and all that follows from them, and what was new.

One transaction an ingest: the same mail twice changes nothing; a kill at any moment leaves the old state or the new.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.by_hand import corrected
from ingest.derive import derive
from ingest.heeding import heeded
from ingest.mail import parse
from ingest.remembering import Reading, from_text
from ingest.sources.patchwork import stands_for
from kb.corrections import Conflict, moved
from kb.found_by import reader_in
from kb.journal import Change, changes
from kb.records import Correction, Message, RawMail
from kb.store.rows import DerivedThread, SeriesRow
from kb.store.writing import Writer, writing

if TYPE_CHECKING:
    from ingest.reader.reading import Reader, Tally

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did."""

    added: int
    """Mails that were new."""
    known: int
    """Mails that were there already."""
    replaced: int
    """Provisional mails whose place a real one took."""
    threads: tuple[str, ...]
    """Ids of the threads that the mails belong to."""
    items: Mapping[str, int] = field(default_factory=dict)
    """Items by kind in those threads; empty where nothing was new."""
    links: int = 0
    problems: int = 0
    seconds: float = 0.0
    reader: Tally | None = None
    """What the reader did, if there was one."""
    without: tuple[str, ...] = ()
    """Readers that had found items in these threads and were not asked this time: their items are gone."""
    conflicts: tuple[Conflict, ...] = ()
    """Corrections in these threads that cannot be carried out."""
    changes: tuple[Change, ...] = ()
    """What the mails changed, newest first."""
    batch: int = 0
    """The number of this arrival in the journal; 0 where nothing changed."""


def ingest(
    path: Path,
    mails: Sequence[RawMail],
    *,
    progress: Progress | None = None,
    reader: Reader | None = None,
    withdrawn: Collection[str] = (),
    batch: int = 0,
) -> IngestReport:
    """Keep `mails` in the database at `path`, made if absent, and derive anew the threads that they touch.

    A `reader` finds the items where it can; the report then has its tally. Mails that were taken back by where they
    came from are `withdrawn` (Message-IDs). What changes is kept in the journal, as part of the arrival `batch` if one
    is given.
    """
    began = time.monotonic()
    parsed = [(parse(mail), mail) for mail in heeded(path, mails)]
    if reader is not None:
        _ask_ahead(path, [m for m, _ in parsed], reader)
    now = datetime.now(UTC)
    with writing(path) as writer:
        added = writer.add_raw([(m.message_id, mail) for m, mail in parsed], now)
        for source in {mail.source: None for mail in mails if mail.source is not None and mail.source.seen}:
            writer.saw(source, now)
        fresh = [m for m, _ in parsed if m.message_id in added]
        gone = writer.withdraw(withdrawn)
        taken = take_places(writer, fresh)
        touched = _touched(writer, [m for m, _ in parsed], fresh, {*gone, *taken})
        report = _derive_touched(writer, touched, taken, progress, reader)
        batch = writer.write_journal(report.changes, now, batch)
    known = len({m.message_id for m, _ in parsed}) - len(added)
    report = replace(report, added=len(added), known=known, replaced=len(taken), batch=batch)
    tally = reader.tally if reader is not None else None
    return replace(report, seconds=time.monotonic() - began, reader=tally)


def rebuild(path: Path, *, progress: Progress | None = None, reader: Reader | None = None) -> IngestReport:
    """Drop everything derived in the database at `path` and make it again from the mails kept there.

    A `reader` finds the items where it can; the report then has its tally.
    """
    began = time.monotonic()
    if reader is not None:
        with writing(path, create=False) as writer:
            kept = [parse(mail) for _, mail in writer.raw()]
        derive(kept, reader=reader)
    with writing(path, create=False) as writer:
        had = _readers_of(writer)
        writer.drop_derived()
        derived = _derive(writer, None, progress, reader)
        for thread in derived:
            writer.add_thread(thread)
    known = sum(len(one.thread.messages) for one in derived)
    report = replace(_report(derived), known=known, without=_without(had, reader), seconds=time.monotonic() - began)
    return replace(report, reader=reader.tally if reader is not None else None)


def correct(path: Path, corrections: Sequence[Correction]) -> tuple[Conflict, ...]:
    """Keep `corrections` in the database at `path` and let them count at once; the conflicts in the threads they touch.

    Only the threads of the items that they name are linked and folded anew; no mail is read again.
    """
    with writing(path, create=False) as writer:
        writer.add_corrections(corrections)
        replaced = writer.replacements()
        every = moved(writer.corrections(), replaced)
        named = {one.message_id for c in moved(corrections, replaced) for one in c.named}
        conflicts: list[Conflict] = []
        for thread_id in sorted(writer.threads_of(named)):
            derived = corrected(writer.thread(thread_id), writer.extracted(thread_id), every)
            writer.replace_items(derived)
            conflicts += derived.conflicts
    return tuple(conflicts)


def _ask_ahead(path: Path, given: Sequence[Message], reader: Reader) -> None:
    """Ask the reader about the threads that `given` belong to, so that nobody waits for it while the base is locked.

    What it answers is remembered by the reader, and found again when the threads are derived.
    """
    named = {name for m in given for name in (m.message_id, m.parent_id, *m.references) if name}
    with writing(path) as writer:
        members = writer.messages_of(writer.threads_touched_by(named))
        kept = {name: parse(mail) for name, mail in writer.raw(members)}
    if any(m.message_id not in members for m in given):
        derive({**{m.message_id: m for m in given}, **kept}.values(), reader=reader)


@dataclass(frozen=True, slots=True)
class _Touched:
    """What an arrival touches."""

    threads: frozenset[str]
    """Ids of the threads that are there and hold, or may come to hold, one of the mails."""
    changed: frozenset[str]
    """Message-IDs of the mails that came, went, or gave their place away; none where nothing changed."""


def _touched(writer: Writer, given: Sequence[Message], fresh: Sequence[Message], gone: Collection[str]) -> _Touched:
    if not (fresh or gone):
        return _Touched(frozenset(writer.threads_touched_by(m.message_id for m in given)), frozenset())
    named = {name for m in fresh for name in (m.message_id, m.parent_id, *m.references) if name}
    threads = writer.threads_touched_by(named | set(gone))
    return _Touched(frozenset(threads), frozenset({m.message_id for m in fresh} | set(gone)))


def _derive_touched(
    writer: Writer, touched: _Touched, taken: Mapping[str, str], progress: Progress | None, reader: Reader | None
) -> IngestReport:
    if not touched.changed:
        return IngestReport(0, 0, 0, tuple(sorted(touched.threads)))
    members = writer.messages_of(touched.threads) | touched.changed
    had = _readers_of(writer, touched.threads)
    before = writer.snapshot(touched.threads)
    writer.drop_threads(touched.threads)
    derived = _derive(writer, members, progress, reader)
    for thread in derived:
        writer.add_thread(thread)
    report = _report(derived)
    writer.forget(members - {m.message_id for one in derived for m in one.thread.messages})
    found = changes(before, writer.snapshot(report.threads), taken)
    return replace(report, without=_without(had, reader), changes=found)


def _readers_of(writer: Writer, threads: Iterable[str] | None = None) -> set[str]:
    """The readers that found items in these threads, or in all."""
    return {name for cue in writer.cues_of(threads) if (name := reader_in(cue))}


def _without(had: set[str], reader: Reader | None) -> tuple[str, ...]:
    """The readers whose items are gone, for they were not asked this time."""
    return tuple(sorted(had - {reader.endpoint.name} if reader is not None else had))


def _derive(
    writer: Writer, members: Iterable[str] | None, progress: Progress | None, reader: Reader | None = None
) -> tuple[DerivedThread, ...]:
    raw = dict(writer.raw(members))
    corrections = writer.corrections()
    if corrections:
        corrections = moved(corrections, writer.replacements())
    kept = {} if members is None or reader is not None else writer.readings(members)
    memory = {name: from_text(row.key, row.content) for name, row in kept.items()}
    return derived_of(raw, corrections, progress=progress, reader=reader, memory=memory)


def derived_of(
    raw: Mapping[str, RawMail],
    corrections: Sequence[Correction],
    *,
    progress: Progress | None = None,
    reader: Reader | None = None,
    memory: Mapping[str, Reading] | None = None,
) -> tuple[DerivedThread, ...]:
    """What is derived from the mails in `raw` (Message-ID to mail). `memory` is that of `ingest.derive.derive`."""
    messages = [parse(mail) for mail in raw.values()]
    derived = derive(messages, corrections, progress=progress, reader=reader, memory=memory)
    return tuple(replace(one, series=_series(one, raw)) for one in derived)


def _series(derived: DerivedThread, raw: Mapping[str, RawMail]) -> tuple[SeriesRow, ...]:
    """What b4 reads of patches, series and trailers; it is asked only where a subject announces a patch."""
    mails = [raw[m.message_id] for m in derived.thread.messages if not m.provisional and m.message_id in raw]
    if not any("[" in m.subject and "PATCH" in m.subject.upper() for m in derived.thread.messages if not m.provisional):
        return ()
    from ingest.sources.lore import series_of

    return tuple(
        SeriesRow(
            revision=s.revision,
            subject=s.subject,
            change_id=s.change_id,
            expected=s.expected,
            found=s.found,
            trailers=tuple((p.number, t.name, t.value, t.message_id) for p in s.patches for t in p.trailers),
        )
        for s in series_of(mails)
    )


def take_places(writer: Writer, fresh: Sequence[Message]) -> dict[str, str]:
    """Let each real mail take the place of the provisional one that stands for it, whichever came first.

    Out comes the Message-ID of each provisional mail that was replaced, with that of the real one.
    """
    waiting = {m.message_id: m for m in fresh if m.provisional}
    real = {m.message_id: m for m in fresh if not m.provisional}
    if real:
        here = writer.provisional_at(m.date for m in real.values())
        waiting |= {m.message_id: m for m in (parse(mail) for _, mail in writer.raw(here)) if m.provisional}
    if any(m.provisional for m in fresh):
        known = writer.real_at(m.date for m in fresh if m.provisional)
        real |= {m.message_id: m for m in (parse(mail) for _, mail in writer.raw(known)) if not m.provisional}
    minutes: dict[datetime, list[Message]] = {}
    for message in waiting.values():
        minutes.setdefault(message.date.replace(second=0, microsecond=0), []).append(message)
    taken: dict[str, str] = {}
    for message in real.values():
        for candidate in minutes.get(message.date.replace(second=0, microsecond=0), []):
            if candidate.message_id != message.message_id and stands_for(candidate, message):
                writer.replace_provisional(candidate.message_id, message.message_id)
                taken[candidate.message_id] = message.message_id
    return taken


def _report(derived: Sequence[DerivedThread]) -> IngestReport:
    kinds = Counter(str(item.kind) for one in derived for item in one.items)
    return IngestReport(
        added=0,
        known=0,
        replaced=0,
        threads=tuple(sorted(one.id for one in derived)),
        items=dict(sorted(kinds.items())),
        links=sum(len(one.links) for one in derived),
        problems=sum(len(m.problems) for one in derived for m in one.thread.messages),
        conflicts=tuple(conflict for one in derived for conflict in one.conflicts),
    )
