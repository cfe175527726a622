"""In: a source tree. Out: its Kconfig symbols: where each stands, what it depends on and selects, and its defaults.

Facts only: names and values. A condition is kept as the names it needs; what is no plain "and" of names keeps them as
alternatives. Blocks (`if`, `menu`, `choice`) and files read inside them hand their conditions down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sim_hooks.source.tree import Tree

_WORD = re.compile(r"[A-Za-z0-9_]+")
_KEYWORD = re.compile(r"([a-z_]+)\b[ \t]*(.*)\Z", re.DOTALL)
_SOURCE = re.compile(r"\"?([^\"\s]+)\"?\Z")
_VALUE = re.compile(r"(\"[^\"]*\"|\S+)(?:[ \t]+if[ \t]+(.*))?\Z", re.DOTALL)
_TYPES = {"bool": "bool", "boolean": "bool", "tristate": "tristate", "int": "int", "hex": "hex", "string": "string"}
_TYPES |= {"def_bool": "bool", "def_tristate": "tristate"}
_DEEPEST = 30


@dataclass(slots=True)
class _Option:
    name: str
    file: str
    line: int
    kind: str = ""
    needs: list[str] = field(default_factory=list)
    selects: list[str] = field(default_factory=list)
    defaults: list[list[str]] = field(default_factory=list)


def needed(condition: str) -> list[str]:
    """What a condition needs: `A`, `!A`, or `A|B` where not each of the names is needed by itself."""
    text = condition.split("#")[0].strip()
    while text.startswith("(") and text.endswith(")") and _closes_last(text):
        text = text[1:-1].strip()
    out = []
    for part in _conjuncts(text):
        plain = part.strip()
        if re.fullmatch(r"!?[A-Z0-9][A-Za-z0-9_]*", plain):
            out.append(plain)
        else:
            names = [word for word in _WORD.findall(plain) if word not in ("y", "n", "m", "if")]
            if names:
                out.append("|".join(dict.fromkeys(names)) + ("|" if len(set(names)) == 1 else ""))
    return out


def _closes_last(text: str) -> bool:
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return place == len(text) - 1
    return False


def _conjuncts(text: str) -> Iterator[str]:
    depth, start = 0, 0
    parts: list[str] = []
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth and text.startswith("||", place):
            yield text
            return
        if not depth and text.startswith("&&", place):
            parts.append(text[start:place])
            start = place + 2
    yield from parts
    yield text[start:]


def options(tree: Tree) -> dict[str, Any]:
    """Symbol to `[type, file number, line, needs, selects, defaults]`, one for each place; and the files."""
    reader = _Reader(tree)
    reader.read("Kconfig", (), 0)
    for path in tree.paths:
        if (
            PurePosixPath(path).name.startswith("Kconfig")
            and path not in reader.seen
            and not path.startswith("scripts/")
        ):
            reader.read(path, ("?|",), 0)
    numbers: dict[str, int] = {}
    listed: dict[str, list[list[Any]]] = {}
    for one in sorted(reader.options, key=lambda option: (option.name, option.file, option.line)):
        number = numbers.setdefault(one.file, len(numbers))
        row = [one.kind, number, one.line, sorted(set(one.needs)), sorted(set(one.selects)), one.defaults]
        if row not in listed.setdefault(one.name, []):
            listed[one.name].append(row)
    return {"files": list(numbers), "symbols": listed}


class _Reader:
    """Reads Kconfig files along their `source` lines."""

    def __init__(self, tree: Tree) -> None:
        self.options: list[_Option] = []
        self.seen: set[str] = set()
        self._tree = tree
        self.files = {path for path in tree.paths if PurePosixPath(path).name.startswith("Kconfig")}
        self._folders = sorted(
            {path.split("/")[1] for path in self.files if path.startswith("arch/") and "/" in path[5:]}
        )
        self._visits: set[tuple[str, tuple[str, ...]]] = set()

    def read(self, path: str, around: tuple[str, ...], depth: int) -> None:
        if path not in self.files or depth > _DEEPEST or (path, around) in self._visits:
            return
        self._visits.add((path, around))
        self.seen.add(path)
        text = (self._tree.root / path).read_bytes().decode("utf-8", "replace")
        blocks: list[list[str]] = [list(around)]
        current: _Option | None = None
        for line, statement in _statements(text):
            keyword = _KEYWORD.match(statement)
            if keyword is None:
                continue
            word, rest = keyword[1], keyword[2].split(" #")[0].strip()
            match word:
                case "config" | "menuconfig" if rest:
                    current = _Option(rest.split()[0], path, line, needs=[one for block in blocks for one in block])
                    self.options.append(current)
                case "if":
                    blocks.append(needed(rest))
                    current = None
                case "menu" | "choice":
                    blocks.append([])
                    current = None
                case "endif" | "endmenu" | "endchoice":
                    current = None
                    if len(blocks) > 1:
                        blocks.pop()
                case "source" | "rsource":
                    current = None
                    found = _SOURCE.match(rest)
                    for one in self._sourced(found[1] if found else ""):
                        self.read(one, tuple(one for block in blocks for one in block), depth + 1)
                case "comment":
                    current = _Option("", path, line)
                case _:
                    _attribute(word, rest, current, blocks)

    def _sourced(self, path: str) -> Sequence[str]:
        for written in ("$(SRCARCH)", "$SRCARCH"):
            if written in path:
                return [path.replace(written, folder) for folder in self._folders]
        return [path]


def _attribute(word: str, rest: str, current: _Option | None, blocks: list[list[str]]) -> None:
    if word == "depends" and rest.startswith("on"):
        (blocks[-1] if current is None else current.needs).extend(needed(rest[2:]))
        return
    if current is None:
        return
    if word in _TYPES:
        current.kind = _TYPES[word]
    if word in ("default", "def_bool", "def_tristate"):
        found = _VALUE.match(rest)
        if found is not None:
            current.defaults.append([found[1].strip('"'), *(["if"] if found[2] else [])])
    elif word == "select" and rest:
        current.selects.append(rest.split()[0] + ("|" if " if " in rest else ""))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Lines that say something, with continued ones joined and help texts left out."""
    help_column = -1
    waiting, first = "", 0
    in_help = False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.expandtabs(8)
        column = len(line) - len(line.lstrip())
        if in_help:
            if not line.strip():
                continue
            if help_column < 0 and column > 0:
                help_column = column
            if 0 <= help_column <= column:
                continue
            in_help = False
        statement = (waiting + line.strip()) if waiting else line.strip()
        if statement.endswith("\\"):
            first = first or number
            waiting = statement[:-1] + " "
            continue
        place, waiting, first = first or number, "", 0
        if statement in ("help", "---help---"):
            in_help, help_column = True, -1
        elif statement and not statement.startswith("#"):
            yield place, statement
