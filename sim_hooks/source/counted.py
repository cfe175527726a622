"""In: CallerCount. Out: an outcome for the plain claim, before `expect` turns it round.

People count calling functions or places of calls, and either will do. More callers than said are enough to refute it;
that there are no more than said needs a whole tree in which no mention of the name is left unexplained.
"""

from __future__ import annotations

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import CallerCount
from sim_hooks.source.closed import callers_through_macros, open_ends
from sim_hooks.source.outcomes import inconclusive, missing
from sim_hooks.source.reach import Reach

_MOST_SHOWN = 12


def decide_count(reach: Reach, asked: CallerCount) -> Outcome:
    """Whether so many functions, or so many places, call the callee."""
    facts = reach.facts
    unknown = missing(facts, (asked.callee,))
    if unknown is not None:
        return unknown
    meant = facts.named(asked.callee)
    if len({one.file for one in meant}) > 1:
        return inconclusive(
            f"{len({one.file for one in meant})} files define {asked.callee}, each with callers of its own"
        )
    found = callers_through_macros(reach, asked.callee)
    lines: dict[str, Evidence] = {}
    for callers in found.values():
        for caller, kind in callers:
            sites = [site.line for site in reach.walk(caller.number).sites if site.callee == asked.callee]
            for line in sites or [caller.line]:
                place = f"{caller.file}:{line}"
                lines.setdefault(place, Evidence("fact", f"{caller.name} {kind} {asked.callee}", place))
    shown = tuple(lines[place] for place in sorted(lines))[:_MOST_SHOWN]
    counts = {len(found), len(lines), len({caller.number for callers in found.values() for caller, _ in callers})}
    said = f"{len(found)} functions call {asked.callee}" + (f": {', '.join(sorted(found))}" if len(found) < 9 else "")
    if min(counts) > asked.count:
        return Outcome(Verdict.REFUTED, Strength.CLOSED_WORLD, said, shown)
    left = open_ends(facts, [one.number for one in meant])
    if left or any(facts.tables_with(one.number) for one in meant):
        return inconclusive(f"{said}, but there may be others", (*shown, *left))
    verdict = Verdict.VERIFIED if asked.count in counts else Verdict.REFUTED
    places = tuple(Evidence("fact", f"{one.name} is defined", one.place) for one in meant)
    return Outcome(verdict, Strength.CLOSED_WORLD, said, shown or places)
