"""In: what was extracted of each file. Out: the parts of a facts file: graph, bodies, constants, variables, structs.

Files come in order of their paths, so that the same files give the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sim_hooks.source import container
from sim_hooks.source.extracted import Extracted, Function
from sim_hooks.source.parsing import unpacked
from sim_hooks.source.shapes import names_in, steps_of, values_of

_CHUNK = 800_000
"""Characters of JSON after which a new part begins: what one look at a body unpacks."""
_MOST_STRUCTS = 4


class Builder:
    """Numbers names and puts the extracted files together; in between, each file waits packed."""

    def __init__(self) -> None:
        self.defined: set[str] = set()
        self.functions: set[str] = set()
        self.variables: set[str] = set()
        self.explained: dict[str, Counter[str]] = {}
        self.calls = 0
        self.counted: Counter[str] = Counter()
        """How many `functions`, `macros` and `unsure` functions were added."""
        self._names: dict[str, int] = {}
        self._structs: dict[str, set[str]] = {}
        self._packed: list[bytes] = []

    def add(self, file: Extracted, packed: bytes) -> None:
        """Takes one more file, in the order of the paths, and the same as `parsed` packed it."""
        self.defined |= {function.name for function in file.functions}
        self.functions |= {function.name for function in file.functions if not function.macro}
        self.variables |= {one.name for one in file.variables}
        for field, tags in file.fields.items():
            self._structs.setdefault(field, set()).update(tags)
        for function in file.functions:
            self.counted["macros" if function.macro else "functions"] += 1
            self.counted["unsure"] += function.lowered.unsure and not function.macro
        self._packed.append(packed)

    def _files(self) -> Iterator[tuple[int, Extracted]]:
        for number, packed in enumerate(self._packed):
            yield number, unpacked(packed)

    def parts(self) -> dict[str, Any]:
        """The graph, the constants and the bodies."""
        functions, listed, chunk, size = [], [], [], 0
        chunks: list[bytes] = []
        declared = _Declared(self._number)
        paths = []
        tables: dict[str, list[list[Any]]] = {}
        assigned: dict[str, list[int]] = {}
        for number, file in self._files():
            counted: Counter[str] = Counter()
            paths.append(file.path)
            for function in file.functions:
                self._settle(function)
                edges = self._edges(function, number, tables, counted)
                flags = function.static + 2 * function.macro + 4 * function.lowered.unsure
                functions.append([self._number(function.name), number, function.line, flags, edges])
                lowered = function.lowered
                for place in lowered.assigned:
                    tags, _, field = place.rpartition(".")
                    for tag in tags.split("|") if tags != "*" else ():
                        assigned.setdefault(f"{tag}.{field}", []).append(len(functions) - 1)
                chunk.append([lowered.parameters, lowered.structs, lowered.body])
                size += len(repr(chunk[-1]))
                if size > _CHUNK:
                    chunks.append(container.packed(chunk))
                    listed.append(len(functions))
                    chunk, size = [], 0
            for tag, field, value, line in file.installed:
                if value in self.defined:
                    counted[value] += 1
                    tables.setdefault(field, []).append([tag, self._number(value), number, line])
            self.explained[file.path] = counted
            declared.add(number, file)
        chunks.append(container.packed(chunk))
        listed.append(len(functions))
        graph = {
            "files": paths,
            "names": list(self._names),
            "functions": functions,
            "tables": dict(sorted(tables.items())),
            "chunks": listed,
        }
        bodies = {f"bodies-{number}": part for number, part in enumerate(chunks)}
        return {
            "graph": graph,
            **declared.parts(),
            "assigned": dict(sorted(assigned.items())),
            **bodies,
        }

    def _number(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))

    def _settle(self, function: Function) -> None:
        """Writes the structs of field calls and assignments, as far as the tree's struct fields tell."""
        for step in steps_of(function.lowered.body):
            if step[0] == "c" and step[2].startswith(".?"):
                base, _, field = step[2][2:].rpartition(".")
                step[2] = f".{self._struct(base)}.{field}"
        assigned = set()
        for place in function.lowered.assigned:
            base, _, field = place.rpartition(".")
            assigned.add(f"{self._struct(base[1:]) if base.startswith('?') else base}.{field}")
        function.lowered.assigned = assigned

    def _struct(self, field: str) -> str:
        tags = self._structs.get(field, set())
        return "|".join(sorted(tags)) if 0 < len(tags) <= _MOST_STRUCTS else "*"

    def _edges(
        self,
        function: Function,
        file: int,
        tables: dict[str, list[list[Any]]],
        counted: Counter[str],
    ) -> list[int]:
        edges: dict[int, None] = {}
        for step in steps_of(function.lowered.body):
            if step[0] == "c" and step[2] != "*":
                self.calls += 1
                edges[self._number(step[2])] = None
                counted[step[2]] += 1
            for value in values_of(step):
                for name in sorted(names_in(value, "@")):
                    counted[name] += 1
                    if name in self.functions:
                        edges[self._number(f"&{name}")] = None
                        if step[0] == "=" and "." in step[1]:
                            field = step[1].rpartition(".")[2]
                            tables.setdefault(field, []).append(["*", self._number(name), file, function.line])
        return list(edges)


class _Declared:
    """What files declare, each name with all its places."""

    def __init__(self, number: Callable[[str], int]) -> None:
        self._number = number
        self._constants: dict[str, list[list[Any]]] = {}
        self._families: dict[str, str] = {}
        self._variables: dict[str, list[list[Any]]] = {}
        self._settings: list[list[Any]] = []
        self._tables: dict[str, list[list[Any]]] = {}
        self._structs: dict[str, list[list[Any]]] = {}

    def add(self, number: int, file: Extracted) -> None:
        for one in file.constants:
            self._constants.setdefault(one.name, []).append([one.value, number, one.line])
        for one in file.variables:
            self._variables.setdefault(one.name, []).append([one.value, number, one.line])
        for struct in file.structs:
            row = [number, struct.line, int(struct.whole), *struct.fields]
            self._structs.setdefault(struct.tag, []).append(row)
        for table in file.tables:
            rows = [[field, self._number(value) if value else -1, line] for field, value, line in table.rows]
            self._tables.setdefault(table.variable, []).append([table.tag, number, table.line, int(table.whole), rows])
        self._families.update(file.families)
        self._settings += [[kind, name, variable, number, line] for kind, name, variable, line in file.settings]

    def parts(self) -> dict[str, Any]:
        """The parts `constants`, `variables` and `structs`."""
        grouped: dict[str, list[str]] = {}
        for name, first in sorted(self._families.items()):
            if name != first:
                grouped.setdefault(first, []).append(name)
        return {
            "constants": {"values": dict(sorted(self._constants.items())), "families": dict(sorted(grouped.items()))},
            "variables": {
                "values": dict(sorted(self._variables.items())),
                "settings": self._settings,
                "tables": dict(sorted(self._tables.items())),
            },
            "structs": dict(sorted(self._structs.items())),
        }
