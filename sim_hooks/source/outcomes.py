"""In: what a question found. Out: outcomes that all source questions share."""

from __future__ import annotations

from collections.abc import Sequence

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.source.facts import Facts


def inconclusive(said: str, evidence: tuple[Evidence, ...] = ()) -> Outcome:
    """It was looked at and cannot be told."""
    return Outcome(Verdict.INCONCLUSIVE, Strength.NONE, said, evidence)


def missing(facts: Facts, names: Sequence[str]) -> Outcome | None:
    """Inconclusive for the names that the index does not hold, or None; a missing name refutes nothing."""
    unknown = [name for name in names if not facts.named(name)]
    if not unknown:
        return None
    where = f"the folders parsed of {facts.name} ({', '.join(facts.dirs) or 'all'})"
    return inconclusive(f"not defined in {where}: {', '.join(unknown)}; perhaps elsewhere, renamed, or made by a macro")
