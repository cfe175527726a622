"""In: a predicate. Out: the hook that decides it, and a digest of the code its verdict rests on.

A hook is named here and imported only in the child process; the catalogue is a value made by `catalog()`, so nothing
is registered by importing something.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.errors import CheckError
from kb.records import Item
from sim_hooks import predicates
from sim_hooks.predicates import AllOf, Predicate

OWN = "own:"
"""What stands before a module's place, told to a child, where the hook is somebody's own."""
_HERE = f"{__package__}."
FACTS = "facts"
"""What a hook that reads a facts file says in `needs`."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Code that decides predicates of `kinds`: `decide(predicate, facts) -> Outcome` in the module `module`."""

    name: str
    kinds: tuple[type[Any], ...]
    module: str
    what: str
    """One sentence for people."""
    evidence_kind: str
    """`arithmetic`, `model`, `source`, `several`, or a word of a hook of one's own."""
    needs: str = ""
    """`facts` where a facts file of a source tree must be there, else empty."""
    rests_on: tuple[str, ...] = ()
    """Packages that the module reaches by name only; what it imports is found by reading it."""
    own: bool = False
    """Whether somebody else wrote it: `module` is then the path of a Python file or a dotted name, and it is imported
    only where it is fenced in."""
    binds: bool = False
    """Whether it reads items into predicates, too."""

    @property
    def needs_facts(self) -> bool:
        """Whether `decide` is given facts."""
        return self.needs == FACTS

    @property
    def source_digest(self) -> str:
        """Hex digest of the module, of what it imports here and what it rests on; CheckError if one is gone."""
        modules = (self.module, *self.rests_on)
        return _code_digest(modules) if self.own else _lasting_digest(modules)


@lru_cache(maxsize=64)
def _lasting_digest(modules: tuple[str, ...]) -> str:
    """`_code_digest` of what does not change while this program runs."""
    return _code_digest(modules)


def _code_digest(modules: tuple[str, ...]) -> str:
    """Over the files of `modules` and of everything that they import from this package, in whatever order of import.

    Of a module named by its file, what it imports from its own folder counts as well.
    """
    seen: dict[Path, None] = {}
    waiting = [path for name in modules for path in _files(name)]
    folders = {Path(name).parent for name in modules if name.endswith(".py")}
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen[path] = None
            names = _imports(path)
            waiting += [found for name in names if name.startswith(_HERE) for found in _files(name)[:1]]
            if path.parent in folders:
                waiting += [beside for name in names if (beside := path.parent / f"{name}.py").is_file()]
    total = hashlib.sha256()
    for path in sorted(seen):
        total.update(f"{path.parent.name}/{path.name}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:32]


def _imports(path: Path) -> set[str]:
    """The modules that the file at `path` imports, at its top or inside; none if it is broken."""
    names: set[str] = set()
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return names
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            names.update({node.module} | {name for name in inner if _is_module(name)})
    return names


def _is_module(name: str) -> bool:
    return name.startswith(_HERE) and _origin(name) is not None


def _files(module: str) -> list[Path]:
    """The file of `module`; of a package, its `__init__.py` first and then every file of code or data in it."""
    origin = Path(module) if module.endswith(".py") else _origin(module)
    if origin is not None and not origin.is_file():
        origin = None
    if origin is None:
        raise CheckError(module, "there is no such module", "a hook names the module that holds its `decide`")
    if origin.name != "__init__.py":
        return [origin]
    held = {path for kind in ("*.py", "*.toml") for path in origin.parent.rglob(kind)}
    return [origin, *sorted(held - {origin})]


def _origin(module: str) -> Path | None:
    """The file of `module`, found without importing it or the packages it stands in."""
    top, *inner = module.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or spec.origin is None:
        return None
    place = Path(spec.origin).parent.joinpath(*inner) if inner else Path(spec.origin).with_suffix("")
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if path.is_file():
            return path
    return None


@dataclass(frozen=True, slots=True)
class Check:
    """A predicate bound to the hook that can decide it, for one item."""

    item: Item
    predicate: Predicate
    hook: Hook
    modules: Mapping[str, str]
    """The kind of each part of the predicate and the module that decides it."""
    needs_facts: bool
    bound_by: str
    """`rule` or `hand`, and why this predicate says what the item says."""
    fingerprint: str
    reason: str = ""
    """Why the check is due."""
    words: str = ""
    """The words that are checked, where they are fewer than the item's; "" for all of them."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """All hooks; each kind of predicate has at most one."""

    hooks: tuple[Hook, ...]

    def __iter__(self) -> Iterator[Hook]:
        return iter(self.hooks)

    def names(self) -> tuple[str, ...]:
        """The names of all hooks."""
        return tuple(hook.name for hook in self.hooks)

    def named(self, name: str) -> Hook:
        """The hook called `name`; CheckError lists the names there are."""
        for hook in self.hooks:
            if hook.name == name:
                return hook
        raise CheckError(name, "there is no such hook", f"hooks are {', '.join(self.names())}")

    def for_predicate(self, predicate: Predicate) -> Hook:
        """The hook for `predicate`: for `AllOf` the one that its parts share, or the one that puts parts together.

        CheckError lists the kinds that are known.
        """
        if isinstance(predicate, AllOf):
            shared = self.leaves(predicate)
            if len(shared) == 1:
                return shared[0]
        for hook in self.hooks:
            if type(predicate) in hook.kinds:
                return hook
        kinds = sorted(kind.__name__ for hook in self.hooks for kind in hook.kinds)
        raise CheckError(type(predicate).__name__, "no hook decides this kind", f"kinds are {', '.join(kinds)}")

    def leaves(self, predicate: Predicate) -> tuple[Hook, ...]:
        """The hooks that decide the parts of `predicate`, each once, in order of first use."""
        if not isinstance(predicate, AllOf):
            return (self.for_predicate(predicate),)
        return tuple(dict.fromkeys(hook for part in predicate.parts for hook in self.leaves(part)))

    def modules(self, predicate: Predicate) -> dict[str, str]:
        """The kind of each leaf of `predicate` and the module that decides it."""
        if not isinstance(predicate, AllOf):
            hook = self.for_predicate(predicate)
            return {type(predicate).__name__: f"{OWN if hook.own else ''}{hook.module}"}
        return {kind: module for part in predicate.parts for kind, module in self.modules(part).items()}


def catalog(*extra: Hook) -> Catalog:
    """The hooks that come with threadkb, and `extra` ones before them."""
    p = predicates
    return Catalog(
        (
            *extra,
            Hook(
                "arithmetic",
                (p.PercentChanges, p.SumIs),
                "sim_hooks.hooks.arithmetic",
                "recomputes the figures that a mail gives, by intervals of their own precision",
                "arithmetic",
            ),
            Hook(
                "model",
                (p.Deadlocks, p.AlwaysEnds, p.CanHappen),
                "sim_hooks.hooks.model",
                "explores every interleaving of a small model: deadlock, `always ends` under fairness, a situation",
                "model",
                rests_on=("sim_hooks.models",),
            ),
            Hook(
                "timing",
                (p.StallsAtMost,),
                "sim_hooks.hooks.timing",
                "runs a model in simulated time and measures how long a waiter is held up",
                "model",
                rests_on=("sim_hooks.models",),
            ),
            Hook(
                "source",
                (
                    p.Calls,
                    p.Chain,
                    p.Reaches,
                    p.OnlyFrom,
                    p.CallersAre,
                    p.DefinedIn,
                    p.PathExists,
                    p.ArgumentHas,
                    p.ReturnsError,
                    p.TakesLock,
                    p.ConstantIs,
                    p.MaskHas,
                    p.DefaultIs,
                    p.IsExported,
                    p.IsStatic,
                    p.HasField,
                    p.Installs,
                    p.SystemCallExists,
                    p.ConfigIs,
                ),
                "sim_hooks.hooks.source",
                "asks the facts of a source tree: calls with the constants that decide, returns, locks, values",
                "source",
                needs=FACTS,
            ),
            Hook(
                "all-of",
                (p.AllOf,),
                "sim_hooks.combine",
                "puts the verdicts of several predicates together",
                "several",
            ),
        )
    )
