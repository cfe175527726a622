"""In: a thread with its messages and tied zones. Out: its items and the links between them.

Pure and the same every time; a mail that holds nothing gives nothing. Two items of one message never have one id: words
that a message repeats are taken where they stand first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.chains import chains_of
from ingest.entities import entities_of
from ingest.label import Paragraph, label, paragraphs_of
from ingest.pairs import LED, Placed
from ingest.relate import links_of
from ingest.says import reading_of
from ingest.silent import silent_because
from ingest.softmax import Models, Softmax, shipped
from ingest.surroundings import Context
from ingest.tables import rows_of
from ingest.topics import index_of, topics_of, weights_of
from kb.ids import fold, item_id
from kb.records import Item, ItemKind, Link, Message, Quote, Thread

if TYPE_CHECKING:
    from ingest.reader.answer import Found
    from ingest.reader.reading import Reader

_COMMITS = re.compile(
    r"\b(?:i(?:'ll| will|'m (?:going|planning) to| am (?:going|planning) to| plan to|'ve| have (?:now )?\w+ed)"
    r"|we(?:'ll| will)|i can (?:do|change|fix) (?:that|this|it)"
    r"|will (?:do|fix|change|be fixed)|applied|queued|(?:fixed|done) in)\b",
    re.IGNORECASE,
)
_AGREES = re.compile(
    r"\W*(?:yes|yep|yeah|agreed?|i agree|ok(?:ay)?|sure|right|sounds good|makes sense|exactly|correct|ack|indeed"
    r"|totally|absolutely|thanks|\+1)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(r"\b(?:could|should|would|might|may|maybe|perhaps|what if)\b|\?", re.IGNORECASE)
_ITSELF = re.compile(r"\b(?:this|the) (?:patch|patchset|change|series|commit)\b", re.IGNORECASE)
_PATCH = re.compile(r"\s*\[[^\]\n]{0,80}\bPATCH\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a thread holds."""

    items: tuple[Item, ...]
    """In reading order."""
    links: tuple[Link, ...]


def extract(
    thread: Thread,
    *,
    progress: Callable[[str], None] | None = None,
    models: Models | None = None,
    reader: Reader | None = None,
    paragraphs: Sequence[Paragraph] | None = None,
) -> Extraction:
    """The items and links of `thread`, whose `zones` are tied to the passages that quotations repeat.

    `models` are the shipped ones unless given. `progress` is told in words what was done. A `reader` is asked about
    every message first; what it cannot read is read as if there were none. `paragraphs` are those of the thread, where
    they have been parsed already.
    """
    messages = {message.message_id: message for message in thread.messages}
    paragraphs = list(paragraphs_of(thread)) if paragraphs is None else paragraphs
    if progress is not None:
        progress(f"parsed {len(paragraphs)} paragraphs")
    models = models or shipped()
    index = index_of([(p.message_id, p.phrases) for p in paragraphs])
    weights = weights_of(index, len(thread.messages), names_in(thread))
    making = Making(messages, weights, Context(messages, paragraphs))
    if reader is None:
        placed = list(making.labelled(paragraphs, models.kinds))
        links = links_of(placed, models.links)
    else:
        from ingest.reader.weaving import woven

        read = woven(
            reader,
            thread,
            [one for one in paragraphs if not silent_because(messages[one.message_id])],
            make=making.found,
            own=lambda some: making.labelled(some, models.kinds),
        )
        placed = read.placed
        own = (link for link in links_of(placed, models.links) if link.source not in read.by_reader)
        links = (*read.links, *own)
    if progress is not None:
        progress(f"found {len(placed)} items and {len(links)} links")
    return Extraction(in_order(thread, [one.item for one in placed], shapes_of(thread)), links)


def names_in(thread: Thread) -> set[str]:
    """The words of the authors' names, lower case: they name no topic."""
    return {word for m in thread.messages for word in m.author.lower().split() if len(word) > 2}


def shapes_of(thread: Thread) -> list[Item]:
    """The claims that a mail makes by its shape: rows of tables, chains of calls."""
    return [
        item
        for m in thread.messages
        if not silent_because(m)
        for find in (rows_of, chains_of)
        for item in find(m, thread.zones[m.message_id])
    ]


def in_order(thread: Thread, items: Sequence[Item], shapes: Sequence[Item]) -> tuple[Item, ...]:
    """`items`, and those of `shapes` that share no words with one of them, in reading order."""
    numbers = {message.message_id: number for number, message in enumerate(thread.messages)}
    taken: dict[str, list[Quote]] = defaultdict(list)
    every = {item.id: item for item in items}
    for item in items:
        taken[item.quote.message_id].append(item.quote)
    for item in shapes:
        others = taken[item.quote.message_id]
        if item.id not in every and all(q.end <= item.quote.start or item.quote.end <= q.start for q in others):
            every[item.id] = item
    return tuple(sorted(every.values(), key=lambda i: (numbers[i.quote.message_id], i.quote.start, i.id)))


def _commits(message: Message, text: str, tags: Sequence[str]) -> bool:
    """Whether the author of a decision undertakes it: says so, agrees outright, or sends the patch that does it.

    A patch's mail also tells how things were, so its words count where they order ("Add …") or speak of the patch.
    `tags` are the parts of speech of the words.
    """
    plain = text.replace("’", "'")
    does = tags[:1] == ["VB"] or _ITSELF.search(plain)
    carried_out = does and _PATCH.match(message.subject) and not _HEDGED.search(plain)
    return bool(carried_out or _COMMITS.search(plain) or _AGREES.match(plain))


def _trimmed(body: str, start: int, end: int) -> tuple[int, int]:
    """The span without marks that close something before it, and with the `()` of a name that it ends in."""
    while start < end - 1 and (body[start] in ")].,;:" or body[start].isspace()):
        start += 1
    if body[end : end + 2] == "()" and body[end - 1].isalnum():
        end += 2
    return start, end


class Making:
    """Makes items of spans of paragraphs: with their words, what they say, their topics and the names in them."""

    def __init__(self, messages: Mapping[str, Message], weights: dict[str, float], context: Context) -> None:
        self._messages, self._weights, self._context = messages, weights, context
        self._seen: set[str] = set()
        self._silent: dict[str, bool] = {}
        self.phrases: dict[str, tuple[str, ...]] = {}
        """For each item that was made the phrases in its words that may be topics."""

    def labelled(self, paragraphs: Sequence[Paragraph], model: Softmax) -> Iterator[Placed]:
        """The items that `model` finds in `paragraphs`, in order; one whose id an earlier one has is left out."""
        for paragraph in paragraphs:
            if self._holds_nothing(paragraph.message_id):
                continue
            ended = 0
            for place, found in enumerate(label(paragraph, model)):
                start, end = found.candidate.start, found.candidate.end
                led = paragraph.block.text[max(ended, start - LED) : start].strip()
                ended = end
                one = self._of(paragraph, found.kind, (start, end), found.confidence, found.cue, place, led)
                if one.item.id in self._seen:
                    # list entries that say the same of different things: their heads tell them apart
                    one = self._of(paragraph, found.kind, (0, end), found.confidence, found.cue, place, led)
                if one.item.id not in self._seen:
                    self._seen.add(one.item.id)
                    yield one

    def _holds_nothing(self, message_id: str) -> bool:
        if message_id not in self._silent:
            self._silent[message_id] = bool(silent_because(self._messages[message_id]))
        return self._silent[message_id]

    def _of(
        self,
        paragraph: Paragraph,
        kind: ItemKind,
        inside: tuple[int, int],
        confidence: float,
        cue: str,
        place: int,
        led: str,
    ) -> Placed:
        body = self._messages[paragraph.message_id].body
        span = _trimmed(body, *paragraph.block.span(*inside))
        return self._placed(paragraph, self._item(paragraph, kind, span, inside, confidence, cue), place, led)

    def found(self, kind: ItemKind, found: Found, confidence: float, cue: str, place: int) -> Placed:
        """The item with the words that a reader found."""
        inside = (found.first, found.last)
        item = self._item(found.paragraph, kind, (found.start, found.end), inside, confidence, cue)
        self._seen.add(item.id)
        led = found.paragraph.block.text[max(0, found.first - LED) : found.first].strip()
        return self._placed(found.paragraph, item, place, led)

    def _item(
        self,
        paragraph: Paragraph,
        kind: ItemKind,
        span: tuple[int, int],
        inside: tuple[int, int],
        confidence: float,
        cue: str,
    ) -> Item:
        """The item whose words are `span` of the body and `inside` of the paragraph's text."""
        message = self._messages[paragraph.message_id]
        text = fold(message.body[span[0] : span[1]])
        first, last = inside
        phrases = [phrase for phrase, place in paragraph.phrases if first <= place < last]
        tags = paragraph.tokens.word_tags(first, last)
        own = item_id(message.message_id, kind, text)
        self.phrases.setdefault(own, tuple(phrases))
        return Item(
            id=own,
            kind=kind,
            quote=Quote(message.message_id, *span, text),
            says=reading_of(text, paragraph.doc, first, self._context.of(paragraph)),
            confidence=confidence,
            cue=cue,
            topics=topics_of(phrases, self._weights),
            entities=entities_of(text),
            commits=kind is ItemKind.DECISION and _commits(message, text, tags),
        )

    def _placed(self, paragraph: Paragraph, item: Item, place: int, led: str) -> Placed:
        return Placed(
            item=item,
            author=self._messages[paragraph.message_id].author,
            block=paragraph.block.number,
            place=place,
            under=paragraph.block.under,
            passage=paragraph.passage,
            led=led,
        )
