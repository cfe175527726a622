"""In: a thread, its items as people have them, and corrections. Out: the examples that they make, and what they leave.

A correction teaches of its own words and of the spans that overlap them; of nothing else in the mail, which nobody said
to be right or wrong. Spans that no correction touches are anchors: there a model should go on saying what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from ingest.by_hand import item_of, placed_in
from ingest.evaluate import overlap
from ingest.fitting import Example
from ingest.label import Paragraph, paragraphs_of
from ingest.pairs import pairs_of
from kb.corrections import Verb, edited, effective
from kb.laying import HALF
from kb.records import Correction, Item, Named, Thread

NONE = "none"


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said of some words: their kind, or that they are no item."""

    verb: str
    kind: str
    """A kind, or `none`."""
    message_id: str
    start: int
    end: int
    paragraph: Paragraph
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class LinkWord:
    """What a person said of two items: their relation, or that there is none."""

    verb: str
    relation: str
    message_id: str
    example: Example


@dataclass(frozen=True, slots=True)
class Taught:
    """What the corrections of one thread teach."""

    thread: str
    words: tuple[Word, ...]
    links: tuple[LinkWord, ...]
    anchors: tuple[tuple[str, ...], ...]
    """Features of spans that no correction touches."""
    link_anchors: tuple[tuple[str, ...], ...]
    beyond: int
    """Corrections of which no span, or no pair, is one that the models are ever asked about."""


def taught_by(thread: Thread, items: Sequence[Item], corrections: Iterable[Correction]) -> Taught:
    """What `corrections` teach; `items` are the thread's with them laid over, in reading order."""
    count = effective(corrections)
    said = _said(thread, count)
    messages = {span[0] for span in said}
    paragraphs = list(paragraphs_of(thread))
    words: list[Word] = []
    anchors: list[tuple[str, ...]] = []
    found: set[tuple[str, int, int]] = set()
    for paragraph in paragraphs:
        mine = [span for span in said if span[0] == paragraph.message_id] if paragraph.message_id in messages else []
        examples: dict[tuple[str, int, int], list[Example]] = {}
        for candidate, features in zip(paragraph.candidates, paragraph.features, strict=True):
            place = paragraph.block.span(candidate.start, candidate.end)
            near = max(mine, key=lambda span: overlap(place, span[1:]), default=None)
            if near is None or overlap(place, near[1:]) == 0:
                anchors.append(tuple(features))
                continue
            label = _label(place, near[1:], said[near][1])
            if label is not None:
                examples.setdefault(near, []).append(Example(tuple(features), label, thread.root_id))
        for span, given in examples.items():
            verb, kind = said[span]
            if any(example.kind == kind for example in given):
                found.add(span)
                words.append(Word(verb, kind, *span, paragraph, tuple(given)))
    links, link_anchors, lost = _links(thread, items, count)
    return Taught(
        thread.root_id,
        tuple(words),
        tuple(links),
        tuple(anchors),
        tuple(link_anchors),
        len(said) - len(found) + lost,
    )


def _said(thread: Thread, corrections: Sequence[Correction]) -> dict[tuple[str, int, int], tuple[str, str]]:
    """(Message-ID, start, end) of words to the last verb that says what they are, and the kind, `none` if no item."""
    out: dict[tuple[str, int, int], tuple[str, str]] = {}
    for correction in corrections:
        for one, kind in _kinds(correction):
            item = item_of(thread, one)
            if item is not None:
                out[item.quote.message_id, item.quote.start, item.quote.end] = (correction.verb, kind)
    return out


def _kinds(correction: Correction) -> Iterator[tuple[Named, str]]:
    """The words of which a correction says what they are, each with its kind, `none` if no item.

    Words that were merged into others are what they are there, and teach nothing here.
    """
    match correction.verb:
        case Verb.CONFIRM | Verb.ADD | Verb.MERGE:
            yield from ((one, str(one.kind)) for one in correction.named[:1])
        case Verb.REJECT:
            yield from ((one, NONE) for one in correction.named[:1])
        case Verb.SPLIT:
            yield from ((one, str(one.kind) if number else NONE) for number, one in enumerate(correction.named))
        case Verb.EDIT:
            with suppress(ValueError, KeyError, AttributeError):
                other = edited(correction.value)[0]
                if other is not None:
                    yield from ((one, str(other)) for one in correction.named[:1])
        case _:
            return


def _label(place: tuple[int, int], span: tuple[int, int], kind: str) -> str | None:
    """What a span is to training that overlaps words of which a person spoke; None if that cannot be told."""
    if overlap(place, span) >= HALF:
        return kind
    if kind == NONE and not (span[0] <= place[0] and place[1] <= span[1]):
        return None  # more than what was rejected may still be an item
    return NONE


def _links(
    thread: Thread, items: Sequence[Item], corrections: Sequence[Correction]
) -> tuple[list[LinkWord], list[tuple[str, ...]], int]:
    by_words = {(i.quote.message_id, i.quote.text): i.id for i in items}
    said: dict[tuple[str, str], tuple[str, str, str]] = {}
    for correction in corrections:
        if correction.verb not in {Verb.LINK, Verb.UNLINK} or len(correction.named) != 2:
            continue
        source, target = (by_words.get((one.message_id, one.quote)) for one in correction.named)
        if source is not None and target is not None:
            relation = correction.value.partition(" ")[0] if correction.verb == Verb.LINK else NONE
            said[source, target] = (correction.verb, relation, correction.named[0].message_id)
    words, anchors = [], []
    for pair in pairs_of(list(placed_in(thread, items))):
        given = said.pop((pair.source.item.id, pair.target.item.id), None)
        if given is None:
            anchors.append(pair.features)
        else:
            words.append(LinkWord(*given, Example(pair.features, given[1], thread.root_id)))
    return words, anchors, len(said)


def only(taught: Taught, messages: Iterable[str], *, without: bool = False) -> Taught:
    """What is taught by words of these messages, or with `without` by those of all others."""
    names = set(messages)
    return replace(
        taught,
        words=tuple(w for w in taught.words if (w.message_id in names) is not without),
        links=tuple(w for w in taught.links if (w.message_id in names) is not without),
    )


def counted(taught: Iterable[Taught]) -> Mapping[str, Mapping[str, int]]:
    """Verb to kind or relation to how many words taught it."""
    out: dict[str, dict[str, int]] = {}
    for verb, what in _each(taught):
        kinds = out.setdefault(verb, {})
        kinds[what] = kinds.get(what, 0) + 1
    return {verb: dict(sorted(kinds.items())) for verb, kinds in sorted(out.items())}


def _each(taught: Iterable[Taught]) -> Iterator[tuple[str, str]]:
    for one in taught:
        yield from ((word.verb, word.kind) for word in one.words)
        yield from ((word.verb, word.relation) for word in one.links)
