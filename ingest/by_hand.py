"""In: a thread, what was extracted from it, and corrections. Out: the derived thread with the corrections laid over it.

The same whether the thread was extracted just now or long ago: nothing is parsed here, and what no correction touches
stays as it is, to the digit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from ingest.entities import entities_of
from ingest.pairs import LED, Placed
from ingest.quoting import answered_passage
from ingest.relate import allowed, links_of
from ingest.sentences import Block, blocks_of
from ingest.softmax import Softmax, shipped
from ingest.topics import MOST
from kb import states
from kb.corrections import Verb, effective, touching
from kb.ids import fold, item_id
from kb.laying import lay_over
from kb.own_words import place_of
from kb.records import Correction, Item, Link, Named, Quote, Thread
from kb.store.extracted import Extracted
from kb.store.rows import DerivedThread


def corrected(thread: Thread, extracted: Extracted, corrections: Sequence[Correction]) -> DerivedThread:
    """The derived thread; the links of items that people made or gave another kind are guessed."""
    numbers = {m.message_id: number for number, m in enumerate(thread.messages)}
    voices = {m.message_id: states.Voice(m.author, numbers[m.message_id]) for m in thread.messages}
    undoings = (c for c in corrections if c.verb == Verb.UNDO)
    count = effective((*touching(corrections, numbers.keys()), *undoings))
    if not count:
        standings = states.fold(extracted.items, extracted.links, voices)
        return DerivedThread(thread, extracted.items, extracted.links, standings)
    known = Counter(topic for item in extracted.items for topic in item.topics)
    laid = lay_over(
        extracted.items,
        extracted.links,
        count,
        make=lambda one: item_of(thread, one, known),
        guess=lambda items, fresh: _guessed(thread, items, fresh, shipped().links),
        allowed=allowed,
        numbers=numbers,
    )
    standings = states.fold(laid.items, laid.links, voices, laid.stated)
    return DerivedThread(thread, laid.items, laid.links, standings, extracted=extracted, conflicts=laid.conflicts)


def item_of(thread: Thread, one: Named, topics: Collection[str] = ()) -> Item | None:
    """The item with the words that a person named, of `topics` those that stand in them; None where they are gone."""
    message = next((m for m in thread.messages if m.message_id == one.message_id), None)
    if message is None:
        return None
    place = place_of(one.quote, message.body, thread.zones.get(message.message_id, ()))
    if place is None:
        return None
    text = fold(message.body[place[0] : place[1]])
    plain = text.casefold()
    return Item(
        id=item_id(message.message_id, one.kind, text),
        kind=one.kind,
        quote=Quote(message.message_id, *place, text),
        says=text,
        confidence=1.0,
        cue="made by hand",
        topics=tuple(topic for topic in topics if topic in plain)[:MOST],
        entities=entities_of(text),
    )


def placed_in(thread: Thread, items: Sequence[Item]) -> Iterator[Placed]:
    """Each of `items`, which are in reading order, with where it stands; one outside every paragraph is left out."""
    blocks: dict[str, tuple[Block, ...]] = {}
    authors = {m.message_id: m.author for m in thread.messages}
    bodies = {m.message_id: m.body for m in thread.messages}
    counts: Counter[tuple[str, int]] = Counter()
    ended: Counter[tuple[str, int]] = Counter()
    for item in items:
        name, start = item.quote.message_id, item.quote.start
        zones = thread.zones.get(name, ())
        if name not in blocks:
            blocks[name] = blocks_of(bodies[name], zones)
        home = next((b for b in blocks[name] if b.places[0] <= start <= b.places[-1]), None)
        if home is None:
            continue
        key = (name, home.number)
        led = fold(bodies[name][max(ended[key], home.places[0], start - LED) : start])
        passage = answered_passage(zones, home.places[0])
        yield Placed(item, authors[name], home.number, counts[key], home.under, passage, led)
        counts[key] += 1
        ended[key] = item.quote.end


def _guessed(thread: Thread, items: Sequence[Item], fresh: Collection[str], model: Softmax) -> Iterator[Link]:
    for link in links_of(list(placed_in(thread, items)), model):
        if link.source in fresh or link.target in fresh:
            yield link
