"""In: IsExported, IsStatic, HasField, Installs, SystemCallExists. Out: an outcome for the plain claim.

Refuted only where the thing that is asked about is known, and what is said of it is not so.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import HasField, Installs, IsExported, IsStatic, SystemCallExists
from sim_hooks.source.definitions import Struct, Table
from sim_hooks.source.functions import Function
from sim_hooks.source.meant import for_each_file
from sim_hooks.source.outcomes import inconclusive, missing
from sim_hooks.source.reach import Reach


def decide_exported(reach: Reach, asked: IsExported) -> Outcome:
    """Whether a symbol is exported, and to whom."""
    known, name = reach.facts.known, asked.symbol.strip().removesuffix("()")
    found = known.exports(name)
    if not found:
        functions = reach.facts.named(name)
        defined = [*(one.place for one in functions), *(one.place for one in known.variables(name))]
        places = tuple(Evidence("fact", f"{name} is defined", place) for place in defined)
        if not places:
            return inconclusive(f"{name} is not defined in the folders parsed of {reach.facts.name}")
        if functions and all(one.macro for one in functions):
            return inconclusive(f"{name} is a macro", places)
        return Outcome(Verdict.REFUTED, Strength.CLOSED_WORLD, f"{name} is not exported", places)
    lines = tuple(
        Evidence("fact", f"{name} is exported{' to GPL modules only' if gpl else ' to all modules'}", place)
        for gpl, place in found
    )
    if not asked.gpl or all(gpl is (asked.gpl == "yes") for gpl, _ in found):
        return Outcome(Verdict.VERIFIED, Strength.EDGE, lines[0].text, lines)
    if len({gpl for gpl, _ in found}) > 1:
        return Outcome(Verdict.PARTLY, Strength.EDGE, f"{name} is exported in two ways", lines)
    return Outcome(Verdict.REFUTED, Strength.EDGE, lines[0].text, lines)


def decide_static(reach: Reach, asked: IsStatic) -> Outcome:
    """Whether a function is static."""
    unknown = missing(reach.facts, (asked.function,))
    if unknown is not None:
        return unknown

    def decided(functions: Sequence[Function]) -> Outcome:
        real = [one for one in functions if not one.macro]
        lines = tuple(
            Evidence("fact", f"{one.name} is {'' if one.static else 'not '}static", one.place) for one in real
        )
        if not real:
            return inconclusive(f"{asked.function} is a macro")
        if len({one.static for one in real}) > 1:
            return Outcome(Verdict.PARTLY, Strength.EDGE, f"{asked.function} is static in one of its forms", lines)
        verdict = Verdict.VERIFIED if real[0].static else Verdict.REFUTED
        return Outcome(verdict, Strength.EDGE, lines[0].text, lines)

    return for_each_file(reach.facts, asked.function, decided)


def decide_field(reach: Reach, asked: HasField) -> Outcome:
    """Whether a struct or union has a field."""
    tag = asked.struct.strip().removeprefix("struct ").removeprefix("union ").strip()
    field = asked.field.strip().lstrip(".").removeprefix("->")
    found = reach.facts.known.structs(tag)
    if not found:
        return inconclusive(f"no struct {tag} is laid out in the folders parsed of {reach.facts.name}")
    has = [field in one.fields for one in found]
    lines = tuple(
        Evidence("fact", f"struct {tag} has {'' if answer else 'no '}{field}", one.place)
        for one, answer in zip(found, has, strict=True)
    )
    if all(has):
        return Outcome(Verdict.VERIFIED, Strength.EDGE, f"struct {tag} has {field}", lines)
    if any(has):
        return Outcome(Verdict.PARTLY, Strength.EDGE, f"struct {tag} has {field} in one of its forms", lines)
    if not all(one.whole for one in found):
        return inconclusive(f"struct {tag} could not be read whole; {field} was not seen in it", _places(tag, found))
    return Outcome(Verdict.REFUTED, Strength.EDGE, f"struct {tag} has no {field}", lines)


def _places(tag: str, found: Sequence[Struct]) -> tuple[Evidence, ...]:
    return tuple(Evidence("fact", f"struct {tag} is laid out", one.place) for one in found)


def decide_installs(reach: Reach, asked: Installs) -> Outcome:
    """Whether a table sets an operation, to that function."""
    known = reach.facts.known
    name = asked.table.strip().removeprefix("struct ").strip()
    operation = asked.operation.strip().lstrip(".").removeprefix("->").removesuffix("()")
    function = asked.function.strip().removesuffix("()")
    found = known.tables(name)
    tagged = [] if found else known.tables_tagged(name)
    if not found and not tagged:
        return inconclusive(f"no table {name} is known in the folders parsed of {reach.facts.name}")
    if function and not reach.facts.named(function) and not _set_somewhere(found or tagged, function):
        return missing(reach.facts, (function,)) or inconclusive(f"{function} is not known")
    rows = [(table, row) for table in found or tagged for row in table.rows if row[0] == operation]
    lines = tuple(
        Evidence("fact", f"{table.variable} sets .{operation} to {value or 'no plain name'}", f"{table.file}:{line}")
        for table, (_, value, line) in rows
    )
    if tagged:
        hits = tuple(line for line, (_, row) in zip(lines, rows, strict=True) if row[1] == function or not function)
        if hits:
            return Outcome(Verdict.VERIFIED, Strength.EDGE, hits[0].text, hits)
        return inconclusive(f"no table of struct {name} in the folders parsed has that .{operation}")
    return _of_variable(name, operation, function, found, lines, [row for _, row in rows])


def _of_variable(
    name: str,
    operation: str,
    function: str,
    found: Sequence[Table],
    lines: tuple[Evidence, ...],
    rows: Sequence[tuple[str, str, int]],
) -> Outcome:
    hits = [row for row in rows if (row[1] == function if function else row[1] not in ("", "NULL"))]
    sets = f"{name} sets .{operation}" + (f" to {function}" if function else "")
    places = lines or tuple(Evidence("fact", f"{name} sets no .{operation}", one.place) for one in found)
    if any(row[1] == "" for row in rows):
        return inconclusive(f"{name} sets .{operation} to what is no plain name", places)
    files = {one.file for one in found}
    if hits and len(hits) == len(rows) and (len(files) == 1 or len(rows) == len(found)):
        return Outcome(Verdict.VERIFIED, Strength.EDGE, sets, places)
    if hits:
        return Outcome(Verdict.PARTLY, Strength.EDGE, f"{sets} in {len(hits)} of {len(found)} forms", places)
    if not rows and not all(one.whole for one in found):
        return inconclusive(f"{name} was not read whole: #ifdef stands between its fields", places)
    return Outcome(Verdict.REFUTED, Strength.EDGE, f"it is not so that {sets}", places)


def _set_somewhere(tables: Sequence[Table], function: str) -> bool:
    return any(row[1] == function for table in tables for row in table.rows)


def decide_system_call(reach: Reach, asked: SystemCallExists) -> Outcome:
    """Whether the tree defines a system call; one that only has a number is there in part."""
    name = asked.name.strip().removesuffix("()").removeprefix("__NR_").removeprefix("sys_").partition("(")[0]
    defined, numbered = reach.facts.known.system_calls
    bodies = reach.facts.named(name if name.startswith("__do_") else f"__do_sys_{name}")
    if name in defined:
        places = tuple(Evidence("fact", f"the system call {name} is defined", one.place) for one in bodies)
        return Outcome(Verdict.VERIFIED, Strength.CLOSED_WORLD, f"the system call {name} is defined", places)
    if name in numbered:
        return Outcome(Verdict.PARTLY, Strength.EDGE, f"{name} has a number, but no definition was found")
    if not defined:
        return inconclusive(f"no system call at all is defined in {reach.facts.name}")
    return Outcome(Verdict.REFUTED, Strength.CLOSED_WORLD, f"no system call {name} is defined in {reach.facts.name}")
