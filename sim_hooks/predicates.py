"""In: what a claim says that can be checked. Out: a small typed value, and its JSON both ways.

A predicate states what would be the case if the claim were true; `expect=False` turns it round ("does not reach").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias, get_args

from kb.errors import CheckError
from sim_hooks.source_predicates import (
    ArgumentHas,
    CallerCount,
    CallersAre,
    Calls,
    Chain,
    ConfigIs,
    ConstantIs,
    DefaultIs,
    DefinedIn,
    HasField,
    Installs,
    IsExported,
    IsStatic,
    MaskHas,
    OnlyFrom,
    Parameters,
    PathExists,
    Reaches,
    ReturnsError,
    SystemCallExists,
    TakesLock,
)

__all__ = [
    "KINDS",
    "AllOf",
    "AlwaysEnds",
    "ArgumentHas",
    "CallerCount",
    "CallersAre",
    "Calls",
    "CanHappen",
    "Chain",
    "ConfigIs",
    "ConstantIs",
    "Deadlocks",
    "DefaultIs",
    "DefinedIn",
    "HasField",
    "Installs",
    "IsExported",
    "IsStatic",
    "MaskHas",
    "OnlyFrom",
    "Parameters",
    "PathExists",
    "PercentChanges",
    "Predicate",
    "ProductIs",
    "QuotientIs",
    "Reaches",
    "ReturnsError",
    "StallsAtMost",
    "SumIs",
    "SystemCallExists",
    "TakesLock",
    "all_of",
    "from_json",
    "parameters",
    "to_json",
]


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
class ProductIs:
    """`factors` multiplied give `total`."""

    factors: tuple[str, ...]
    total: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class QuotientIs:
    """`dividend` divided by `divisor` gives `quotient`, which may be per cent."""

    dividend: str
    divisor: str
    quotient: str
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
    | CallerCount
    | DefinedIn
    | PathExists
    | ArgumentHas
    | ReturnsError
    | TakesLock
    | ConstantIs
    | MaskHas
    | DefaultIs
    | IsExported
    | IsStatic
    | HasField
    | Installs
    | SystemCallExists
    | ConfigIs
    | PercentChanges
    | SumIs
    | ProductIs
    | QuotientIs
    | Deadlocks
    | AlwaysEnds
    | CanHappen
    | StallsAtMost
    | AllOf
)

KINDS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in get_args(Predicate)}
"""Every kind by its name."""

_TABLES = ("parameters", "constants", "modes")
"""Fields that are tables of names and values in JSON."""


def all_of(parts: Sequence[Predicate]) -> Predicate:
    """The one predicate that says all of `parts`, of which there is at least one."""
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def parameters(**named: int | str | bool) -> Parameters:
    """Named values as a sorted tuple."""
    return tuple(sorted(named.items()))


def to_json(predicate: Predicate) -> dict[str, Any]:
    """`{"kind": "Calls", "caller": …}`; parameters and constants become objects."""
    out: dict[str, Any] = {"kind": type(predicate).__name__}
    for spec in fields(predicate):
        value = getattr(predicate, spec.name)
        if spec.name in _TABLES:
            value = dict(value)
        elif isinstance(predicate, AllOf) and spec.name == "parts":
            value = [to_json(part) for part in predicate.parts]
        elif isinstance(value, tuple):
            value = list(value)
        out[spec.name] = value
    return out


def from_json(
    given: Mapping[str, Any], place: str = "predicate", *, kinds: Mapping[str, type[Any]] = KINDS
) -> Predicate:
    """The predicate that `to_json` or a binding file wrote; CheckError names what is unknown or missing.

    `kinds` are those that are known: more than threadkb's own where hooks of somebody's own bring theirs.
    """
    kind = kinds.get(str(given.get("kind")))
    if kind is None:
        raise CheckError(place, f"no predicate kind {given.get('kind')!r}", f"kinds are {', '.join(kinds)}")
    known = {spec.name: spec for spec in fields(kind)}
    unknown = set(given) - set(known) - {"kind"}
    if unknown:
        raise CheckError(place, f"{kind.__name__} has no field {sorted(unknown)[0]!r}", f"it has {', '.join(known)}")
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name == "kind":
            continue
        if name in _TABLES:
            if not isinstance(value, Mapping):
                raise CheckError(place, f"{name} is {value!r}", "write a table of names and values")
            value = tuple(sorted(value.items()))
        elif kind is AllOf and name == "parts":
            value = tuple(from_json(part, f"{place}.parts[{n}]", kinds=kinds) for n, part in enumerate(value))
        elif isinstance(value, list):
            value = tuple(value)
        values[name] = value
    try:
        made: Predicate = kind(**values)
    except TypeError as wrong:
        raise CheckError(place, f"{kind.__name__}: {wrong}", f"it has {', '.join(known)}") from None
    return made
