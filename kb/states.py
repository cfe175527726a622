"""In: items, who said them, their links, people's corrections. Out: each item's state, with the reason in words.

A pure fold in date order. Each person has one say on an item, the latest; silence is never assent, and a person's
correction wins over everything that was extracted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from kb.records import STATES, Correction, Item, ItemKind, Link, Relation, Standing, State

_OBJECTIONS = frozenset({Relation.DISPUTES, Relation.REFUTES, Relation.REJECTS})
DECIDES = 0.2
"""Least confidence of a link that moves a state; a weaker one is shown and no more. Best on held-out threads."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who said an item, and when in the thread."""

    author: str
    number: int
    """The message's number in the thread."""


@dataclass(frozen=True, slots=True)
class _Say:
    """One link as somebody's word on its target."""

    relation: Relation
    source: Item
    voice: Voice
    own: bool
    """The author speaks of their own item."""

    @property
    def words(self) -> str:
        text = self.source.quote.text
        short = text if len(text) <= 60 else text[:59].rstrip() + "…"
        return f"'{short}' in #{self.voice.number} by {self.voice.author}"


def fold(
    items: Iterable[Item],
    links: Iterable[Link],
    voices: Mapping[str, Voice],
    corrections: Iterable[Correction] = (),
) -> dict[str, Standing]:
    """The standing of every item. `voices` maps a Message-ID to who wrote it.

    Links that are weaker than `DECIDES`, or whose ends are not among `items`, are ignored. Rejected links and items are
    the caller's to leave out.
    """
    by_id = {item.id: item for item in items}
    says: dict[str, list[_Say]] = defaultdict(list)
    gives: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        source, target = by_id.get(link.source), by_id.get(link.target)
        if source is None or target is None or link.confidence < DECIDES:
            continue
        if source.kind is ItemKind.QUESTION and link.relation in _OBJECTIONS:
            continue  # who asks has not said no
        voice = voices[source.quote.message_id]
        own = voice.author == voices[target.quote.message_id].author
        says[target.id].append(_Say(link.relation, source, voice, own))
        gives[source.id].append(link)
    by_hand = {c.item_id: c for c in sorted(corrections, key=lambda c: c.when) if c.verb == "state"}
    out = {}
    for item in by_id.values():
        heard = sorted(says[item.id], key=lambda s: (s.voice.number, s.source.quote.start, s.source.id))
        correction = by_hand.get(item.id)
        if correction is not None:
            out[item.id] = Standing(item.id, State(correction.value), f"{correction.who} said so by hand")
        else:
            out[item.id] = _standing(item, heard, gives[item.id])
    return out


def _standing(item: Item, heard: list[_Say], given: list[Link]) -> Standing:
    match item.kind:
        case ItemKind.CLAIM:
            return _claim(item, heard)
        case ItemKind.QUESTION:
            return _question(item, heard)
        case ItemKind.DECISION:
            return _decision(item, heard, given)
        case ItemKind.ACTION:
            return _action(item, heard)
        case _:
            assert_never(item.kind)


def _stands(item: Item, state: State, because: str, say: _Say | None = None) -> Standing:
    return Standing(item.id, state, because, say.source.id if say else None)


def _start(item: Item, because: str) -> Standing:
    return _stands(item, STATES[item.kind][0], because)


def _latest_by_person(heard: list[_Say], relations: frozenset[Relation]) -> dict[str, _Say]:
    return {say.voice.author: say for say in heard if say.relation in relations}


_ON_CLAIM = frozenset({Relation.SUPPORTS, Relation.DISPUTES, Relation.REFUTES, Relation.ACCEPTS, Relation.REJECTS})


def _claim(item: Item, heard: list[_Say]) -> Standing:
    words = _latest_by_person(heard, _ON_CLAIM)
    for say in words.values():
        if say.relation is Relation.REFUTES:
            who = "withdrawn" if say.own else "refuted"
            return _stands(item, State.REFUTED, f"{who}: {say.words}", say)
    for say in words.values():
        if say.relation in (Relation.DISPUTES, Relation.REJECTS) and not say.own:
            return _stands(item, State.DISPUTED, f"disputed: {say.words}", say)
    for say in words.values():
        if say.relation in (Relation.SUPPORTS, Relation.ACCEPTS) and not say.own:
            return _stands(item, State.SUPPORTED, f"supported: {say.words}", say)
    return _start(item, "nobody objected")


def _question(item: Item, heard: list[_Say]) -> Standing:
    for say in heard:
        if say.relation is Relation.ANSWERS:
            return _stands(item, State.ANSWERED, f"answered: {say.words}", say)
    return _start(item, "no answer was found")


_ON_DECISION = frozenset({Relation.ACCEPTS, Relation.REJECTS, Relation.SUPPORTS, Relation.DISPUTES})


def _decision(item: Item, heard: list[_Say], given: list[Link]) -> Standing:
    for say in reversed(heard):
        if say.relation is Relation.SUPERSEDES:
            return _stands(item, State.SUPERSEDED, f"superseded: {say.words}", say)
    words = _latest_by_person(heard, _ON_DECISION)
    for say in words.values():
        if say.relation is Relation.REJECTS:
            return _stands(item, State.REJECTED, f"{'withdrawn' if say.own else 'rejected'}: {say.words}", say)
    for say in words.values():
        if say.relation is Relation.ACCEPTS and not say.own:
            return _stands(item, State.ACCEPTED, f"accepted: {say.words}", say)
    objection = next((s for s in words.values() if s.relation is Relation.DISPUTES and not s.own), None)
    if objection is not None:
        return _stands(item, State.PROPOSED, f"objected to: {objection.words}", objection)
    for link in given:
        if link.relation in (Relation.ACCEPTS, Relation.REJECTS):
            return _stands(item, State.ACCEPTED, "its words settle another decision, and nobody objected")
    if item.commits:
        return _stands(item, State.ACCEPTED, "its author commits to it, and nobody objected")
    return _start(item, "nobody took it up")


def _action(item: Item, heard: list[_Say]) -> Standing:
    for say in heard:
        if say.relation is Relation.FULFILS:
            return _stands(item, State.DONE, f"done: {say.words}", say)
    return _start(item, "nothing shows that it was done")
