"""In: the words of a message that it does not quote itself. Out: where a quotation's words stand among them, in order.

Words are looked up a few at a time, and a place counts only where it rises with the quotation, so re-wrapping and
trimming do not matter. The work grows with the number of words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb.records import Message, Zone, ZoneKind

_WORD = re.compile(r"[^\s>|]{1,200}")
_MARKS = re.compile(r"[ \t]{0,4}(?:[A-Za-z0-9]{1,3}(?=>))?[>|][>| \t]*")
Shingle = tuple[str, ...]
"""Words in a row."""
SHINGLE = 3
"""Words that are looked up together."""
_MOST_PLACES = 12
"""Places of one shingle that are kept for a message; what stands more often tells nothing."""
_FURTHEST = 400
"""Words that a quotation may leave out between two of its shingles."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a message that are not quoted, with their places, and where each shingle stands."""

    name: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    places: dict[Shingle, list[int]] = field(default_factory=dict)


def words_between(body: str, start: int, end: int, *, quoted: bool) -> Iterator[tuple[str, int, int]]:
    """The words of `body` from `start` to `end` with their places; with `quoted` without the marks before each line."""
    at = start
    while at < end:
        line_end = body.find("\n", at, end)
        line_end = end if line_end < 0 else line_end
        begin = at
        if quoted and (marks := _MARKS.match(body, at, line_end)):
            begin = marks.end()
        for word in _WORD.finditer(body, begin, line_end):
            yield word[0], word.start(), word.end()
        at = line_end + 1


def shingles_of(words: Sequence[str]) -> list[Shingle]:
    """Each run of `SHINGLE` words, or the one run of all where there are fewer; none of no words."""
    size = min(SHINGLE, len(words))
    return [tuple(words[at : at + size]) for at in range(len(words) - size + 1)] if size else []


def index_of(message: Message, zones: Sequence[Zone]) -> Words:
    """The words of `message` outside its quotations, with every run of up to `SHINGLE` of them."""
    found = [
        word
        for zone in zones
        if zone.kind is not ZoneKind.QUOTE
        for word in words_between(message.body, zone.start, zone.end, quoted=False)
    ]
    words = tuple(word for word, _, _ in found)
    index = Words(message.message_id, words, tuple((start, end) for _, start, end in found))
    for at in range(len(words)):
        for size in range(1, SHINGLE + 1):
            if at + size <= len(words):
                places = index.places.setdefault(words[at : at + size], [])
                if len(places) < _MOST_PLACES:
                    places.append(at)
    return index


def _longest_rise(hits: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of `hits` (place in the quotation, place in the message) in which both rise."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(hits):
        slot = bisect_left(tails, place)
        before.append(tail_at[slot - 1] if slot else -1)
        if slot == len(tails):
            tails.append(place)
            tail_at.append(number)
        else:
            tails[slot] = place
            tail_at[slot] = number
    chain = []
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        chain.append(hits[at])
        at = before[at]
    return chain[::-1]


@dataclass(frozen=True, slots=True)
class Match:
    """How many of a quotation's shingles stand in order in a message, and the first and last of their words there."""

    name: str
    found: int
    share: float
    first: int
    last: int


def match_of(index: Words, shingles: Sequence[Shingle], after: int) -> Match | None:
    """Where `shingles` stand in a message from its word `after` on; None where none of them does."""
    hits = [
        (number, place)
        for number, shingle in enumerate(shingles)
        for place in reversed(index.places.get(shingle, ()))
        if place >= after
    ]
    chain = _longest_rise(hits)
    if not chain:
        return None
    clusters: list[list[tuple[int, int]]] = [[chain[0]]]
    for earlier, hit in pairwise(chain):
        if hit[1] - earlier[1] > _FURTHEST + 4 * (hit[0] - earlier[0]):
            clusters.append([])
        clusters[-1].append(hit)
    best = max(clusters, key=len)
    last = best[-1][1] + len(shingles[0]) - 1
    return Match(index.name, len(best), len(best) / len(shingles), best[0][1], last)
