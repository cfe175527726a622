"""In: verdicts that were kept, what reads their words now. Out: those that stay all the same, and those withdrawn.

A verdict that nothing stands behind any more is withdrawn by one more run, which says so. One that a file of bindings
or a hook of one's own stands behind stays where that was not brought this time: nobody took it back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from kb.records import Outcome, Run, Strength, Verdict
from kb.runs import BINDING_GONE, brought_by
from kb.views import RunView
from tui.as_records import run_of


def staying(
    past: Mapping[str, RunView], bindings: Mapping[str, Sequence[Any]], brought: Collection[str], *, unsure: bool
) -> frozenset[str]:
    """The ids whose last verdict rests on bindings or on a hook that were not brought this time.

    `unsure` says that some of those brought could not be read: then no verdict bound by hand is given up.
    """
    out = set()
    for key, run in past.items():
        by_hand_now = any(binding.by == "hand" for binding in bindings.get(key, ()))
        if by_hand_now or run.reason == BINDING_GONE:
            continue
        name = brought_by(run.bound_by)
        absent = bool(name) and name not in brought
        if absent or (unsure and run.bound_by.startswith("hand") and key not in bindings):
            out.add(key)
    return frozenset(out)


def withdrawn(gone: Sequence[RunView], items: Collection[str]) -> Iterator[Run]:
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
