"""In: a public-inbox archive and a database. Out: the database with the archive's mail, each thread of it read once.

First the mails are kept, some hundreds in a transaction together with the commit they reach to; then the threads are
derived from what is kept and not derived yet, in other processes if wanted, and written by this one. So whatever ends
it, even a kill -9, what was finished stays, and the next run goes on from there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ingest.bulk_reading import Read, read_pending
from ingest.bulk_taking import Taken, take
from ingest.sources import publicinbox
from kb.errors import SourceError


class Progress(Protocol):
    """What is told as it goes; `tui.cli.narration.Progress` is one."""

    def __call__(self, text: str) -> None:
        """A stage begins, or something happened that a person should know."""

    def step(self, text: str) -> None:
        """One of many steps is done."""


@dataclass(frozen=True, slots=True)
class BulkReport:
    """What taking in an archive did."""

    archive: str
    added: int
    """Mails that were new."""
    known: int
    """Mails that were there already."""
    removed: int
    """Mails that the archive has removed since they were taken in."""
    threads: tuple[str, ...]
    """Ids of the threads that were derived."""
    items: Mapping[str, int] = field(default_factory=dict)
    """Items by kind in those threads."""
    links: int = 0
    problems: int = 0
    unread: tuple[str, ...] = ()
    """Message-IDs of mails that are kept, but from which nothing could be derived."""
    seconds: float = 0.0
    taking_seconds: float = 0.0
    """Of these, for keeping the mails."""


def cores() -> int:
    """How many processes can work at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ingest_archive(
    path: Path,
    archive: Path,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> BulkReport:
    """Keep what came into `archive` since the last time in the database at `path`, made if absent, and derive from it.

    With `jobs` above one, so many processes derive; an `executor` of one's own does instead, where one is given.

    Raises:
        SourceError: there is no archive, or git cannot read it; what was read before that is kept.
    """
    began = clock()
    archive = archive.expanduser().absolute()
    if not publicinbox.is_archive(archive):
        raise SourceError(
            str(archive), "this is no public-inbox archive", "give a folder that public-inbox or git made"
        )
    taken: Taken = take(path, archive, progress=progress)
    took = clock() - began
    read: Read = read_pending(path, jobs=jobs, progress=progress, executor=executor)
    return BulkReport(
        archive=str(archive),
        added=taken.added,
        known=taken.known,
        removed=taken.removed,
        threads=read.threads,
        items=dict(sorted(read.items.items())),
        links=read.links,
        problems=read.problems,
        unread=read.unread,
        seconds=clock() - began,
        taking_seconds=took,
    )
