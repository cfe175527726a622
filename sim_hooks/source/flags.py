"""In: ArgumentHas. Out: an outcome for the plain claim, before `expect` turns it round.

Masks are compared bit by bit, with the numbers that the tree gives its flags: `GFP_KERNEL & ~__GFP_IO` has no
`__GFP_IO`, though it names it. A flag without a number is found by its name alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import ArgumentHas
from sim_hooks.source.arguments import related, sites
from sim_hooks.source.functions import Function
from sim_hooks.source.masks import Bits, bits_of, holds, misses
from sim_hooks.source.meant import for_each_file
from sim_hooks.source.outcomes import inconclusive, missing
from sim_hooks.source.reach import Reach
from sim_hooks.source.shapes import Value, names_in
from sim_hooks.source.walked import Site


def decide_argument(reach: Reach, asked: ArgumentHas) -> Outcome:
    """Whether a call has an argument with all of `has` and none of `lacks`, composite masks spelled out."""
    unknown = missing(reach.facts, (asked.caller,))
    if unknown is not None:
        return unknown

    def decided(callers: Sequence[Function]) -> Outcome:
        found = [(caller, site) for caller in callers for site in sites(reach, caller, asked.callee)]
        if not found:
            return inconclusive(f"no call of {asked.callee} found in {asked.caller}")
        return _of_calls(reach, asked, found)

    return for_each_file(reach.facts, asked.caller, decided)


def _of_calls(reach: Reach, asked: ArgumentHas, found: Sequence[tuple[Function, Site]]) -> Outcome:
    wanted = [*asked.has, *asked.lacks]
    told: list[Evidence] = []
    open_arguments = any(caller.unsure for caller, _ in found)
    for caller, site in found:
        any_alike = False
        for value in site.arguments:
            names = _names(reach, value, site)
            spelled = reach.facts.spelled_out(names)
            if not any(related(reach, name, one) for name in spelled for one in wanted):
                continue
            any_alike = True
            said = f"{caller.name} passes {' | '.join(sorted(names))} to {asked.callee}"
            told.append(Evidence("fact", said, f"{caller.file}:{site.line}"))
            answer = _has(reach, asked, value, site)
            if answer:
                return Outcome(Verdict.VERIFIED, Strength.EDGE, said, (told[-1],))
            open_arguments = open_arguments or answer is None
        open_arguments = open_arguments or not any_alike
    if open_arguments:
        return inconclusive(f"the arguments of {asked.callee} in {asked.caller} are not all constants", tuple(told))
    return Outcome(Verdict.REFUTED, Strength.EDGE, _lacking(asked, told), tuple(told))


def _has(reach: Reach, asked: ArgumentHas, value: Value, site: Site) -> bool | None:
    """Whether an argument has the flags; None where that is not known."""
    facts = reach.facts
    bits = _bits(reach, value, site)
    answers = [holds(bits, facts.constant(name), name, value, facts.spelled_out) for name in asked.has]
    answers += [misses(bits, facts.constant(name)) for name in asked.lacks]
    return False if False in answers else None if None in answers else True


def _bits(reach: Reach, value: Value, site: Site) -> Bits:
    facts = reach.facts

    def number(one: str) -> int | None:
        if one.startswith("="):
            return facts.constant(one[1:])
        atoms = reach.evaluator.possible(one, site.known)
        only = next(iter(atoms)) if atoms is not None and len(atoms) == 1 else None
        return only if isinstance(only, int) else facts.constant(only) if only else None

    return bits_of(value, number)


def _lacking(asked: ArgumentHas, told: Sequence[Evidence]) -> str:
    wanted = " and ".join([*asked.has, *(f"no {name}" for name in asked.lacks)])
    passed = f": {told[0].text}" if told else ""
    return f"no call of {asked.callee} in {asked.caller} has an argument with {wanted}{passed}"


def _names(reach: Reach, value: Value, site: Site) -> set[str]:
    atoms = reach.evaluator.possible(value, site.known) or frozenset()
    return names_in(value, "=") | {atom for atom in atoms if isinstance(atom, str)}
