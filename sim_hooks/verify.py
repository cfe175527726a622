"""In: items, what each says as predicates, and past runs. Out: the checks that are due and why, then their runs.

Planning is pure; running is left to a runner. A check is due unless the item's last run has the same fingerprint, which
is made of the predicate, the hook's code and the facts, so that the part that changed can be named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from kb.ids import digest
from kb.records import Item, ItemKind, Run
from sim_hooks.age import judged
from sim_hooks.bind import Around, Binding, bind
from sim_hooks.bindings import HandBinding, attach
from sim_hooks.catalog import Catalog, Check, Hook
from sim_hooks.predicates import Predicate, all_of, to_json
from sim_hooks.runner import Runner

NEVER_RUN, PREDICATE_CHANGED, HOOK_CHANGED = "never run", "predicate changed", "hook changed"
FACTS_CHANGED, ASKED_FOR = "facts changed", "asked for"


def bindings_of(
    items: Iterable[Item], hand: Sequence[HandBinding] = (), contexts: Mapping[str, str | Around] | None = None
) -> tuple[dict[str, tuple[Binding, ...]], tuple[HandBinding, ...]]:
    """What each item says, by rule and by hand, and the hand-written bindings that found no item; hand wins over rule.

    `contexts` holds each message, or its body, by its Message-ID, for items whose words need what stands around them.
    """
    items = tuple(items)
    bodies = contexts or {}
    by_hand, unattached = attach(hand, items)
    found = {item.id: bind(item, context=bodies.get(item.quote.message_id, "")) for item in items}
    return {key: read for key, read in (found | by_hand).items() if read}, unattached


def plan(
    items: Iterable[Item],
    bindings: Mapping[str, Sequence[Binding]],
    past_runs: Mapping[str, Run],
    catalog: Catalog,
    facts_digest: str,
    *,
    everything: bool = False,
) -> tuple[Check, ...]:
    """The checks that are due, in the order of `items`, each with its reason.

    `past_runs` holds the latest run of each item by its id; `facts_digest` is "" where there is no facts file. With
    `everything`, a check whose last run still holds is due as well (`asked for`). CheckError for a predicate that no
    hook decides.
    """
    due: list[Check] = []
    for item in items:
        read = bindings.get(item.id, ())
        if not read or item.kind == ItemKind.QUESTION:
            continue
        check = _check(item, read, catalog, facts_digest)
        reason = _reason(check.fingerprint, past_runs.get(item.id))
        if reason or everything:
            due.append(replace(check, reason=reason or ASKED_FOR))
    return tuple(due)


def run(
    checks: Iterable[Check],
    runner: Runner,
    now: Callable[[], datetime],
    *,
    written: Mapping[str, date] | None = None,
    tree: str = "",
) -> Iterator[Run]:
    """Each check's run, as it ends; `now` gives the time to write down (aware).

    With the day on which each message was `written`, by its Message-ID, and the version of the source `tree`, what was
    said of quite another kernel is not refuted by it.
    """
    days = written or {}
    for check, found, seconds in runner.run_all(checks):
        outcome = judged(found, days.get(check.item.quote.message_id), tree) if check.needs_facts else found
        yield Run(
            item_id=check.item.id,
            message_id=check.item.quote.message_id,
            quote=check.words or check.item.quote.text,
            check=check.hook.name,
            predicate=to_json(check.predicate),
            bound_by=check.bound_by,
            outcome=outcome,
            seconds=seconds,
            fingerprint=check.fingerprint,
            at=now(),
            reason=check.reason,
        )


def fingerprint(predicate: Predicate, hooks: Sequence[Hook], facts_digest: str) -> str:
    """Three digests with dots between: of the predicate, of the hooks' code, and of the facts if a hook uses them."""
    asked = digest(json.dumps(to_json(predicate), sort_keys=True))
    code = digest(*(hook.source_digest for hook in hooks))
    facts = digest(facts_digest) if any(hook.needs_facts for hook in hooks) else "-"
    return f"{asked}.{code}.{facts}"


def _check(item: Item, read: Sequence[Binding], catalog: Catalog, facts_digest: str) -> Check:
    predicate = all_of([binding.predicate for binding in read])
    leaves = catalog.leaves(predicate)
    return Check(
        item=item,
        predicate=predicate,
        hook=catalog.for_predicate(predicate),
        modules=catalog.modules(predicate),
        needs_facts=any(hook.needs_facts for hook in leaves),
        bound_by=f"{read[0].by}: {'; '.join(dict.fromkeys(binding.why for binding in read))}",
        fingerprint=fingerprint(predicate, leaves, facts_digest),
        words=read[0].words if len(read) == 1 else "",
    )


def _reason(now: str, last: Run | None) -> str:
    """Why a check with this fingerprint is due, or "" where the last run still holds."""
    if last is None:
        return NEVER_RUN
    if last.fingerprint == now:
        return ""
    before, after = last.fingerprint.split("."), now.split(".")
    if len(before) != len(after) or before[0] != after[0]:
        return PREDICATE_CHANGED
    return HOOK_CHANGED if before[1] != after[1] else FACTS_CHANGED
