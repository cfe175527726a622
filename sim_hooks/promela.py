"""In: a system of guarded commands. Out: the same system in Promela, SPIN's language, to be checked by another program.

Every actor is a process that does one atomic command after another, so that SPIN meets the same states; an actor that
need not move may also stay where it is. What ends well is said as `ends` (on every fair run, `spin -run -f -a`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from sim_hooks.guarded import Actor, Command, Language, System, Variable

_LANGUAGE = (
    "active assert atomic break d_step do else end fi for goto if in init inline od proctype run select skip unless "
    "bit bool byte chan hidden int local mtype pid short show typedef unsigned empty enabled eval false full len "
    "nempty never nfull notrace of printf priority timeout trace true xr xs"
)
_TAKEN = frozenset(_LANGUAGE.split())
"""Words that mean something in Promela; a name of ours that is one of them gets an underscore."""

_SIGNS: dict[type[ast.AST], str] = {
    ast.And: "&&",
    ast.Or: "||",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Add: "+",
    ast.Sub: "-",
}


def promela(system: System, *, watched: bool = False) -> str:
    """The text of `system`, with `ltl ends` for its end.

    With `watched`, a further process fails an assertion in a state in which nobody can move and not all is done, every
    state counts as a valid end, and nobody may stay idle by choice: that is how to ask SPIN for a deadlock.
    """
    language = Language(system)
    done = _text(language.expression(system.done))
    lines = ["/* written by threadkb; a model of a mechanism, not of any kernel's code */", ""]
    words = {str(value): None for one in system.variables if one.holds_words for value in one.values}
    if words:
        lines.append(f"mtype = {{ {', '.join(_name(word) for word in words)} }}")
    lines += [_declared(variable) for variable in system.variables]
    saved = {name: None for actor in system.actors for one in actor.commands for name in _saved(language, one)}
    kinds = {variable.name: _kind(variable).replace("bool", "byte") for variable in system.variables}
    lines += [f"hidden {kinds[name]} was_{name};" for name in saved]  # SPIN hides no bits
    if not watched and not all(actor.must_move for actor in system.actors):
        lines.append("hidden byte stays;")
    for actor in system.actors:
        lines += ["", *_process(language, actor, watched=watched)]
    if watched:
        lines += ["", "active proctype watch() {", "end:", f"  timeout && !({done}) -> assert(false)", "}"]
    else:
        lines += ["", f"#define done ({done})", "ltl ends { <> done }"]
    return "\n".join((*lines, ""))


def _process(language: Language, actor: Actor, *, watched: bool) -> Iterator[str]:
    yield f"active proctype actor_{re.sub(r'[^a-z0-9]+', '_', actor.name.lower())}() {{"
    if watched:
        yield "end:"
    yield "  do"
    for command in actor.commands:
        yield f"  :: atomic {{  /* {command.name} */"
        yield f"       {_text(language.expression(command.when))} ->"
        yield f"       {'; '.join(_assigned(language, command))}"
        yield "     }"
    if not actor.must_move and not watched:
        yield "  :: stays = 1  /* need not move */"
    yield "  od"
    yield "}"


def _saved(language: Language, command: Command) -> list[str]:
    """Variables that are read after they were assigned, when assignments that happen at once are put in a row."""
    assigned: list[str] = []
    found: list[str] = []
    for name, value in language.assignments(command.do).items():
        found += [read for read in _reads(value) if read in assigned and read not in found]
        assigned.append(name)
    return found


def _assigned(language: Language, command: Command) -> Iterator[str]:
    saved = _saved(language, command)
    yield from (f"was_{name} = {_name(name)}" for name in saved)
    done: set[str] = set()
    for name, value in language.assignments(command.do).items():
        yield f"{_name(name)} = {_text(value, frozenset(done & set(saved)))}"
        done.add(name)
    yield from (f"was_{name} = 0" for name in saved)


def _reads(value: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]


def _kind(variable: Variable) -> str:
    if variable.holds_words:
        return "mtype"
    return "bool" if isinstance(variable.start, bool) else "byte"


def _declared(variable: Variable) -> str:
    start = _name(variable.start) if isinstance(variable.start, str) else int(variable.start)
    return f"{_kind(variable)} {_name(variable.name)} = {start};"


def _name(word: str) -> str:
    return f"{word}_" if word in _TAKEN else word


def _text(node: ast.expr, saved: frozenset[str] = frozenset()) -> str:
    match node:
        case ast.Name(id=name):
            return f"was_{name}" if name in saved else _name(name)
        case ast.Constant(value=str() as word):
            return _name(word)
        case ast.Constant(value=value):
            return str(int(value))  # type: ignore[arg-type]  # the language has words, numbers and truth values only
        case ast.BoolOp(op=op, values=values):
            return f"({f' {_SIGNS[type(op)]} '.join(_text(value, saved) for value in values)})"
        case ast.UnaryOp(operand=operand):
            return f"!({_text(operand, saved)})"
        case ast.BinOp(left=left, op=op, right=right):
            return f"({_text(left, saved)} {_SIGNS[type(op)]} {_text(right, saved)})"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return f"({_text(test, saved)} -> {_text(body, saved)} : {_text(orelse, saved)})"
        case ast.Compare(left=left, ops=[ast.In()], comparators=[ast.Tuple(elts=others)]):
            return f"({' || '.join(f'{_text(left, saved)} == {_text(other, saved)}' for other in others)})"
        case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[ast.Tuple(elts=others)]):
            return f"({' && '.join(f'{_text(left, saved)} != {_text(other, saved)}' for other in others)})"
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"({_text(left, saved)} {_SIGNS[type(op)]} {_text(right, saved)})"
    raise AssertionError(f"not of the language: {ast.dump(node)}")
