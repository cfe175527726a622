"""In: a database, and which items. Out: their checks planned, run and kept, and a report of what that did.

Runs are only ever added. A thread in which every check is fresh is marked so, and is not read again until its mails,
its items, its runs or what it is checked with change.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import StoreError
from kb.reading import reading
from kb.records import Item, ItemKind, Run
from kb.runs import BINDING_GONE
from kb.store.checked import Mark, marks
from kb.views import RunView
from tui.as_records import item_of, run_of
from tui.binding import Bound, bound
from tui.keeping import keeping
from tui.means import Means, basis_of, facts_path
from tui.scope import Scope, around, of_given, of_threads, threads_in
from tui.withdrawing import staying, withdrawn

if TYPE_CHECKING:
    from sim_hooks.bindings import HandBinding


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
    unchanged: frozenset[str] = frozenset()
    """The ids whose run came out as the run before, in every word."""
    withdrawn: int = 0
    """Verdicts withdrawn because their binding is gone."""
    kept: int = 0
    """Verdicts that stay though the bindings or the hook behind them were not given this time."""
    problems: tuple[str, ...] = field(default=())
    """Hooks and bindings of one's own that could not be used, a line each."""


_SECONDS, _MOST_SECONDS = 20.0, 120.0
"""What a check may take: with the facts of some folders, and at most."""
_FEW = 20
"""Threads up to which each is read by itself, and not all of the base at once."""


def verify(
    path: Path,
    *,
    given: Sequence[str] = (),
    thread: str | None = None,
    everything: bool = False,
    jobs: int = 2,
    means: Means | None = None,
    on_plan: Callable[[int], None] | None = None,
    on_run: Callable[[Run, Run | None], None] | None = None,
) -> VerifyReport:
    """Run the checks of the items `given` (ids), or of a thread, or of all, that have no fresh run; keep each run.

    `everything` runs those with a fresh run too. Finished runs are kept when the rest is interrupted. `on_run` is told
    each run that was kept, and the run of the same item before.
    """
    from sim_hooks import verify as checking
    from sim_hooks.bind import Around
    from sim_hooks.runner import Runner

    began = time.monotonic()
    means = means or Means()
    facts = facts_path(means.facts)
    basis = "" if given else basis_of(means, _digest(facts))
    known = {} if everything or not basis else marks(path)
    settled: dict[str, Mark] = {}
    with reading(path) as reader:
        if given:
            scope, threads = of_given(reader, given), []
        else:
            within = threads_in(reader, thread)
            settled = {one: known[one] for one in within if one in known and known[one].basis == basis}
            threads = [one for one in within if one not in settled]
            scope = of_threads(reader, threads)
        if not scope.messages and not scope.ids:
            if on_plan is not None:
                on_plan(0)
            return _all_fresh(settled.values(), began)
        few = threads if len(threads) <= _FEW and not given else [None]
        past = {run.item_id: run for one in few for run in reader.latest_runs(one, withdrawn=True)}
        items = [item_of(view) for view in around(reader, scope, past)]
        beside = {item.quote.message_id for item in items} - set(scope.messages)
        views = {**scope.messages, **{m: found for m in beside if (found := reader.message(m)) is not None}}
        messages = {m: Around(view.body, view.subject, reader.zones(m)) for m, view in views.items()}
        written = {m: datetime.fromisoformat(view.date).date() for m, view in views.items() if view.date}
    past = {key: run for key, run in past.items() if scope.holds(key, run.message_id)}
    told = _Told(past, on_run)
    with Runner(facts, jobs=jobs, seconds=_patience(facts)) as runner:
        read = bound(items, messages, means, runner)
        stays = staying(past, read.bindings, read.brought, unsure=bool(read.problems))
        to_check = [item for item in read.items if scope.holds(item.id, item.quote.message_id)]
        checks = checking.plan(
            [item for item in to_check if item.id not in stays],
            read.bindings,
            {key: run_of(view) for key, view in past.items()},
            read.catalog,
            _digest(facts),
            everything=everything or bool(given),
        )
        if on_plan is not None:
            on_plan(len(checks))
        gone = [run for key, run in past.items() if key not in stays and not read.bindings.get(key)]
        with keeping(path, told) as keep:
            for run in withdrawn(gone, {item.id for item in items}):
                keep(run)
            for run in checking.run(checks, runner, lambda: datetime.now(UTC), written=written, tree=_version(facts)):
                keep(run)
    tallied = _tallies(scope, threads, to_check, {item.id for item in items}, read, {key: past[key] for key in stays})
    if basis and not read.problems:
        _keep_marks(path, basis, threads, tallied)
    tallies = [*settled.values(), *tallied.values()]
    return VerifyReport(
        runs=tuple(run for run in told.runs if run.reason != BINDING_GONE),
        fresh=sum(one.checks for one in tallies) - len(checks),
        unbound=sum(one.unbound for one in tallies),
        unattached=() if given else tuple(words for one in tallies for words in one.unattached),
        seconds=time.monotonic() - began,
        unchanged=frozenset(told.unchanged),
        withdrawn=sum(run.reason == BINDING_GONE for run in told.runs),
        kept=sum(one.kept for one in tallies),
        problems=read.problems,
    )


def _patience(facts: Path | None) -> float:
    """Seconds that a check may take: more where the facts are those of a whole tree, which has so many more ways."""
    megabytes = facts.stat().st_size / 1e6 if facts is not None else 0
    return min(_SECONDS + 4 * max(0.0, megabytes - 5), _MOST_SECONDS)


def _all_fresh(tallies: Iterable[Mark], began: float) -> VerifyReport:
    """The report where nothing need be looked at."""
    tallies = list(tallies)
    return VerifyReport(
        runs=(),
        fresh=sum(one.checks for one in tallies),
        unbound=sum(one.unbound for one in tallies),
        unattached=tuple(words for one in tallies for words in one.unattached),
        seconds=time.monotonic() - began,
        kept=sum(one.kept for one in tallies),
    )


def _tallies(
    scope: Scope,
    threads: Sequence[str],
    to_check: Sequence[Item],
    extracted: set[str],
    read: Bound,
    stays: Mapping[str, RunView],
) -> dict[str, Mark]:
    """What a verification has to say of each thread ("" for the items of others), as a mark keeps it."""

    def thread_of(message_id: str) -> str:
        message = scope.messages.get(message_id)
        return message.thread_id if message is not None and message.thread_id in threads else ""

    checks: Counter[str] = Counter()
    unbound: Counter[str] = Counter()
    for item in to_check:
        where = thread_of(item.quote.message_id)
        if item.id in read.bindings:
            checks[where] += item.kind is not ItemKind.QUESTION and item.id not in stays
        elif item.kind is ItemKind.CLAIM and item.id in extracted and item.id not in stays:
            unbound[where] += 1
    kept = Counter(thread_of(run.message_id) for run in stays.values())
    left: dict[str, list[str]] = {}
    for binding in read.unattached:
        left.setdefault(thread_of(binding.message_id), []).append(_named(binding))
    return {
        one: Mark("", checks[one], unbound[one], kept[one], tuple(left.get(one, ())))
        for one in dict.fromkeys((*threads, *checks, *unbound, *kept, *left))
    }


def _named(binding: HandBinding) -> str:
    return f"{binding.message_id}: “{binding.quote}”"


def _keep_marks(path: Path, basis: str, threads: Sequence[str], found: Mapping[str, Mark]) -> None:
    """Keep the marks of these threads; a database that cannot be written to is as good without them."""
    from kb.store.writing import writing

    kept = {one: replace(found[one], basis=basis) for one in threads if one in found}
    if kept:
        with contextlib.suppress(StoreError), writing(path, create=False) as writer:
            writer.mark_checked(kept)


class _Told:
    """What came out so far, each run beside the run of the same item before."""

    def __init__(self, past: Mapping[str, RunView], on_run: Callable[[Run, Run | None], None] | None) -> None:
        self._past, self._on_run = past, on_run
        self.runs: list[Run] = []
        self.unchanged: set[str] = set()

    def __call__(self, run: Run) -> None:
        """`run` has ended."""
        self.runs.append(run)
        before = self._past.get(run.item_id)
        last = run_of(before) if before is not None else None
        if last is not None and last.outcome == run.outcome:
            self.unchanged.add(run.item_id)
        if self._on_run is not None and run.reason != BINDING_GONE:
            self._on_run(run, last)


def _version(facts: Path | None) -> str:
    """The version of the tree that a facts file is of; "" without one."""
    if facts is None:
        return ""
    from sim_hooks.source.container import Container

    return str(Container(facts).header.get("version", ""))


def _digest(facts: Path | None) -> str:
    return hashlib.sha256(facts.read_bytes()).hexdigest() if facts is not None else ""
