"""In: nothing. Out: what a walk through a body finds: the calls that it comes to, and what cuts off the others."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim_hooks.source.evaluate import Atom, Known
from sim_hooks.source.shapes import Value


@dataclass(frozen=True, slots=True)
class Cut:
    """Why a call is never come to: the branch that a constant decides."""

    line: int
    because: str


@dataclass(frozen=True, slots=True)
class Site:
    """A call that a run can come to, with what is known there."""

    callee: str
    line: int
    arguments: tuple[Value, ...]
    known: Known


@dataclass(slots=True)
class Walked:
    """What a walk through a body found."""

    sites: list[Site] = field(default_factory=list)
    cut_off: dict[tuple[str, int], Cut] = field(default_factory=dict)
    """Callee and line of each call that no run comes to."""
    returns: list[tuple[int, frozenset[Atom] | None]] = field(default_factory=list)
    """Line of each return that a run can come to, and what it gives."""


def without(known: Known, paths: set[str]) -> Known:
    if not paths:
        return known
    starts = tuple(f"{path}." for path in paths)
    return {path: atoms for path, atoms in known.items() if path not in paths and not path.startswith(starts)}


def addresses(value: Value) -> set[str]:
    if isinstance(value, str):
        return {value[1:]} if value.startswith("&") else set()
    return {name for part in value[1:] for name in addresses(part)} if isinstance(value, list) else set()
