"""In: Chain and Reaches. Out: an outcome for the plain claim, before `expect` turns it round.

Verified: a way was found. Refuted: constants decide against each way that the calls leave, or the callers of the target
were all followed back and the start is not among them. All else is inconclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import Chain, Parameters, Reaches
from sim_hooks.source.closed import open_ends
from sim_hooks.source.functions import Edge, Function
from sim_hooks.source.given import context
from sim_hooks.source.outcomes import inconclusive, missing
from sim_hooks.source.reach import Reach
from sim_hooks.source.ways import Context, CutCall, Hop, Way

LEFT_OUT = 3
"""Calls between two functions of a chain that a person may have left out, such as inlined ones."""
FAR = 8
"""Calls beyond which a way between two functions is no longer what a person meant."""
_MOST_CUTS = 4


def decide_chain(reach: Reach, asked: Chain) -> Outcome:
    """Whether each function calls the next, and a run can take them all."""
    names = asked.functions
    unknown = missing(reach.facts, names)
    if unknown is not None:
        return unknown
    if len(names) < 2:
        return inconclusive("a chain needs two functions")
    starts = _starts(reach, names[0], asked.constants)
    if isinstance(starts, Outcome):
        return starts
    ways, strength = starts, Strength.EDGE
    omitted: list[Hop] = []
    for name, following in pairwise(names):
        targets = frozenset(one.number for one in reach.facts.named(following))
        span = _span(reach, [way.number for way in ways], targets)
        if span is None:
            return _no_edge(reach, name, following, ways)
        most, tables = span
        further, cuts = reach.ways(ways, targets, tables=tables, most=most)
        if not further and most > 1:
            return _left_out(reach, name, following, ways, cuts)
        if not further:
            return _infeasible(name, following, ways, cuts)
        if most > 1 or any(way.hops[-1].kind is not Edge.DIRECT for way in further[:1]):
            strength = Strength.PATH
        omitted += further[0].hops[len(ways[0].hops) : -1]
        ways = further
    way = ways[0]
    if strength is Strength.EDGE and any(_with(hop) for hop in way.hops):
        strength = Strength.CONSTANT_SENSITIVE
    said = f"{names[0]} calls {names[1]}"
    if len(names) > 2:
        said = (
            f"each function from {names[0]} to {names[-1]} calls the next, and a run can take all {len(way.hops)} calls"
        )
    if omitted:
        skipped = ", ".join(hop.callee.name for hop in omitted)
        said = f"a run can take the chain from {names[0]} to {names[-1]}; left out in it: {skipped}"
    verdict = Verdict.VERIFIED if all(_goes_without_saying(hop, names) for hop in omitted) else Verdict.PARTLY
    return Outcome(verdict, strength, said, steps(way.hops))


def _goes_without_saying(hop: Hop, names: Sequence[str]) -> bool:
    """Whether a chain may leave this function out: a file's own or a macro, and not named elsewhere in the chain."""
    return hop.kind is not Edge.TABLE and (hop.callee.static or hop.callee.macro) and hop.callee.name not in names


def decide_reaches(reach: Reach, asked: Reaches) -> Outcome:
    """Whether a run from the start can come to call the target."""
    unknown = missing(reach.facts, (asked.start, asked.target))
    if unknown is not None:
        return unknown
    starts = _starts(reach, asked.start, asked.constants)
    if isinstance(starts, Outcome):
        return starts
    targets = frozenset(one.number for one in reach.facts.named(asked.target))
    if asked.constants:
        return _reaches_with(reach, asked, starts, targets)
    ways, cuts = reach.ways(starts, targets)
    for table, found in ((False, ways), (True, reach.ways(starts, targets, tables=True)[0] if not ways else [])):
        if found:
            return _along(asked, found[0], table=table)
    if cuts:
        return _infeasible(asked.start, asked.target, starts, cuts)
    return _no_way(reach, asked.start, asked.target, starts, targets)


def _along(asked: Reaches, way: Way, *, table: bool) -> Outcome:
    """What a way from start to target says: nearly all of a kernel hangs together, so a long one says little."""
    count = sum(not hop.callee.macro for hop in way.hops)
    through = ", through a table of functions" if table else ""
    if count > FAR:
        return inconclusive(
            f"the shortest way from {asked.start} to {asked.target} takes {count} calls{through}, which says little",
            steps(way.hops),
        )
    strength = Strength.EDGE if len(way.hops) == 1 and way.hops[0].kind is Edge.DIRECT else Strength.PATH
    said = f"{asked.start} {'may' if table else 'can'} come to {asked.target}{through}"
    return Outcome(Verdict.VERIFIED, strength, said, steps(way.hops))


def _reaches_with(reach: Reach, asked: Reaches, starts: Sequence[Way], targets: frozenset[int]) -> Outcome:
    """Only ways along which the constants travel count: what leaves them behind is the same for every constant."""
    given = {atom for way in starts for _, atoms in way.context for atom in atoms}
    families = {reach.facts.family(atom) for atom in given if isinstance(atom, str)}

    def carrying(context: Context) -> bool:
        atoms = {atom for _, found in context for atom in found}
        return bool(atoms & given) or any(
            isinstance(atom, str) and reach.facts.family(atom) in families for atom in atoms
        )

    ways, cuts = reach.ways(starts, targets, carrying=carrying)
    fixed = ", ".join(f"{name} = {value}" for name, value in asked.constants)
    if ways:
        said = f"with {fixed}, {asked.start} can come to {asked.target}"
        return Outcome(Verdict.VERIFIED, Strength.CONSTANT_SENSITIVE, said, steps(ways[0].hops))
    others, _ = reach.ways(starts, targets)
    apart: tuple[Evidence, ...] = ()
    if others:
        between = [hop.callee.name for hop in others[0].hops[:-1]]
        through = " -> ".join(between[:4])
        said = f"a way of {len(others[0].hops)} calls that leaves the constants behind is not counted: {through} …"
        apart = (Evidence("note", said, others[0].hops[0].place),)
    if cuts:
        refuted = _infeasible(asked.start, asked.target, starts, cuts)
        return replace(refuted, evidence=(*refuted.evidence, *apart))
    if others:
        said = f"{asked.start} can come to {asked.target}, but not by calls that carry {fixed}"
        return Outcome(Verdict.PARTLY, Strength.PATH, said, steps(others[0].hops))
    return _no_way(reach, asked.start, asked.target, starts, targets)


def steps(hops: Sequence[Hop]) -> tuple[Evidence, ...]:
    """A way as evidence, a line for each call."""
    return tuple(
        Evidence("fact", f"{hop.caller.name} {hop.kind} {hop.callee.name}{_with(hop)}", hop.place) for hop in hops
    )


def _with(hop: Hop) -> str:
    named = [
        f"{path} = {' or '.join(sorted(map(str, atoms)))}"
        for path, atoms in sorted(hop.context)
        if any(isinstance(atom, str) for atom in atoms)
    ]
    return f" with {', '.join(named)}" if named else ""


def _starts(reach: Reach, name: str, constants: Parameters) -> list[Way] | Outcome:
    found: list[Function] = reach.facts.named(name)
    contexts = [(one, context(reach, one, constants)) for one in found]
    ways = [Way(one.number, given) for one, given in contexts if given is not None]
    if not ways:
        wanted = ", ".join(key for key, _ in constants)
        return inconclusive(f"{name} has no parameter {wanted}")
    return ways


def _span(reach: Reach, starts: Sequence[int], targets: frozenset[int]) -> tuple[int, bool] | None:
    """How far apart two functions of a chain are, in calls, and whether only through a table."""
    for tables in (False, True):
        for most in (1, LEFT_OUT):
            leads = reach.leading(targets, tables=tables, most=most)
            if any(0 < leads.get(start, 0) <= most or _itself(reach, start, targets) for start in starts):
                return most, tables
    return None


def _itself(reach: Reach, start: int, targets: frozenset[int]) -> bool:
    return start in targets and any(callee == start for _, callee in reach.facts.callees(start))


def _left_out(reach: Reach, name: str, following: str, ways: Sequence[Way], cuts: Sequence[CutCall]) -> Outcome:
    """Nothing within the few calls that may be left out: a longer way, or none at all."""
    targets = frozenset(one.number for one in reach.facts.named(following))
    for tables in (False, True):
        further, _ = reach.ways(ways, targets, tables=tables, most=FAR)
        if further:
            said = (
                f"a run comes from {name} to {following}, but only {len(further[0].hops) - len(ways[0].hops)} calls on"
            )
            return Outcome(Verdict.PARTLY, Strength.CONSTANT_SENSITIVE, said, steps(further[0].hops))
    refuted = _infeasible(name, following, ways, cuts)
    if reach.ways(ways, targets, tables=True)[0]:
        return inconclusive(
            f"constants decide against each way of up to {FAR} calls from {name} to {following}", refuted.evidence
        )
    return refuted


def _no_edge(reach: Reach, name: str, following: str, ways: Sequence[Way]) -> Outcome:
    targets = frozenset(one.number for one in reach.facts.named(following))
    for tables in (False, True):
        further, _ = reach.ways(ways, targets, tables=tables, most=FAR)
        if further:
            said = f"{name} does not call {following} itself, only {len(further[0].hops) - len(ways[0].hops)} calls on"
            return Outcome(Verdict.PARTLY, Strength.PATH, said, steps(further[0].hops))
    if any(way.number in reach.leading(targets) for way in ways):
        return inconclusive(f"{name} leads to {following} only over more than {FAR} calls, which says little")
    return _no_way(reach, name, following, ways, targets)


def _no_way(reach: Reach, name: str, target: str, starts: Sequence[Way], targets: frozenset[int]) -> Outcome:
    leading = reach.leading(targets, tables=True)
    left = open_ends(reach.facts, leading)
    if any(way.number in reach.leading(targets, tables=True) for way in starts):
        return inconclusive(
            f"{name} may come to {target} through a table of functions, but no single way was found", left
        )
    if left:
        return inconclusive(
            f"no call from {name} leads to {target} in the folders parsed, but not all callers are known", left
        )
    said = f"no call leads from {name} to {target}: all callers of {target} were followed back"
    places = tuple(Evidence("fact", f"{one.name} is defined", one.place) for one in reach.facts.named(target))
    return Outcome(Verdict.REFUTED, Strength.CLOSED_WORLD, said, places)


def _infeasible(name: str, target: str, ways: Sequence[Way], cuts: Sequence[CutCall]) -> Outcome:
    hops = ways[0].hops if ways else ()
    walls = tuple(
        Evidence(
            "fact",
            f"{cut.caller.name} never comes to its call of {cut.callee} in line {cut.line}: {cut.cut.because}",
            f"{cut.caller.file}:{cut.cut.line or cut.line}",
        )
        for cut in cuts[:_MOST_CUTS]
    )
    why = f": in {cuts[0].caller.name} {cuts[0].cut.because}" if cuts else ""
    said = f"the calls exist, but no run comes from {name} to {target}{why}"
    return Outcome(Verdict.REFUTED, Strength.CONSTANT_SENSITIVE, said, steps(hops) + walls)
