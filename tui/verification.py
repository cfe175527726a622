"""In: a database, and which items. Out: their checks planned, run and kept, and a report of what that did.

Runs are only ever added. A verdict that nothing stands behind any more is withdrawn by one more run, which says so.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.bundled import bundled
from kb.ids import fold, item_id
from kb.own_words import place_of
from kb.reading import Filter, Reader, reading
from kb.records import Evidence, Item, ItemKind, Outcome, Quote, Run, Strength, Verdict
from kb.runs import BINDING_GONE
from kb.views import ItemView, MessageView, RunView
from tui.keeping import keeping
from tui.means import Means, bindings_folder, facts_path, own_hooks

if TYPE_CHECKING:
    from sim_hooks.bind import Around
    from sim_hooks.bindings import HandBinding
    from sim_hooks.catalog import Catalog
    from sim_hooks.runner import Runner


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
    problems: tuple[str, ...] = field(default=())
    """Hooks and bindings of one's own that could not be used, a line each."""


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
    with reading(path) as reader:
        scope = _scope(reader, given, thread)
        past = {run.item_id: run for run in reader.latest_runs(withdrawn=True)}
        around = [item_of(view) for view in _around(reader, scope, past)]
        beside = {item.quote.message_id for item in around} - set(scope.messages)
        views = {**scope.messages, **{m: found for m in beside if (found := reader.message(m)) is not None}}
        messages = {m: Around(view.body, view.subject, reader.zones(m)) for m, view in views.items()}
        written = {m: datetime.fromisoformat(view.date).date() for m, view in views.items() if view.date}
    with Runner(facts, jobs=jobs) as runner:
        bound = _bound(around, messages, means, runner)
        items = [item for item in bound.items if scope.holds(item.id, item.quote.message_id)]
        checks = checking.plan(
            items,
            bound.bindings,
            {key: run_of(view) for key, view in past.items()},
            bound.catalog,
            _digest(facts),
            everything=everything or bool(given),
        )
        if on_plan is not None:
            on_plan(len(checks))
        told = _Told(past, on_run)
        gone = [
            run
            for run in past.values()
            if scope.holds(run.item_id, run.message_id) and not bound.bindings.get(run.item_id)
        ]
        with keeping(path, told) as keep:
            for run in _withdrawn(gone, {item.id for item in around}):
                keep(run)
            for run in checking.run(checks, runner, lambda: datetime.now(UTC), written=written, tree=_version(facts)):
                keep(run)
    checkable = [item for item in items if item.id in bound.bindings and item.kind is not ItemKind.QUESTION]
    extracted = {item.id for item in around}
    return VerifyReport(
        runs=tuple(run for run in told.runs if run.reason != BINDING_GONE),
        fresh=len(checkable) - len(checks),
        unbound=sum(
            item.kind is ItemKind.CLAIM and item.id in extracted and item.id not in bound.bindings for item in items
        ),
        unattached=() if given else bound.unattached,
        seconds=time.monotonic() - began,
        unchanged=frozenset(told.unchanged),
        withdrawn=sum(run.reason == BINDING_GONE for run in told.runs),
        problems=bound.problems,
    )


@dataclass(frozen=True, slots=True)
class _Bound:
    """What items say as predicates, and who decides them."""

    items: Sequence[Item]
    bindings: Mapping[str, Sequence[Any]]
    catalog: Catalog
    unattached: tuple[str, ...]
    problems: tuple[str, ...]


def _bound(items: Sequence[Item], messages: Mapping[str, Around], means: Means, runner: Runner) -> _Bound:
    """Read items by hand-written bindings, by rule and by hooks of one's own; hand wins over the others."""
    from sim_hooks import bindings, own_bindings
    from sim_hooks import verify as checking
    from sim_hooks.beside import beside
    from sim_hooks.catalog import catalog
    from sim_hooks.own_hooks import read_items

    own = own_hooks(means.hooks, runner)
    folder = bindings_folder()
    mine = own_bindings.load((*means.bindings, *([folder] if folder.is_dir() else [])), own)
    by_hand = tuple(
        binding for binding in (*bindings.load(bundled("bindings")), *mine.bindings) if binding.message_id in messages
    )
    found, unattached = checking.bindings_of(items, by_hand, messages)
    words, read_by_hand, unattached = _words(unattached, messages)
    unheld, read_beside = beside((*items, *words), {**read_by_hand, **found}, messages, by_hand)
    read, failed = read_items(own, items, runner)
    added = {
        key: (*found.get(key, ()), *parts)
        for key, parts in read.items()
        if not any(binding.by == "hand" for binding in found.get(key, ()))
    }
    asked = {hook.module: hook for hook in mine.broken}
    return _Bound(
        items=(*items, *words, *unheld),
        bindings={**read_beside, **read_by_hand, **found, **added},
        catalog=catalog(*own.hooks, *asked.values()),
        unattached=_named(unattached),
        problems=(*own.problems, *mine.problems, *failed),
    )


def _words(
    unattached: Sequence[HandBinding], messages: Mapping[str, Around]
) -> tuple[tuple[Item, ...], dict[str, tuple[Any, ...]], tuple[HandBinding, ...]]:
    """Words that bindings name and no item has, as claims; what they are read as; and what stands in no mail."""
    from sim_hooks.readers.wording import Binding

    items: dict[str, Item] = {}
    read: dict[str, tuple[Any, ...]] = {}
    left: list[HandBinding] = []
    for each in unattached:
        words, around = fold(each.quote), messages[each.message_id]
        place = place_of(words, around.body, around.zones)
        if place is None:
            left.append(each)
            continue
        key = item_id(each.message_id, ItemKind.CLAIM, words)
        quote = Quote(each.message_id, *place, words)
        items[key] = Item(key, ItemKind.CLAIM, quote, words, 1.0, "named by a binding")
        read[key] = (*read.get(key, ()), Binding(each.predicate, 1.0, f"{each.why} ({each.who})", "hand"))
    return tuple(items.values()), read, tuple(left)


def _named(unattached: Sequence[HandBinding]) -> tuple[str, ...]:
    return tuple(f"{binding.message_id}: “{binding.quote}”" for binding in unattached)


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


def _withdrawn(gone: Sequence[RunView], items: set[str]) -> Iterator[Run]:
    """A run for each verdict that has lost its binding and is not withdrawn yet."""
    for view in gone:
        if view.reason == BINDING_GONE:
            continue
        why = (
            "Nothing reads these words as a predicate any more"
            if view.item_id in items
            else "No item has these words any more, and no binding names them"
        )
        said = f"Withdrawn: {why[0].lower()}{why[1:]}; the last verdict was {view.verdict}."
        outcome = Outcome(Verdict.NOT_RUN, Strength.NONE, said)
        last = run_of(view)
        yield replace(last, outcome=outcome, seconds=0.0, fingerprint="", at=datetime.now(UTC), reason=BINDING_GONE)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is to be checked: all of some messages, and some items of others."""

    messages: Mapping[str, MessageView]
    """The messages of which all is to be checked, by Message-ID."""
    ids: frozenset[str]

    def holds(self, item_id: str, message_id: str) -> bool:
        """Whether an item, or words that no item has, are to be checked."""
        return message_id in self.messages or item_id in self.ids


def _scope(reader: Reader, given: Sequence[str], thread: str | None) -> _Scope:
    """The things with these ids; a thread; or all."""
    messages: dict[str, MessageView] = {}
    found: set[str] = set()
    if not given:
        threads = [reader.thread(thread)] if thread else [view.id for view in reader.threads()]
        messages.update((each.message_id, each) for one in threads for each in reader.messages(one))
    for one in given:
        what, full = reader.resolve(one)
        if what == "thread":
            messages.update((each.message_id, each) for each in reader.messages(full))
        elif what == "message" and (message := reader.message(full)) is not None:
            messages[full] = message
        else:
            found.add(full)
    return _Scope(messages, frozenset(found))


def _around(reader: Reader, scope: _Scope, past: Mapping[str, RunView]) -> tuple[ItemView, ...]:
    """All items of the messages that are in scope with a part at least: a binding chooses among all of a message's."""
    named = set(scope.messages)
    for each in scope.ids:
        if (item := reader.item(each)) is not None:
            named.add(item.message_id)
        elif each in past:
            named.add(past[each].message_id)
    if len(named) == 1:
        return reader.items(Filter(message=next(iter(named))))
    return tuple(view for view in reader.items() if view.message_id in named)


def _version(facts: Path | None) -> str:
    """The version of the tree that a facts file is of; "" without one."""
    if facts is None:
        return ""
    from sim_hooks.source.container import Container

    return str(Container(facts).header.get("version", ""))


def _digest(facts: Path | None) -> str:
    return hashlib.sha256(facts.read_bytes()).hexdigest() if facts is not None else ""


def item_of(view: ItemView) -> Item:
    """An item as checks take it."""
    quote = Quote(view.message_id, view.start, view.end, view.quote)
    kind = ItemKind(view.kind)
    return Item(view.id, kind, quote, view.says, view.confidence, view.cue, view.topics, view.entities)


def run_of(view: RunView) -> Run:
    """A run as it was kept."""
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
