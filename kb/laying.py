"""In: a thread as it was extracted, and corrections. Out: its items, links and states as people have them. Pure.

What people said holds for whatever extraction makes of the words; words that it does not give are made an item by hand,
and what it found in their place gives way. What cannot be carried out is a conflict, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb import ids
from kb.corrections import Conflict, Verb, edited, effective, id_of, named
from kb.records import STATES, Correction, Item, ItemKind, Link, Named, Relation, State

HALF = 0.5
"""Words of which so much is the same are the same item to whoever rejected them (intersection / union)."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A thread's items and links with corrections laid over them."""

    items: tuple[Item, ...]
    """In reading order."""
    links: tuple[Link, ...]
    stated: tuple[Correction, ...] = ()
    """States given by hand, for `kb.states.fold`; each names the item as it is called now."""
    conflicts: tuple[Conflict, ...] = ()


Make = Callable[[Named], Item | None]
"""The item with the words that a correction names; None where the message's author did not write them."""
Guess = Callable[[Sequence[Item], Collection[str]], Iterable[Link]]
"""The likely links among items in reading order that begin or end at one of these ids."""
Allowed = Callable[[Relation, ItemKind, ItemKind], bool]


_Words = tuple[str, str]
"""Message-ID and quote."""


@dataclass(slots=True)
class _Entry:
    """What is known of some words while corrections are laid over them."""

    item: Item | None = None
    before: Item | None = None
    """The item that extraction gave."""
    rejected: bool = False
    by_hand: bool = False
    state: tuple[Correction, str] | None = None


@dataclass(slots=True)
class _Laying:
    make: Make
    entries: dict[_Words, _Entry] = field(default_factory=dict)
    edges: dict[tuple[_Words, Relation, _Words], tuple[Correction, str] | None] = field(default_factory=dict)
    """Links given by hand; None where a link was taken away."""
    conflicts: list[Conflict] = field(default_factory=list)

    def take(self, correction: Correction, own_id: str) -> None:
        """Let one correction count."""
        try:
            verb = Verb(correction.verb)
            words = [(one.message_id, one.quote) for one in correction.named]
            entries = [self._entry(one, correction.who) for one in correction.named]
            fresh = [(w, e) for w, e in zip(words, entries, strict=True) if e is not None and w not in self.entries]
            if not entries or any(entry is None for entry in entries):
                gone = [f"'{n.quote}'" for n, e in zip(correction.named, entries, strict=True) if e is None]
                what = f"{' and '.join(gone)} does not stand in the mail any more" if gone else "it names no item"
                self.conflicts.append(Conflict(own_id, what))
                return
            if verb is Verb.UNLINK and fresh:
                return  # words that are no item have no links
            self.entries.update(fresh)
            first, kind = entries[0], correction.named[0].kind
            assert first is not None
            match verb:
                case Verb.CONFIRM | Verb.ADD:
                    done = "confirmed" if verb is Verb.CONFIRM else "added"
                    self._hold(first, kind, f"{done} by {correction.who}")
                case Verb.REJECT:
                    first.rejected, first.by_hand = True, True
                case Verb.EDIT:
                    other, says = edited(correction.value)
                    self._hold(first, other or kind, f"edited by {correction.who}", says)
                case Verb.STATE:
                    State(correction.value)
                    self._hold(first, kind, "")
                    first.state = correction, own_id
                case Verb.LINK | Verb.UNLINK:
                    relation = Relation(correction.value.split()[0])
                    edge = (words[0], relation, words[1])
                    self.edges[edge] = (correction, own_id) if verb is Verb.LINK else None
                    if verb is Verb.LINK:
                        for entry in entries:
                            assert entry is not None
                            entry.by_hand = True
                case _:
                    raise ValueError(verb)
        except (ValueError, KeyError, IndexError, AttributeError):
            self.conflicts.append(
                Conflict(own_id, f"it says '{correction.verb} {correction.value}', which means nothing")
            )

    def _entry(self, one: Named, who: str) -> _Entry | None:
        words = (one.message_id, one.quote)
        entry = self.entries.get(words)
        if entry is None:
            item = self.make(one)
            if item is None:
                return None
            item = replace(item, confidence=1.0, cue=f"kept by {who}")
            entry = _Entry(item, None, by_hand=True)
        return entry

    def _hold(self, entry: _Entry, kind: ItemKind, cue: str, says: str = "") -> None:
        """A person says that this is an item of this kind."""
        item = entry.item
        assert item is not None
        if kind is not item.kind:
            own = ids.item_id(item.quote.message_id, kind, item.quote.text)
            item = replace(item, id=own, kind=kind, commits=False)
            if entry.before is not None and entry.before.kind is kind:
                item = replace(item, commits=entry.before.commits)
        entry.item = replace(item, confidence=1.0, cue=cue or item.cue, says=says or item.says)
        entry.rejected, entry.by_hand = False, True


def lay_over(
    items: Sequence[Item],
    links: Sequence[Link],
    corrections: Iterable[Correction],
    *,
    make: Make,
    guess: Guess,
    allowed: Allowed,
    numbers: Mapping[str, int],
) -> Laid:
    """Items and links of one thread as people have them. `numbers` gives each message its place in the thread."""
    known = {item.id: named(item) for item in items}
    laying = _Laying(make, {(i.quote.message_id, i.quote.text): _Entry(i, i) for i in items})
    for correction in effective(corrections):
        own_id = id_of(correction)
        if not correction.named and correction.item_id in known:
            correction = replace(correction, named=(known[correction.item_id],))
        laying.take(correction, own_id)
    entries = laying.entries
    _give_way(list(entries.values()))
    kept = [e.item for e in entries.values() if e.item is not None and not e.rejected]
    ordered = tuple(sorted(kept, key=lambda i: (numbers.get(i.quote.message_id, 0), i.quote.start, i.id)))
    stated = []
    for entry in entries.values():
        if entry.item is None or entry.rejected or entry.state is None:
            continue
        correction, own_id = entry.state
        if correction.value in STATES[entry.item.kind]:
            stated.append(replace(correction, item_id=entry.item.id))
        else:
            laying.conflicts.append(Conflict(own_id, f"'{correction.value}' is no state of {entry.item.kind}s"))
    linked = _links(laying, ordered, links, guess, allowed)
    return Laid(ordered, linked, tuple(stated), tuple(laying.conflicts))


def _give_way(entries: Sequence[_Entry]) -> None:
    """Extracted items that nobody spoke of give way to those made by hand, and fall with what was rejected."""
    by_message: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.by_hand and entry.before is None and entry.item is not None:
            by_message.setdefault(entry.item.quote.message_id, []).append(entry)
    for entry in entries:
        if entry.by_hand or entry.item is None:
            continue
        quote = entry.item.quote
        for other in by_message.get(quote.message_id, ()):
            assert other.item is not None
            start, end = other.item.quote.start, other.item.quote.end
            shared = min(end, quote.end) - max(start, quote.start)
            whole = max(end, quote.end) - min(start, quote.start)
            if shared > 0 and (not other.rejected or shared >= HALF * whole):
                entry.rejected = True


def _links(
    laying: _Laying, items: Sequence[Item], links: Sequence[Link], guess: Guess, allowed: Allowed
) -> tuple[Link, ...]:
    entries = laying.entries
    present = {item.id: item for item in items}
    same = {e.before.id for e in entries.values() if e.before and e.item and e.before.id == e.item.id}
    same &= set(present)
    fresh = set(present) - same
    every = {(k.source, k.relation, k.target): k for k in links if k.source in same and k.target in same}
    if fresh:
        for link in guess(items, fresh):
            every.setdefault((link.source, link.relation, link.target), link)
    by_hand = set()
    for (first, relation, second), given in laying.edges.items():
        a, b = entries[first], entries[second]
        if a.item is None or b.item is None or a.rejected or b.rejected:
            continue  # who rejects an item rejects its links
        key = (a.item.id, relation, b.item.id)
        if given is None:
            every.pop(key, None)
        elif not allowed(relation, a.item.kind, b.item.kind):
            what = f"'{relation}' cannot lead from {a.item.kind} to {b.item.kind}"
            laying.conflicts.append(Conflict(given[1], what))
        else:
            by_hand.add(key)
            every = {k: v for k, v in every.items() if (k[0], k[2]) != (key[0], key[2]) or k in by_hand}
            every[key] = Link(*key, 1.0, f"linked by {given[0].who}")
    return tuple(every.values())
