"""In: a facts file. Out: what the tree declares: constants, variables, structs, tables, exports, system calls, options.

Each part is unpacked when first asked for. A name can have several definitions; nothing here chooses between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim_hooks.source.container import Container
from sim_hooks.source.reckon import Sum, as_number, reckoned
from sim_hooks.source.shapes import Value, names_in


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition of a constant or variable."""

    name: str
    value: Value
    file: str
    line: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Struct:
    """One layout of a struct or union."""

    file: str
    line: int
    whole: bool
    """Whether every field could be read."""
    fields: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Table:
    """A variable whose fields are set at its definition."""

    variable: str
    tag: str
    file: str
    line: int
    rows: tuple[tuple[str, str, int], ...]
    """Field, the name that it is set to ("" for what is no plain name), line."""
    whole: bool
    """Whether every field that is set was read."""

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a Kconfig symbol; `kconfig` says how conditions are written."""

    kind: str
    place: str
    needs: tuple[str, ...]
    selects: tuple[str, ...]
    defaults: tuple[tuple[str, bool], ...]
    """Value, and whether it stands under a condition."""


class Definitions:
    """What one tree declares."""

    def __init__(self, container: Container, files: list[str], names: list[str]) -> None:
        self._container = container
        self._files = files
        self._names = names
        self._numbers: dict[str, int | None] = {}

    # Constants --------------------------------------------------------------------------------------------------

    @cached_property
    def _constants(self) -> dict[str, list[list[Any]]]:
        made: dict[str, list[list[Any]]] = self._container.part("constants")["values"]
        return made

    @cached_property
    def _families(self) -> dict[str, str]:
        grouped: dict[str, list[str]] = self._container.part("constants")["families"]
        return {name: first for first, names in grouped.items() for name in (first, *names)}

    def family(self, name: str) -> str:
        """What relates constants: the first of their enumeration, or the first part of their names."""
        return self._families.get(name) or name.strip("_").partition("_")[0]

    def constants(self, name: str) -> list[Definition]:
        """Every definition of a macro or enumeration constant."""
        return self._rows(name, self._constants)

    def variables(self, name: str) -> list[Definition]:
        """Every definition of a variable of a whole file, with what it starts as."""
        return self._rows(name, self._variables["values"])

    def _rows(self, name: str, among: Mapping[str, list[list[Any]]]) -> list[Definition]:
        return [Definition(name, value, self._files[file], line) for value, file, line in among.get(name, [])]

    def only_value(self, name: str) -> Value:
        """The value of a constant all whose definitions are alike, else None."""
        rows = self._constants.get(name, [])
        return rows[0][0] if rows and all(row[0] == rows[0][0] for row in rows) else None

    def sum_of(self, value: Value) -> Sum | None:
        """A value as a sum of products of names that are left."""
        return reckoned(value, self.only_value)

    def constant(self, name: str) -> int | None:
        """A constant's number, or None where the tree does not tell one."""
        if name not in self._numbers:
            value = self.only_value(name)
            total = None if value is None else self.sum_of(value)
            self._numbers[name] = None if total is None else as_number(total)
        return self._numbers[name]

    def spelled_out(self, names: Iterable[str]) -> set[str]:
        """The constants named, and those that they are made of."""
        out: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in out:
                out.add(name)
                waiting += names_in(self.only_value(name), "=")
        return out

    # Variables, structs, tables ---------------------------------------------------------------------------------

    @cached_property
    def _variables(self) -> dict[str, Any]:
        made: dict[str, Any] = self._container.part("variables")
        return made

    def settings(self, name: str, kinds: Iterable[str] = ("parameter", "sysctl")) -> list[tuple[str, str, str]]:
        """The kind, the variable and the place of each module parameter or sysctl (or `lock`) of that name."""
        return [
            (kind, variable, f"{self._files[file]}:{line}")
            for kind, called, variable, file, line in self._variables["settings"]
            if called == name and kind in kinds
        ]

    def tables(self, variable: str) -> list[Table]:
        """Every definition of a variable that is a table."""
        return [self._table(variable, row) for row in self._variables["tables"].get(variable, [])]

    def tables_tagged(self, tag: str) -> list[Table]:
        """Every table that is a struct of this tag."""
        every = self._variables["tables"].items()
        return [self._table(variable, row) for variable, rows in every for row in rows if row[0] == tag]

    def _table(self, variable: str, row: list[Any]) -> Table:
        tag, file, line, whole, rows = row
        named = ((field, self._names[value] if value >= 0 else "", at) for field, value, at in rows)
        return Table(variable, tag, self._files[file], line, tuple(named), bool(whole))

    @cached_property
    def _structs(self) -> dict[str, list[list[Any]]]:
        made: dict[str, list[list[Any]]] = self._container.part("structs")
        return made

    def structs(self, tag: str) -> list[Struct]:
        """Every layout of a struct or union."""
        rows = self._structs.get(tag, [])
        return [Struct(self._files[file], line, bool(whole), tuple(names)) for file, line, whole, *names in rows]

    @cached_property
    def field_names(self) -> frozenset[str]:
        """The names of all fields of all structs."""
        return frozenset(name for rows in self._structs.values() for row in rows for name in row[3:])

    # The whole tree ---------------------------------------------------------------------------------------------

    @cached_property
    def _exports(self) -> dict[str, list[list[Any]]]:
        made: dict[str, list[list[Any]]] = self._container.part("exports")
        return made

    def exports(self, name: str) -> list[tuple[bool, str]]:
        """Whether each export of a name is for GPL modules only, and where it stands."""
        return [(bool(gpl), f"{file}:{line}") for gpl, file, line in self._exports.get(name, [])]

    @cached_property
    def system_calls(self) -> tuple[frozenset[str], frozenset[str]]:
        """The plain names of system calls that are defined, and of those that only have a number."""
        part = self._container.part("calls")
        return frozenset(part["defined"]), frozenset(part["numbered"])

    @cached_property
    def _options(self) -> dict[str, Any]:
        made: dict[str, Any] = self._container.part("options")
        return made

    @property
    def has_options(self) -> bool:
        """Whether the tree has Kconfig symbols at all."""
        return bool(self._options["symbols"])

    def options(self, symbol: str) -> list[Option]:
        """Every entry of a Kconfig symbol."""
        return [
            Option(
                kind,
                f"{self._options['files'][file]}:{line}",
                tuple(needs),
                tuple(selects),
                tuple((default[0], len(default) > 1) for default in defaults),
            )
            for kind, file, line, needs, selects, defaults in self._options["symbols"].get(symbol, [])
        ]
