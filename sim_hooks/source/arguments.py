"""In: Calls. Out: an outcome for the plain claim, before `expect` turns it round.

An argument that is the caller's own parameter, or a field of one, is followed to the caller's callers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import Calls
from sim_hooks.source.evaluate import Atom
from sim_hooks.source.functions import Edge, Function
from sim_hooks.source.meant import for_each_file
from sim_hooks.source.outcomes import inconclusive, missing
from sim_hooks.source.reach import Reach
from sim_hooks.source.shapes import Value, names_in
from sim_hooks.source.walked import Site
from sim_hooks.source.ways import NOTHING, Way

_FAR = 4
"""How many callers up an argument is followed."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A constant that comes to a call, and the call that first passes it."""

    atom: Atom
    where: str
    place: str


def sites(reach: Reach, caller: Function, callee: str) -> list[Site]:
    """The calls of a name in a function that a run can come to; macros between them are looked through."""
    targets = {one.number for one in reach.facts.named(callee)}
    out = []
    for site in reach.walk(caller.number).sites:
        meant = reach.facts.meant(site.callee, caller.file) if site.callee[:1] not in ("*", ".") else []
        if targets & set(meant) or site.callee == callee or any(_forwards(reach, one, targets) for one in meant):
            out.append(site)
    return out


def _forwards(reach: Reach, number: int, targets: set[int], depth: int = 3) -> bool:
    function = reach.facts.function(number)
    if not function.macro or not depth:
        return False
    callees = [one for _, one in reach.facts.callees(number)]
    return any(one in targets or _forwards(reach, one, targets, depth - 1) for one in callees)


def origins(reach: Reach, caller: Function, site: Site, value: Value, depth: int = _FAR) -> tuple[list[Origin], bool]:
    """The constants that a value can be at a call, and whether these are all."""
    place = f"{caller.file}:{site.line}"
    atoms = reach.evaluator.possible(value, site.known)
    if atoms is not None:
        return [Origin(atom, caller.name, place) for atom in sorted(atoms, key=str)], True
    named = sorted(names_in(value, "="))
    if not isinstance(value, str) or value[:1] in ("=", "@", "&", ".") or not depth:
        return [Origin(name, caller.name, place) for name in named], False
    base = value.partition(".")[0]
    parameters = reach.facts.inside(caller.number).parameters
    if base not in parameters:
        return [], False
    found: list[Origin] = []
    complete = True
    index = parameters.index(base)
    callers = [(kind, reach.facts.function(number)) for kind, number in reach.facts.callers(caller.number)]
    if not callers or any(kind is not Edge.DIRECT for kind, _ in callers) or reach.facts.tables_with(caller.number):
        complete = False
    for _, above in callers:
        for upper in sites(reach, above, caller.name):
            argument = upper.arguments[index] if index < len(upper.arguments) else None
            if isinstance(argument, str) and argument[:1] not in ("=", "@", "."):
                argument = argument.removeprefix("&") + value[len(base) :]
            elif "." in value:
                argument = None
            more, all_known = origins(reach, above, upper, argument, depth - 1)
            found += more
            complete = complete and all_known
    return list(dict.fromkeys(found)), complete


def constants_at(reach: Reach, caller: Function, callee: str) -> list[str]:
    """The named constants that a function passes to a callee, for people."""
    out: dict[str, None] = {}
    for site in sites(reach, caller, callee):
        for value in [*site.arguments, *_fields(site)]:
            for name in sorted(names_in(value, "=")):
                out[name] = None
            if not isinstance(value, str) or value[:1] in ("=", "@", "&", "."):
                continue
            found, _ = origins(reach, caller, site, value)
            named = sorted({str(origin.atom) for origin in found if isinstance(origin.atom, str)})
            if named and "." in value:
                out[f"{value.replace('.', '->')} = {' or '.join(named)}"] = None
            elif named:
                out[" or ".join(named)] = None
    return list(out)


def decide_calls(reach: Reach, asked: Calls) -> Outcome:
    """Whether the caller calls the callee, passing that constant where one is named."""
    unknown = missing(reach.facts, (asked.caller,))
    if unknown is not None:
        return unknown
    return for_each_file(reach.facts, asked.caller, lambda callers: _of_callers(reach, asked, callers))


def _of_callers(reach: Reach, asked: Calls, callers: Sequence[Function]) -> Outcome:
    found = [(caller, site) for caller in callers for site in sites(reach, caller, asked.callee)]
    if not found:
        return _no_call(reach, asked, callers)
    if not asked.constant:
        places = tuple(
            Evidence("fact", f"{caller.name} calls {asked.callee}", f"{caller.file}:{site.line}")
            for caller, site in found
        )
        return Outcome(Verdict.VERIFIED, Strength.EDGE, f"{asked.caller} calls {asked.callee}", places)
    return _with_constant(reach, asked, found)


def _no_call(reach: Reach, asked: Calls, callers: Sequence[Function]) -> Outcome:
    targets = {one.number for one in reach.facts.named(asked.callee)}
    for caller in callers:
        for kind, number in reach.facts.callees(caller.number, tables=True):
            if number in targets and kind is not Edge.DIRECT:
                said = f"{asked.caller} {kind} {asked.callee}"
                return Outcome(Verdict.VERIFIED, Strength.PATH, said, (Evidence("fact", said, caller.place),))
    if not targets:
        return missing(reach.facts, (asked.callee,)) or inconclusive(f"{asked.callee} is not known")
    if any(caller.unsure for caller in callers):
        return inconclusive(f"{asked.caller} could not be read whole")
    ways, _ = reach.ways([Way(caller.number, NOTHING) for caller in callers], frozenset(targets), most=5)
    if ways:
        between = ", ".join(hop.callee.name for hop in ways[0].hops[:-1])
        said = (
            f"{asked.caller} calls {asked.callee} only through {between}"
            if between
            else f"{asked.caller} calls {asked.callee}"
        )
        lines = tuple(Evidence("fact", f"{hop.caller.name} calls {hop.callee.name}", hop.place) for hop in ways[0].hops)
        return Outcome(Verdict.PARTLY, Strength.PATH, said, lines)
    places = tuple(
        Evidence("fact", f"{caller.name} is defined, without such a call", caller.place) for caller in callers
    )
    return Outcome(Verdict.REFUTED, Strength.EDGE, f"{asked.caller} does not call {asked.callee}", places)


def _with_constant(reach: Reach, asked: Calls, found: list[tuple[Function, Site]]) -> Outcome:
    constant = asked.constant
    seen: list[Evidence] = []
    complete = True
    alike = 0
    for caller, site in found:
        for value in [*site.arguments, *_fields(site)]:
            known, whole = origins(reach, caller, site, value)
            names = names_in(value, "=")
            spelled = reach.facts.spelled_out(names) if constant not in names else names
            hit = next((one for one in known if one.atom == constant), None)
            place = f"{caller.file}:{site.line}"
            if constant in names or (constant in spelled and isinstance(value, list)):
                said = f"{caller.name} passes {constant} to {asked.callee}"
                return Outcome(Verdict.VERIFIED, Strength.EDGE, said, (Evidence("fact", said, place),))
            if hit is not None:
                said = f"{caller.name} passes {constant} to {asked.callee}, which {hit.where} sets"
                first = Evidence("fact", f"{caller.name} passes {_path(value)} to {asked.callee}", place)
                lines = (first, Evidence("fact", f"{hit.where} sets it to {constant}", hit.place))
                return Outcome(Verdict.VERIFIED, Strength.CONSTANT_SENSITIVE, said, lines)
            family = [one for one in known if related(reach, one.atom, constant)]
            if family:
                alike += 1
                complete = complete and whole
                seen += [Evidence("fact", f"{one.where} passes {one.atom}", one.place) for one in family]
    if alike and complete:
        others = sorted({line.text.split()[-1] for line in seen})
        said = f"{asked.caller} passes other constants to {asked.callee}: {', '.join(others)}"
        return Outcome(Verdict.REFUTED, Strength.CONSTANT_SENSITIVE, said, tuple(seen))
    places = tuple(
        Evidence("fact", f"{caller.name} calls {asked.callee}", f"{caller.file}:{site.line}") for caller, site in found
    )
    return inconclusive(
        f"{asked.caller} calls {asked.callee}, but whether with {constant} cannot be told", (*places, *seen)
    )


def _fields(site: Site) -> list[str]:
    """The fields known of structures that a call passes by pointer."""
    bases = {one.removeprefix("&") for one in site.arguments if isinstance(one, str) and one[:1] not in ("=", "@", ".")}
    return sorted(path for path in site.known if "." in path and path.partition(".")[0] in bases)


def _path(value: Value) -> str:
    return value.replace(".", "->") if isinstance(value, str) else "a value"


def related(reach: Reach, atom: Atom, constant: str) -> bool:
    """Whether two constants are of one family, each macro of constants spelled out."""
    if not isinstance(atom, str):
        return False
    wanted = reach.facts.family(constant)
    return any(reach.facts.family(name) == wanted for name in reach.facts.spelled_out({atom}))
