"""In: folders and files of bindings that a person keeps. Out: the bindings in them, and what is wrong with others.

What is wrong is a line with file and line number, and stops nothing: the other bindings of the file are read. A binding
whose kind belongs to a hook that cannot be read is kept, so that its check says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kb.errors import CheckError
from sim_hooks import bindings
from sim_hooks.bindings import HandBinding
from sim_hooks.catalog import Hook
from sim_hooks.own_hooks import OwnHooks, attributed
from sim_hooks.predicates import KINDS, to_json

_HEAD = re.compile(r"^[ \t]*\[\[[ \t]*binding[ \t]*\]\]", re.MULTILINE)
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class OwnBindings:
    """What a person's own files of bindings hold."""

    bindings: tuple[HandBinding, ...] = ()
    broken: tuple[Hook, ...] = ()
    """Hooks that cannot be read, each with the kinds that bindings ask it for."""
    problems: tuple[str, ...] = ()
    """`file:line: what is wrong; what to do`."""


def load(folders: Iterable[Path], own: OwnHooks) -> OwnBindings:
    """The bindings of these TOML files, and of every `*.toml` of these folders, with the kinds that `own` brings."""
    found: list[HandBinding] = []
    problems: list[str] = []
    asked: dict[str, Hook] = {}
    kinds = {**KINDS, **own.kinds}
    for path in _files(folders):
        try:
            tables = bindings.entries(bindings.content(path), f"{path}:1")
            lines = _lines(path)
        except CheckError as wrong:
            problems.append(_with_line(str(wrong), path))
            continue
        for number, table in enumerate(tables, 1):
            place = f"{path}:{lines[number - 1]}" if len(lines) == len(tables) else f"{path}: binding {number}"
            for kind, hook in _of_broken(table, own):
                if kind.__name__ not in kinds:
                    kinds[kind.__name__] = kind
                    known = asked.setdefault(hook.module, hook)
                    asked[hook.module] = replace(known, kinds=(*known.kinds, kind))
            try:
                binding = bindings.read_entry(table, place, kinds=kinds)
                json.dumps(to_json(binding.predicate))
                found.append(binding)
            except CheckError as wrong:
                problems.append(str(wrong))
            except (TypeError, ValueError, AttributeError, RecursionError) as odd:
                problems.append(f"{place}: the predicate cannot be read: {odd}; write texts, numbers, lists and tables")
    return OwnBindings(tuple(found), tuple(asked.values()), tuple(problems))


def _files(folders: Iterable[Path]) -> list[Path]:
    """The files to read, each once; a folder that is not there is one that cannot be read."""
    files: dict[Path, None] = {}
    for path in folders:
        files.update(dict.fromkeys(sorted(path.glob("*.toml")) if path.is_dir() else [path]))
    return list(files)


def _lines(path: Path) -> list[int]:
    """The line of each `[[binding]]`."""
    text = path.read_text(encoding="utf-8")
    return [text.count("\n", 0, found.start()) + 1 for found in _HEAD.finditer(text)]


def _with_line(wrong: str, path: Path) -> str:
    """What is wrong with a whole file, the line that the reader of TOML names put with the file."""
    line = _AT_LINE.search(wrong)
    return wrong.replace(f"{path}:", f"{path}:{line[1]}:", 1).replace(f" {line[0]}", "") if line else wrong


def _of_broken(table: Any, own: OwnHooks) -> list[tuple[type[Any], Hook]]:
    """The kinds in a table that belong to hooks which cannot be read."""
    predicate = table.get("predicate") if isinstance(table, Mapping) else None
    if not own.broken or not isinstance(predicate, Mapping):
        return []
    parts = predicate.get("parts", []) if predicate.get("kind") == "AllOf" else [predicate]
    found = [attributed(part, own) for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
    return [each for each in found if each is not None]
