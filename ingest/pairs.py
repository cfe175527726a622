"""In: a thread's items in order, each with the passage that it answers. Out: pairs that may be linked, with features.

Pairs are few: an item with the items of the passage above it and of that message near by, with its neighbours in its
own message, and with the earlier items that share its rarest words. The names of features hold kinds, places, stances
and opening words that several threads share; no thread's own words.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.cue_rules import found_cues
from kb.records import Item, Passage

NEIGHBOURS = 3
"""Items before and after an item in its message that may be linked to it."""
LED = 40
ALIKE = 3
"""Earlier items that may be linked for their words."""
_CACHED = 1 << 14
"""Values of which the names of features are kept: pairs differ in few of them."""
_WORD = re.compile(r"[a-z_][a-z0-9_-]{2,}")
_PLAIN_WORD = re.compile(r"[a-z']+")


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with where it stands in the conversation."""

    item: Item
    author: str
    block: int
    """Number of its block in the message."""
    place: int
    """Number of the item among those of its block."""
    under: int
    """Blocks since the last quotation; 0 for the block right below it."""
    passage: Passage | None
    """What its block answers."""
    led: str = ""
    """Words of its block right before it that belong to no item ("Agreed,"), at most `LED` characters."""

    @property
    def said(self) -> str:
        """Its words with those that lead up to them."""
        return f"{self.led} {self.item.quote.text}".strip()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items of which the first may be linked to the second."""

    source: Placed
    target: Placed
    where: str
    """`passage`, `near passage`, `paragraph`, `message` or `words`."""
    features: tuple[str, ...]


def pairs_of(placed: Sequence[Placed]) -> Iterator[Pair]:
    """Every pair that is worth asking about, each once."""
    by_message: dict[str, list[Placed]] = defaultdict(list)
    for one in placed:
        by_message[one.item.quote.message_id].append(one)
    alike = _Likeness(placed)
    worded = {one.item.id: _Worded.of(one) for one in placed}
    at = {one.item.id: number for some in by_message.values() for number, one in enumerate(some)}
    for number, one in enumerate(placed):
        seen = {one.item.id}
        for where, rank, near, other in _asked(number, one, at[one.item.id], placed, by_message, alike):
            if other.item.id not in seen:
                seen.add(other.item.id)
                shared = alike.of(one, other)
                features = tuple(dict.fromkeys(_features(one, other, where, rank, near, shared, worded)))
                yield Pair(one, other, where, features)


@dataclass(frozen=True, slots=True)
class _Worded:
    """What the features of an item's pairs take from its words."""

    stances: tuple[str, ...]
    """The one whose words come first in front."""
    opening: tuple[str, ...]
    """Its first two words."""
    length: int

    @classmethod
    def of(cls, one: Placed) -> _Worded:
        said, text = one.said, one.item.quote.text
        plain = said.replace("’", "'")
        found = [(hit.start(), cue.kind) for cue in found_cues("stances", said) if (hit := cue.pattern.search(plain))]
        stances = tuple(dict.fromkeys(kind for _, kind in sorted(found)))
        words = _PLAIN_WORD.findall(text[:60].lower().replace("’", "'"))
        return cls(stances, tuple(words[:2]), _level(len(text), (12, 30, 80, 160)))


class _Likeness:
    """How much of the rarer words two items share: cosine of inverse document frequencies."""

    def __init__(self, placed: Sequence[Placed]) -> None:
        self._words = {one.item.id: frozenset(_WORD.findall(one.item.quote.text.lower())) for one in placed}
        counts = Counter(word for words in self._words.values() for word in words)
        total = len(placed)
        self._rarity = {word: math.log((total + 1) / (count + 0.5)) ** 2 for word, count in counts.items()}
        self._length = {
            name: math.sqrt(math.fsum(self._rarity[word] for word in words)) + 1e-9
            for name, words in self._words.items()
        }
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(placed):
            for word in self._words[one.item.id]:
                self._holders[word].append(number)

    def of(self, one: Placed, other: Placed) -> float:
        a, b = one.item.id, other.item.id
        both = self._words[a] & self._words[b]
        return math.fsum(self._rarity[word] for word in both) / (self._length[a] * self._length[b])

    def before(self, number: int, placed: Sequence[Placed]) -> list[tuple[float, Placed]]:
        """The likest earlier items of other messages, likest first."""
        one = placed[number]
        scores: Counter[int] = Counter()
        for word in self._words[one.item.id]:
            if len(self._holders[word]) <= 40:
                for other in self._holders[word]:
                    if other < number and placed[other].item.quote.message_id != one.item.quote.message_id:
                        scores[other] += 1
        most = sorted(scores, key=lambda other: (-scores[other], other))[:30]
        ranked = sorted(((self.of(one, placed[other]), other) for other in most), reverse=True)
        return [(share, placed[other]) for share, other in ranked[:ALIKE]]


def _asked(
    number: int,
    one: Placed,
    at: int,
    placed: Sequence[Placed],
    by_message: Mapping[str, Sequence[Placed]],
    alike: _Likeness,
) -> Iterator[tuple[str, int, float, Placed]]:
    """(where, rank, distance in characters, item) of what `one`, number `at` of its message, may be linked to."""
    if one.passage is not None:
        inside, around = _by_passage(one.passage, by_message.get(one.passage.message_id, ()))
        for rank, (distance, other) in enumerate(inside[:5]):
            yield "passage", rank, distance, other
        for rank, (distance, other) in enumerate(around[:2]):
            yield "near passage", rank, distance, other
    mine = by_message[one.item.quote.message_id]
    for other_at in range(max(at - NEIGHBOURS, 0), min(at + NEIGHBOURS + 1, len(mine))):
        if other_at != at:
            other = mine[other_at]
            yield ("paragraph" if other.block == one.block else "message"), other_at - at, 0.0, other
    for rank, (share, other) in enumerate(alike.before(number, placed)):
        if share > 0.15:
            yield "words", rank, 0.0, other


def _by_passage(
    passage: Passage, items: Sequence[Placed]
) -> tuple[list[tuple[float, Placed]], list[tuple[float, Placed]]]:
    """Items that overlap `passage`, those next to its end first, and items of that message next to it."""
    inside, around = [], []
    for other in items:
        quote = other.item.quote
        shared = min(quote.end, passage.end) - max(quote.start, passage.start)
        if shared > 0 and shared >= 0.3 * min(quote.end - quote.start, passage.end - passage.start):
            inside.append((float(max(passage.end - quote.end, 0)), other))
        else:
            distance = passage.start - quote.end if quote.end <= passage.start else quote.start - passage.end
            around.append((float(max(distance, 0)), other))
    inside.sort(key=lambda pair: pair[0])
    around.sort(key=lambda pair: pair[0])
    return inside, around


def _level(number: float, edges: Sequence[float]) -> int:
    return bisect_right(edges, number)


def _features(
    one: Placed,
    other: Placed,
    where: str,
    rank: int,
    distance: float,
    shared: float,
    worded: Mapping[str, _Worded],
) -> Iterator[str]:
    mine, others = worded[one.item.id], worded[other.item.id]
    kinds = f"{one.item.kind}>{other.item.kind}"
    first = one.under == 0 and one.place == 0
    same = one.author == other.author
    likeness = _level(shared, (0.02, 0.08, 0.15, 0.25, 0.4))
    near = _level(distance, (1, 80, 250, 700))
    yield "bias"
    yield from _near(where, kinds, rank, near, same, likeness)
    yield f"where={where}&under={min(one.under, 3)}&place={min(one.place, 3)}"
    yield f"where={where}&first={first}&kinds={kinds}"
    yield f"where={where}&first={first}&rank={rank}"
    yield f"where={where}&target place={min(other.place, 3)}"
    yield from _leading(mine.stances, where, kinds, other.item.kind, first, same)
    for stance in others.stances:
        yield f"target stance={stance}&kinds={kinds}"
        if where in {"paragraph", "message"}:
            yield f"target stance={stance}&rank={rank}&kinds={kinds}"
    for side, opening in (("opens", mine.opening), ("target opens", others.opening)):
        if opening:
            yield from _opening(side, opening, where, kinds)
    yield f"length={mine.length}&where={where}"
    yield f"length={mine.length}&kinds={kinds}&first={first}"


@lru_cache(maxsize=_CACHED)
def _near(where: str, kinds: str, rank: int, near: int, same: bool, likeness: int) -> tuple[str, ...]:
    return (
        f"where={where}",
        f"kinds={kinds}",
        f"where={where}&kinds={kinds}",
        f"where={where}&rank={rank}",
        f"where={where}&rank={rank}&kinds={kinds}",
        f"where={where}&near={near}",
        f"where={where}&same author={same}",
        f"where={where}&same author={same}&kinds={kinds}",
        f"where={where}&alike={likeness}",
        f"alike={likeness}&kinds={kinds}",
    )


@lru_cache(maxsize=_CACHED)
def _leading(stances: tuple[str, ...], where: str, kinds: str, target: str, first: bool, same: bool) -> tuple[str, ...]:
    lead = next(iter(stances), "none")
    out = [
        f"lead={lead}&where={where}",
        f"lead={lead}&kinds={kinds}",
        f"lead={lead}&kinds={kinds}&first={first}&where={where}",
        f"lead={lead}&target={target}&first={first}&where={where}",
        f"lead={lead}&same author={same}&where={where}",
    ]
    for stance in stances or ("none",):
        out += (
            f"stance={stance}",
            f"stance={stance}&where={where}",
            f"stance={stance}&kinds={kinds}",
            f"stance={stance}&kinds={kinds}&where={where}",
            f"stance={stance}&first={first}&where={where}",
        )
    return tuple(out)


@lru_cache(maxsize=_CACHED)
def _opening(side: str, words: tuple[str, ...], where: str, kinds: str) -> tuple[str, ...]:
    return (
        f"{side}={words[0]}",
        f"{side}={words[0]}&where={where}",
        f"{side}={words[0]}&kinds={kinds}",
        f"{side} with={' '.join(words)}",
    )
