"""In: a source tree. Out: a facts file: its functions, calls, branches and constants, and where else they are named.

The same tree and folders give the same bytes: files are taken in order of their paths, nothing of the machine or its
clock goes in.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import CheckError
from sim_hooks.source import container
from sim_hooks.source.extract import Extracted, Function, extract
from sim_hooks.source.mentions import unexplained, uses
from sim_hooks.source.shapes import Value, names_in, steps_of, values_of
from sim_hooks.source.tree import NOT_KERNEL, SUFFIXES, Tree, chosen, opened

_CHUNK = 800_000
"""Characters of JSON after which a new part begins: what one look at a body unpacks."""
_PLACES_KEPT = 4
"""Files named for a function that is mentioned elsewhere; beyond that only their number is kept."""
_MOST_STRUCTS = 4


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an index holds and what it cost."""

    name: str
    version: str
    path: Path
    files: int
    functions: int
    macros: int
    calls: int
    unsure: int
    """Functions in which the grammar stumbled; nothing is concluded from their branches."""
    scanned: int
    """Files looked through for mentions."""
    bytes: int
    seconds: float


def index(
    tree: Path,
    *,
    dirs: Sequence[str] = (),
    out: Path,
    name: str = "",
    progress: Callable[[str], None] | None = None,
) -> IndexReport:
    """Builds the facts of a tree (a directory, .tar, .tar.gz, .tar.xz, or a linux-source .deb) into `out`.

    `dirs` are what to parse (`mm`, `fs/*` without what lies below, or a file), all where none is named. The whole tree
    is looked through for other mentions. `name` stands for the version where the tree has none. CheckError where there
    is nothing to read.
    """
    say = progress or (lambda line: None)
    begun = time.monotonic()
    with opened(tree) as source:
        paths = chosen(source, tuple(dirs))
        if not paths:
            raise CheckError(str(tree), "no C file in it", "give a source tree")
        say(f"{len(paths)} files to parse")
        files = []
        for number, path in enumerate(paths, 1):
            files.append(extract(path, (source.root / path).read_bytes()))
            if not number % 500:
                say(f"{number} of {len(paths)} files parsed")
        title = name or (f"linux-{source.version}" if source.version else tree.name)
        header = {"name": title, "version": source.version, "dirs": sorted(dirs), "files": len(paths)}
        built = _Builder(files)
        parts = built.parts()
        say("looking through the whole tree for other mentions")
        scanned, parts["mentions"] = _mentions(source, built, say)
        parts["paths"] = _folders(source.paths)
    header["scanned"] = scanned
    size = container.write(out, header, parts)
    functions = [function for file in files for function in file.functions]
    return IndexReport(
        name=title,
        version=source.version,
        path=out,
        files=len(paths),
        functions=sum(not function.macro for function in functions),
        macros=sum(function.macro for function in functions),
        calls=built.calls,
        unsure=sum(function.lowered.unsure and not function.macro for function in functions),
        scanned=scanned,
        bytes=size,
        seconds=time.monotonic() - begun,
    )


def _folders(paths: Sequence[str]) -> list[list[str]]:
    """Paths by folder: `[folder, name, name, …]`."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folder, _, file = path.rpartition("/")
        folders.setdefault(folder, []).append(file)
    return [[folder, *names] for folder, names in sorted(folders.items())]


class _Builder:
    """Numbers names and puts the extracted files together."""

    def __init__(self, files: Sequence[Extracted]) -> None:
        self.files = files
        self.defined = {function.name for file in files for function in file.functions}
        self.functions = {function.name for file in files for function in file.functions if not function.macro}
        self.explained: dict[str, Counter[str]] = {}
        self.calls = 0
        self._names: dict[str, int] = {}
        self._structs: dict[str, set[str]] = {}
        for file in files:
            for field, tags in file.fields.items():
                self._structs.setdefault(field, set()).update(tags)

    def parts(self) -> dict[str, Any]:
        """The graph, the constants and the bodies."""
        functions, listed, chunks, chunk, size = [], [], [], [], 0
        tables: dict[str, list[list[Any]]] = {}
        assigned: dict[str, list[int]] = {}
        used: set[str] = set()
        for number, file in enumerate(self.files):
            counted: Counter[str] = Counter()
            for function in file.functions:
                self._settle(function)
                edges = self._edges(function, number, tables, counted, used)
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
                    chunks.append(chunk)
                    listed.append(len(functions))
                    chunk, size = [], 0
            for tag, field, value, line in file.tables:
                if value in self.defined:
                    counted[value] += 1
                    tables.setdefault(field, []).append([tag, self._number(value), number, line])
            self.explained[file.path] = counted
        chunks.append(chunk)
        listed.append(len(functions))
        graph = {
            "files": [file.path for file in self.files],
            "names": list(self._names),
            "functions": functions,
            "tables": dict(sorted(tables.items())),
            "chunks": listed,
        }
        bodies = {f"bodies-{number}": part for number, part in enumerate(chunks)}
        return {
            "graph": graph,
            "constants": self._constants(used),
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
        used: set[str],
    ) -> list[int]:
        edges: dict[int, None] = {}
        for step in steps_of(function.lowered.body):
            if step[0] == "c" and step[2] != "*":
                self.calls += 1
                edges[self._number(step[2])] = None
                counted[step[2]] += 1
            for value in values_of(step):
                used |= names_in(value, "=")
                for name in sorted(names_in(value, "@")):
                    counted[name] += 1
                    if name in self.functions:
                        edges[self._number(f"&{name}")] = None
                        if step[0] == "=" and "." in step[1]:
                            field = step[1].rpartition(".")[2]
                            tables.setdefault(field, []).append(["*", self._number(name), file, function.line])
            if step[0] == "s":
                used |= {name for labels, _ in step[3] for label in labels for name in names_in(label, "=")}
        return list(edges)

    def _constants(self, used: set[str]) -> dict[str, dict[str, Value]]:
        """The values and families of the constants that bodies name, and of those that these are made of."""
        known: dict[str, Value] = {}
        for file in self.files:
            own: dict[str, Value] = dict(file.constants)
            for name, before in file.enumerated.items():
                base = own.get(before, -1) if before else -1
                own[name] = base + 1 if isinstance(base, int) and not isinstance(base, bool) else ["m"]
            for name, value in own.items():
                if known.setdefault(name, value) != value:
                    known[name] = ["m"]
        kept: dict[str, Value] = {}
        members: dict[str, list[str]] = {}
        for file in self.files:
            for name, first in file.families.items():
                members.setdefault(first, []).append(name)
        firsts = {name: first for file in self.files for name, first in file.families.items()}
        waiting = sorted(used)
        while waiting:
            name = waiting.pop()
            if name in known and name not in kept:
                kept[name] = known[name]
                waiting += [*sorted(names_in(known[name], "=")), *members.get(firsts.get(name, ""), [])]
        families = {name: first for name, first in firsts.items() if name in kept}
        return {"values": dict(sorted(kept.items())), "families": dict(sorted(families.items()))}


def _mentions(tree: Tree, built: _Builder, say: Callable[[str], None]) -> tuple[int, dict[str, Any]]:
    """Name to the number of files with mentions that no known call explains, and the first of them."""
    wanted = frozenset(name.encode() for name in built.defined)
    places: dict[str, list[int]] = {}
    numbers: dict[str, int] = {}
    paths = [path for path in tree.paths if path[path.rfind(".") :] in SUFFIXES and not path.startswith(NOT_KERNEL)]
    counts: Counter[str] = Counter()
    for done, path in enumerate(paths, 1):
        used = uses((tree.root / path).read_bytes(), wanted)
        for name in unexplained(used, built.explained.get(path, {})):
            counts[name] += 1
            if counts[name] <= _PLACES_KEPT:
                places.setdefault(name, []).append(numbers.setdefault(path, len(numbers)))
        if not done % 10_000:
            say(f"{done} of {len(paths)} files looked through")
    listed = {name: [counts[name], *places[name]] for name in sorted(places)}
    return len(paths), {"files": list(numbers), "names": listed}
