"""In: nothing. Out: the records of a call graph: a definition, what is kept of its inside, how calls come about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sim_hooks.source.shapes import Body


class Edge(StrEnum):
    """How a call comes about."""

    DIRECT = "calls"
    PASSED = "passes the address of"
    TABLE = "may call, through a table of functions,"


@dataclass(frozen=True, slots=True)
class Function:
    """A definition."""

    number: int
    name: str
    file: str
    line: int
    static: bool
    macro: bool
    unsure: bool
    """The grammar stumbled here: nothing is concluded from its branches."""

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Inside:
    """What is kept of a function's inside; `shapes` says how to read a body."""

    parameters: tuple[str, ...]
    structs: Mapping[str, str]
    body: Body


@dataclass(frozen=True, slots=True)
class Mentions:
    """Files in which a name stands without a call that the index knows."""

    count: int
    files: tuple[str, ...]
    """The first of them."""
