"""In: a reader and a thread. Out: the thread read once, as a page of runs and as plain objects.

A run is what one message says without a break; its pieces are stretches of words that the same items cover.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

from kb.collate import Collated, Node, Turn, collate
from kb.export.flow import flowed
from kb.reading import Filter, Reader
from kb.records import ZoneKind
from kb.views import ItemView, MessageView, ThreadView


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that the same items cover."""

    text: str
    items: tuple[ItemView, ...]
    ending: tuple[ItemView, ...]
    """The items whose last words these are."""


@dataclass(frozen=True, slots=True)
class Block:
    """Words of one kind."""

    kind: ZoneKind
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Run:
    """What one message says without a break."""

    turn: Turn
    message: MessageView
    to: MessageView | None
    """The message whose words are answered, where it is another person's or not the one right above."""
    begins: bool
    """Else it goes on after replies to what came before."""
    first: bool
    """The first that is read of its message."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """A part of an item's words that one node holds."""

    start: int
    end: int
    item: ItemView
    is_last: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A thread read once."""

    thread: ThreadView
    document: Collated
    messages: tuple[MessageView, ...]
    items: tuple[ItemView, ...]
    """Those that are marked."""
    signatures: bool
    flow: bool

    def runs(self) -> Iterator[Run]:
        """The runs in the order to read."""
        named = {message.message_id: message for message in self.messages}
        marks = self._marks({name: message.body for name, message in named.items()})
        seen: set[int] = set()
        shown: set[str] = set()
        for number, group in groupby(enumerate(self.document.nodes), key=lambda node: node[1].turn):
            turn = self.document.turns[number]
            message = named[turn.message_id]
            blocks = tuple(
                Block(node.kind, tuple(self._pieces(node, message, marks.get(place, ()))))
                for place, node in group
                if (self.signatures or node.kind is not ZoneKind.SIGNATURE)
                and message.body[node.start : node.end].strip()
            )
            if blocks or turn.message_id not in shown:
                above = self.document.turns[turn.parent].message_id if turn.parent is not None else None
                yield Run(
                    turn,
                    message,
                    named[above] if above is not None else None,
                    number not in seen,
                    turn.message_id not in shown,
                    blocks,
                )
                seen.add(number)
                shown.add(turn.message_id)

    def _marks(self, bodies: Mapping[str, str]) -> dict[int, list[_Mark]]:
        found: dict[int, list[_Mark]] = defaultdict(list)
        for item in self.items:
            body = bodies[item.message_id]
            spans = self.document.nodes_of(item.message_id, item.start, item.end)
            parts = [(place, start, end) for place, start, end in spans if body[start:end].strip()]
            for number, (place, start, end) in enumerate(parts, 1):
                found[place].append(_Mark(start, end, item, number == len(parts)))
        return found

    def _pieces(self, node: Node, message: MessageView, marks: Sequence[_Mark]) -> Iterator[Piece]:
        body = message.body
        start, end = node.start, node.end
        while body.startswith("\n", start, end):
            start += 1
        end = start + len(body[start:end].rstrip())
        text = body[start:end]
        text = flowed(text) if self.flow and node.kind is ZoneKind.OWN else text
        inside = [
            replace(mark, start=max(mark.start, start), end=min(mark.end, end))
            for mark in marks
            if mark.start < end and mark.end > start
        ]
        edges = sorted({start, end, *(edge for mark in inside for edge in (mark.start, mark.end))})
        for a, b in pairwise(edges):
            over = tuple(mark.item for mark in inside if mark.start <= a and b <= mark.end)
            ending = tuple(mark.item for mark in inside if mark.end == b and mark.is_last)
            yield Piece(text[a - start : b - start], over, ending)


def page(
    reader: Reader, thread: str, *, marked: Filter | None = None, signatures: bool = False, flow: bool = False
) -> Page:
    """The thread with this full id; items that `marked` finds are marked, none without it.

    With `flow` running text has line ends only where its author made them.
    """
    messages = reader.messages(thread)
    return Page(
        reader.threads(thread)[0],
        collate(messages, reader.zones_of_thread(thread)),
        messages,
        reader.items(marked) if marked is not None else (),
        signatures,
        flow,
    )


def rows(page: Page) -> dict[str, Any]:
    """The whole as plain objects: the tree is flat, `parent` and `children` are places in `turns`."""
    named = {message.message_id: message for message in page.messages}
    within: dict[int, list[str]] = defaultdict(list)
    for item in page.items:
        for place, _, _ in page.document.nodes_of(item.message_id, item.start, item.end):
            within[place].append(item.id)
    return {
        "thread": page.thread.id,
        "subject": page.thread.subject,
        "turns": [
            {
                "message_id": turn.message_id,
                "number": turn.number,
                "author": named[turn.message_id].author,
                "date": named[turn.message_id].date,
                "parent": turn.parent,
                "depth": turn.depth,
                "indent": turn.indent,
                "answers": None
                if turn.answers is None
                else {"message_id": turn.answers.message_id, "start": turn.answers.start, "end": turn.answers.end},
            }
            for turn in page.document.turns
        ],
        "nodes": [
            {
                "turn": node.turn,
                "kind": node.kind,
                "start": node.start,
                "end": node.end,
                "text": named[node.message_id].body[node.start : node.end],
                "children": list(node.children),
                "items": within.get(place, []),
            }
            for place, node in enumerate(page.document.nodes)
        ],
        "items": [
            {"id": i.id, "kind": i.kind, "state": i.state, "message_id": i.message_id, "start": i.start, "end": i.end}
            for i in page.items
        ],
    }
