"""In: a database with mails from which nothing is derived yet. Out: their threads, items and links, and a count.

Whole threads are derived by an executor from bytes alone; only this process touches the database, one parcel of
threads a transaction. A parcel around which the database changed meanwhile is derived again, never written as it is.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.bulk_grouping import Group, grouped, joined, parcels
from ingest.heading import Heading, heading_of
from ingest.pace import Pace
from ingest.pipeline import derived_of, take_places
from kb.corrections import moved
from kb.records import Correction, RawMail
from kb.store.rows import DerivedThread
from kb.store.writing import Writer, writing

if TYPE_CHECKING:
    from ingest.bulk import Progress

PARCEL = 64
"""Waiting mails that are derived at once: some seconds of work."""
_ROUNDS = 20
"""One is enough, unless others write as well, a process dies, or mails take the place of a page's."""
_LOOKED_AT = 2000
"""Kept mails whose headings are read in one transaction."""


@dataclass(slots=True)
class Read:
    """What was derived."""

    threads: tuple[str, ...] = ()
    items: Counter[str] = field(default_factory=Counter)
    links: int = 0
    problems: int = 0
    unread: tuple[str, ...] = ()
    """Message-IDs of mails from which nothing could be derived."""

    def add(self, derived: Sequence[DerivedThread]) -> None:
        """Count what was written."""
        self.threads += tuple(one.id for one in derived)
        self.items.update(str(item.kind) for one in derived for item in one.items)
        self.links += sum(len(one.links) for one in derived)
        self.problems += sum(len(m.problems) for one in derived for m in one.thread.messages)


@dataclass(frozen=True, slots=True)
class _Parcel:
    """Groups, with all that is needed to derive them."""

    groups: tuple[Group, ...]
    members: frozenset[str]
    raw: Mapping[str, RawMail]
    corrections: tuple[Correction, ...]

    @property
    def old(self) -> frozenset[str]:
        return frozenset(thread for group in self.groups for thread in group.old)


@dataclass(frozen=True, slots=True)
class Worked:
    """What a process made of a parcel."""

    threads: tuple[DerivedThread, ...] = ()
    failed: str = ""
    """Why nothing could be derived."""


def work(raw: Mapping[str, RawMail], corrections: Sequence[Correction]) -> Worked:
    """The threads of the mails in `raw`. Runs in a process of its own; a failure comes back as words."""
    try:
        return Worked(derived_of(raw, corrections))
    except Exception as wrong:  # one bad mail stops nothing; who it was is found by deriving the parcel's parts
        return Worked(failed=f"{type(wrong).__name__}: {wrong}")


def read_pending(
    path: Path, *, jobs: int = 1, progress: Progress | None = None, executor: Executor | None = None
) -> Read:
    """Derive all that waits in the database at `path`, by `jobs` processes, or by `executor` where one is given."""
    out = Read()
    unread: set[str] = set()
    for _ in range(_ROUNDS):
        groups = _waiting(path, unread)
        if not groups:
            break
        with _executor(jobs, executor) as workers:
            _round(path, groups, workers, jobs, out, unread, progress)
    out.unread = tuple(sorted(unread))
    return out


def _waiting(path: Path, but: set[str]) -> list[Group]:
    """The groups of mails that wait."""
    with writing(path) as writer:
        names = [name for name in writer.pending() if name not in but]
    headings: list[Heading] = []
    left = iter(names)
    while some := list(islice(left, _LOOKED_AT)):
        with writing(path) as writer:
            # a mail is known by the name it is kept under, whatever its bytes say
            headings += [Heading(name, heading_of(raw).ancestors) for name, raw in writer.raw(some)]
    if not headings:
        return []
    with writing(path) as writer:
        return joined(grouped(headings), writer.threads_touched_by)


def _round(
    path: Path,
    groups: Sequence[Group],
    workers: Executor | None,
    jobs: int,
    out: Read,
    unread: set[str],
    progress: Progress | None,
) -> None:
    """Derive `groups` and write what came of them; those that cannot be derived go into `unread`."""
    pace = Pace("reading", sum(len(group.waiting) for group in groups), "mails")
    if progress is not None:
        progress(f"reading {sum(len(group.waiting) for group in groups):,} mails in {len(groups):,} threads")
    for parcel, worked in _worked(path, groups, workers, jobs):
        waiting = {name for group in parcel.groups for name in group.waiting}
        if worked.failed:
            unread |= waiting
            if progress is not None:
                first = parcel.groups[0].waiting[0]
                progress(f"{first}: its thread cannot be read ({worked.failed[:200]}); its mail is kept")
        elif _write(path, parcel, worked.threads):
            out.add(worked.threads)
            unread |= waiting - {m.message_id for one in worked.threads for m in one.thread.messages}
        if progress is not None:
            progress.step(pace.add(len(waiting)))


def _worked(
    path: Path, groups: Sequence[Group], workers: Executor | None, jobs: int
) -> Iterator[tuple[_Parcel, Worked]]:
    """Each parcel with what was made of it, in the order in which they are done.

    Only a few are under way at once, so that memory is bounded. A parcel that fails is taken apart, down to the group
    that fails; one whose process died is tried once more by itself.
    """
    left = parcels(groups, PARCEL)
    if workers is None:
        for some in left:
            yield from _alone(path, some)
        return
    running: dict[Future[Worked], _Parcel] = {}
    try:
        while True:
            while len(running) < jobs + 1:
                some = next(left, [])
                if not some:
                    break
                parcel = _fetched(path, some)
                running[workers.submit(work, parcel.raw, parcel.corrections)] = parcel
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                worked = future.result()
                parcel = running.pop(future)
                if worked.failed and len(parcel.groups) > 1:
                    yield from _alone(path, parcel.groups)
                else:
                    yield parcel, worked
    except BrokenExecutor:
        # a worker died: whoever killed it stands in one of these, and is met again, alone, in a process of its own
        for parcel in running.values():
            yield from _apart(path, parcel.groups)
    finally:
        for future in running:
            future.cancel()


def _alone(path: Path, groups: Sequence[Group]) -> Iterator[tuple[_Parcel, Worked]]:
    """A parcel in this process, and where that fails each of its groups."""
    parcel = _fetched(path, groups)
    worked = work(parcel.raw, parcel.corrections)
    if not worked.failed or len(groups) == 1:
        yield parcel, worked
        return
    for group in groups:
        yield from _alone(path, [group])


def _apart(path: Path, groups: Sequence[Group]) -> Iterator[tuple[_Parcel, Worked]]:
    """A parcel in a process of its own, which it may kill; then each half of it likewise."""
    parcel = _fetched(path, groups)
    with _executor(2, None) as workers:
        assert workers is not None
        try:
            worked = workers.submit(work, parcel.raw, parcel.corrections).result()
        except BrokenExecutor:
            worked = Worked(failed="the process that read it died")
    if not worked.failed or len(groups) == 1:
        yield parcel, worked
        return
    middle = len(groups) // 2
    yield from _apart(path, groups[:middle])
    yield from _apart(path, groups[middle:])


def _fetched(path: Path, groups: Sequence[Group]) -> _Parcel:
    with writing(path) as writer:
        members = _members(writer, groups)
        return _Parcel(tuple(groups), members, dict(writer.raw(members)), _corrections(writer))


def _corrections(writer: Writer) -> tuple[Correction, ...]:
    return tuple(moved(writer.corrections(), writer.replacements()))


def _members(writer: Writer, groups: Sequence[Group]) -> frozenset[str]:
    old = {thread for group in groups for thread in group.old}
    return frozenset(writer.messages_of(old) | {name for group in groups for name in group.waiting})


def _write(path: Path, parcel: _Parcel, threads: Sequence[DerivedThread]) -> bool:
    """Write what was derived, unless something that it depends on has changed; whether it was written."""
    fresh = {name for group in parcel.groups for name in group.waiting}
    with writing(path) as writer:
        named = {name for group in parcel.groups for name in group.named}
        if (
            writer.threads_touched_by(named) != parcel.old
            or _members(writer, parcel.groups) != parcel.members
            or _corrections(writer) != parcel.corrections
        ):
            return False
        taken = take_places(writer, [m for one in threads for m in one.thread.messages if m.message_id in fresh])
        writer.drop_threads(parcel.old | writer.threads_of(taken))
        if taken:  # the mails of those threads wait as well, and belong together
            return False
        for one in threads:
            writer.add_thread(one)
    return True


@contextmanager
def _executor(jobs: int, given: Executor | None) -> Iterator[Executor | None]:
    """`given`, or a pool of processes, or None where this process does all itself."""
    if given is not None or jobs < 2:
        yield given
        return
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield pool
    except BaseException:
        for process in list((getattr(pool, "_processes", None) or {}).values()):
            process.terminate()  # nobody waits for what they are doing
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """An interrupt at the keyboard is for the process that writes; when that one is gone, the others go too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    writer = parent_process()
    if writer is not None:
        threading.Thread(target=_follow, args=(writer,), daemon=True).start()


def _follow(writer: BaseProcess) -> None:
    writer.join()
    os._exit(1)
