"""In: a thread as it was extracted, and corrections. Out: its items, links and states as people have them. Pure.

What people said holds for whatever extraction makes of the words; words that it does not give are made an item by hand,
and what it found in their place gives way. What cannot be carried out is a conflict, never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.corrections import Conflict, effective, id_of
from kb.records import STATES, Correction, Item, Link
from kb.relinking import Allowed, Guess, relinked
from kb.spoken import Entry, Make, Spoken, spoken

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
    said = spoken(list(items), make)
    for correction in effective(corrections):
        said.take(correction, id_of(correction))
    _give_way(list(said.entries.values()))
    kept = [entry.item for entry in said.entries.values() if entry.stands]
    ordered = tuple(sorted(kept, key=lambda i: (numbers.get(i.quote.message_id, 0), i.quote.start, i.id)))
    stated = tuple(_stated(said))
    linked = relinked(said, ordered, links, guess, allowed)
    return Laid(ordered, linked, stated, tuple(said.conflicts))


def _give_way(entries: Sequence[Entry]) -> None:
    """Extracted items that nobody spoke of give way to those made by hand, and go the way of what was given up."""
    by_message: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.by_hand and entry.before is None:
            by_message.setdefault(entry.item.quote.message_id, []).append(entry)
    for entry in entries:
        if entry.by_hand:
            continue
        quote = entry.item.quote
        for other in by_message.get(quote.message_id, ()):
            start, end = other.item.quote.start, other.item.quote.end
            shared = min(end, quote.end) - max(start, quote.start)
            whole = max(end, quote.end) - min(start, quote.start)
            if shared > 0 and (not other.rejected or shared >= HALF * whole):
                entry.rejected = True
                entry.becomes = entry.becomes or other.becomes


def _stated(said: Spoken) -> Iterator[Correction]:
    """The latest state that somebody gave each item by hand, under its id, and of what it took the place of."""
    latest: dict[str, tuple[Correction, str]] = {}
    for words, entry in said.entries.items():
        if entry.state is None:
            continue
        correction, own_id = entry.state
        heirs = list(said.heirs(words))
        fitting = [heir.item for heir in heirs if correction.value in STATES[heir.item.kind]]
        if heirs and not fitting:
            what = f"'{correction.value}' is no state of {heirs[0].item.kind}s"
            said.conflicts.append(Conflict(own_id, what))
        for item in fitting:
            known = latest.get(item.id)
            if known is None or (known[0].when, known[1]) < (correction.when, own_id):
                latest[item.id] = correction, own_id
    for item_id, (correction, _) in latest.items():
        yield replace(correction, item_id=item_id)
