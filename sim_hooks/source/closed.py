"""In: OnlyFrom, CallersAre, DefinedIn, PathExists. Out: an outcome for the plain claim, before `expect` turns it round.

"Only" and "all" are verified when the whole tree was looked through and no mention of a name is left unexplained.
"""

from __future__ import annotations

from collections.abc import Iterable

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import CallersAre, DefinedIn, OnlyFrom, PathExists
from sim_hooks.source.arguments import constants_at
from sim_hooks.source.facts import SYSTEM_CALLS, Facts
from sim_hooks.source.functions import Edge, Function
from sim_hooks.source.modes import other_modes
from sim_hooks.source.outcomes import inconclusive, missing
from sim_hooks.source.reach import Reach

_MOST_SHOWN = 6


def open_ends(facts: Facts, numbers: Iterable[int]) -> tuple[Evidence, ...]:
    """Mentions of these functions that no known call explains: each could be a caller that is not known."""
    out: list[Evidence] = []
    seen: set[str] = set()
    for number in numbers:
        function = facts.function(number)
        found = facts.mentions(function)
        if not found.count or function.name in seen:
            continue
        seen.add(function.name)
        files = ", ".join(found.files) or "some file"
        more = f" and {found.count - len(found.files)} more" if found.files and found.count > len(found.files) else ""
        out.append(
            Evidence(
                "note", f"{function.name} is also named in {files}{more}, where calls are not known", function.place
            )
        )
        if len(out) == _MOST_SHOWN:
            break
    return tuple(out)


def callers_through_macros(reach: Reach, name: str) -> dict[str, list[tuple[Function, Edge]]]:
    """Functions that call any definition of a name, by name; a macro that calls it stands for its own callers."""
    facts = reach.facts
    waiting = [one.number for one in facts.named(name)]
    seen, out = set(waiting), dict[str, list[tuple[Function, Edge]]]()
    while waiting:
        for kind, number in facts.callers(waiting.pop()):
            caller = facts.function(number)
            if not caller.macro:
                out.setdefault(caller.name, []).append((caller, kind))
            elif number not in seen:
                seen.add(number)
                waiting.append(number)
    return out


def decide_callers(reach: Reach, asked: CallersAre) -> Outcome:
    """Whether these functions call the callee, and with `complete` no others."""
    facts = reach.facts
    unknown = missing(facts, (asked.callee,))
    if unknown is not None:
        return unknown
    found = callers_through_macros(reach, asked.callee)
    wanted = {name: [one.name for one in facts.named(name)] for name in asked.callers}
    absent = [name for name, meant in wanted.items() if not any(one in found for one in meant)]
    named = {one for meant in wanted.values() for one in meant}
    extra = sorted(set(found) - named)
    evidence = [
        line
        for meant in wanted.values()
        for one in dict.fromkeys(meant)
        for line in _calls(reach, found.get(one, []), asked.callee)
    ]
    left = open_ends(facts, [one.number for one in facts.named(asked.callee)])
    unseen = [name for name in absent if not wanted[name]]
    tabled = any(facts.tables_with(one.number) for one in facts.named(asked.callee))
    if absent and asked.complete and not asked.modes:
        # who says that f() is called from g() often means a way through others
        ways = decide_only_from(reach, OnlyFrom(asked.callee, asked.callers))
        if ways.verdict is Verdict.VERIFIED:
            said = (
                f"{', '.join(absent)} come to {asked.callee} through others, not by a call of their own; {ways.summary}"
            )
            return Outcome(Verdict.PARTLY, Strength.CLOSED_WORLD, said, (*evidence, *ways.evidence))
        if ways.verdict is not Verdict.REFUTED:
            return ways
    if absent and unseen != absent and not left and not tabled:
        said = f"not among the callers of {asked.callee}: {', '.join(name for name in absent if wanted[name])}"
        return Outcome(Verdict.REFUTED, Strength.CLOSED_WORLD, said, tuple(evidence))
    if asked.complete and extra:
        more = [line for name in extra for line in _calls(reach, found[name], asked.callee)]
        said = f"{asked.callee} has other callers: {', '.join(extra)}"
        return Outcome(Verdict.REFUTED, Strength.CLOSED_WORLD, said, (*more, *evidence))
    if absent:
        return inconclusive(f"no call of {asked.callee} found in {', '.join(absent)}", (*evidence, *left))
    if asked.modes:
        wrong = other_modes(reach, asked)
        if wrong is not None:
            return wrong
    if not asked.complete:
        return Outcome(
            Verdict.VERIFIED, Strength.EDGE, f"all of these {len(wanted)} call {asked.callee}", tuple(evidence)
        )
    if left:
        return inconclusive(
            f"all known callers of {asked.callee} are named, but there may be others", (*evidence, *left)
        )
    said = f"these {len(wanted)} and no others call {asked.callee}"
    return Outcome(Verdict.VERIFIED, Strength.CLOSED_WORLD, said, tuple(evidence))


def _calls(reach: Reach, callers: list[tuple[Function, Edge]], callee: str) -> list[Evidence]:
    out = []
    for caller, kind in dict.fromkeys(callers):
        lines = [site.line for site in reach.walk(caller.number).sites if site.callee == callee]
        told = constants_at(reach, caller, callee)
        constants = f" with {', '.join(told)}" if told else ""
        out.append(
            Evidence(
                "fact", f"{caller.name} {kind} {callee}{constants}", f"{caller.file}:{min(lines, default=caller.line)}"
            )
        )
    return out


def decide_only_from(reach: Reach, asked: OnlyFrom) -> Outcome:
    """Whether every way to the callee begins in one of the roots."""
    facts = reach.facts
    unknown = missing(facts, (asked.callee, *asked.roots))
    if unknown is not None:
        return unknown
    roots = {one.number for name in asked.roots for one in _bodies(facts, name)}
    waiting = [one.number for one in facts.named(asked.callee) if one.number not in roots]
    onward: dict[int, tuple[int, Edge]] = {}
    seen, tops, used, reached = set(waiting), [], [], set[int]()
    while waiting:
        number = waiting.pop()
        callers = [(kind, one) for kind, one in facts.callers(number)]
        used.append(number)
        if not callers or facts.tables_with(number):
            tops.append(number)
        for kind, one in callers:
            if one in roots:
                reached.add(one)
                onward.setdefault(one, (number, kind))
            elif one not in seen:
                seen.add(one)
                onward[one] = (number, kind)
                waiting.append(one)
    others = [facts.function(top) for top in tops if not _is_stub(facts, facts.function(top))]
    system = [top for top in others if top.name.startswith(("__do_sys_", "__do_compat_sys_"))]
    if system:
        said = f"{asked.callee} is also come to from {', '.join(sorted({_plain(top.name) for top in system}))}"
        return Outcome(Verdict.REFUTED, Strength.PATH, said, _trail(facts, system[0].number, onward))
    idle = [name for name in asked.roots if not any(one.number in reached for one in _bodies(facts, name))]
    left = open_ends(facts, used)
    trail = tuple(line for root in sorted(reached) for line in _trail(facts, root, onward))
    if others or left:
        places = tuple(_end(facts, top) for top in others[:_MOST_SHOWN])
        return inconclusive(f"not every way to {asked.callee} is known", (*trail, *places, *left))
    if idle:
        return Outcome(
            Verdict.REFUTED, Strength.CLOSED_WORLD, f"no way to {asked.callee} begins in {', '.join(idle)}", trail
        )
    said = f"every way to {asked.callee} begins in {', '.join(asked.roots)}"
    return Outcome(Verdict.VERIFIED, Strength.CLOSED_WORLD, said, trail)


def _bodies(facts: Facts, name: str) -> list[Function]:
    """The definitions that a root means: the system call of that name, and the function."""
    plain = name.strip().removesuffix("()").removeprefix("sys_")
    return [*facts.named(name), *(one for pattern in SYSTEM_CALLS for one in facts.named(pattern.format(plain)))]


def _plain(name: str) -> str:
    return name.replace("__do_compat_sys_", "").replace("__do_sys_", "") + "()"


def _is_stub(facts: Facts, function: Function) -> bool:
    """A definition in a header that stands in where a real one is not built: it calls nothing."""
    return function.file.endswith(".h") and not facts.edges(function.number)


def _end(facts: Facts, top: Function) -> Evidence:
    tables = facts.tables_with(top.number)
    if tables:
        return Evidence("note", f"{top.name} may be called through {tables[0][0]}", f"{tables[0][1]}:{tables[0][2]}")
    return Evidence("note", f"no caller of {top.name} is known", top.place)


def _trail(facts: Facts, start: int, onward: dict[int, tuple[int, Edge]]) -> tuple[Evidence, ...]:
    out: list[Evidence] = []
    while start in onward and len(out) < 20:
        number, kind = onward[start]
        caller, callee = facts.function(start), facts.function(number)
        out.append(Evidence("fact", f"{caller.name} {kind} {callee.name}", caller.place))
        start = number
    return tuple(out)


def decide_defined(reach: Reach, asked: DefinedIn) -> Outcome:
    """Whether the function is defined in that file."""
    facts = reach.facts
    unknown = missing(facts, (asked.function,))
    if unknown is not None:
        return unknown
    found = facts.named(asked.function)
    path = asked.path.lstrip("./")
    places = tuple(Evidence("fact", f"{one.name} is defined", one.place) for one in found)
    here = [one for one in found if one.file == path or one.file.endswith("/" + path)]
    if here:
        return Outcome(Verdict.VERIFIED, Strength.EDGE, f"{asked.function} is defined in {here[0].file}", places)
    if facts.parsed(path):
        return Outcome(Verdict.REFUTED, Strength.EDGE, f"{asked.function} is defined elsewhere", places)
    return inconclusive(f"{asked.path} was not parsed; {asked.function} is defined elsewhere too", places)


def decide_path(reach: Reach, asked: PathExists) -> Outcome:
    """Whether the tree holds that file or folder."""
    paths, path = reach.facts.paths, asked.path.strip("/").removeprefix("./")
    found = path if path in paths else next(iter(sorted(one for one in paths if one.endswith("/" + path))), "")
    if found:
        said = f"the tree holds {found}"
        return Outcome(Verdict.VERIFIED, Strength.CLOSED_WORLD, said, (Evidence("fact", said, found),))
    if asked.expect and not any(one.rpartition("/")[2] == path.rpartition("/")[2] for one in paths):
        return inconclusive(f"no file of {reach.facts.name} is called {path.rpartition('/')[2]}; it may be newer")
    return Outcome(Verdict.REFUTED, Strength.CLOSED_WORLD, f"the tree holds no {asked.path}")
