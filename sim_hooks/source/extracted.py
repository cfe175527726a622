"""In: nothing. Out: the records of what one C file holds, as `extract` makes them and `builder` numbers them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim_hooks.source.lowered import Lowered
from sim_hooks.source.shapes import Value


@dataclass(slots=True)
class Function:
    """A function, or a function-like macro."""

    name: str
    line: int
    static: bool
    macro: bool
    lowered: Lowered


@dataclass(frozen=True, slots=True)
class Defined:
    """A macro, an enumeration constant, or a variable of a whole file, with its value; None where that is not known."""

    name: str
    value: Value
    line: int


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct or union that is laid out."""

    tag: str
    line: int
    fields: tuple[str, ...]
    """Those of its anonymous parts too, in order."""
    whole: bool
    """Whether every field could be read."""


@dataclass(frozen=True, slots=True)
class Table:
    """A variable that is a struct with named fields set at its definition."""

    variable: str
    tag: str
    line: int
    rows: tuple[tuple[str, str, int], ...]
    """Field, the name that it is set to (empty where it is no plain name), line."""
    whole: bool
    """Whether every field that is set was read: no #ifdef stands between them."""


@dataclass(slots=True)
class Extracted:
    """What one file holds."""

    path: str
    functions: list[Function] = field(default_factory=list)
    installed: list[tuple[str, str, str, int]] = field(default_factory=list)
    """Struct tag (`*` unknown), field, what is assigned to it, line."""
    tables: list[Table] = field(default_factory=list)
    constants: list[Defined] = field(default_factory=list)
    variables: list[Defined] = field(default_factory=list)
    settings: list[tuple[str, str, str, int]] = field(default_factory=list)
    """`parameter`, `sysctl` or `lock`, its name, its variable, line."""
    structs: list[Struct] = field(default_factory=list)
    families: dict[str, str] = field(default_factory=dict)
    """An enumeration's constant to the first constant of the same enumeration."""
    fields: dict[str, set[str]] = field(default_factory=dict)
    """A struct field's name to the tags of the structs that it is or points to."""
    errors: int = 0
    """Functions in which the grammar stumbled."""
