"""In: nothing. Out: how a run comes to a function, call by call, as a small value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sim_hooks.source.evaluate import Atom
from sim_hooks.source.functions import Edge, Function
from sim_hooks.source.walked import Cut

Context: TypeAlias = frozenset[tuple[str, frozenset[Atom]]]
"""What is known of a function's parameters, hashable."""
NOTHING: Context = frozenset()


@dataclass(frozen=True, slots=True)
class Hop:
    """One call on the way."""

    caller: Function
    kind: Edge
    line: int
    callee: Function
    context: Context
    """What is known of the callee's parameters."""

    @property
    def place(self) -> str:
        return f"{self.caller.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Way:
    """How a run comes to a function."""

    number: int
    context: Context
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class CutCall:
    """A call that leads on, but that no run comes to."""

    caller: Function
    callee: str
    line: int
    cut: Cut
