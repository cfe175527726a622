"""In: a thread with its messages and tied zones. Out: its items and the links between them.

Pure and the same every time; a mail that holds nothing gives nothing. Two items of one message never have one id: words
that a message repeats are taken where they stand first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ingest.entities import entities_of
from ingest.label import Labelled, Paragraph, label, paragraphs_of
from ingest.pairs import Placed
from ingest.relate import links_of
from ingest.softmax import Models, shipped
from ingest.topics import index_of, phrases_of, topics_of, weights_of
from kb.ids import fold, item_id
from kb.records import Item, ItemKind, Link, Message, Quote, Thread

_COMMITS = re.compile(
    r"\b(?:i(?:'ll| will|'m going to| am going to| plan to| have changed|'ve changed)"
    r"|i can (?:do|change|fix) (?:that|this|it)"
    r"|will (?:do|fix|change|be fixed)|applied|queued|(?:fixed|done) in)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a thread holds."""

    items: tuple[Item, ...]
    """In reading order."""
    links: tuple[Link, ...]


def extract(
    thread: Thread, *, progress: Callable[[str], None] | None = None, models: Models | None = None
) -> Extraction:
    """The items and links of `thread`, whose `zones` are tied to the passages that quotations repeat.

    `models` are the shipped ones unless given. `progress` is told in words what was done.
    """
    messages = {message.message_id: message for message in thread.messages}
    paragraphs = list(paragraphs_of(thread))
    if progress is not None:
        progress(f"parsed {len(paragraphs)} paragraphs")
    models = models or shipped()
    names = {word for m in thread.messages for word in m.author.lower().split() if len(word) > 2}
    weights = weights_of(index_of([(p.message_id, p.doc) for p in paragraphs]), len(thread.messages), names)
    placed: list[Placed] = []
    seen: set[str] = set()
    for paragraph in paragraphs:
        message = messages[paragraph.message_id]
        for place, found in enumerate(label(paragraph, models.kinds)):
            item = _item(message, paragraph, found, weights)
            if item.id not in seen:
                seen.add(item.id)
                placed.append(_placed(item, message, paragraph, place))
    links = links_of(placed, models.links)
    if progress is not None:
        progress(f"found {len(placed)} items and {len(links)} links")
    return Extraction(tuple(one.item for one in placed), links)


def _item(message: Message, paragraph: Paragraph, found: Labelled, weights: dict[str, float]) -> Item:
    start, end = found.block.span(found.candidate.start, found.candidate.end)
    text = fold(message.body[start:end])
    inside = range(found.candidate.start, found.candidate.end)
    phrases = [phrase for phrase, place in phrases_of(paragraph.doc) if place in inside]
    return Item(
        id=item_id(message.message_id, found.kind, text),
        kind=found.kind,
        quote=Quote(message.message_id, start, end, text),
        says=text,
        confidence=found.confidence,
        cue=found.cue,
        topics=topics_of(phrases, weights),
        entities=entities_of(text),
        commits=found.kind is ItemKind.DECISION and bool(_COMMITS.search(text.replace("’", "'"))),
    )


def _placed(item: Item, message: Message, paragraph: Paragraph, place: int) -> Placed:
    return Placed(
        item=item,
        author=message.author,
        block=paragraph.block.number,
        place=place,
        under=paragraph.block.under,
        passage=paragraph.passage,
    )
