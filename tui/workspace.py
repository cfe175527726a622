"""In: a database path and what a person wants done. Out: ingest, rebuild and verify carried out, and a report of each.

Here mail, checks and store meet; the command line and the browser both stand on it. Heavy parts load when called.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kb.bundled import bundled
from kb.errors import CheckError
from kb.reading import Filter, Reader, reading
from kb.records import Evidence, Item, ItemKind, Outcome, Quote, Run, Strength, Verdict
from kb.views import ItemView, RunView

if TYPE_CHECKING:
    from ingest.pipeline import IngestReport

THREAD_FILE = "fuse-tmp-folio-v2.mbox"
"""The bundled thread that `threadkb demo` reads."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a verification did."""

    runs: tuple[Run, ...]
    fresh: int
    """Checks left out because their last run still holds."""
    unbound: int
    """Claims in which nothing was found that a machine can check."""
    unattached: tuple[str, ...] = ()
    """Hand-written bindings whose words no item has."""
    seconds: float = 0.0


def bundled_thread() -> Path:
    """The mbox that ships with threadkb."""
    return bundled("threads", THREAD_FILE)


def facts_path() -> Path | None:
    """The facts of a source tree that ship with threadkb; None where this installation has none."""
    try:
        found = sorted(p for p in bundled("facts").iterdir() if p.suffix != ".md")
    except CheckError:
        return None
    return found[-1] if found else None


def ingest(
    path: Path,
    sources: Sequence[str],
    *,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
) -> IngestReport:
    """Read every source, then keep their mails in the database at `path`. Nothing is written if a source fails."""
    from ingest.sources import read

    mails = [mail for source in sources for mail in read(source, stdin=stdin, progress=progress)]
    from ingest import pipeline

    return pipeline.ingest(path, mails, progress=progress)


def rebuild(path: Path, *, progress: Callable[[str], None] | None = None) -> IngestReport:
    """Make everything derived again from the mails in the database at `path`."""
    from ingest import pipeline

    return pipeline.rebuild(path, progress=progress)


def verify(
    path: Path,
    *,
    given: Sequence[str] = (),
    thread: str | None = None,
    everything: bool = False,
    jobs: int = 2,
    on_plan: Callable[[int], None] | None = None,
    on_run: Callable[[Run], None] | None = None,
) -> VerifyReport:
    """Run the checks of the items `given` (ids), or of a thread, or of all, that have no fresh run; keep each run.

    `everything` runs those with a fresh run too. Finished runs are kept when the rest is interrupted.
    """
    from sim_hooks import bindings
    from sim_hooks import verify as checking
    from sim_hooks.catalog import catalog
    from sim_hooks.runner import Runner

    began = time.monotonic()
    with reading(path) as reader:
        views = _wanted(reader, given, thread)
        named = {view.message_id for view in views}
        past = {run.item_id: _run(run) for run in reader.latest_runs()}
        bodies = {m: found.body for m in named if (found := reader.message(m)) is not None}
    items = [_item(view) for view in views]
    by_hand = tuple(b for b in bindings.load(bundled("bindings")) if b.message_id in named)
    bound, unattached = checking.bindings_of(items, by_hand, bodies)
    facts = facts_path()
    checks = checking.plan(items, bound, past, catalog(), _digest(facts), everything=everything or bool(given))
    if on_plan is not None:
        on_plan(len(checks))
    runs: list[Run] = []
    with Runner(facts, jobs=jobs) as runner, _keeping(path) as keep:
        for run in checking.run(checks, runner, lambda: datetime.now(UTC)):
            keep(run)
            runs.append(run)
            if on_run is not None:
                on_run(run)
    return VerifyReport(
        runs=tuple(runs),
        fresh=sum(item.id in bound and item.kind is not ItemKind.QUESTION for item in items) - len(checks),
        unbound=sum(item.kind is ItemKind.CLAIM and item.id not in bound for item in items),
        unattached=() if given else tuple(f"{b.message_id}: “{b.quote}”" for b in unattached),
        seconds=time.monotonic() - began,
    )


@contextmanager
def _keeping(path: Path) -> Iterator[Callable[[Run], None]]:
    """A function that keeps a run: a second's worth at once, and the rest when the block ends."""
    from kb.store.writing import writing

    waiting: list[Run] = []
    last = time.monotonic()

    def flush() -> None:
        if waiting:
            with writing(path, create=False) as writer:
                for run in waiting:
                    writer.add_run(run)
            waiting.clear()

    def keep(run: Run) -> None:
        nonlocal last
        waiting.append(run)
        if time.monotonic() - last > 1:
            flush()
            last = time.monotonic()

    try:
        yield keep
    finally:
        flush()


def _wanted(reader: Reader, given: Sequence[str], thread: str | None) -> tuple[ItemView, ...]:
    if not given:
        return reader.items(Filter(thread=reader.thread(thread) if thread else None))
    found: list[ItemView] = []
    for one in given:
        what, full = reader.resolve(one)
        if what == "thread":
            found += reader.items(Filter(thread=full))
        elif what == "message":
            found += reader.items(Filter(message=full))
        elif (item := reader.item(full)) is not None:
            found.append(item)
    return tuple(dict.fromkeys(found))


def _digest(facts: Path | None) -> str:
    return hashlib.sha256(facts.read_bytes()).hexdigest() if facts is not None else ""


def _item(view: ItemView) -> Item:
    quote = Quote(view.message_id, view.start, view.end, view.quote)
    kind = ItemKind(view.kind)
    return Item(view.id, kind, quote, view.says, view.confidence, view.cue, view.topics, view.entities)


def _run(view: RunView) -> Run:
    evidence = tuple(Evidence(line["kind"], line["text"], line["place"]) for line in view.evidence)
    outcome = Outcome(Verdict(view.verdict), Strength(view.strength), view.summary, evidence, view.assumptions)
    return Run(
        item_id=view.item_id,
        message_id=view.message_id,
        quote=view.quote,
        check=view.check,
        predicate=view.predicate,
        bound_by=view.bound_by,
        outcome=outcome,
        seconds=view.seconds,
        fingerprint=view.fingerprint,
        at=datetime.fromisoformat(view.at),
        reason=view.reason,
    )
