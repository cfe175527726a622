"""In: raw mails and a database. Out: the database with those mails and all that follows from them, and what was new.

One transaction an ingest: the same mail twice changes nothing; a kill at any moment leaves the old state or the new.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.derive import derive
from ingest.mail import parse
from ingest.sources.patchwork import stands_for
from kb.records import Message, RawMail
from kb.store.rows import DerivedThread, SeriesRow
from kb.store.writing import Writer, writing

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


def ingest(path: Path, mails: Sequence[RawMail], *, progress: Progress | None = None) -> IngestReport:
    """Keep `mails` in the database at `path`, made if absent, and derive anew the threads that they touch."""
    began = time.monotonic()
    parsed = [(parse(mail), mail) for mail in mails]
    with writing(path) as writer:
        added = writer.add_raw([(m.message_id, mail) for m, mail in parsed], datetime.now(UTC))
        fresh = [m for m, _ in parsed if m.message_id in added]
        replaced = _take_places(writer, fresh)
        report = _derive_touched(writer, [m for m, _ in parsed], fresh, progress)
    known = len({m.message_id for m, _ in parsed}) - len(added)
    return replace(report, added=len(added), known=known, replaced=replaced, seconds=time.monotonic() - began)


def rebuild(path: Path, *, progress: Progress | None = None) -> IngestReport:
    """Drop everything derived in the database at `path` and make it again from the mails kept there."""
    began = time.monotonic()
    with writing(path, create=False) as writer:
        writer.drop_derived()
        derived = _derive(writer, None, progress)
        for thread in derived:
            writer.add_thread(thread)
    known = sum(len(one.thread.messages) for one in derived)
    return replace(_report(derived), known=known, seconds=time.monotonic() - began)


def _derive_touched(
    writer: Writer, given: Sequence[Message], fresh: Sequence[Message], progress: Progress | None
) -> IngestReport:
    if not fresh:
        return IngestReport(0, 0, 0, tuple(sorted(writer.threads_touched_by(m.message_id for m in given))))
    named = {name for m in fresh for name in (m.message_id, m.parent_id, *m.references) if name}
    old = writer.threads_touched_by(named)
    members = writer.messages_of(old) | {m.message_id for m in fresh}
    writer.drop_threads(old)
    derived = _derive(writer, members, progress)
    for thread in derived:
        writer.add_thread(thread)
    return _report(derived)


def _derive(writer: Writer, members: Iterable[str] | None, progress: Progress | None) -> tuple[DerivedThread, ...]:
    raw = dict(writer.raw(members))
    messages = [parse(mail) for mail in raw.values()]
    derived = derive(messages, writer.corrections(), progress=progress)
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


def _take_places(writer: Writer, fresh: Sequence[Message]) -> int:
    """Let each real mail take the place of the provisional one that stands for it, whichever came first."""
    waiting = writer.provisional_ids()
    if not waiting:
        return 0
    provisional = [parse(mail) for _, mail in writer.raw(waiting)]
    minutes: dict[datetime, list[Message]] = {}
    for message in provisional:
        minutes.setdefault(message.date.replace(second=0, microsecond=0), []).append(message)
    real = {m.message_id: m for m in fresh if not m.provisional}
    if any(m.provisional for m in fresh):
        known = writer.messages_at(sorted(minutes))
        real |= {m.message_id: m for m in (parse(mail) for _, mail in writer.raw(known)) if not m.provisional}
    count = 0
    for message in real.values():
        for candidate in minutes.get(message.date.replace(second=0, microsecond=0), []):
            if candidate.message_id != message.message_id and stands_for(candidate, message):
                writer.replace_provisional(candidate.message_id, message.message_id)
                count += 1
    return count


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
    )
