"""In: an annotated thread with its paragraphs. Out: the examples that it gives to training: spans, and pairs of items.

Whatever was annotated is an example under the thread's name, so that a thread can be left out whole.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.annotated import Annotated
from ingest.evaluate import Annotation, overlap, own_places, placed
from ingest.fitting import Example
from ingest.label import Paragraph, paragraphs_of
from ingest.pairs import LED, Placed, pairs_of
from kb.records import Item, ItemKind, Quote


@dataclass(frozen=True, slots=True)
class Studied:
    """An annotated thread, parsed once, with all that it teaches."""

    one: Annotated
    paragraphs: tuple[Paragraph, ...]
    kinds: tuple[Example, ...]
    links: tuple[Example, ...]

    @classmethod
    def of(cls, one: Annotated) -> Studied:
        paragraphs = tuple(paragraphs_of(one.thread))
        return cls(one, paragraphs, tuple(kind_examples(one, paragraphs)), tuple(link_examples(one, paragraphs)))


def kind_examples(one: Annotated, paragraphs: Sequence[Paragraph]) -> Iterator[Example]:
    """Every candidate with the kind of the annotated item that it overlaps by half or more, most overlap first."""
    gold = _by_message(one)
    places = {m.message_id: own_places(m.body) for m in one.messages}
    for paragraph in paragraphs:
        own = places[paragraph.message_id]
        for candidate, features in zip(paragraph.candidates, paragraph.features, strict=True):
            start, end = paragraph.block.span(candidate.start, candidate.end)
            span = (bisect_left(own, start), bisect_left(own, end - 1) + 1)
            best = max(
                ((overlap((g.start, g.end), span), g.kind) for g in gold[paragraph.message_id]), default=(0.0, "")
            )
            yield Example(tuple(features), best[1] if best[0] >= 0.5 else "none", one.name)


def _by_message(one: Annotated) -> dict[str, list[Annotation]]:
    found, _ = placed(one.gold, one.messages)
    out: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in found:
        out[one.messages[annotation.message].message_id].append(annotation)
    return out


def gold_placed(one: Annotated, paragraphs: Sequence[Paragraph]) -> list[Placed]:
    """The annotated items as if they had been extracted, each in the paragraph where it starts."""
    gold = _by_message(one)
    by_id = {m.message_id: m for m in one.messages}
    out = []
    counts: Counter[tuple[str, int]] = Counter()
    ended: Counter[tuple[str, int]] = Counter()
    for message in one.thread.messages:
        own = own_places(message.body)
        mine = [p for p in paragraphs if p.message_id == message.message_id]
        for annotation in sorted(gold[message.message_id], key=lambda a: a.start):
            start, end = own[annotation.start], own[annotation.end - 1] + 1
            home = next((p for p in mine if p.block.places[0] <= start <= p.block.places[-1]), None)
            if home is None:
                continue
            key = (message.message_id, home.block.number)
            quote = Quote(message.message_id, start, end, " ".join(by_id[message.message_id].body[start:end].split()))
            item = Item(annotation.id, ItemKind(annotation.kind), quote, quote.text, 1.0, "annotated")
            led = " ".join(message.body[max(ended[key], home.block.places[0], start - LED) : start].split())
            out.append(Placed(item, message.author, key[1], counts[key], home.block.under, home.passage, led))
            counts[key] += 1
            ended[key] = end
    return out


def link_examples(one: Annotated, paragraphs: Sequence[Paragraph]) -> Iterator[Example]:
    """Every pair of annotated items that may be linked, with the annotated relation."""
    relations = {
        (str(row["id"]), str(link["to"])): str(link["rel"])
        for row in one.gold
        for link in (row["links"] if isinstance(row.get("links"), list) else [])  # type: ignore[attr-defined]
    }
    for pair in pairs_of(gold_placed(one, paragraphs)):
        relation = relations.get((pair.source.item.id, pair.target.item.id), "none")
        yield Example(pair.features, relation, one.name)
