"""In: a predicate. Out: the hook that decides it, and a digest of the code its verdict rests on.

A hook is named here and imported only in the child process; the catalogue is a value made by `catalog()`, so nothing
is registered by importing something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kb.errors import CheckError
from kb.records import Item
from sim_hooks import predicates
from sim_hooks.code_digest import code_digest, lasting_digest
from sim_hooks.predicates import AllOf, Predicate

OWN = "own:"
"""What stands before a module's place, told to a child, where the hook is somebody's own."""
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
        return code_digest(modules) if self.own else lasting_digest(modules)


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
                (p.PercentChanges, p.SumIs, p.ProductIs, p.QuotientIs),
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
                    p.CallerCount,
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
