"""In: a value made of flags by |, & and ~. Out: which bits are surely set in it, and which may be.

A flag whose number is not known is found only by its name, where flags are joined by | alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sim_hooks.source.shapes import Value, names_in

Bits: TypeAlias = tuple[int, int]
"""Bits that are surely set, bits that may be set."""
_ALL = (1 << 64) - 1
_NOTHING: Bits = (0, _ALL)


def bits_of(value: Value, number: Callable[[str], int | None]) -> Bits:
    """The bits of a value; `number` gives that of a constant (`=NAME`) or variable, or None."""
    if isinstance(value, int):
        return value & _ALL, value & _ALL
    if isinstance(value, str):
        found = number(value)
        return _NOTHING if found is None else (found & _ALL, found & _ALL)
    if not isinstance(value, list):
        return _NOTHING
    parts = [bits_of(part, number) for part in value[1:]]
    match value[0]:
        case "|":
            surely, may = 0, 0
            for one in parts:
                surely, may = surely | one[0], may | one[1]
            return surely, may
        case "&":
            surely, may = _ALL, _ALL
            for one in parts:
                surely, may = surely & one[0], may & one[1]
            return surely, may
        case "~":
            return _ALL & ~parts[0][1], _ALL & ~parts[0][0]
        case "?" if len(parts) == 3:
            return parts[1][0] & parts[2][0], parts[1][1] | parts[2][1]
        case "<<" if len(parts) == 2 and all(one[0] == one[1] for one in parts) and parts[1][0] < 64:
            shifted = parts[0][0] << parts[1][0] & _ALL
            return shifted, shifted
    return _NOTHING


def joined_by_or(value: Value) -> bool:
    """Whether a value is nothing but constants joined by |."""
    if isinstance(value, list):
        return value[0] == "|" and all(joined_by_or(part) for part in value[1:])
    return isinstance(value, int) or (isinstance(value, str) and value.startswith("="))


def holds(
    bits: Bits, flag: int | None, name: str, value: Value, spelled: Callable[[set[str]], set[str]]
) -> bool | None:
    """Whether every bit of a flag is set; None where that is not known."""
    if flag:
        return True if flag & bits[0] == flag else None if not flag & ~bits[1] else False
    return True if flag is None and joined_by_or(value) and name in spelled(names_in(value, "=")) else None


def misses(bits: Bits, flag: int | None) -> bool | None:
    """Whether no bit of a flag is set; None where that is not known."""
    if not flag:
        return None
    return True if not flag & bits[1] else False if flag & bits[0] else None
