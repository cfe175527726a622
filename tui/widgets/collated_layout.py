"""In: a collated thread, its mails, a width, folds. Out: rows: each passage, and set in beneath it the replies to it.

A turn folds to its heading with all that hangs on it; patches and signatures within a turn fold by themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kb.collate import Collated, Node
from kb.records import Zone, ZoneKind
from kb.views import ItemView
from tui.widgets.layout import HEADING, Layout
from tui.widgets.mail_rows import Mail, Row, RowKind, Stretch, marks_of, text_rows

STEP = 2
"""Cells that a reply is set in by."""
_SHOWN_PATCH = 60
"""Lines of a patch that are shown where somebody answers right below."""


class CollatedLayout(Layout):
    """The thread as one document."""

    def __init__(self) -> None:
        super().__init__()
        self.collated = Collated((), ())
        self._closed: set[tuple[str, int]] = set()
        """Turns that are folded: Message-ID and which of its turns."""
        self._by_hand: dict[tuple[str, int], bool] = {}
        """Patches and signatures (Message-ID, offset) that were opened or closed by hand."""
        self._names: list[tuple[str, int]] = []
        self._turns: dict[str, list[int]] = {}
        self._ends: list[int] = []
        """For each turn the first node behind all that hangs on it."""
        self._firsts: list[int] = []
        """For each turn its first node."""
        self._lasts: list[int] = []
        """For each turn its last node."""
        self._laid: dict[int, tuple[Row, ...]] = {}
        """The rows of each node that was laid out at this width."""
        self._blocks: list[tuple[Row, ...]] = []
        self._block_of: dict[int, int] = {}
        """The block in which a node is shown, or the heading under which it is folded away."""
        self._head_of: dict[int, int] = {}
        self._read_at: dict[int, int] = {}
        """The last row of each turn, and which turn that is."""
        self._tops: list[int] = []
        self._stretch: list[tuple[int, int]] = []
        """The place of each block's mail, and its node (-1 for a heading)."""

    def read(self, collated: Collated) -> None:
        """Show this thread from the next `lay_out` on."""
        self.collated = collated
        turns = collated.turns
        self._firsts, self._lasts = [-1] * len(turns), [-1] * len(turns)
        for number, node in enumerate(collated.nodes):
            self._lasts[node.turn] = number
            if self._firsts[node.turn] < 0:
                self._firsts[node.turn] = number
        self._ends = [last + 1 for last in self._lasts]
        for number in range(len(turns) - 1, -1, -1):
            parent = turns[number].parent
            if parent is not None:
                self._ends[parent] = max(self._ends[parent], self._ends[number])
        self._names, self._turns = [], {}
        for number, turn in enumerate(turns):
            own = self._turns.setdefault(turn.message_id, [])
            self._names.append((turn.message_id, len(own)))
            own.append(number)

    def lay_out(self, mails: Sequence[Mail], width: int) -> None:
        self._laid.clear()
        super().lay_out(mails, width)

    def make_rows(self) -> None:
        self.version += 1
        self._blocks, self._stretch, self._tops = [], [], []
        self._block_of, self._head_of = {}, {}
        nodes, turns, at, above = self.collated.nodes, self.collated.turns, 0, -1
        while at < len(nodes):
            node = nodes[at]
            place = self.places.get(node.message_id)
            if place is None:
                at += 1
                continue
            begins = self._firsts[node.turn] == at
            shut = begins and self._names[node.turn] in self._closed
            if begins or above != node.turn:
                self._heading(place, node.turn, begins=begins, shut=shut)
            above = node.turn
            if shut:
                for hidden in range(at, self._ends[node.turn]):
                    self._block_of[hidden] = len(self._blocks) - 1
                    self._head_of.setdefault(nodes[hidden].turn, len(self._blocks) - 1)
                at = self._ends[node.turn]
                continue
            if at not in self._laid:
                self._laid[at] = tuple(self._rows_of(place, at, indent_of(turns[node.turn].indent, self.width)))
            self._block_of[at] = len(self._blocks)
            self._blocks.append(self._laid[at])
            self._stretch.append((place, at))
            at += 1
        self.count = 0
        ends: dict[int, int] = {}
        for block in self._blocks:
            self._tops.append(self.count)
            self.count += len(block)
            if block and not block[-1].shut:
                ends[block[-1].turn] = self.count - 1
        self._read_at = {row: turn for turn, row in ends.items()}

    def _heading(self, place: int, turn: int, *, begins: bool, shut: bool) -> None:
        indent = indent_of(self.collated.turns[turn].indent, self.width)
        kind = RowKind.HEAD if begins else RowKind.AGAIN
        begin = self._begin(turn)
        rows = [Row(kind, begin, begin, turn=turn, indent=indent, shut=shut)]
        if begins and self._names[turn][1] == 0 and self.mails[place].new_subject and not shut:
            rows.append(Row(RowKind.SUBJECT, turn=turn, indent=indent))
        if self._blocks:
            rows.insert(0, Row(RowKind.BLANK, turn=turn, indent=indent))
        if begins:
            self._head_of[turn] = len(self._blocks)
        self._blocks.append(tuple(rows))
        self._stretch.append((place, -1))

    def _begin(self, turn: int) -> int:
        """The offset at which a turn begins."""
        return self.collated.nodes[self._firsts[turn]].start

    def _rows_of(self, place: int, number: int, indent: int) -> Iterator[Row]:
        mail, node = self.mails[place], self.collated.nodes[number]
        stretch = Stretch(node.start, node.end, node.kind, (Zone(node.kind, node.start, node.end),))
        if not mail.message.body[node.start : node.end].strip():
            return
        fold, folds = -1, _folds(node)
        if folds:
            fold = node.start
            yield Row(RowKind.FOLD, node.start, node.end, node.kind, fold, node.turn, indent)
            if not self._is_node_open(mail, node):
                return
        items = [item for item in mail.items if item.start < node.end and item.end > node.start]
        made = list(text_rows(mail, stretch, self.width - indent, fold, marks_of(items), True))
        while made and made[-1].kind is RowKind.BLANK:
            made.pop()
        before = self.collated.nodes[number - 1] if number else None
        runs_on = before is not None and before.turn == node.turn
        if runs_on and not folds and mail.message.body[: node.start].endswith("\n\n"):
            yield Row(RowKind.BLANK, node.start, node.start + 1, node.kind, fold, node.turn, indent)
        yield from (replace(row, turn=node.turn, indent=indent) for row in made)

    def _is_node_open(self, mail: Mail, node: Node) -> bool:
        own = (node.message_id, node.start)
        if own in self._by_hand:
            return self._by_hand[own]
        if any(item.start < node.end and item.end > node.start for item in mail.items):
            return True
        answered = node.kind is ZoneKind.DIFF and bool(node.children)
        return answered and mail.message.body.count("\n", node.start, node.end) <= _SHOWN_PATCH

    # the way to a row

    def at(self, row: int) -> tuple[int, Row] | None:
        if not 0 <= row < self.count:
            return None
        block = self._block(row)
        return self._stretch[block][0], self._blocks[block][row - self._tops[block]]

    def _block(self, row: int) -> int:
        return bisect_right(self._tops, row) - 1

    def _head_row(self, block: int) -> int:
        first = self._blocks[block][0].kind is RowKind.BLANK
        return self._tops[block] + first

    def row_of(self, place: int, offset: int) -> int:
        name = self.mails[place].message.message_id
        shown = list(self.collated.nodes_of(name, 0, len(self.mails[place].message.body) + 1))
        if not shown or offset == HEADING:
            first = self._turns.get(name, [-1])[0]
            return self._head_row(self._head_of[first]) if first in self._head_of else 0
        number = next((n for n, _, end in shown if end > offset), shown[-1][0])
        block = self._block_of[number]
        rows = self._blocks[block]
        if self._stretch[block][1] < 0:
            return self._head_row(block)
        found = bisect_right([row.start for row in rows], offset) - 1
        return self._tops[block] + max(found, 0) if rows else self._tops[block] - 1

    def headings(self, place: int) -> Iterator[tuple[int, RowKind]]:
        name = self.mails[place].message.message_id
        for turn in self._turns.get(name, ()):
            block = self._head_of.get(turn)
            if block is None:
                continue
            for n, row in enumerate(self._blocks[block]):
                if row.turn == turn and row.kind in (RowKind.HEAD, RowKind.SUBJECT):
                    yield self._tops[block] + n, row.kind

    def shown(self, place: int) -> Iterator[tuple[int, int]]:
        mail = self.mails[place]
        for number, _, _ in self.collated.nodes_of(mail.message.message_id, 0, len(mail.message.body) + 1):
            node = self.collated.nodes[number]
            if self._stretch[self._block_of[number]][1] == number and (
                not _folds(node) or self._is_node_open(mail, node)
            ):
                yield node.start, node.end

    def hidden(self, turn: int) -> int:
        """How many replies hang on a turn."""
        inside = range(self._firsts[turn], self._ends[turn])
        return len({self.collated.nodes[n].message_id for n in inside} - {self.collated.turns[turn].message_id})

    def passes(self, row: int) -> Iterator[tuple[str, int]]:
        turn = self._read_at.get(row)
        if turn is not None:
            yield self._names[turn]

    def parts(self, message_id: str) -> int:
        return len(self._turns.get(message_id, ()))

    # folds

    def is_open(self, place: int, row: Row) -> bool:
        if row.kind is RowKind.FOLD:
            number = next(self.collated.nodes_of(self.mails[place].message.message_id, row.start, row.start + 1))[0]
            return self._is_node_open(self.mails[place], self.collated.nodes[number])
        return not row.shut

    def fold(self, row: int, opened: bool | None = None) -> int | None:
        found = self.at(row)
        if found is None:
            return None
        place, where = found
        if where.fold >= 0:
            number = next(self.collated.nodes_of(self.mails[place].message.message_id, where.fold, where.fold + 1))[0]
            node = self.collated.nodes[number]
            now = self._is_node_open(self.mails[place], node)
            self._by_hand[node.message_id, node.start] = not now if opened is None else opened
            self._laid.pop(number, None)
            self.make_rows()
            return self._tops[self._block_of[number]]
        name = self._names[where.turn]
        closes = name not in self._closed if opened is None else not opened
        (self._closed.add if closes else self._closed.discard)(name)
        self.make_rows()
        return self._head_row(self._head_of[where.turn])

    def unfold_for(self, place: int, item: ItemView) -> None:
        mail = self.mails[place]
        name = mail.message.message_id
        opened = False
        for number, _, _ in list(self.collated.nodes_of(name, item.start, item.end)):
            node = self.collated.nodes[number]
            opened |= self._open_turn(node.turn)
            if _folds(node) and not self._is_node_open(mail, node):
                self._by_hand[name, node.start] = opened = True
                self._laid.pop(number, None)
        if opened:
            self.make_rows()

    def unfold_turns(self, message_id: str) -> None:
        """Open what hides the heading of a mail."""
        first = self._turns.get(message_id, ())[:1]
        if any(self._open_turn(self.collated.turns[turn].parent) for turn in first):
            self.make_rows()

    def _open_turn(self, turn: int | None) -> bool:
        """Open a turn and all that it hangs on; whether any was folded."""
        before = len(self._closed)
        while turn is not None:
            self._closed.discard(self._names[turn])
            turn = self.collated.turns[turn].parent
        return len(self._closed) < before

    def fold_all(self, opened: bool | None = None) -> None:
        opens = bool(self._closed) if opened is None else opened
        self._closed = set() if opens else set(self._names)
        self.make_rows()


def _folds(node: Node) -> bool:
    return node.kind in (ZoneKind.QUOTE, ZoneKind.ATTRIBUTION, ZoneKind.DIFF, ZoneKind.SIGNATURE)


def indent_of(level: int, width: int) -> int:
    """The cells that a level is set in by: never more than half of `width`."""
    return min(level * STEP, max(width // 2 // STEP * STEP, 0))
