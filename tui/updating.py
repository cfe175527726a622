"""In: a database, and which threads. Out: new mail taken in, checks that it made stale run again, and all that changed.

A thread is checked again only if somebody had it checked before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.arrivals import changes_in
from kb.errors import ThreadkbError
from kb.journal import Change
from kb.journal_words import sentence
from kb.reading import reading
from kb.runs import tree_of
from kb.visible import one_line
from tui.means import Means, facts_path

if TYPE_CHECKING:
    from ingest.reader.reading import Reader
    from ingest.updating import Failure


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did."""

    changes: tuple[Change, ...]
    """What changed, newest first; none where nothing was new."""
    failures: tuple[Failure, ...]
    """Sources that could not be asked; the others were."""
    asked: int
    """Sources that were asked."""
    left: int
    """Sources that cannot be asked again: standard input."""
    added: int
    """Mails whose bytes were new."""
    withdrawn: int
    threads: tuple[str, ...]
    """Full ids of the threads that new mail touched."""
    batch: int
    """The number of this arrival in the journal; 0 where nothing changed."""
    checked: int
    """Checks that were run again."""
    without: tuple[str, ...]
    problems: tuple[str, ...]
    seconds: float

    @property
    def errors(self) -> tuple[ThreadkbError, ...]:
        """What went wrong, one for each source that failed."""
        return tuple(failure.error for failure in self.failures)


def update(
    path: Path,
    threads: Collection[str] = (),
    *,
    progress: Callable[[str], None] | None = None,
    reader: Reader | None = None,
    check: bool = True,
    means: Means | None = None,
    jobs: int = 2,
) -> UpdateReport:
    """Ask where `threads` (full ids; all if none are given) came from for new mail, and take it in.

    With `check`, checks that the new mail made stale are run again in threads that were checked before.
    """
    from ingest import updating

    began = time.monotonic()
    done = updating.update(path, threads, progress=progress, reader=reader)
    checked, problems = _verified(path, done.threads, means, jobs, progress) if check and done.batch else (0, ())
    changes: tuple[Change, ...] = ()
    if done.batch:
        with reading(path) as base:
            changes = changes_in(base, batch=done.batch)
    return UpdateReport(
        changes=changes,
        failures=done.failures,
        asked=done.asked,
        left=len(done.left),
        added=done.added,
        withdrawn=done.withdrawn,
        threads=done.threads,
        batch=done.batch,
        checked=checked,
        without=done.without,
        problems=problems,
        seconds=time.monotonic() - began,
    )


def _verified(
    path: Path,
    threads: Sequence[str],
    means: Means | None,
    jobs: int,
    progress: Callable[[str], None] | None,
) -> tuple[int, tuple[str, ...]]:
    """How many checks were run again, and what stood in the way of others.

    A thread that was checked against another source tree than would be asked here is left: a verdict turns because of
    what people wrote, not because another tree was asked in passing.
    """
    with reading(path) as base:
        had = {thread: runs for thread in threads if (runs := base.latest_runs(thread))}
        short = {thread: base.shown(thread) for thread in had}
    if not had:
        return 0, ()
    from tui.verification import verify

    tree = _tree(facts_path(means.facts if means is not None else None))
    count = 0
    problems: dict[str, None] = {}
    for thread, runs in had.items():
        others = {other for run in runs if (other := tree_of(run.assumptions))} - {tree}
        if others:
            what = f"{short[thread]} was checked against {', '.join(sorted(others))}, not against {tree or 'no tree'}"
            problems[f"{one_line(what)}; its verdicts stay; `threadkb verify --facts FILE` checks again"] = None
            continue
        if progress is not None:
            progress("checking again what the new mail made stale")
        report = verify(path, thread=thread, means=means, jobs=jobs)
        count += len(report.runs)
        problems.update(dict.fromkeys(report.problems))
    return count, tuple(problems)


def _tree(facts: Path | None) -> str:
    """The source tree that a facts file is of, as runs name it; "" without one."""
    if facts is None:
        return ""
    from sim_hooks.source.container import Container

    return tree_of([f"the source is {Container(facts).header.get('name', '')},"])


def row(change: Change, short: Callable[[str], str]) -> dict[str, Any]:
    """A change as a plain object, with its sentence."""
    return {
        "what": str(change.what),
        "sentence": sentence(change, short),
        "thread": change.thread_id,
        "message_id": change.message_id,
        "number": change.number,
        "author": change.author,
        "date": change.date,
        "id": change.item_id or None,
        "kind": change.kind or None,
        "quote": change.quote or None,
        "before": change.before or None,
        "after": change.after or None,
        "because": change.because or None,
        "by": change.by_item or None,
        "by_number": change.by_number if change.by_item else None,
        "by_author": change.by_author or None,
        "verdict": change.verdict or None,
        "arrival": change.batch,
        "at": change.at,
    }
