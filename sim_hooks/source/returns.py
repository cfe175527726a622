"""In: ReturnsError. Out: an outcome for the plain claim, before `expect` turns it round.

A function's returns are followed through its branches with every value that a variable can hold there; the result of a
call is followed into its callee. Verified: such a value is the code. Refuted: all values are known, and none is it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import ReturnsError
from sim_hooks.source.constant import is_comparison
from sim_hooks.source.evaluate import UNKNOWN, Atom, Evaluator, Known
from sim_hooks.source.functions import Function
from sim_hooks.source.meant import for_each_file
from sim_hooks.source.outcomes import inconclusive, missing
from sim_hooks.source.reach import Reach
from sim_hooks.source.shapes import Value, names_in, steps_of, values_of
from sim_hooks.source.walk import Walk

_MOST = 64
_FAR = 4
"""Callees through which a result is followed."""
_ANYTHING = frozenset({UNKNOWN})


class _Results(Evaluator):
    """Keeps what is not known, and results of calls (`:callee`), as values of their own."""

    most = _MOST

    def possible(self, value: Value, known: Known) -> frozenset[Atom]:
        if isinstance(value, list):
            return self._made(value, known)
        if isinstance(value, str):
            if value.startswith(":"):
                return frozenset({value})
            return known.get(value, _ANYTHING) if value[:1] not in ("=", "&", "@", "") else self._named(value)
        return frozenset({int(value)}) if isinstance(value, int) else _ANYTHING

    @staticmethod
    def _named(value: str) -> frozenset[Atom]:
        return frozenset({value[1:]}) if value.startswith("=") else _ANYTHING

    def _made(self, value: list[Value], known: Known) -> frozenset[Atom]:
        if is_comparison(value):
            truth = self.truth(value, known)
            return frozenset({0, 1} if truth is None else {int(truth)})
        if value[0] == "?":
            truth = self.truth(value[1], known)
            first = self.possible(value[2], self.given(value[1], known, True))
            second = self.possible(value[3], self.given(value[1], known, False))
            return first | second if truth is None else first if truth else second
        if value[0] == "-":
            inner = self.possible(value[1], known)
            return frozenset(UNKNOWN if _open(atom) else self._negative(atom) for atom in inner)
        return super().possible(value, known) or _ANYTHING

    def joined(self, first: Known | None, second: Known | None) -> Known | None:
        if first is None or second is None or first is second:
            return second if first is None else first
        return {path: first.get(path, _ANYTHING) | second.get(path, _ANYTHING) for path in {**first, **second}}

    def compared(self, sign: str, left: Atom, right: Atom) -> bool | None:
        return None if _open(left) or _open(right) else super().compared(sign, left, right)

    def _narrowed(self, path: str, sign: str, atom: Atom, known: Known) -> Known:
        kept = set()
        for one in known.get(path, _ANYTHING):
            if not _open(one):
                if self.compared(sign, one, atom) is not False:
                    kept.add(one)
            elif sign == "==":
                kept.add(atom if isinstance(atom, int) and atom >= 0 else UNKNOWN)
            else:
                kept.add(one if sign in ("!=", "<", "<=") else UNKNOWN)
        return {**known, path: frozenset(kept)} if kept else known


def _open(atom: Atom) -> bool:
    return isinstance(atom, str) and (atom == UNKNOWN or atom.startswith(":"))


@dataclass(frozen=True, slots=True)
class _Return:
    line: int
    atoms: frozenset[Atom]


class _Returns:
    """The returns of functions of one tree."""

    def __init__(self, reach: Reach, code: str) -> None:
        self._reach = reach
        self._evaluator = _Results(reach.facts)
        self._code = code
        number = reach.facts.constant(code)
        self._wanted: frozenset[Atom] = frozenset({f"-{code}"} | ({-number} if number is not None else set()))

    def of(self, function: Function) -> list[_Return] | None:
        """Each return with a value, or None where the function could not be read."""
        inside = self._reach.facts.inside(function.number)
        if function.unsure or function.macro:
            return None
        walk = Walk(self._evaluator, inside.body, {}, writes=self._reach.writes_of(function.file))
        return None if walk.lost else [_Return(line, atoms) for line, atoms in walk.result.returns if atoms is not None]

    def asks_for_code(self, function: Function) -> bool:
        """Whether a branch compares with the code, so that a callee's may be handled here."""
        for step in steps_of(self._reach.facts.inside(function.number).body):
            if step[0] in ("i", "w", "d", "s") and any(self._code in names_in(one, "=") for one in values_of(step)):
                return True
            if step[0] == "s" and any(self._code in names_in(one, "=") for labels, _ in step[3] for one in labels):
                return True
        return False

    def search(
        self, functions: Sequence[Function], depth: int = 0, seen: frozenset[int] = frozenset()
    ) -> tuple[tuple[Evidence, ...], bool]:
        """How one of the functions comes to return the code (empty if it is not seen to), and whether all is known."""
        whole = True
        onward: list[tuple[Function, int, str]] = []
        for function in functions:
            forwarded = self._forwarded(function)
            if forwarded is not None:
                onward.append((function, function.line, forwarded))
                continue
            whole = whole and not self._leaves_by_macro(function)
            found = self.of(function)
            if found is None or not found:
                whole = False
                literal = self._literal(function)
                if literal:
                    return literal, True
                continue
            for one in found:
                if one.atoms & self._wanted:
                    said = f"{function.name} can return -{self._code}"
                    return (Evidence("fact", said, f"{function.file}:{one.line}"),), True
                whole = whole and UNKNOWN not in one.atoms
                results = sorted(atom[1:] for atom in one.atoms if isinstance(atom, str) and atom.startswith(":"))
                onward += [(function, one.line, callee) for callee in results]
        for function, line, callee in dict.fromkeys(onward):
            meant = [n for n in self._reach.facts.meant(callee, function.file) if n not in seen]
            if not meant or depth == _FAR or self.asks_for_code(function):
                whole = False
                continue
            into = [self._reach.facts.function(number) for number in meant]
            further, known = self._agreed(into, depth + 1, seen | set(meant))
            if further:
                said = f"{function.name} can return what {callee} returns"
                return (Evidence("fact", said, f"{function.file}:{line}"), *further), True
            whole = whole and known
        return (), whole

    def _agreed(
        self, functions: Sequence[Function], depth: int, seen: frozenset[int]
    ) -> tuple[tuple[Evidence, ...], bool]:
        """What the definitions that a call can mean say; of several files, all have to."""
        files = sorted(
            {one.file for one in functions if not one.file.endswith(".h")} or {one.file for one in functions}
        )
        answers = [self.search([one for one in functions if one.file == file], depth, seen) for file in files]
        if all(found for found, _ in answers):
            return answers[0]
        return (), all(known for found, known in answers if not found) and not any(found for found, _ in answers)

    def _forwarded(self, function: Function) -> str | None:
        """The one function that a macro stands for."""
        body = self._reach.facts.inside(function.number).body
        return body[0][2] if function.macro and len(body) == 1 and body[0][0] == "c" else None

    def _leaves_by_macro(self, function: Function) -> bool:
        """Whether a macro used here holds a return of its own."""
        facts = self._reach.facts
        meant = [n for _, name in facts.edges(function.number) for n in facts.meant(name, function.file)]
        return any(
            step[0] == "r"
            for number in meant
            if facts.function(number).macro
            for step in steps_of(facts.inside(number).body)
        )

    def _literal(self, function: Function) -> tuple[Evidence, ...]:
        for step in steps_of(self._reach.facts.inside(function.number).body):
            if step[0] == "r" and step[2] == ["-", f"={self._code}"]:
                place = f"{function.file}:{step[1]}"
                return (Evidence("fact", f"{function.name} returns -{self._code}", place),)
        return ()


def decide_returns(reach: Reach, asked: ReturnsError) -> Outcome:
    """Whether some return of the function can give the code."""
    code = asked.code.strip().lstrip("-")
    unknown = missing(reach.facts, (asked.function,))
    if unknown is not None:
        return unknown
    returns = _Returns(reach, code)

    def decided(functions: Sequence[Function]) -> Outcome:
        found, whole = returns.search(functions, seen=frozenset(one.number for one in functions))
        places = tuple(Evidence("fact", f"{one.name} is defined", one.place) for one in functions)
        if found:
            through = f", by {found[-1].text.split()[0]}" if len(found) > 1 else ""
            strength = Strength.EDGE if len(found) == 1 else Strength.PATH
            return Outcome(Verdict.VERIFIED, strength, f"{asked.function} can return -{code}{through}", found)
        if whole and not reach.facts.known.constants(code):
            return inconclusive(f"no constant {code} is defined in the folders parsed of {reach.facts.name}", places)
        if whole:
            said = f"{asked.function} returns other values, and never -{code}"
            return Outcome(Verdict.REFUTED, Strength.PATH, said, places)
        return inconclusive(f"not every value that {asked.function} returns is known; -{code} was not seen", places)

    return for_each_file(reach.facts, asked.function, decided)
