"""In: what people say of a thread's items, and the links that were extracted. Out: the links as people have them. Pure.

Links that were found stay with their items, and go over to the item that theirs was merged into. Links given by hand
hold for whatever took an item's place. Only items that extraction did not give have their links guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from kb.corrections import Conflict
from kb.records import Item, ItemKind, Link, Relation
from kb.spoken import Entry, Spoken, Words

Guess = Callable[[Sequence[Item], Collection[str]], Iterable[Link]]
"""The likely links among items in reading order that begin or end at one of these ids."""
Allowed = Callable[[Relation, ItemKind, ItemKind], bool]

_Key = tuple[str, Relation, str]


def relinked(
    spoken: Spoken, items: Sequence[Item], links: Sequence[Link], guess: Guess, allowed: Allowed
) -> tuple[Link, ...]:
    """The links among `items`, which are in reading order; what cannot be linked so is added to the conflicts."""
    present = {item.id for item in items}
    same = {entry.item.id for entry in spoken.entries.values() if entry.as_found and entry.stands}
    every: dict[_Key, Link] = {}
    moved: dict[tuple[str, str], Link] = {}
    for link, own in _found(spoken, links, allowed):
        if own:
            every[link.source, link.relation, link.target] = link
        else:
            pair = (link.source, link.target)
            moved[pair] = max(moved.get(pair, link), link, key=lambda k: (k.confidence, k.relation))
    linked = {(key[0], key[2]) for key in every}
    every |= {(k.source, k.relation, k.target): k for pair, k in moved.items() if pair not in linked}
    fresh = present - same
    if fresh:
        for link in guess(items, fresh):
            if (link.source, link.target) not in moved:
                every.setdefault((link.source, link.relation, link.target), link)
    return tuple(_by_hand(spoken, every, allowed).values())


def _found(spoken: Spoken, links: Sequence[Link], allowed: Allowed) -> Iterator[tuple[Link, bool]]:
    """Each link that extraction gave, where it leads now, and whether both its ends are what they were."""
    words: dict[str, Words] = {e.before.id: w for w, e in spoken.entries.items() if e.before is not None}
    for link in links:
        source, target = words.get(link.source), words.get(link.target)
        if source is None or target is None:
            continue
        ends = [spoken.entries[source], spoken.entries[target]]
        if not all(entry.as_found for entry in ends):
            continue
        if all(entry.stands for entry in ends):
            yield link, True
            continue
        if spoken.edges.get((source, link.relation, target), link) is None:
            continue  # it was taken away before it could go over
        first, second = (next(spoken.heirs(end, merged_only=True), None) for end in (source, target))
        if first is None or second is None or first is second:
            continue
        if allowed(link.relation, first.item.kind, second.item.kind):
            yield replace(link, source=first.item.id, target=second.item.id), False


def _by_hand(spoken: Spoken, every: dict[_Key, Link], allowed: Allowed) -> dict[_Key, Link]:
    by_hand: set[_Key] = set()
    for (first, relation, second), given in spoken.edges.items():
        ends = [(a, b) for a in spoken.heirs(first) for b in spoken.heirs(second) if a is not b]
        if given is None:
            for a, b in ends:
                every.pop((a.item.id, relation, b.item.id), None)
            continue
        fitting = [(a, b) for a, b in ends if allowed(relation, a.item.kind, b.item.kind)]
        if ends and not fitting:
            spoken.conflicts.append(Conflict(given[1], _unfit(relation, *ends[0])))
        for a, b in fitting:
            key = (a.item.id, relation, b.item.id)
            by_hand.add(key)
            every = {k: v for k, v in every.items() if (k[0], k[2]) != (key[0], key[2]) or k in by_hand}
            every[key] = Link(*key, 1.0, f"linked by {given[0].who}")
    return every


def _unfit(relation: Relation, source: Entry, target: Entry) -> str:
    return f"'{relation}' cannot lead from {source.item.kind} to {target.item.kind}"
