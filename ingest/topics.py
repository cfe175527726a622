"""In: a thread's items with their documents. Out: for each item one to three short lower-case topics.

A topic is a phrase that the thread comes back to: a noun phrase or an identifier that stands in several messages. What
every second message names says little and ranks behind what a few share; an item that shares no phrase has no topic.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ingest.cue_rules import word_list

if TYPE_CHECKING:
    from ingest.tokens import Tokens

MOST = 3
_EMPTY = word_list("empty")
"""Nouns that name no topic."""
_PLAIN = {"NOUN", "ADJ", "PROPN"}


def phrases_of(tokens: Tokens) -> tuple[tuple[str, int], ...]:
    """Phrases of one to three words that may be topics, lower case, each with its place in the text."""
    out = [
        (name.removesuffix("()").lower(), place)
        for sort, name, place in tokens.names
        if sort not in {"message", "commit"}
    ]
    run: list[tuple[str, int, bool]] = []
    pos, most = tokens.pos, len(tokens) - 1
    for at, word in enumerate(tokens.lower):
        plain = pos[at] in _PLAIN and len(word) > 2 and not tokens.stops[at] and word.replace("-", "").isalpha()
        if plain:
            plural = tokens.tags[at] == "NNS" and word != "data"
            run.append((tokens.lemmas[at] if plural else word, tokens.starts[at], pos[at] != "ADJ"))
        if run and (not plain or at == most or (pos[at] == "NOUN" and pos[at + 1] not in _PLAIN)):
            out.extend(_runs(run))
            run = []
    return tuple(out)


def _runs(run: Sequence[tuple[str, int, bool]]) -> Iterator[tuple[str, int]]:
    """Each stretch of up to three words of `run` (word, place, is a noun) that ends with a noun."""
    for size in (1, 2, 3):
        for at in range(len(run) - size + 1):
            words = [word for word, _, _ in run[at : at + size]]
            if run[at + size - 1][2] and words[-1] not in _EMPTY and words[0] not in _EMPTY:
                yield " ".join(words), run[at][1]


def weights_of(phrases: Mapping[str, set[str]], messages: int, names: Collection[str] = ()) -> dict[str, float]:
    """How good a topic each phrase is, from the messages that it stands in: in two at least, and not in most.

    Phrases with a word of `names` (lower case: the people of the thread) are no topics.
    """
    out = {}
    for phrase, places in phrases.items():
        count = len(places)
        if count >= 2 and not any(word in names for word in phrase.split()):
            rarity = math.log((messages + 1) / (count + 0.5))
            out[phrase] = math.log1p(count) * max(rarity, 0.05) * (1 + 0.6 * phrase.count(" "))
    return out


def topics_of(text_phrases: Sequence[str], weights: Mapping[str, float]) -> tuple[str, ...]:
    """At most three of an item's phrases, best first, none inside another."""
    out: list[str] = []
    ranked = sorted({p for p in text_phrases if p in weights}, key=lambda p: (-weights[p], p))
    for phrase in ranked:
        if not any(set(phrase.split()) & set(other.split()) for other in out):
            out.append(phrase)
        if len(out) == MOST:
            break
    return tuple(out)


def index_of(phrases: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> dict[str, set[str]]:
    """Phrase to the messages that it stands in, from (Message-ID, phrases of a block)."""
    out: dict[str, set[str]] = defaultdict(set)
    for message_id, some in phrases:
        for phrase, _ in some:
            out[phrase].add(message_id)
    return out
