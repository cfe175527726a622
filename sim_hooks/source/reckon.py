"""In: a value made of constants. Out: its number, or a sum of products of the names that configuration decides.

A name with one definition stands for it; one with none or with several (both sides of #ifdef) stays a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from sim_hooks.source.constant import is_comparison
from sim_hooks.source.shapes import Value

Sum: TypeAlias = dict[tuple[str, ...], int]
"""Names multiplied with each other, sorted, to their factor; the empty product is the number."""
_DEEPEST = 40
_LARGEST_SHIFT = 63
_MOST_TERMS = 16
_WRAP = 1 << 32
"""Numbers that differ by a multiple of this can be one: `~0U` and 0xffffffff."""


def reckoned(value: Value, define: Callable[[str], Value], depth: int = 0) -> Sum | None:
    """The sum that a value is; None where it is none. `define(name)` is a name's value, None where it stays a name."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, int):
        return _clean({(): int(value)})
    if isinstance(value, str):
        if value[:1] not in ("=", "@"):
            return None
        name = value[1:]
        inner = define(name)
        found = None if inner is None else reckoned(inner, define, depth + 1)
        return {(name,): 1} if found is None else found
    if not isinstance(value, list) or len(value) < 2:
        return None
    parts = [reckoned(part, define, depth + 1) for part in value[1:]]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    return _combined(value, known)


def _combined(value: list[Value], parts: list[Sum]) -> Sum | None:
    first = parts[0]
    match value[0], len(parts):
        case "-", 1:
            return {names: -factor for names, factor in first.items()}
        case ("+" | "-") as sign, 2:
            out = dict(first)
            for names, factor in parts[1].items():
                out[names] = out.get(names, 0) + (factor if sign == "+" else -factor)
            return _clean(out)
        case "*", 2:
            return _product(first, parts[1])
        case "<<", 2:
            by = as_number(parts[1])
            return None if by is None or not 0 <= by <= _LARGEST_SHIFT else _product(first, {(): 1 << by})
    numbers = [as_number(part) for part in parts]
    known = [number for number in numbers if number is not None]
    return None if len(known) != len(numbers) else _on_numbers(value, known)


def _on_numbers(value: list[Value], numbers: list[int]) -> Sum | None:
    sign, first, last = value[0], numbers[0], numbers[-1]
    result: int | None = None
    if sign == "|":
        result = 0
        for number in numbers:
            result |= number
    elif sign == "~":
        result = ~first
    elif sign == "!":
        result = int(not first)
    elif len(numbers) == 2:
        match sign:
            case "&":
                result = first & last
            case "^":
                result = first ^ last
            case "/" if last and first >= 0 and last > 0:
                result = first // last
            case "%" if first >= 0 and last > 0:
                result = first % last
            case ">>" if 0 <= last <= _LARGEST_SHIFT:
                result = first >> last
            case "==":
                result = int(first == last)
    elif sign == "?" and len(numbers) == 3:
        result = numbers[1] if first else numbers[2]
    return None if result is None or (is_comparison(value) and sign not in ("!", "==")) else _clean({(): result})


def _product(first: Sum, second: Sum) -> Sum | None:
    if len(first) * len(second) > _MOST_TERMS:
        return None
    out: Sum = {}
    for names, factor in first.items():
        for more, other in second.items():
            both = tuple(sorted((*names, *more)))
            out[both] = out.get(both, 0) + factor * other
    return _clean(out)


def _clean(value: Sum) -> Sum:
    return {names: factor for names, factor in value.items() if factor}


def as_number(value: Sum) -> int | None:
    """The number, where no name is left."""
    return value.get((), 0) if not set(value) - {()} else None


def alike(first: Sum, second: Sum) -> bool | None:
    """Whether two sums are equal; None where the names in them could make them so.

    A name that is left is taken to be no zero, and to have one value in both. What differs by a wrap is left open.
    """
    rest = {names: first.get(names, 0) - second.get(names, 0) for names in {*first, *second}}
    rest = _clean(rest)
    if not rest:
        return True
    return False if len(rest) == 1 and rest.get((), 1) % _WRAP and (() in rest or (first and second)) else None


def names_left(value: Sum) -> Iterator[str]:
    """The names in a sum."""
    return (name for names in value for name in names)


def spelled_sum(value: Sum) -> str:
    """A sum for people: `5 * HZ`, `4096`."""
    terms = []
    for names, factor in sorted(value.items(), key=lambda pair: (-len(pair[0]), pair[0])):
        parts = [str(factor), *names] if factor != 1 or not names else list(names)
        terms.append(" * ".join(parts))
    return " + ".join(terms) or "0"
