"""In: a database, and which threads. Out: their sources asked again, what is new kept and derived, and what changed.

Each group of mails that belong together is one transaction. A source that fails stops nothing: it is told, and the
database is as it was for its threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kb import arrivals
from kb.arrivals import Known
from kb.errors import SourceError, ThreadkbError, UsageError
from kb.reading import Reader as Base
from kb.reading import reading
from kb.records import RawMail, Source, SourceKind

if TYPE_CHECKING:
    from ingest.reader.reading import Reader

Progress = Callable[[str], None]
_RACY = 2.0
"""Seconds within which a file may change again without another time of change."""
_AT_ONCE = 500
"""Mails of an archive that are taken in at once."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that could not be asked."""

    source: Source
    threads: tuple[str, ...]
    """Some of the threads that came from it."""
    error: ThreadkbError


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did."""

    asked: int = 0
    """Sources that were asked and answered."""
    added: int = 0
    """Mails whose bytes were new."""
    withdrawn: int = 0
    """Mails that an archive took back."""
    threads: tuple[str, ...] = ()
    """Ids of the threads that the new mails touched."""
    batch: int = 0
    """The number of the arrival in the journal; 0 where nothing changed."""
    failures: tuple[Failure, ...] = ()
    left: tuple[Source, ...] = ()
    """Sources that cannot be asked again: standard input."""
    without: tuple[str, ...] = ()
    """Readers whose items are gone, for they were not asked this time."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _News:
    """What a source has that is not kept."""

    mails: tuple[RawMail, ...]
    withdrawn: tuple[str, ...]
    seen: str


def update(
    path: Path, threads: Collection[str] = (), *, progress: Progress | None = None, reader: Reader | None = None
) -> Updated:
    """Ask the sources of `threads` (full ids), or all sources, for new mail, and take it in.

    A source may hold more threads than were asked for; what it has is taken in.
    """
    began = time.monotonic()
    known, failures = _sources(path, threads)
    out = Updated(left=tuple(one.source for one in known if one.source.kind is SourceKind.STDIN), failures=failures)
    for one in known:
        if one.source.kind is SourceKind.STDIN:
            continue
        try:
            for news in _news(path, one.source, progress):
                out = _taken(path, one.source, news, out, progress, reader)
        except (SourceError, UsageError) as wrong:
            with reading(path) as base:
                failure = Failure(one.source, arrivals.threads_of(base, one), wrong)
            out = replace(out, failures=(*out.failures, failure))
        else:
            out = replace(out, asked=out.asked + 1)
    return replace(out, seconds=time.monotonic() - began)


def _sources(path: Path, threads: Collection[str]) -> tuple[list[Known], tuple[Failure, ...]]:
    """The sources to ask, each once, and the threads of which nobody knows where they came from."""
    with reading(path) as base:
        old = not base.ask("has_table", name="sources")
    if old:
        from kb.store.opening import open_engine

        open_engine(path, create=False).dispose()
    with reading(path) as base:
        if not threads:
            return _each_once(base, arrivals.sources_in(base)), ()
        found: dict[int, Known] = {}
        failures = []
        for thread in threads:
            here = arrivals.sources_in(base, thread)
            found.update((one.number, one) for one in here)
            if all(one.source.kind is SourceKind.STDIN for one in here):
                what = "came from standard input" if here else "nobody knows where it came from"
                wrong = SourceError(thread, what, "`threadkb ingest` its Message-ID, URL or file, which is remembered")
                source = here[0].source if here else Source(SourceKind.STDIN, "-")
                failures.append(Failure(source, (thread,), wrong))
        return _each_once(base, found.values()), tuple(failures)


def _each_once(base: Base, known: Collection[Known]) -> list[Known]:
    """`known` without a second address on one archive for one thread."""
    from ingest.sources.lore_address import address_of

    out, seen = [], set()
    for one in known:
        if one.source.kind is SourceKind.LORE:
            try:
                address = address_of(one.source.address)
                message = base.message(address.message_id)
            except UsageError:
                message = None  # asking it will say what is wrong
            if message is not None:
                key = (address.archive, message.thread_id)
                if key in seen:
                    continue
                seen.add(key)
        out.append(one)
    return out


def _news(path: Path, source: Source, progress: Progress | None) -> Iterator[_News]:
    """What `source` has that is not kept, in portions; none where it is seen to be as it was."""
    match source.kind:
        case SourceKind.PUBLICINBOX:
            yield from _commits(source, progress)
        case SourceKind.LORE:
            yield from _unknown(path, source, "", progress)
        case _:
            mark = _mark(Path(source.address))
            if not mark or mark != source.seen:
                yield from _unknown(path, source, mark, progress)


def _unknown(path: Path, source: Source, mark: str, progress: Progress | None) -> Iterator[_News]:
    from ingest.heeding import heeded
    from ingest.sources import read

    if source.kind in (SourceKind.FILE, SourceKind.MAILDIR) and not _there(source.address):
        raise SourceError(source.address, "is not there any more", "`threadkb ingest` it from where it lies")
    mails = {sha256(mail.content).hexdigest(): mail for mail in read(source.address, progress=progress, fresh=True)}
    with reading(path) as base:
        known = arrivals.known_digests(base, mails)
        # what was forgotten on somebody's wish is offered again and again: it is news of nothing
        heard = heeded(path, [mail for digest, mail in mails.items() if digest not in known])
        kept = {sha256(mail.content).hexdigest(): mail for mail in heard}
        known |= arrivals.known_digests(base, kept.keys() - mails.keys())
    yield _News(tuple(mail for digest, mail in kept.items() if digest not in known), (), mark)


def _commits(source: Source, progress: Progress | None) -> Iterator[_News]:
    from ingest.mail import parse
    from ingest.sources import publicinbox

    seen = publicinbox.position(source.seen)
    coming = publicinbox.arrivals(Path(source.address), seen, progress=progress)
    while portion := list(islice(coming, _AT_ONCE)):
        seen = {**seen, **{one.epoch: one.commit for one in portion}}
        # not yet what was seen: that counts when the whole portion is kept
        own = replace(source, seen="")
        mails = tuple(replace(one.mail, source=own) for one in portion if one.mail is not None)
        gone = tuple(parse(one.removed).message_id for one in portion if one.removed is not None)
        yield _News(mails, gone, publicinbox.text_of(seen))


def _there(address: str) -> bool:
    try:
        return Path(address).exists()
    except (OSError, ValueError):
        return True  # reading it says what is wrong


def _mark(place: Path) -> str:
    """What tells that a file or a Maildir is as it was; "" where nothing does."""
    try:
        found = [folder.stat() for folder in (place / "new", place / "cur")] if place.is_dir() else [place.stat()]
    except (OSError, ValueError):
        return ""
    if any(time.time() - one.st_mtime < _RACY for one in found):
        return ""
    return ";".join(f"{one.st_ino}:{one.st_size}:{one.st_mtime_ns}" for one in found)


def _taken(
    path: Path, source: Source, news: _News, out: Updated, progress: Progress | None, reader: Reader | None
) -> Updated:
    if news.mails or news.withdrawn:
        from ingest import pipeline  # heavy, and mostly nothing is new
    for mails, gone in _together(path, news):
        report = pipeline.ingest(path, mails, progress=progress, reader=reader, withdrawn=gone, batch=out.batch)
        out = replace(
            out,
            added=out.added + report.added,
            withdrawn=out.withdrawn + len(gone),
            threads=tuple(dict.fromkeys((*out.threads, *report.threads))),
            batch=report.batch or out.batch,
            without=tuple(sorted({*out.without, *report.without})),
        )
    if news.seen and news.seen != source.seen:
        from kb.store.writing import writing

        with writing(path, create=False) as writer:
            writer.saw(replace(source, seen=news.seen), datetime.now(UTC))
    return out


def _together(path: Path, news: _News) -> Iterator[tuple[Sequence[RawMail], Sequence[str]]]:
    """`news` in groups that touch different threads: one transaction each."""
    if not (news.mails or news.withdrawn):
        return
    from ingest.mail import parse
    from ingest.thread import threads_of
    from kb.store.writing import writing

    given = [(parse(mail), mail) for mail in news.mails]
    # what is taken back touches threads in ways that only the database knows: all in one
    threads = threads_of(message for message, _ in given)
    if len(threads) == 1 or news.withdrawn:
        yield news.mails, news.withdrawn
        return
    names = [
        {name for m in thread.messages for name in (m.message_id, m.parent_id, *m.references) if name}
        for thread in threads
    ]
    with writing(path, create=False) as writer:
        touched = [writer.threads_touched_by(some) for some in names]
    groups: list[tuple[set[str], set[str]]] = []
    for thread, there in zip(threads, touched, strict=True):
        own = {m.message_id for m in thread.messages}
        for group in [g for g in groups if g[1] & there] if there else []:
            groups.remove(group)
            own, there = own | group[0], there | group[1]
        groups.append((own, there))
    for own, _ in groups:
        yield [mail for message, mail in given if message.message_id in own], ()
