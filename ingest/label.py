"""In: a thread's blocks with their documents. Out: the spans that are items, with kind, confidence and what decided.

Each candidate gets the probability that an annotator has an item of each kind there; of the candidates of a block those
are taken that overlap nowhere and whose probabilities, each less `THRESHOLD`, sum to the most: what a higher sum would
add is more likely wrong than right (the cut at about half of the reachable F1; Lipton et al. 2014, arXiv:1402.1892).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from ingest.answering import settings_of
from ingest.clauses import Candidate, candidates_of
from ingest.cue_rules import cues
from ingest.features import Features
from ingest.nlp import parse_texts
from ingest.reading import Reading
from ingest.sentences import Block, blocks_of
from ingest.softmax import Softmax
from ingest.tokens import Tokens
from ingest.topics import phrases_of
from kb.records import ItemKind, Passage, Thread

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from ingest.features import Setting

THRESHOLD = 0.28


@dataclass(frozen=True, slots=True)
class Labelled:
    """A span that is an item."""

    message_id: str
    block: Block
    candidate: Candidate
    kind: ItemKind
    confidence: float
    cue: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block, parsed, with its candidates and their features."""

    message_id: str
    block: Block
    setting: Setting
    passage: Passage | None
    """The passage of an earlier message that the block answers."""
    doc: Doc
    tokens: Tokens
    phrases: tuple[tuple[str, int], ...]
    """What in it may be topics, each with its place in the text."""
    candidates: tuple[Candidate, ...]
    features: tuple[list[str], ...]


def paragraphs_of(thread: Thread, *, only: Collection[str] | None = None) -> Iterator[Paragraph]:
    """Every block of the thread's own words, in reading order; or those of the messages `only` (Message-IDs)."""
    places = [
        (message, block, setting, passage)
        for message in thread.messages
        if only is None or message.message_id in only
        for block, setting, passage in settings_of(
            thread, message, blocks_of(message.body, thread.zones[message.message_id])
        )
    ]
    docs = parse_texts(block.text for _, block, _, _ in places)
    for (message, block, setting, passage), doc in zip(places, docs, strict=True):
        tokens = Tokens.of(doc)
        candidates = candidates_of(tokens)
        starts = sorted({c.first for c in candidates if c.before == "sentence"})
        made = Features(Reading.of(tokens), block, setting)
        features = tuple(made.of(c, sentence=bisect_right(starts, c.first) - 1) for c in candidates)
        phrases = phrases_of(tokens)
        yield Paragraph(message.message_id, block, setting, passage, doc, tokens, phrases, candidates, features)


def label(paragraph: Paragraph, model: Softmax, *, threshold: float = THRESHOLD) -> tuple[Labelled, ...]:
    """The items of one paragraph, in order."""
    if not paragraph.candidates:
        return ()
    chances = model.probabilities(paragraph.features)
    kinds = [model.classes.index(kind) for kind in ItemKind]
    best = chances[:, kinds]
    order = list(ItemKind)
    picks = [order[number] for number in best.argmax(axis=1).tolist()]
    values = best.max(axis=1).tolist()
    out = []
    for number in chosen(paragraph.candidates, [value - threshold for value in values]):
        candidate, kind = paragraph.candidates[number], picks[number]
        cue = decided_by(paragraph, number, kind, model)
        confidence = model.confidence(values[number])
        out.append(Labelled(paragraph.message_id, paragraph.block, candidate, kind, confidence, cue))
    return tuple(out)


def chosen(candidates: Sequence[Candidate], gains: Sequence[float]) -> list[int]:
    """Numbers of the candidates that overlap nowhere and whose gains sum to the most (weighted interval scheduling)."""
    order = sorted((n for n in range(len(candidates)) if gains[n] > 0), key=lambda n: candidates[n].last)
    ends = [candidates[n].last for n in order]
    best = [0.0]
    taken: list[bool] = []
    before: list[int] = []
    for place, number in enumerate(order):
        free = bisect_right(ends, candidates[number].first, 0, place)
        with_it = best[free] + gains[number]
        taken.append(with_it > best[-1])
        before.append(free)
        best.append(max(best[-1], with_it))
    out = []
    place = len(order)
    while place:
        if taken[place - 1]:
            out.append(order[place - 1])
            place = before[place - 1]
        else:
            place -= 1
    return out[::-1]


def decided_by(paragraph: Paragraph, number: int, kind: ItemKind, model: Softmax) -> str:
    """What in the wording or the place made a candidate this kind, for people."""
    features = frozenset(paragraph.features[number])
    found = [cue for cue in cues("kinds") if cue.kind == kind and f"cue:{cue.name}" in features]
    if found:
        candidate = paragraph.candidates[number]
        text = paragraph.block.text[candidate.start : candidate.end]
        cue = max(found, key=lambda c: c.weight)
        match = cue.pattern.search(text.replace("’", "'"))
        words = " ".join(match.group().split()) if match else ""
        return f"{cue.note}: '{words[:50]}'" if words and len(words) < 60 else cue.note
    strongest = model.strongest(paragraph.features[number], kind)
    pulls = islice((said for name, pull in strongest if pull > 0 for said in _said(name)), 2)
    return "; ".join(dict.fromkeys(pulls)) or "its wording as a whole"


_SAID = (
    ("12", "opens with '{}'"),
    ("1", "opens with '{}'"),
    ("b", "the words '{}'"),
    ("w", "the word '{}'"),
    ("root", "its verb is '{}'"),
    ("has modal", "the modal '{}'"),
    ("subject", "it speaks of '{}'"),
    ("lex", "words of the sort '{}'"),
    ("first under", "it answers what reads like a {}"),
    ("under", "it stands under what reads like a {}"),
    ("names", "it names a {}"),
)
"""How a feature reads to people, by the feature's name up to its value."""


def _said(feature: str) -> Iterator[str]:
    """`feature` in words, if it has any: most features speak to the model alone."""
    for name, words in _SAID:
        for mark in (":", "=", " "):
            value = feature.removeprefix(name + mark)
            if value != feature and value.replace(" ", "").replace("'", "").replace("-", "").isalpha():
                yield words.format(value)
                return
