"""In: a facts file. Out: its functions, edges, bodies and constants, each unpacked when first asked for.

A name may have several definitions (both sides of #ifdef, static functions of different files): a call means those of
its own file, or else those that other files can see, or else static ones of the same folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from kb.errors import CheckError
from sim_hooks.source.container import Container
from sim_hooks.source.definitions import Definitions
from sim_hooks.source.functions import Edge, Function, Inside, Mentions


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


SYSTEM_CALLS = ("__do_sys_{}", "ksys_{}", "__do_compat_sys_{}")
"""Under which names the body of a system call is found."""


class Facts:
    """The facts of one source tree."""

    def __init__(self, container: Container) -> None:
        self._container = container
        header = container.header
        self.name: str = str(header.get("name", ""))
        self.version: str = str(header.get("version", ""))
        self.dirs: tuple[str, ...] = tuple(header.get("dirs", ()))
        self.scanned: int = int(header.get("scanned", 0))
        graph = container.part("graph")
        try:
            self.files: list[str] = graph["files"]
            self._names: list[str] = graph["names"]
            self._rows: list[list[Any]] = graph["functions"]
            self._tables: dict[str, list[list[Any]]] = graph["tables"]
            self._ends: list[int] = graph["chunks"]
            self._by_name: dict[str, list[int]] = {}
            for number, row in enumerate(self._rows):
                self._by_name.setdefault(self._names[row[0]], []).append(number)
        except (KeyError, TypeError, IndexError) as wrong:
            raise CheckError(
                str(container.path), f"its graph lacks {wrong}", "build it with `threadkb source index TREE`"
            ) from None
        self._chunks: dict[int, list[list[Any]]] = {}
        self._callers: dict[tuple[int, bool], list[tuple[Edge, int]]] = {}

    @classmethod
    def load(cls, path: Path) -> Facts:
        """The facts in a file; CheckError where it is missing, is none, or was written by a newer threadkb."""
        return cls(Container(path))

    # Functions --------------------------------------------------------------------------------------------------

    def function(self, number: int) -> Function:
        """The definition with this number."""
        name, file, line, flags, _ = self._rows[number]
        return Function(
            number, self._names[name], self.files[file], line, bool(flags & 1), bool(flags & 2), bool(flags & 4)
        )

    def functions(self) -> Iterator[Function]:
        """Every definition, by file and line."""
        return (self.function(number) for number in range(len(self._rows)))

    def named(self, name: str) -> list[Function]:
        """Definitions of a name as people write it (`f`, `f()`); a system call's plain name means its body."""
        plain = name.strip().removesuffix("()").rstrip("(").strip()
        found = self._by_name.get(plain, [])
        for pattern in SYSTEM_CALLS if not found else ():
            found = found or self._by_name.get(pattern.format(plain.removeprefix("sys_")), [])
        return [self.function(number) for number in found]

    def inside(self, number: int) -> Inside:
        """The inside of a definition."""
        chunk = next(place for place, end in enumerate(self._ends) if number < end)
        if chunk not in self._chunks:
            self._chunks[chunk] = self._container.part(f"bodies-{chunk}")
        first = self._ends[chunk - 1] if chunk else 0
        parameters, structs, body = self._chunks[chunk][number - first]
        return Inside(tuple(parameters), structs, body)

    # Edges ------------------------------------------------------------------------------------------------------

    def meant(self, callee: str, file: str) -> list[int]:
        """The definitions that a call of `callee` in `file` can mean; `.struct.field` goes through tables."""
        if callee.startswith("."):
            return list(dict.fromkeys(number for number, _, _ in self.installed(callee)))
        found = self._by_name.get(callee, [])
        own = [number for number in found if self.files[self._rows[number][1]] == file]
        if own:
            return own
        seen = [n for n in found if not self._rows[n][3] & 1 or self.files[self._rows[n][1]].endswith(".h")]
        # a file that includes another one, or is included by it, shares its static functions; they lie side by side
        return seen or [n for n in found if _folder(self.files[self._rows[n][1]]) == _folder(file)]

    def installed(self, callee: str) -> list[tuple[int, str, int]]:
        """Definitions assigned to `.struct.field`, each with the file and line of the assignment."""
        struct, _, field = callee[1:].rpartition(".")
        structs = set(struct.split("|"))
        out = []
        for tag, name, file, line in self._tables.get(field, []):
            if tag in structs or "*" in (tag, struct):
                out += [(number, self.files[file], line) for number in self.meant(self._names[name], self.files[file])]
        return out

    def tables_with(self, number: int) -> list[tuple[str, str, int]]:
        """The `.struct.field` that a definition is assigned to, each with file and line."""
        return self._installed_in.get(number, [])

    @cached_property
    def _installed_in(self) -> dict[int, list[tuple[str, str, int]]]:
        out: dict[int, list[tuple[str, str, int]]] = {}
        for field, rows in self._tables.items():
            for tag, name, file, line in rows:
                for number in self.meant(self._names[name], self.files[file]):
                    out.setdefault(number, []).append((f".{tag}.{field}", self.files[file], line))
        return out

    def edges(self, number: int) -> list[tuple[Edge, str]]:
        """What a definition calls, as written, each once."""
        return [_edge(self._names[name]) for name in self._rows[number][4]]

    def callees(self, number: int, *, tables: bool = False) -> list[tuple[Edge, int]]:
        """The definitions that a definition can call."""
        file = self.files[self._rows[number][1]]
        out: list[tuple[Edge, int]] = []
        for kind, callee in self.edges(number):
            if kind is not Edge.TABLE or tables:
                out += [(kind, callee_number) for callee_number in self.meant(callee, file)]
        return out

    @cached_property
    def _holders(self) -> dict[str, list[int]]:
        out: dict[str, list[int]] = {}
        for number, row in enumerate(self._rows):
            for name in row[4]:
                out.setdefault(self._names[name], []).append(number)
        return out

    @cached_property
    def _field_calls(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for callee in self._holders:
            if callee.startswith("."):
                out.setdefault(callee.rpartition(".")[2], []).append(callee)
        return out

    def callers(self, number: int, *, tables: bool = False) -> list[tuple[Edge, int]]:
        """The definitions that can call a definition."""
        key = (number, tables)
        if key not in self._callers:
            self._callers[key] = self._callers_of(number, tables=tables)
        return self._callers[key]

    def _callers_of(self, number: int, *, tables: bool) -> list[tuple[Edge, int]]:
        row = self._rows[number]
        name = self._names[row[0]]
        only = len(self._by_name[name]) == 1 and not row[3] & 1
        out: list[tuple[Edge, int]] = []
        for kind, written in ((Edge.DIRECT, name), (Edge.PASSED, f"&{name}")):
            for holder in self._holders.get(written, []):
                if only or number in self.meant(name, self.files[self._rows[holder][1]]):
                    out.append((kind, holder))  # noqa: PERF401 - two loops deep
        if tables:
            for installed, _, _ in self.tables_with(number):
                for callee in self._field_calls.get(installed.rpartition(".")[2], []):
                    if any(number == one for one, _, _ in self.installed(callee)):
                        out += [(Edge.TABLE, holder) for holder in self._holders[callee]]
        return list(dict.fromkeys(out))

    # Constants --------------------------------------------------------------------------------------------------

    @cached_property
    def known(self) -> Definitions:
        """Constants, variables, structs, exports and what else the tree declares."""
        return Definitions(self._container, self.files, self._names)

    def family(self, name: str) -> str:
        """What relates constants: the first of their enumeration, or the first part of their names."""
        return self.known.family(name)

    def constant(self, name: str) -> int | None:
        """A constant's number, or None where the tree does not tell one."""
        return self.known.constant(name)

    def spelled_out(self, names: set[str]) -> set[str]:
        """The constants named, and those that they are made of."""
        return self.known.spelled_out(names)

    def assigners(self, field: str) -> list[int]:
        """The definitions that assign to `struct.field` through a pointer."""
        return self._assigned.get(field, [])

    @cached_property
    def _assigned(self) -> dict[str, list[int]]:
        made: dict[str, list[int]] = self._container.part("assigned")
        return made

    # The whole tree ---------------------------------------------------------------------------------------------

    @cached_property
    def _mentions(self) -> dict[str, Any]:
        made: dict[str, Any] = self._container.part("mentions")
        return made

    def mentions(self, function: Function) -> Mentions:
        """Where else a function is named; a static function of a .c file cannot be called from other files."""
        row = self._mentions["names"].get(function.name)
        if row is None:
            return Mentions(0, ())
        files = tuple(self._mentions["files"][number] for number in row[1:])
        if function.static and function.file.endswith(".c"):
            own = tuple(file for file in files if file == function.file)
            return Mentions(len(own) if own or row[0] <= len(files) else 1, own)
        return Mentions(row[0], files)

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every file and folder of the tree."""
        out: set[str] = set()
        for folder, *names in self._container.part("paths"):
            out.update(f"{folder}/{name}" if folder else name for name in names)
            while folder:
                out.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(out)

    def parsed(self, path: str) -> bool:
        """Whether a file, or a tail of its path, was parsed."""
        return any(file == path or file.endswith("/" + path) for file in self.files)


def _edge(written: str) -> tuple[Edge, str]:
    if written.startswith("&"):
        return Edge.PASSED, written[1:]
    return (Edge.TABLE if written.startswith(".") else Edge.DIRECT), written
