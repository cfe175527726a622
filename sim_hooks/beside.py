"""In: messages, their items, and what was read of these. Out: words without an item that can be read for certain.

Extraction may pass over a chain of calls or a diffstat, or cut it; what its shape alone tells is checked all the same.
Such words are handed on as claims of their own, beside the items that extraction found and never among them. So are the
parts of an item that says several things: the item gets one verdict, and each part its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kb.ids import fold, item_id
from kb.records import Item, ItemKind, Quote
from sim_hooks.bind import Around, Binding, bind
from sim_hooks.bindings import HandBinding, cover
from sim_hooks.readers.statements import statements

_CERTAIN = 0.85
"""Confidence that a reading must have where no extraction said that the words are a claim."""
_COVERED = 2 / 3
"""Share of the shorter of two stretches of words by which they are the same words."""
_SLACK = 12
"""Letters by which places in a body and in its folded words may be apart."""
BY_RULE, A_PART = "read by a rule, held by no item", "a part of an item that says several things"
"""The cues of such claims."""


def beside(
    items: Sequence[Item],
    bindings: Mapping[str, Sequence[Binding]],
    messages: Mapping[str, Around],
    hand: Sequence[HandBinding] = (),
) -> tuple[tuple[Item, ...], dict[str, tuple[Binding, ...]]]:
    """Claims for what `messages` (by Message-ID) say beside `items`, and what each is read as, by its id.

    `bindings` are those of the items, `hand` all that were written by hand: what one of them reads is not read again.
    """
    found: dict[str, tuple[Item, tuple[Binding, ...]]] = {}
    of_message: dict[str, list[Item]] = {}
    for item in items:
        of_message.setdefault(item.quote.message_id, []).append(item)
        for part, read in _parts(item, bindings.get(item.id, ())):
            found.setdefault(part.id, (part, (read,)))
    for message_id, around in messages.items():
        known = of_message.get(message_id, [])
        taken = [(one.quote.start, one.quote.end) for one in known if bindings.get(one.id)]
        taken += [(one.quote.start, one.quote.end) for one in known if one.kind == ItemKind.QUESTION]
        by_hand = [one.quote for one in hand if one.message_id == message_id]
        for item, certain in _unheld(message_id, around, taken):
            if not any(cover(words, item.quote.text) >= _COVERED for words in by_hand):
                found.setdefault(item.id, (item, certain))
    extracted = {item.id for item in items}
    kept = {key: pair for key, pair in found.items() if key not in extracted}
    return tuple(item for item, _ in kept.values()), {key: read for key, (_, read) in kept.items()}


def _parts(item: Item, read: Sequence[Binding], *, least: int = 2) -> Iterator[tuple[Item, Binding]]:
    """The parts of an item's words that are read each for itself, where there are `least` of them."""
    if len(read) < least:
        return
    for binding in read:
        words = fold(binding.words)
        at = item.quote.text.find(words) if words else -1
        if at >= 0 and len(words) < len(item.quote.text):
            yield _claim(item.quote.message_id, words, item.quote.start + at, binding.confidence, A_PART), binding


def _unheld(
    message_id: str, around: Around, taken: Sequence[tuple[int, int]]
) -> Iterator[tuple[Item, tuple[Binding, ...]]]:
    """The sentences, or parts of them, in which no item stands that was read or asks, with what is told for certain."""
    for said in statements(around.body, around.zones):
        whole = _claim(message_id, said.text, said.start, 1.0, BY_RULE)
        certain = tuple(one for one in bind(whole, around) if one.confidence >= _CERTAIN)
        if certain and not _overlaps((said.start, said.end), taken):
            yield whole, certain
            for part, read in _parts(whole, certain):
                yield part, (read,)
        elif certain:
            for part, read in _parts(whole, certain, least=1):
                if not _overlaps((part.quote.start, part.quote.end), taken):
                    yield part, (read,)


def _overlaps(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    """Whether a stretch of a body shares more than a few letters with one that is taken."""
    return any(min(span[1], end) - max(span[0], start) > _SLACK for start, end in taken)


def _claim(message_id: str, words: str, start: int, confidence: float, cue: str) -> Item:
    quote = Quote(message_id, start, start + len(words), words)
    return Item(item_id(message_id, ItemKind.CLAIM, words), ItemKind.CLAIM, quote, words, confidence, cue)
