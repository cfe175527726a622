"""In: a thread's messages with their zones. Out: the passage of an earlier message that each quotation repeats.

Words are compared, not lines, so that re-wrapping, trimming and partial lines do not matter. A passage always lies in
a message other than the one that quotes, outside that message's own quotations.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.word_index import SHINGLE, Match, Shingle, index_of, match_of, shingles_of, words_between
from kb.records import Message, Passage, Zone, ZoneKind

_MOST_MESSAGES = 8
_ENOUGH = 0.6
"""Share of a quotation's shingles that must stand in order in the likeliest ancestor."""
_LEAST = 0.4
"""The same for any other earlier message."""
_LONG = 25
"""Shingles in order that are enough whatever their share: a copy of a whole mail also repeats older ones."""
_MOST_ANCESTORS = 64


class _Tying:
    """The words of all messages, and which message stands where in the order of replies."""

    def __init__(self, messages: Sequence[Message], zones: Mapping[str, tuple[Zone, ...]]) -> None:
        self._messages = {message.message_id: message for message in messages}
        self._indexes = {
            message.message_id: index_of(message, zones.get(message.message_id, ())) for message in messages
        }
        self._number = {message.message_id: number for number, message in enumerate(messages)}
        self._holders: dict[Shingle, list[str]] = {}
        for message in messages:
            for shingle in self._indexes[message.message_id].places:
                if len(shingle) == SHINGLE:
                    holders = self._holders.setdefault(shingle, [])
                    if len(holders) < _MOST_MESSAGES:
                        holders.append(message.message_id)

    def ancestors(self, message: Message) -> list[str]:
        """The present ancestors of `message`, the parent first."""
        found: dict[str, None] = {}
        at: Message | None = message
        while at is not None and len(found) < _MOST_ANCESTORS:
            above = next(
                (
                    name
                    for name in (at.parent_id, *reversed(at.references))
                    if name in self._messages and name != message.message_id
                ),
                None,
            )
            if above is None or above in found:
                break
            found[above] = None
            at = self._messages[above]
        return list(found)

    def passage(
        self, message: Message, zone: Zone, ancestors: Sequence[str], reached: dict[str, int]
    ) -> Passage | None:
        """What the quotation `zone` of `message` repeats.

        `reached` holds the word of each message up to which this mail has quoted it already: quotations come in order.
        """
        words = [word for word, _, _ in words_between(message.body, zone.start, zone.end, quoted=True)]
        shingles = shingles_of(words)
        if not shingles:
            return None
        aimed = min(zone.depth - 1, len(ancestors))
        likely = [*ancestors[aimed : aimed + 1], *reversed(ancestors[:aimed][-8:]), *ancestors[aimed + 1 :][:8]]
        best: Match | None = None
        for name in likely:
            match = self._best_in(name, shingles, reached.get(name, 0))
            if match and match.share >= _ENOUGH:
                best = match
                break
            if match and (match.share >= _LEAST or match.found >= _LONG) and (best is None or match.share > best.share):
                best = match
        if best is None and len(words) > SHINGLE:
            best = self._anywhere(message, shingles, set(likely), reached)
        if best is None:
            return None
        reached[best.name] = best.last + 1
        spans = self._indexes[best.name].spans
        return Passage(best.name, spans[best.first][0], spans[best.last][1])

    def _best_in(self, name: str, shingles: Sequence[Shingle], after: int) -> Match | None:
        onward = match_of(self._indexes[name], shingles, after)
        if after == 0 or (onward and onward.share >= _ENOUGH):
            return onward
        whole = match_of(self._indexes[name], shingles, 0)
        return onward if onward and (whole is None or onward.found >= whole.found) else whole

    def _anywhere(
        self, message: Message, shingles: Sequence[Shingle], tried: set[str], reached: Mapping[str, int]
    ) -> Match | None:
        votes = Counter(name for shingle in shingles for name in self._holders.get(shingle, ()))
        here = self._number[message.message_id]
        earlier = [(count, name) for name, count in votes.items() if name not in tried and self._number[name] < here]
        for count, name in sorted(earlier, key=lambda vote: (-vote[0], -self._number[vote[1]]))[:3]:
            if count < _LEAST * len(shingles):
                break
            match = self._best_in(name, shingles, reached.get(name, 0))
            if match and match.share >= _ENOUGH:
                return match
        return None


def tie(messages: Sequence[Message], zones: Mapping[str, tuple[Zone, ...]]) -> dict[str, tuple[Zone, ...]]:
    """`zones` with `quoted` filled in for each quotation whose source is among `messages` (a thread's, in order).

    The ancestor that the depth points at is tried first (the parent for `>`, its parent for `> >`, …), then the other
    ancestors, then any earlier message.
    """
    tying = _Tying(messages, zones)
    tied: dict[str, tuple[Zone, ...]] = {}
    for message in messages:
        ancestors = tying.ancestors(message)
        reached: dict[str, int] = {}
        tied[message.message_id] = tuple(
            replace(zone, quoted=tying.passage(message, zone, ancestors, reached))
            if zone.kind is ZoneKind.QUOTE
            else zone
            for zone in zones.get(message.message_id, ())
        )
    return tied


def answered_passage(zones: tuple[Zone, ...], offset: int) -> Passage | None:
    """The passage that the own words at `offset` answer: what the quotation right above repeats.

    Attributions, and code, tables, traces or diffs that the author put between, are passed over; None at the top of
    a mail, or where the quotation's source was not found.
    """
    number = bisect_left([zone.end for zone in zones], offset + 1)
    if number >= len(zones) or zones[number].kind is ZoneKind.QUOTE:
        return None
    for zone in reversed(zones[:number]):
        if zone.kind is ZoneKind.QUOTE:
            return zone.quoted
        if zone.kind is ZoneKind.SIGNATURE:
            return None
    return None
