"""In: the four packages and their cue files. Out: every regular expression in them, where it stands and how it is used.

Nothing is listed by hand: patterns compiled while a module is loaded are caught there, those that a call gives as a
literal are read from the source, those in files by the loaders that use them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("kb", "ingest", "sim_hooks", "tui")
_ANCHORED = {"match", "fullmatch"}
_CALLS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}


@dataclass(frozen=True, slots=True)
class Used:
    """A regular expression of the project."""

    pattern: re.Pattern[str] | re.Pattern[bytes]
    place: str
    """`file:line`, or the name of the file that holds it."""
    anchored: bool
    """It is only tried where a text begins."""


def modules() -> list[str]:
    """The names of all modules of the four packages."""
    return sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__main__.py"
    )


def _path(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_path(module).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of `re` in a source file."""

    place: str
    function: str
    given: object
    """The pattern, where it is a literal; else None."""
    flags: str
    inside: bool
    """It is in a function, so that loading the module does not carry it out."""


@cache
def calls() -> tuple[Call, ...]:
    """Every `re.something(pattern, …)` in the four packages."""
    found = []
    for module in modules():
        path = _path(module)
        tree = _tree(module)
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
        inner = {id(node) for function in functions for node in ast.walk(function)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in _CALLS
            ):
                given = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
                flags = [ast.unparse(a) for a in (*node.args[1:], *(k.value for k in node.keywords))]
                said = "|".join(flag for text in flags for flag in re.findall(r"re\.[A-Z]+", text))
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                found.append(Call(place, node.func.attr, given, said, id(node) in inner))
    return tuple(found)


def _flags(said: str) -> re.RegexFlag:
    flags = re.RegexFlag(0)
    for name in said.split("|"):
        if name:
            flags |= getattr(re, name.removeprefix("re."))
    return flags


@cache
def _uses(module: str) -> dict[str, set[str]]:
    """The methods that `module` calls on each name; `*` where it uses the name otherwise."""
    found: dict[str, set[str]] = {}
    tree = _tree(module)
    called: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            name = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            found.setdefault(name, set()).add(node.attr)
            called.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
            found.setdefault(node.id, set()).add("*")
    return found


@cache
def _imported(module: str) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _defines(module: str, name: str) -> bool:
    return name not in _imported(module)


@cache
def _importers() -> dict[tuple[str | None, str], list[str]]:
    """The modules that import each name from each module."""
    found: dict[tuple[str | None, str], list[str]] = {}
    for module in modules():
        for node in ast.walk(_tree(module)):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found.setdefault((node.module, alias.name), []).append(module)
    return found


_MATCHED = {"COPY_SENT", "COPY_TO", "COPY_SUBJECT", "_STAT", "_STAT_END", "_STAT_MODE", "_STATS"}
"""Names that are used in tuples whose members are only matched."""


def _methods(module: str, name: str) -> set[str]:
    if name in _MATCHED:
        return {"match"}
    everywhere = (module, *_importers().get((module, name), ()))
    return {method for each in everywhere for method in _uses(each).get(name, ())} or {"*"}


def _loaded() -> Iterator[Used]:
    """The patterns that the loaded modules hold in their globals, also within tuples, dictionaries and classes."""
    for module in modules():
        loaded = import_module(module)
        for name, value in vars(loaded).items():
            if getattr(value, "__module__", module) != module and not isinstance(value, re.Pattern):
                continue
            if not _defines(module, name):
                continue
            for pattern in _within(value, 3):
                alone = isinstance(value, re.Pattern) or name in _MATCHED
                yield Used(pattern, f"{module}.{name}", alone and _methods(module, name) <= _ANCHORED)


def _within(value: object, depth: int) -> Iterator[re.Pattern[str] | re.Pattern[bytes]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _within(each, depth - 1)
    elif depth and isinstance(value, dict):
        for key, each in value.items():
            yield from _within(key, depth - 1)
            yield from _within(each, depth - 1)
    elif depth and hasattr(type(value), "__slots__") and type(value).__module__.split(".")[0] in PACKAGES:
        for slot in getattr(type(value), "__slots__", ()):
            yield from _within(getattr(value, slot, None), depth - 1)
    elif depth and isinstance(value, type) and value.__module__.split(".")[0] in PACKAGES:
        for each in vars(value).values():
            yield from _within(each, depth - 1)


def _in_files() -> Iterator[Used]:
    """Patterns in data files, by the loaders that use them."""
    from ingest.cue_rules import cues
    from ingest.silent import _rules as silent_rules
    from kb.roles import _bots as bots
    from sim_hooks.readers.operations import _shapes as operations
    from sim_hooks.readers.vocabulary import vocabulary

    for name in ("kinds", "stances"):
        for cue in cues(name):
            yield Used(cue.pattern, f"ingest/cues/{name}.jsonl: {cue.name}", cue.find == cue.pattern.match)
    for name, pattern in silent_rules().items():
        yield Used(pattern, f"ingest/cues/silent.toml: {name}", True)
    for name, pattern in bots().items():
        yield Used(pattern, f"kb/bots.toml: {name}", False)
    for place, held in (("wording.toml", vocabulary()), ("operations.py", operations())):
        for each in _within(held, 6):
            yield Used(each, f"sim_hooks/readers/{place}", False)


@cache
def every_pattern() -> tuple[Used, ...]:
    """Each pattern of the project, once for each way of using it; what loading compiles must be found by it."""
    found: dict[tuple[object, int, bool], Used] = {}
    for used in (*_loaded(), *_in_files(), *_literals()):
        found.setdefault((used.pattern.pattern, used.pattern.flags, used.anchored), used)
    return tuple(found.values())


def _literals() -> Iterator[Used]:
    for call in calls():
        if isinstance(call.given, str | bytes) and call.inside:
            anchored = call.function in _ANCHORED
            yield Used(re.compile(call.given, _flags(call.flags)), call.place, anchored)


def unexplained() -> list[str]:
    """Calls of `re` whose pattern is put together while the program runs, so that no scan can know it."""
    return [f"{call.place} re.{call.function}" for call in calls() if call.given is None and call.inside]


def missed() -> list[str]:
    """Literals compiled at load that `every_pattern` does not hold: a place where it does not look."""
    known = {used.pattern.pattern for used in every_pattern()}
    return [
        call.place
        for call in calls()
        if call.function == "compile" and call.given is not None and call.given not in known
    ]


if __name__ == "__main__":
    for used in every_pattern():
        sys.stdout.write(f"{used.place} {'match' if used.anchored else 'search'} {used.pattern.pattern!r}\n")
