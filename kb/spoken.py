"""In: corrections, one by one in the order of their time. Out: what people say of which words and links. Pure.

Words are known by their message and text, whatever extraction makes of them. The latest word on an item counts; what
cannot be carried out is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from kb import ids
from kb.corrections import Conflict, Verb, edited, named
from kb.records import Correction, Item, ItemKind, Named, Relation, State

Make = Callable[[Named], Item | None]
"""The item with the words that a correction names; None where the message's author did not write them."""
Words = tuple[str, str]
"""Message-ID and quote."""

_LEAST = {Verb.MERGE: 2, Verb.SPLIT: 3, Verb.LINK: 2, Verb.UNLINK: 2}
"""How many items a verb names; the others name one."""


@dataclass(slots=True)
class Entry:
    """What is known of some words while corrections are laid over them."""

    item: Item
    before: Item | None = None
    """The item that extraction gave."""
    rejected: bool = False
    by_hand: bool = False
    state: tuple[Correction, str] | None = None
    becomes: tuple[Words, ...] = ()
    """The words that took its place: one where it was merged into another item, several where it was split."""

    @property
    def stands(self) -> bool:
        """Whether it is an item of the thread."""
        return not self.rejected

    @property
    def as_found(self) -> bool:
        """Whether it is the item that extraction gave, by its id."""
        return self.before is not None and self.before.id == self.item.id


@dataclass(slots=True)
class Spoken:
    """What corrections say of a thread's items."""

    make: Make
    entries: dict[Words, Entry] = field(default_factory=dict)
    edges: dict[tuple[Words, Relation, Words], tuple[Correction, str] | None] = field(default_factory=dict)
    """Links given by hand, the latest word last; None where a link was taken away."""
    conflicts: list[Conflict] = field(default_factory=list)

    def take(self, correction: Correction, own_id: str) -> None:
        """Let one correction count."""
        try:
            verb = Verb(correction.verb)
            known = [self._entry(one, correction.who) for one in correction.named]
            gone = [f"'{n.quote}'" for n, one in zip(correction.named, known, strict=True) if one is None]
            if not known or gone:
                what = f"{' and '.join(gone)} does not stand in the mail any more" if gone else "it names no item"
                self.conflicts.append(Conflict(own_id, what))
                return
            found = [one for one in known if one is not None]
            if len({words for words, _ in found}) != len(found) or len(found) < _LEAST.get(verb, 1):
                raise ValueError(verb)
            if verb is Verb.UNLINK and any(words not in self.entries for words, _ in found):
                return  # words that are no item have no links
            self._carry_out(verb, correction, own_id, found)
        except (ValueError, KeyError, IndexError, AttributeError, TypeError):
            what = f"it says '{correction.verb} {correction.value}', which means nothing"
            self.conflicts.append(Conflict(own_id, what))

    def _carry_out(self, verb: Verb, correction: Correction, own_id: str, found: list[tuple[Words, Entry]]) -> None:
        words = [one for one, _ in found]
        entries = [entry for _, entry in found]
        first, kind, who = entries[0], correction.named[0].kind, correction.who
        match verb:
            case Verb.CONFIRM | Verb.ADD:
                _hold(first, kind, f"{'confirmed' if verb is Verb.CONFIRM else 'added'} by {who}")
            case Verb.REJECT:
                _give_up(first)
            case Verb.EDIT:
                other, says = edited(correction.value)
                _hold(first, other or kind, f"edited by {who}", says)
            case Verb.STATE:
                State(correction.value)
                _hold(first, kind, "")
                first.state = correction, own_id
            case Verb.MERGE:
                _hold(first, kind, f"merged by {who}")
                first.item = _joined(first.item, [entry.item for entry in entries[1:]])
                for entry in entries[1:]:
                    _give_up(entry, words[0])
            case Verb.SPLIT:
                _give_up(first, *words[1:])
                for entry, part in zip(entries[1:], correction.named[1:], strict=True):
                    _hold(entry, part.kind, f"split by {who}")
            case Verb.LINK | Verb.UNLINK:
                edge = (words[0], Relation(correction.value.split()[0]), words[1])
                self.edges.pop(edge, None)
                self.edges[edge] = (correction, own_id) if verb is Verb.LINK else None
                if verb is Verb.LINK:
                    for entry in entries:
                        entry.by_hand = True
            case _:
                raise ValueError(verb)
        self.entries.update(found)

    def _entry(self, one: Named, who: str) -> tuple[Words, Entry] | None:
        words = (one.message_id, one.quote)
        if words in self.entries:
            return words, self.entries[words]
        item = self.make(one)
        if item is None:
            return None
        words = (item.quote.message_id, item.quote.text)  # as the mail has them, which may differ in quotation marks
        if words in self.entries:
            return words, self.entries[words]
        return words, Entry(replace(item, confidence=1.0, cue=f"kept by {who}"), by_hand=True)

    def heirs(self, words: Words, *, merged_only: bool = False) -> Iterator[Entry]:
        """The items that these words are now: themselves, or what took their place; none where they were rejected.

        With `merged_only` words that were split have none.
        """
        waiting = [words]
        while waiting:
            entry = self.entries[waiting.pop(0)]
            if entry.stands:
                yield entry
            elif not merged_only or len(entry.becomes) == 1:
                waiting += [each for each in entry.becomes if each not in waiting]


def _hold(entry: Entry, kind: ItemKind, cue: str, says: str = "") -> None:
    """A person says that this is an item of this kind."""
    item = entry.item
    if kind is not item.kind:
        own = ids.item_id(item.quote.message_id, kind, item.quote.text)
        item = replace(item, id=own, kind=kind, commits=False)
        if entry.before is not None and entry.before.kind is kind:
            item = replace(item, commits=entry.before.commits)
    entry.item = replace(item, confidence=1.0, cue=cue or item.cue, says=says or item.says)
    entry.rejected, entry.by_hand, entry.becomes = False, True, ()


def _give_up(entry: Entry, *becomes: Words) -> None:
    """A person says that this is no item, or that others take its place."""
    entry.rejected, entry.by_hand, entry.becomes = True, True, becomes


def _joined(item: Item, others: list[Item]) -> Item:
    """An item with what several know: their topics and names, and that one of its kind commits."""
    every = [item, *others]
    return replace(
        item,
        topics=tuple(dict.fromkeys(topic for one in every for topic in one.topics)),
        entities=tuple(dict.fromkeys(entity for one in every for entity in one.entities)),
        commits=any(one.commits for one in every if one.kind is item.kind),
    )


def spoken(items: list[Item], make: Make) -> Spoken:
    """What is said before anybody spoke: that the items which extraction gave are items."""
    return Spoken(make, {(one.message_id, one.quote): Entry(item, item) for item in items for one in [named(item)]})
