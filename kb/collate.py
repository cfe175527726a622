"""In: a thread's messages and zones. Out: one document: each passage is followed by the replies to it, nested.

Every character that is neither a repeated quotation, a line that introduces one, nor white space between zones is in
exactly one node. The document depends on nothing else, and its depth has no limit: the tree is kept flat.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb.collate_cutting import Mail
from kb.collate_placing import Piece, placed
from kb.records import Passage, Zone, ZoneKind


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message says in one place."""

    message_id: str
    number: int
    """The message's place in the thread."""
    parent: int | None
    """The turn under a node of which it hangs, by its place in `turns`; None at the top."""
    depth: int
    """Turns above it."""
    indent: int
    """Levels to set it in by: a lone reply to the end of a turn stands as far in as that turn."""
    answers: Passage | None
    """The passage it quotes and answers, where that is known; else it answers its parent as a whole."""


@dataclass(frozen=True, slots=True)
class Node:
    """A stretch of a message that no reply interrupts."""

    turn: int
    message_id: str
    start: int
    end: int
    kind: ZoneKind
    children: tuple[int, ...] = ()
    """The turns that follow it, by their place in `turns`, in the order of the thread."""


@dataclass(frozen=True, slots=True)
class Collated:
    """The whole thread, to be read once from top to bottom."""

    turns: tuple[Turn, ...]
    """In the order in which they begin."""
    nodes: tuple[Node, ...]
    """In the order to read: a node, then all that hangs on its children, then the next node of its turn."""
    _places: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def tops(self) -> tuple[int, ...]:
        """The turns that hang on nothing."""
        return tuple(number for number, turn in enumerate(self.turns) if turn.parent is None)

    def nodes_of(self, message_id: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """(place in `nodes`, start, end) of each part of a passage of a message that is shown, in the body's order."""
        places = self._places.get(message_id, ())
        first = bisect_left(places, start, key=lambda place: self.nodes[place[1]].end - 1)
        for at, number in places[first:]:
            if at >= end:
                break
            yield number, max(start, at), min(end, self.nodes[number].end)


def collate(messages: Sequence[Mail], zones: Mapping[str, Sequence[Zone]]) -> Collated:
    """The document of a thread; `messages` in the order of the thread, `zones` by Message-ID with `quoted` filled in.

    A turn hangs behind the last word that it quotes; one that quotes nothing known hangs at the end of the message that
    it answers, or at the top where that is not there. Replies to the same place follow in the order of the thread.
    A loop of replies is cut at its earliest turn.
    """
    return _laid_out(placed(messages, zones))


def _laid_out(pieces: Sequence[Piece]) -> Collated:
    replies: dict[tuple[int, int], list[int]] = defaultdict(list)
    tops: list[int] = []
    for number, piece in enumerate(pieces):
        if piece.under is None:
            tops.append(number)
        else:
            replies[piece.under, piece.at].append(number)
    stops: dict[int, list[int]] = defaultdict(list)
    for under, at in sorted(replies):
        stops[under].append(at)

    turns: list[Turn] = []
    nodes: list[tuple[int, Node]] = []
    names: dict[int, int] = {}
    waiting: list[int | tuple[int, Node]] = list(reversed(tops))
    while waiting:
        step = waiting.pop()
        if isinstance(step, tuple):
            nodes.append(step)
            continue
        piece = pieces[step]
        names[step] = len(turns)
        above = turns[names[piece.under]] if piece.under is not None else None
        alone = (
            piece.under is not None and replies[piece.under, piece.at] == [step] and piece.at == pieces[piece.under].end
        )
        turns.append(
            Turn(
                piece.mail.message_id,
                piece.number,
                None if piece.under is None else names[piece.under],
                above.depth + 1 if above else 0,
                above.indent + (not alone) if above else 0,
                piece.cut.answers,
            )
        )
        steps: list[int | tuple[int, Node]] = []
        for node in _parted(piece, stops[step], names[step]):
            steps.append((step, node))
            steps.extend(replies.get((step, node.end), ()))
        waiting.extend(reversed(steps))
    laid = tuple(
        Node(n.turn, n.message_id, n.start, n.end, n.kind, tuple(names[r] for r in replies.get((step, n.end), ())))
        for step, n in nodes
    )
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, node in enumerate(laid):
        places[node.message_id].append((node.start, number))
    return Collated(tuple(turns), laid, {name: tuple(sorted(found)) for name, found in places.items()})


def _parted(piece: Piece, stops: Sequence[int], turn: int) -> Iterator[Node]:
    """The nodes of a turn, its zones parted at `stops` (in order); one empty node where it has no zones."""
    name = piece.mail.message_id
    if not piece.cut.zones:
        yield Node(turn, name, 0, 0, ZoneKind.OWN)
    for zone in piece.cut.zones:
        edges = [zone.start, *stops[bisect_left(stops, zone.start + 1) : bisect_left(stops, zone.end)], zone.end]
        for start, end in pairwise(edges):
            yield Node(turn, name, start, end, zone.kind)
