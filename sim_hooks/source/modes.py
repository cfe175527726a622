"""In: callers, and the constants that each is said to pass. Out: where that is not so, or not all of it."""

from __future__ import annotations

import re

from kb.records import Outcome, Strength, Verdict
from sim_hooks.predicates import CallersAre, Calls
from sim_hooks.source.arguments import decide_calls, origins, sites
from sim_hooks.source.outcomes import inconclusive
from sim_hooks.source.reach import Reach
from sim_hooks.source.shapes import names_in

_EITHER = re.compile(r"(?:(?<!\s)\s+)?(?:\bor\b|[,/|])\s*")


def other_modes(reach: Reach, asked: CallersAre) -> Outcome | None:
    """The outcome where some caller is not seen to pass just the constants that are said, else None.

    Refuted: one of them is not passed. In part: all of them are, and others of the same family too.
    """
    found: list[Outcome] = []
    for caller, said in asked.modes:
        wanted = [part for part in _EITHER.split(str(said).strip()) if part]
        passed = [decide_calls(reach, Calls(caller, asked.callee, one)) for one in wanted]
        lines = tuple(line for one in passed for line in one.evidence)
        others = _others(reach, caller, asked.callee, wanted)
        also = f", but {' and '.join(others)}" if others else ""
        text = f"{caller} does not pass just {said} to {asked.callee}{also}"
        if any(one.verdict is Verdict.REFUTED for one in passed):
            found.append(Outcome(Verdict.REFUTED, Strength.CONSTANT_SENSITIVE, text, lines))
        elif not passed or any(one.verdict is not Verdict.VERIFIED for one in passed):
            found.append(inconclusive(f"whether {caller} passes {said} to {asked.callee} cannot be told", lines))
        elif others:
            found.append(Outcome(Verdict.PARTLY, Strength.CONSTANT_SENSITIVE, text, lines))
    order = (Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.PARTLY)
    return min(found, key=lambda one: order.index(one.verdict), default=None)


def _others(reach: Reach, caller: str, callee: str, wanted: list[str]) -> list[str]:
    """Other constants of the same family that a caller passes."""
    family = reach.facts.family(wanted[0]) if wanted else ""
    passed: set[str] = set()
    for one in reach.facts.named(caller):
        for site in sites(reach, one, callee):
            for value in site.arguments:
                passed |= names_in(value, "=")
                passed |= {str(origin.atom) for origin in origins(reach, one, site, value)[0]}
    return sorted(name for name in passed - set(wanted) if reach.facts.family(name) == family)
