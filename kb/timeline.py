"""In: decisions and the links at them. Out: a time line: what was proposed, what moved it, what took its place.

Decisions that replace or refine each other make one matter and stand together, the earliest first. Nothing is inferred:
every step is a link of the graph, at the date of the mail that made it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.choosing import Order, Wanted
from kb.listing import Listing, states_held
from kb.reading import Reader
from kb.records import Relation

_TO = {
    Relation.ACCEPTS: "agreed",
    Relation.SUPPORTS: "supported",
    Relation.DISPUTES: "objected",
    Relation.REFUTES: "objected",
    Relation.REJECTS: "rejected",
    Relation.SUPERSEDES: "replaced by",
    Relation.REFINES: "refined by",
    Relation.MOTIVATES: "moved by",
    Relation.ANSWERS: "answered by",
    Relation.FULFILS: "done by",
}
_FROM = {
    Relation.ACCEPTS: "agrees to",
    Relation.SUPPORTS: "supports",
    Relation.DISPUTES: "objects to",
    Relation.REFUTES: "objects to",
    Relation.REJECTS: "rejects",
    Relation.SUPERSEDES: "replaces",
    Relation.REFINES: "refines",
    Relation.MOTIVATES: "leads to",
    Relation.ANSWERS: "answers",
    Relation.FULFILS: "fulfils",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that moved a decision, or that it moved."""

    words: str
    """`agreed`, `objected`, `replaced by`, …: read from the decision."""
    other: str
    """The item at the other end."""
    date: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """Decisions that took each other's place, the earliest first."""

    decisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Decisions in matters, and what moved each."""

    listing: Listing
    matters: tuple[Matter, ...] = ()
    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    """By decision, the earliest first."""


def timeline(reader: Reader, wanted: Wanted) -> Timeline:
    """The decisions that fit, in the order wanted."""
    rows = reader.ask("items_in_order", **wanted.asked())
    dates = {row["id"]: row["date"] for row in rows}
    steps: dict[str, list[Step]] = defaultdict(list)
    pairs = []
    for row in reader.ask("decision_steps", thread=wanted.thread):
        if row["decision"] not in dates:
            continue
        relation = Relation(row["relation"])
        words = (_FROM if row["outward"] else _TO)[relation]
        steps[row["decision"]].append(Step(words, row["other"], row["date"], row["because"]))
        if relation in (Relation.SUPERSEDES, Relation.REFINES) and row["outward"]:
            pairs.append((row["decision"], row["other"]))
    ids = tuple(dates)
    found = Listing(wanted, ids, states=states_held(reader, wanted.thread))
    return Timeline(found, matters(ids, pairs, dates), {own: tuple(held) for own, held in steps.items()})


def matters(ids: Sequence[str], pairs: Iterable[tuple[str, str]], dates: Mapping[str, str]) -> tuple[Matter, ...]:
    """`ids` grouped by the `pairs` that replace each other; a matter stands where its first id stands in `ids`."""
    head = {own: own for own in ids}

    def root(own: str) -> str:
        while head[own] != own:
            head[own] = head[head[own]]
            own = head[own]
        return own

    for one, other in pairs:
        if one in head and other in head:
            head[root(one)] = root(other)
    groups: dict[str, list[str]] = {}
    for own in ids:
        groups.setdefault(root(own), []).append(own)
    return tuple(Matter(tuple(sorted(group, key=lambda own: dates[own]))) for group in groups.values())


ORDERS = (Order.NEWEST, Order.THREAD, Order.STATE, Order.PERSON)
"""The orders that mean something for decisions."""
