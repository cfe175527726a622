"""In: what a claim says that can be checked. Out: a small typed value, and its JSON both ways.

A predicate states what would be the case if the claim were true; `expect=False` turns it round ("does not reach").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from kb.errors import CheckError

Parameters: TypeAlias = tuple[tuple[str, int | str | bool], ...]
"""Names and values, sorted by name, so that equal settings are equal values."""


@dataclass(frozen=True, slots=True)
class Calls:
    """`caller` calls `callee` directly; with `constant`, passing that constant as one of the arguments."""

    caller: str
    callee: str
    constant: str = ""
    expect: bool = True


@dataclass(frozen=True, slots=True)
class Chain:
    """Each of `functions` calls the next, and a run can take the whole chain with the constants it passes on the way.

    `constants` fixes parameters of the first function, e.g. `mode` = `MIGRATE_SYNC`.
    """

    functions: tuple[str, ...]
    constants: Parameters = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class Reaches:
    """A run that starts in `start`, with these constants for its parameters, can come to call `target`."""

    start: str
    target: str
    constants: Parameters = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class OnlyFrom:
    """Every way to `callee` begins in one of `roots` (system calls by their plain name)."""

    callee: str
    roots: tuple[str, ...]
    expect: bool = True


@dataclass(frozen=True, slots=True)
class CallersAre:
    """In the whole tree `callers` call `callee`; with `complete`, no other function does."""

    callee: str
    callers: tuple[str, ...]
    complete: bool = True
    expect: bool = True


@dataclass(frozen=True, slots=True)
class DefinedIn:
    """`function` is defined in the file `path` (a tail of a path will do)."""

    function: str
    path: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class PathExists:
    """The source tree holds the file `path`."""

    path: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class ArgumentHas:
    """In `caller`, some call of `callee` has an argument that names all of `has` and none of `lacks`."""

    caller: str
    callee: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class PercentChanges:
    """Each of `quoted` percentages is the change from `before` to `after`, figures as text with their own precision."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    quoted: tuple[str, ...]
    expect: bool = True


@dataclass(frozen=True, slots=True)
class SumIs:
    """`parts` add up to `total`."""

    parts: tuple[str, ...]
    total: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class Deadlocks:
    """`model` with these parameters has a reachable state in which nobody can move and not all is done."""

    model: str
    parameters: Parameters = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class AlwaysEnds:
    """Every fair run of `model` with these parameters comes to its end."""

    model: str
    parameters: Parameters = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class CanHappen:
    """`model` with these parameters has a reachable state in which `situation` holds."""

    model: str
    situation: str
    parameters: Parameters = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class StallsAtMost:
    """In simulated time, a waiter of `model` is held up for at most `bound` seconds (a formula over the parameters)."""

    model: str
    bound: str
    parameters: Parameters = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class AllOf:
    """Each of `parts` holds."""

    parts: tuple[Predicate, ...]
    expect: bool = True


Predicate: TypeAlias = (
    Calls
    | Chain
    | Reaches
    | OnlyFrom
    | CallersAre
    | DefinedIn
    | PathExists
    | ArgumentHas
    | PercentChanges
    | SumIs
    | Deadlocks
    | AlwaysEnds
    | CanHappen
    | StallsAtMost
    | AllOf
)

KINDS: Mapping[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Calls,
        Chain,
        Reaches,
        OnlyFrom,
        CallersAre,
        DefinedIn,
        PathExists,
        ArgumentHas,
        PercentChanges,
        SumIs,
        Deadlocks,
        AlwaysEnds,
        CanHappen,
        StallsAtMost,
        AllOf,
    )
}


def parameters(**named: int | str | bool) -> Parameters:
    """Named values as a sorted tuple."""
    return tuple(sorted(named.items()))


def to_json(predicate: Predicate) -> dict[str, Any]:
    """`{"kind": "Calls", "caller": …}`; parameters and constants become objects."""
    out: dict[str, Any] = {"kind": type(predicate).__name__}
    for spec in fields(predicate):
        value = getattr(predicate, spec.name)
        if spec.name in ("parameters", "constants"):
            value = dict(value)
        elif isinstance(predicate, AllOf) and spec.name == "parts":
            value = [to_json(part) for part in predicate.parts]
        elif isinstance(value, tuple):
            value = list(value)
        out[spec.name] = value
    return out


def from_json(given: Mapping[str, Any], place: str = "predicate") -> Predicate:
    """The predicate that `to_json` or a binding file wrote; CheckError names what is unknown or missing."""
    kind = KINDS.get(str(given.get("kind")))
    if kind is None:
        raise CheckError(place, f"no predicate kind {given.get('kind')!r}", f"kinds are {', '.join(KINDS)}")
    known = {spec.name: spec for spec in fields(kind)}
    unknown = set(given) - set(known) - {"kind"}
    if unknown:
        raise CheckError(place, f"{kind.__name__} has no field {sorted(unknown)[0]!r}", f"it has {', '.join(known)}")
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name == "kind":
            continue
        if name in ("parameters", "constants"):
            if not isinstance(value, Mapping):
                raise CheckError(place, f"{name} is {value!r}", "write a table of names and values")
            value = tuple(sorted(value.items()))
        elif kind is AllOf and name == "parts":
            value = tuple(from_json(part, f"{place}.parts[{n}]") for n, part in enumerate(value))
        elif isinstance(value, list):
            value = tuple(value)
        values[name] = value
    try:
        made: Predicate = kind(**values)
    except TypeError as wrong:
        raise CheckError(place, f"{kind.__name__}: {wrong}", f"it has {', '.join(known)}") from None
    return made
