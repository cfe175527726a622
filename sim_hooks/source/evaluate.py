"""In: a value of a body, and what is known of the variables. Out: what it can be, and what follows from it.

What is known is a set of possible constants; a variable without a set can be anything. Constants with different names
are taken to differ only where the tree tells both their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sim_hooks.source.facts import Facts
from sim_hooks.source.shapes import COMPARISONS, Value

Atom: TypeAlias = int | str
"""A number, or a constant's name."""
Known: TypeAlias = Mapping[str, frozenset[Atom]]
"""Path of a variable to what it can be."""
MOST = 8
"""Possible constants kept for one variable."""
UNKNOWN = "?"
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class Evaluator:
    """Evaluates with the constants of one tree."""

    most = MOST

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def possible(self, value: Value, known: Known) -> frozenset[Atom] | None:
        """What a value can be; None where it can be anything."""
        if isinstance(value, int):
            return frozenset((int(value),))
        if isinstance(value, str):
            if value.startswith("="):
                return frozenset((value[1:],))
            return known.get(value) if value[:1] not in ("&", "@", "") else None
        if not isinstance(value, list):
            return None
        match value[0]:
            case "?":
                return self._choice(value, known)
            case "-":
                inner = self.possible(value[1], known)
                return None if inner is None else frozenset(map(self._negative, inner))
            case "|":
                return self._together(value[1:], known)
            case "&" if len(value) == 3:
                return self._common(value[1], value[2], known)
            case "~":
                numbers = [self._number(atom) for atom in self._or_unknown(value[1], known)]
                return (
                    frozenset(~one for one in numbers if one is not None) if numbers and None not in numbers else None
                )
            case "!" | "&&" | "||" | "==" | "!=" | "<" | "<=" | ">" | ">=":
                truth = self.truth(value, known)
                return None if truth is None else frozenset((int(truth),))
        return None

    def _choice(self, value: list[Value], known: Known) -> frozenset[Atom] | None:
        truth = self.truth(value[1], known)
        if truth is not None:
            return self.possible(value[2] if truth else value[3], known)
        first = self.possible(value[2], self.given(value[1], known, True))
        second = self.possible(value[3], self.given(value[1], known, False))
        return None if first is None or second is None or len(first | second) > self.most else first | second

    def _negative(self, atom: Atom) -> Atom:
        number = self._number(atom)
        return -number if number is not None else f"-{atom}"

    def _together(self, values: list[Value], known: Known) -> frozenset[Atom] | None:
        total = 0
        for value in values:
            inner = self.possible(value, known)
            number = self._number(next(iter(inner))) if inner is not None and len(inner) == 1 else None
            if number is None:
                return None
            total |= number
        return frozenset((total,))

    def _common(self, first: Value, second: Value, known: Known) -> frozenset[Atom] | None:
        """The bits that two values share, for each that they can be; zero where one of them is."""
        left, right = self.possible(first, known), self.possible(second, known)
        if frozenset({0}) in (left, right):
            return frozenset({0})
        if left is None or right is None or len(left) * len(right) > self.most:
            return None
        pairs = [(self._number(one), self._number(other)) for one in left for other in right]
        found = frozenset(one & other for one, other in pairs if one is not None and other is not None)
        return found if all(None not in pair for pair in pairs) else None

    def _number(self, atom: Atom) -> int | None:
        if isinstance(atom, int):
            return atom
        if atom.startswith("-"):
            inner = self._facts.constant(atom[1:])
            return None if inner is None else -inner
        return self._facts.constant(atom)

    def compared(self, sign: str, left: Atom, right: Atom) -> bool | None:
        """Whether two constants compare so; None where the tree does not tell."""
        if UNKNOWN in (left, right):
            return None
        if left == right:
            return sign in ("==", "<=", ">=")
        first, second = self._number(left), self._number(right)
        if first is None or second is None:
            return None
        match sign:
            case "==":
                return first == second
            case "!=":
                return first != second
            case "<":
                return first < second
            case "<=":
                return first <= second
            case ">":
                return first > second
        return first >= second

    def truth(self, condition: Value, known: Known) -> bool | None:
        """Whether a condition holds; None where it may or may not."""
        if isinstance(condition, list):
            match condition[0]:
                case "!":
                    inner = self.truth(condition[1], known)
                    return None if inner is None else not inner
                case "&&" | "||":
                    decisive = condition[0] == "||"
                    first = self.truth(condition[1], known)
                    if first is decisive:
                        return decisive
                    second = self.truth(
                        condition[2], known if first is not None else self.given(condition[1], known, not decisive)
                    )
                    if second is decisive:
                        return decisive
                    return None if first is None or second is None else not decisive
                case sign if sign in COMPARISONS:
                    return self._all_alike(
                        self.compared(sign, left, right)
                        for left in self._or_unknown(condition[1], known)
                        for right in self._or_unknown(condition[2], known)
                    )
        if isinstance(condition, str) and condition[:1] == "&":
            return True
        return self._all_alike(self.compared("!=", atom, 0) for atom in self._or_unknown(condition, known))

    def _or_unknown(self, value: Value, known: Known) -> Iterable[Atom]:
        found = self.possible(value, known)
        return (UNKNOWN,) if found is None else found

    @staticmethod
    def _all_alike(answers: Iterable[bool | None]) -> bool | None:
        seen = set(answers)
        return seen.pop() if len(seen) == 1 else None

    def given(self, condition: Value, known: Known, holds: bool) -> Known:
        """What is known where a condition holds, or does not."""
        if isinstance(condition, str) and condition[:1] not in ("=", "&", "@", "", "."):
            return self._narrowed(condition, "!=" if holds else "==", 0, known)
        if not isinstance(condition, list):
            return known
        match condition[0]:
            case "!":
                return self.given(condition[1], known, not holds)
            case "&&" | "||" if (condition[0] == "&&") is holds:
                return self.given(condition[2], self.given(condition[1], known, holds), holds)
            case "&" if len(condition) == 3:
                return self._with_bits(condition[1], condition[2], known, holds)
            case sign if sign in COMPARISONS:
                sign = sign if holds else _OPPOSITE[sign]
                for value, other, way in (
                    (condition[1], condition[2], sign),
                    (condition[2], condition[1], _MIRRORED[sign]),
                ):
                    fixed = self.possible(other, known)
                    if (
                        isinstance(value, str)
                        and value[:1] not in ("=", "&", "@", "", ".")
                        and fixed is not None
                        and len(fixed) == 1
                    ):
                        return self._narrowed(value, way, next(iter(fixed)), known)
        return known

    def _with_bits(self, first: Value, second: Value, known: Known, holds: bool) -> Known:
        """What is known where a variable has some bit of a constant, or none."""
        for value, other in ((first, second), (second, first)):
            before = known.get(value) if isinstance(value, str) else None
            fixed = self.possible(other, known)
            bits = self._number(next(iter(fixed))) if fixed is not None and len(fixed) == 1 else None
            if before is None or bits is None:
                continue
            numbers = {atom: self._number(atom) for atom in before}
            kept = frozenset(atom for atom, one in numbers.items() if one is None or bool(one & bits) is holds)
            return {**known, value: kept} if kept else known
        return known

    def _narrowed(self, path: str, sign: str, atom: Atom, known: Known) -> Known:
        before = known.get(path)
        if before is not None:
            kept = frozenset(one for one in before if self.compared(sign, one, atom) is not False)
            return {**known, path: kept} if kept else known
        if sign == "==" and "." not in path:
            return {**known, path: frozenset((atom,))}
        return known

    def joined(self, first: Known | None, second: Known | None) -> Known | None:
        """What is known where two ways meet; None is a way that is never taken."""
        if first is None or first is second:
            return second
        if second is None:
            return first
        out = {}
        for path, atoms in first.items():
            other = second.get(path)
            if other is not None and len(atoms | other) <= self.most:
                out[path] = atoms | other
        return out


def spelled(value: Value, known: Known) -> str:
    """A condition for people, with what is known of its variables."""
    if isinstance(value, str):
        path = value.lstrip("=@&")
        if value in known:
            return f"{path} = {' or '.join(str(atom) for atom in sorted(known[value], key=str))}"
        return path
    if isinstance(value, list):
        parts = [spelled(part, known) for part in value[1:]]
        if value[0] in ("!", "-", "~"):
            return f"{value[0]}({parts[0]})"
        if value[0] == "?":
            return f"({parts[0]} ? {parts[1]} : {parts[2]})"
        return f"({f' {value[0]} '.join(parts)})"
    return "…" if value is None else str(value)
