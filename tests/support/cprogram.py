"""In: a seed. Out: a small C function that branches on its parameter `mode`, and what running it by brute force calls.

The interpreter knows nothing of the index: it runs the program's own tree, and at each test of data takes both ways.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

MODES = ("ASYNC_MODE", "LIGHT_MODE", "SYNC_MODE", "FLAG_MODE")
NUMBERS = dict(zip(MODES, (0, 1, 2, 4), strict=True))
DECLARED = "enum mode { ASYNC_MODE, LIGHT_MODE, SYNC_MODE, FLAG_MODE = 4 };\n#define ONCE(x) do { x; } while (0)\n"
_STEPS = 400

Node: TypeAlias = tuple[object, ...]
"""A statement or condition: its kind, then its parts."""
Variables: TypeAlias = tuple[tuple[str, int | None], ...]


@dataclass
class Program:
    """A function: its text, and its tree."""

    body: list[Node]
    labels: int
    text: str = field(default="")


def program(seed: int) -> Program:
    """The function `f` of this seed."""
    made = _Maker(random.Random(seed))
    body = made.block(3)
    for label in range(made.labels):
        body += [("label", label), ("call", made.call())]
    text = f"{DECLARED}int f(enum mode mode)\n{{\nint x = 0;\n{''.join(_text(one) for one in body)}return 0;\n}}\n"
    return Program(body, made.labels, text)


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.calls = 0
        self.labels = 0
        self.loops = 0
        self.switches = 0

    def call(self) -> str:
        self.calls += 1
        return f"hit_{self.calls}"

    def block(self, depth: int) -> list[Node]:
        return [self.statement(depth) for _ in range(self.chance.randint(1, 3))]

    def condition(self, depth: int = 2) -> Node:
        kind = self.chance.choice(("is", "is", "order", "bits", "data", "x", "not", "and", "or", "likely", "said"))
        mode = self.chance.choice(MODES)
        if kind == "is":
            return ("compare", "mode", self.chance.choice(("==", "!=")), mode)
        if kind == "order":
            return ("compare", "mode", self.chance.choice(("<", ">=", ">", "<=")), mode)
        if kind == "x":
            return ("compare", "x", self.chance.choice(("==", "!=", "<")), str(self.chance.randint(0, 2)))
        if kind == "bits":
            return ("bits", self.chance.choice(MODES[1:]))
        if kind == "said":
            return ("tested", self.call())
        if kind == "data" or not depth:
            return ("data",)
        if kind in ("and", "or"):
            return (kind, self.condition(depth - 1), self.condition(depth - 1))
        return (kind, self.condition(depth - 1))

    def statement(self, depth: int) -> Node:
        kinds = ["call", "call", "set", "return", "goto", "choose"]
        kinds += ["break", "continue"] * bool(self.loops) + ["break"] * bool(self.switches)
        kinds += ["if", "if", "if", "switch", "switch", "while", "do", "once"] * bool(depth)
        kind = self.chance.choice(kinds)
        match kind:
            case "if":
                other = self.block(depth - 1) if self.chance.random() < 0.5 else []
                return ("if", self.condition(), self.block(depth - 1), other)
            case "switch":
                self.switches += 1
                modes = self.chance.sample(MODES, self.chance.randint(1, 3))
                cases: list[tuple[str, list[Node]]] = [(mode, self.block(depth - 1)) for mode in modes]
                if self.chance.random() < 0.5:
                    cases.insert(self.chance.randint(0, len(cases)), ("default", self.block(depth - 1)))
                ends = [self.chance.random() < 0.6 for _ in cases]
                self.switches -= 1
                return ("switch", cases, ends)
            case "while" | "do":
                self.loops += 1
                made: Node = (kind, self.condition(), self.block(depth - 1))
                self.loops -= 1
                return made
            case "set":
                return ("set", self.chance.choice(("0", "1", "2", "other()", "mode == SYNC_MODE ? 1 : 2")))
            case "choose":
                return ("choose", self.condition(), self.call(), self.call())
            case "goto":
                self.labels += self.chance.random() < 0.3
                return ("goto", self.chance.randrange(self.labels)) if self.labels else ("call", self.call())
            case "call" | "once":
                return (kind, self.call())
        return (kind,)


def _condition(node: Node) -> str:
    match node:
        case ("compare", name, sign, value):
            return f"{name} {sign} {value}"
        case ("bits", mode):
            return f"(mode & {mode})"
        case ("tested", call):
            return f"{call}()"
        case ("data",):
            return "other()"
        case ("and" | "or", first, second):
            sign = "&&" if node[0] == "and" else "||"
            return f"({_condition(first)}) {sign} ({_condition(second)})"  # type: ignore[arg-type]
        case ("not", inner):
            return f"!({_condition(inner)})"  # type: ignore[arg-type]
        case (_, inner):
            return f"likely({_condition(inner)})"  # type: ignore[arg-type]
    raise AssertionError(node)


def _text(node: Node) -> str:
    def block(body: object) -> str:
        return "{\n" + "".join(_text(one) for one in body) + "}\n"  # type: ignore[attr-defined]

    match node:
        case ("call", name):
            return f"{name}();\n"
        case ("once", name):
            return f"ONCE({name}());\n"
        case ("set", value):
            return f"x = {value};\n"
        case ("choose", test, first, second):
            return f"x = {_condition(test)} ? {first}() : {second}();\n"  # type: ignore[arg-type]
        case ("if", test, then, other):
            return f"if ({_condition(test)}) {block(then)}" + (f"else {block(other)}" if other else "")  # type: ignore[arg-type]
        case ("while", test, body):
            return f"while ({_condition(test)}) {block(body)}"  # type: ignore[arg-type]
        case ("do", test, body):
            return f"do {block(body)[:-1]} while ({_condition(test)});\n"  # type: ignore[arg-type]
        case ("switch", cases, ends):
            rows = zip(cases, ends, strict=True)  # type: ignore[call-overload]
            inside = "".join(
                f"{'default' if label == 'default' else f'case {label}'}:\n{''.join(map(_text, body))}"
                + ("break;\n" if ends_here else "")
                for (label, body), ends_here in rows
            )
            return f"switch (mode) {{\n{inside}}}\n"
        case ("goto", label):
            return f"goto l{label};\n"
        case ("label", label):
            return f"l{label}:\n"
        case ("return",):
            return "return 1;\n"
    return f"{node[0]};\n"


class _Stop(Exception):  # noqa: N818 - no error
    """A run leaves where it is: by break, continue, goto, return, or because it took too long."""

    def __init__(self, how: str, label: int = -1) -> None:
        super().__init__(how)
        self.how = how
        self.label = label


class _Run:
    """One run, in which data decides as `bits` says."""

    def __init__(self, mode: str, bits: int) -> None:
        self.mode = NUMBERS[mode]
        self.x = 0
        self.calls: set[str] = set()
        self._bits = bits
        self._steps = 0

    def data(self) -> int:
        self._steps += 1
        if self._steps > _STEPS:
            raise _Stop("late")
        self._bits = (self._bits * 1103515245 + 12345) & 0x7FFFFFFF
        return self._bits >> 16 & 1

    def truth(self, node: Node) -> bool:
        match node:
            case ("compare", name, sign, value):
                left = self.mode if name == "mode" else self.x
                right = NUMBERS[str(value)] if str(value) in NUMBERS else int(str(value))
                return {
                    "==": left == right,
                    "!=": left != right,
                    "<": left < right,
                    "<=": left <= right,
                    ">": left > right,
                    ">=": left >= right,
                }[str(sign)]
            case ("bits", mode):
                return bool(self.mode & NUMBERS[str(mode)])
            case ("tested", call):
                self.calls.add(str(call))
                return bool(self.data())
            case ("data",):
                return bool(self.data())
            case ("and", first, second):
                return self.truth(first) and self.truth(second)  # type: ignore[arg-type]
            case ("or", first, second):
                return self.truth(first) or self.truth(second)  # type: ignore[arg-type]
            case ("not", inner):
                return not self.truth(inner)  # type: ignore[arg-type]
            case (_, inner):
                return self.truth(inner)  # type: ignore[arg-type]
        raise AssertionError(node)

    def block(self, body: list[Node]) -> None:
        for node in body:
            self.statement(node)

    def statement(self, node: Node) -> None:
        self._steps += 1
        if self._steps > _STEPS:
            raise _Stop("late")
        match node:
            case ("call" | "once", name):
                self.calls.add(str(name))
            case ("set", value):
                self.x = self._value(str(value))
            case ("choose", test, first, second):
                self.calls.add(str(first if self.truth(test) else second))  # type: ignore[arg-type]
                self.x = self.data()
            case ("if", test, then, other):
                self.block(then if self.truth(test) else other)  # type: ignore[arg-type]
            case ("while", test, body):
                self._loop(test, body, first=False)  # type: ignore[arg-type]
            case ("do", test, body):
                self._loop(test, body, first=True)  # type: ignore[arg-type]
            case ("switch", cases, ends):
                self._switch(cases, ends)  # type: ignore[arg-type]
            case ("goto", label):
                raise _Stop("goto", int(str(label)))
            case ("break" | "continue" | "return",):
                raise _Stop(str(node[0]))

    def _value(self, text: str) -> int:
        if text == "other()":
            return self.data()
        return int(text) if text.isdigit() else 1 if self.mode == NUMBERS["SYNC_MODE"] else 2

    def _loop(self, test: Node, body: list[Node], *, first: bool) -> None:
        while first or self.truth(test):
            first = False
            self._steps += 1
            try:
                self.block(body)
            except _Stop as stop:
                if stop.how == "break":
                    return
                if stop.how != "continue":
                    raise

    def _switch(self, cases: list[tuple[str, list[Node]]], ends: list[bool]) -> None:
        labels = [label for label, _ in cases]
        mode = next((one for one in labels if one != "default" and NUMBERS[one] == self.mode), "default")
        if mode not in labels:
            return
        try:
            for (_, body), ends_here in list(zip(cases, ends, strict=True))[labels.index(mode) :]:
                self.block(body)
                if ends_here:
                    return
        except _Stop as stop:
            if stop.how != "break":
                raise


def _runs(made: Program, mode: str, count: int) -> Iterator[_Run]:
    for bits in range(count):
        run = _Run(mode, bits * 7919)
        at = 0
        while at < len(made.body):
            try:
                run.statement(made.body[at])
                at += 1
            except _Stop as stop:
                if stop.how != "goto":
                    break
                at = made.body.index(("label", stop.label))
        yield run


def called(made: Program, mode: str, *, runs: int = 60) -> set[str]:
    """The calls that runs with this mode come to."""
    return {name for run in _runs(made, mode, runs) for name in run.calls}
