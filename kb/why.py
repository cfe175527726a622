"""In: an item's id. Out: its trail: what it answers, what moved it, who agreed or objected, what it replaced.

Every step is an item of the graph with its own quote; nothing is inferred here.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.errors import UsageError
from kb.reading import Reader
from kb.records import Relation
from kb.roles import Roles
from kb.views import ItemView, LinkView


@dataclass(frozen=True, slots=True)
class Step:
    """One item on the trail, and the link that put it there."""

    item: ItemView
    relation: str
    because: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Who agreed or objected, as what, and by which item."""

    name: str
    address: str
    roles: tuple[str, ...]
    """Of `kb.roles.Role`."""
    relation: str
    item_id: str
    number: int
    """Of the message that says it."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Why an item stands where it stands; each group in reading order."""

    item: ItemView
    answers: tuple[Step, ...] = ()
    """Questions that it answers."""
    moved_by: tuple[Step, ...] = ()
    """Claims and questions that motivate it."""
    agreed: tuple[Step, ...] = ()
    objected: tuple[Step, ...] = ()
    answered_by: tuple[Step, ...] = ()
    """For a question: what answers it. For an action: what fulfils it."""
    replaces: tuple[Step, ...] = ()
    """Decisions that it supersedes or refines."""
    replaced_by: tuple[Step, ...] = ()
    speaks_to: tuple[Step, ...] = ()
    """Items that it agrees with, objects to or fulfils."""
    leads_to: tuple[Step, ...] = ()
    """Items that it motivates."""
    agreed_by: tuple[Voice, ...] = ()
    """Who agreed, others than who said it, each once by the last that they said."""
    objected_by: tuple[Voice, ...] = ()


_FROM = {
    Relation.ANSWERS: "answers",
    Relation.SUPERSEDES: "replaces",
    Relation.REFINES: "replaces",
    Relation.MOTIVATES: "leads_to",
    Relation.SUPPORTS: "speaks_to",
    Relation.ACCEPTS: "speaks_to",
    Relation.DISPUTES: "speaks_to",
    Relation.REFUTES: "speaks_to",
    Relation.REJECTS: "speaks_to",
    Relation.FULFILS: "speaks_to",
}
_TO = {
    Relation.ANSWERS: "answered_by",
    Relation.FULFILS: "answered_by",
    Relation.SUPERSEDES: "replaced_by",
    Relation.REFINES: "replaced_by",
    Relation.MOTIVATES: "moved_by",
    Relation.SUPPORTS: "agreed",
    Relation.ACCEPTS: "agreed",
    Relation.DISPUTES: "objected",
    Relation.REFUTES: "objected",
    Relation.REJECTS: "objected",
}


def why(reader: Reader, item_id: str, roles: Roles | None = None) -> Trail:
    """The trail of the item with this full id, with people's `roles` where they are given.

    UsageError where there is no such item.
    """
    item = reader.item(item_id)
    if item is None:
        raise UsageError(item_id, "no item has this id", "`threadkb decisions` lists decisions")
    groups: dict[str, list[Step]] = {}
    for link in reader.links_of(item_id):
        group, other = _group(link, item_id)
        neighbour = reader.item(other)
        if neighbour is not None:
            groups.setdefault(group, []).append(Step(neighbour, link.relation, link.because))
    ordered = {
        name: tuple(sorted(steps, key=lambda s: (s.item.number, s.item.start, s.item.id)))
        for name, steps in groups.items()
    }
    agreed, objected = ordered.get("agreed", ()), ordered.get("objected", ())
    last = {step.item.author: step for step in sorted([*agreed, *objected], key=lambda s: s.item.number)}
    return Trail(
        item,
        **ordered,
        agreed_by=tuple(_voice(s, roles) for s in agreed if last[s.item.author] == s and s.item.author != item.author),
        objected_by=tuple(_voice(s, roles) for s in objected if last[s.item.author] == s),
    )


def _voice(step: Step, roles: Roles | None) -> Voice:
    item = step.item
    held = roles.of(item.thread_id, item.address) if roles is not None else ()
    return Voice(item.author, item.address, tuple(one.role for one in held), step.relation, item.id, item.number)


def _group(link: LinkView, item_id: str) -> tuple[str, str]:
    relation = Relation(link.relation)
    if link.source == item_id:
        return _FROM[relation], link.target
    return _TO[relation], link.source
