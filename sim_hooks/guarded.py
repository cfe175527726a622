"""In: a system of guarded commands, written as text. Out: the model that the explorer follows.

A guard is an expression over the variables, an effect a list of assignments that happen at once; both are checked
against what the variables can hold before anything runs. The same text is printed as Promela (`sim_hooks/promela.py`),
so that another model checker can be asked. (Guarded commands: Dijkstra 1975, as in UNITY and Promela.)

    when   folio == dirty and caller in (resting, busy)
    do     folio = writeback; write = queued
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kb.errors import CheckError
from sim_hooks.explore import Action, Model, Process, Situation

Value: TypeAlias = str | int | bool
State: TypeAlias = tuple[Value, ...]
"""The variables' values, in the order in which the system declares them."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: what it can hold, first of all its value at the start."""

    name: str
    values: tuple[Value, ...]

    @property
    def start(self) -> Value:
        """The value that a run begins with."""
        return self.values[0]

    @property
    def holds_words(self) -> bool:
        """Whether its values are words of its own."""
        return isinstance(self.start, str)


def words(name: str, *values: str) -> Variable:
    """A variable that holds one of `values`, the first at the start."""
    return Variable(name, values)


def flag(name: str) -> Variable:
    """A variable that holds yes or no, no at the start."""
    return Variable(name, (False, True))


def number(name: str, most: int, start: int = 0) -> Variable:
    """A variable that holds a number from 0 to `most`."""
    return Variable(name, (start, *(value for value in range(most + 1) if value != start)))


@dataclass(frozen=True, slots=True)
class Command:
    """What an actor does where `when` holds; `do` says what is other afterwards. A choice is two commands."""

    name: str
    """A phrase that reads on from the actor's name: `waits for the folio`."""
    when: str
    do: str


@dataclass(frozen=True, slots=True)
class Actor:
    """One process of a system."""

    name: str
    commands: tuple[Command, ...]
    must_move: bool = True
    """Whether it takes a step sooner or later while it can without pause (weak fairness); an adversary need not."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that some state shows: that the interesting case happens at all."""

    name: str
    meaning: str
    when: str


@dataclass(frozen=True, slots=True)
class System:
    """Actors over shared variables."""

    variables: tuple[Variable, ...]
    actors: tuple[Actor, ...]
    done: str
    """Whether all that should come to an end has."""
    scenes: tuple[Scene, ...] = ()
    constants: Mapping[str, bool | int] = field(default_factory=dict)
    """Names that stand for a value of the setting."""


Read: TypeAlias = tuple[ast.expr, frozenset[Value] | None]
"""A checked expression in which each name of a variable stays a name and each word is a constant, and which words it
may come to (None for a number or a truth value)."""


@dataclass(frozen=True, slots=True)
class Language:
    """The names of one system, against which its expressions are read."""

    system: System

    def expression(self, text: str) -> ast.expr:
        """What `text` says, a number or a truth value; CheckError for what is unknown or does not fit."""
        return self._plain(self._parsed(text, "eval").body, text)

    def assignments(self, text: str) -> dict[str, ast.expr]:
        """What each variable that `text` assigns becomes, all from the values before; CheckError as above."""
        found: dict[str, ast.expr] = {}
        for line in self._parsed(text, "exec").body:
            if not isinstance(line, ast.Assign) or not isinstance(line.targets[0], ast.Name) or len(line.targets) > 1:
                raise self._wrong(text, "is no assignment", "write `variable = value`, several with ; between")
            variable = self._variable(line.targets[0].id)
            if variable is None or variable.name in found:
                raise self._wrong(text, f"{line.targets[0].id!r} cannot be assigned here", self._names())
            value, holds = self._read(line.value, text)
            if variable.holds_words != (holds is not None) or (holds or frozenset()) - set(variable.values):
                raise self._wrong(text, f"{variable.name!r} cannot hold this", f"it holds {_listed(variable.values)}")
            found[variable.name] = value
        return found

    def _parsed(self, text: str, mode: str) -> Any:
        try:
            return ast.parse(text.strip(), mode=mode)
        except SyntaxError as wrong:
            raise self._wrong(text, f"cannot be read: {wrong.msg}", "write it as in Python") from None

    def _variable(self, name: str) -> Variable | None:
        return next((one for one in self.system.variables if one.name == name), None)

    def _names(self) -> str:
        return f"variables are {_listed(tuple(one.name for one in self.system.variables))}"

    def _wrong(self, text: str, what: str, todo: str) -> CheckError:
        return CheckError(f"guarded command “{' '.join(text.split())}”", what, todo)

    def _read(self, node: ast.expr, text: str) -> Read:
        match node:
            case ast.Name(id=name):
                return self._name(name, text)
            case ast.Constant(value=bool() | int()):
                return node, None
            case ast.BoolOp(op=op, values=values):
                return ast.BoolOp(op, [self._plain(value, text) for value in values]), None
            case ast.UnaryOp(op=ast.Not() as op, operand=operand):
                return ast.UnaryOp(op, self._plain(operand, text)), None
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as plus, right=right):
                return ast.BinOp(self._plain(left, text), plus, self._plain(right, text)), None
            case ast.IfExp(test=test, body=body, orelse=orelse):
                first, second = self._read(body, text), self._read(orelse, text)
                if (first[1] is None) != (second[1] is None):
                    raise self._wrong(text, "the two values of a choice are of different sorts", self._names())
                either = None if first[1] is None or second[1] is None else first[1] | second[1]
                return ast.IfExp(self._plain(test, text), first[0], second[0]), either
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._comparison(left, op, right, text), None
        raise self._wrong(text, f"{type(node).__name__} is not known here", "use and, or, not, ==, !=, <, in, +, -, if")

    def _name(self, name: str, text: str) -> Read:
        if (variable := self._variable(name)) is not None:
            return ast.Name(name, ast.Load()), frozenset(variable.values) if variable.holds_words else None
        if name in self.system.constants:
            return ast.Constant(self.system.constants[name]), None
        if any(name in variable.values for variable in self.system.variables if variable.holds_words):
            return ast.Constant(name), frozenset((name,))
        raise self._wrong(text, f"no variable, word or constant {name!r}", self._names())

    def _plain(self, node: ast.expr, text: str) -> ast.expr:
        value, holds = self._read(node, text)
        if holds is not None:
            raise self._wrong(text, "a word stands where a number or a truth value should", self._names())
        return value

    def _comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr, text: str) -> ast.expr:
        value, holds = self._read(left, text)
        many = isinstance(op, ast.In | ast.NotIn)
        if many != isinstance(right, ast.Tuple):
            raise self._wrong(text, "`in` and a list in brackets go together", "write `a in (b, c)` or `a == b`")
        others = [self._read(each, text) for each in (right.elts if isinstance(right, ast.Tuple) else [right])]
        for _, other in others:
            if (holds is None) != (other is None) or (holds is not None and not holds & (other or frozenset())):
                raise self._wrong(text, "compares what can never be equal", f"the left side holds {_listed(holds)}")
        if holds is not None and not isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            raise self._wrong(text, "words have no order", "use == or in")
        second = ast.Tuple([each for each, _ in others], ast.Load()) if many else others[0][0]
        return ast.Compare(value, [op], [second])


def _listed(values: tuple[Value, ...] | frozenset[Value] | None) -> str:
    return ", ".join(str(value) for value in sorted(values, key=str)) if values else "numbers or truth values"


class _Places(ast.NodeTransformer):
    """Names of variables become their places in the state."""

    def __init__(self, system: System) -> None:
        self._places = {variable.name: place for place, variable in enumerate(system.variables)}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Subscript(ast.Name("s", ast.Load()), ast.Constant(self._places[node.id]), ast.Load())


def compiled(system: System) -> Model[State]:
    """The model of `system`; CheckError for a text that does not fit its variables."""
    language, places = Language(system), _Places(system)

    def function(body: ast.expr) -> Callable[[State], Any]:
        given = ast.arguments(posonlyargs=[], args=[ast.arg("s")], kwonlyargs=[], kw_defaults=[], defaults=[])
        tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(given, places.visit(body))))
        made: Callable[[State], Any] = eval(compile(tree, "<guarded command>", "eval"), {"__builtins__": {}})  # noqa: S307
        return made

    def effect(text: str) -> Callable[[State], State]:
        becomes = language.assignments(text)
        names = [variable.name for variable in system.variables]
        after = [becomes.get(name, ast.Name(name, ast.Load())) for name in names]
        return function(ast.Tuple(after, ast.Load()))

    def actions(actor: Actor) -> Iterator[Action[State]]:
        for command in actor.commands:
            yield Action(command.name, function(language.expression(command.when)), effect(command.do))

    return Model(
        tuple(Process(actor.name, tuple(actions(actor)), actor.must_move) for actor in system.actors),
        (tuple(variable.start for variable in system.variables),),
        function(language.expression(system.done)),
        tuple(Situation(one.name, one.meaning, function(language.expression(one.when))) for one in system.scenes),
    )
