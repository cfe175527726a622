"""In: mails, and how a thread of them is collated. Out: a scrolling view of them, items marked, folds.

Two layouts show the same words, the thread collated or mail under mail; the cursor keeps its place in the words when
the layout, folds or the width change.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from textual.binding import Binding, BindingType

from kb.collate import Collated
from kb.views import ItemView
from tui.widgets import mail_pieces
from tui.widgets.collated_layout import CollatedLayout
from tui.widgets.folding import FoldingView
from tui.widgets.jumping import Jump, jumps_to
from tui.widgets.laid_out import LaidOut
from tui.widgets.layout import HEADING, Layout, Spot
from tui.widgets.lines import Pieces, split
from tui.widgets.mail_rows import Mail, RowKind
from tui.widgets.seeing import Seeing


class Conversation(FoldingView):
    """Mails, as one collated document or one under the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "item(1)", "Next item", key_display="]", show=False),
        Binding("left_square_bracket", "item(-1)", "Previous item", key_display="[", show=False),
        Binding("w", "question(1)", "Next open question", show=False),
        Binding("W", "question(-1)", "Previous open question", show=False),
        Binding("x", "disagreement(1)", "Next disagreement", show=False),
        Binding("X", "disagreement(-1)", "Previous disagreement", show=False),
        Binding("u", "unread(1)", "Next unread message", show=False),
        Binding("U", "unread(-1)", "Previous unread message", show=False),
        Binding("right_curly_bracket", "mail(1)", "Next message", key_display="}", show=False),
        Binding("left_curly_bracket", "mail(-1)", "Previous message", key_display="{", show=False),
        Binding("m", "switch", "Collated or mail by mail"),
    ]
    margin_cells = 2

    def __init__(self, *, id: str | None = None, collates: bool = False) -> None:  # noqa: A002 - Textual's own name
        """With `collates`, the thread is shown as one document first."""
        super().__init__(id=id)
        self._mail_by_mail, self._collated = LaidOut(), CollatedLayout()
        self.collates = collates
        self.laid = self._collated if collates else self._mail_by_mail
        self.ordered: Sequence[Mail] = ()
        """The mails in the order for the mail-by-mail layout."""
        self.seeing = Seeing()
        self.chosen: ItemView | None = None
        """The item that Enter opens and whose words are set off."""
        self._found: dict[int, list[tuple[int, int]]] = {}
        """What the search found, by the mail's place."""
        self._keeps_chosen = False
        self._targets_of: tuple[Layout, int, Jump] | None = None
        self._flat: Sequence[tuple[int, int, ItemView]] = ()

    @property
    def mails(self) -> Sequence[Mail]:
        return self.laid.mails

    @property
    def is_collated(self) -> bool:
        return self.laid is self._collated

    def count(self) -> int:
        return self.laid.count

    def show(self, mails: Sequence[Mail], collated: Collated | None = None) -> None:
        """Show these mails, folds and place kept where the same mails were shown before."""
        if collated is not None and collated != self._collated.collated:
            self._collated.read(collated)
        self.ordered = mails
        if self.size.width:  # else it is laid out when its width is known
            with self.same_spot():
                self.laid.lay_out(mails, self.text_width)

    def on_resize(self) -> None:
        if self.size.width and self.text_width != self.laid.width:
            with self.same_spot():
                self.laid.lay_out(self.ordered, self.text_width)
        super().on_resize()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.collates if action == "switch" else super().check_action(action, parameters)

    def action_switch(self) -> None:
        """Show the thread collated, or mail by mail; the cursor stays on its words."""
        spot = self.spot
        with self.same_spot():
            self.laid = self._mail_by_mail if self.is_collated else self._collated
            if self.laid.mails is not self.ordered or self.laid.width != self.text_width:
                self.laid.lay_out(self.ordered, self.text_width)
        if spot is not None:
            self.show_cursor(top=True)
        self.post_message(self.Moved(self))

    @contextmanager
    def same_spot(self) -> Iterator[None]:
        """Let the rows be others after the block; cursor and chosen item stay on the same words."""
        spot = self.spot
        yield
        self._rows_changed(spot)

    def _rows_changed(self, spot: Spot | None) -> None:
        self._keeps_chosen = True
        self.changed()
        if spot is not None:
            row = self.laid.row_of_spot(spot)
            self.cursor = self.cursor if row is None else row
        self._keeps_chosen = False
        self.call_after_refresh(self.see)

    @property
    def spot(self) -> Spot | None:
        """The cursor's place in the words: Message-ID and offset (HEADING for the heading)."""
        return self.laid.spot(self.cursor)

    def see(self) -> None:
        """Take note of what is on the screen."""
        top, height = int(self.scroll_offset.y), self.scrollable_content_region.height
        if self.is_on_screen and self.seeing.see(self.laid, range(top, top + height)):
            self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.see()

    def on_unmount(self) -> None:
        self.seeing.leave()

    # drawing

    def mark(self, row: int) -> str:
        if self.chosen is not None and self.chosen.id in {i.id for i in self.items_at(row)}:
            return "┃"
        found = self.laid.at(row) if self.seeing.unread else None
        if found is not None and found[1].kind is RowKind.HEAD:
            return "●" if self.mails[found[0]].message.message_id in self.seeing.unread else " "
        return " "

    def pieces(self, row: int, width: int) -> list[Pieces]:
        found = self.laid.at(row)
        if found is None:
            return [[]]
        place, where = found
        mail, room = self.mails[place], max(width - where.indent, 8)
        return [[*mail_pieces.rails(where), *self._words(row, place, mail, room)]]

    def _words(self, row: int, place: int, mail: Mail, room: int) -> Pieces:
        found = self.laid.at(row)
        assert found is not None
        where = found[1]
        match where.kind:
            case RowKind.BLANK:
                return []
            case RowKind.HEAD | RowKind.AGAIN if where.turn >= 0:
                return mail_pieces.turn(mail, where, room, self._collated.hidden(where.turn) if where.shut else 0)
            case RowKind.HEAD | RowKind.AGAIN:
                return mail_pieces.heading(mail, room)
            case RowKind.SUBJECT:
                return mail_pieces.subject(mail, room)
            case RowKind.FOLD:
                return mail_pieces.fold(mail, where, room, is_open=self.laid.is_open(place, where))
            case RowKind.TEXT:
                look = "hit-here" if row == self.cursor else "hit"
                spans = self._found.get(place, ())
                return mail_pieces.text(mail, where, chosen=self.chosen, found=spans, hit_look=look)

    # searching: by offsets, so that a phrase is found across the end of a line

    def find_hits(self) -> Sequence[int]:
        self._found = {}
        needle = self.needle
        if needle is None:
            return ()
        hits: set[int] = set()
        for place, mail in enumerate(self.mails):
            spans = [
                found.span()
                for start, end in self.laid.shown(place)
                for found in needle.finditer(mail.message.body, start, end)
                if found.end() > found.start()
            ]
            if spans:
                self._found[place] = spans
                hits.update(self.laid.row_of(place, start) for start, _ in spans)
            for row, _ in self.laid.headings(place):
                if needle.search("".join(words for words, _ in self.pieces(row, self.laid.width)[0])):
                    hits.add(row)
        return sorted(hits)

    def highlighted(self, line: Pieces, row: int) -> Iterable[tuple[str, str]]:
        found = self.laid.at(row)
        if found is None or self.needle is None or found[1].kind not in (RowKind.HEAD, RowKind.SUBJECT):
            return line
        spans = [m.span() for m in self.needle.finditer("".join(words for words, _ in line))]
        return split(line, [(a, b, "hit") for a, b in spans if a < b])

    # moving by items and messages

    def items_at(self, row: int) -> list[ItemView]:
        """The items whose words stand in `row`."""
        found = self.laid.at(row)
        if found is None or found[1].kind is not RowKind.TEXT:
            return []
        mail, where = found
        return [i for i in self.mails[mail].items if i.start < where.end and i.end > where.start]

    def watch_cursor(self) -> None:
        here = self.items_at(self.cursor)
        if not self._keeps_chosen and (self.chosen is None or self.chosen.id not in {i.id for i in here}):
            self.chosen = here[0] if here else None
        super().watch_cursor()

    def reveal(self, item: ItemView) -> None:
        """Open what hides an item's words, go to them and set them off."""
        place = self.laid.places.get(item.message_id)
        if place is None:
            return
        version, spot = self.laid.version, self.spot
        self.laid.unfold_for(place, item)
        if self.laid.version != version:
            self._rows_changed(spot)
        self.chosen, self._keeps_chosen = item, True
        self.cursor = self.laid.row_of(place, item.start)
        self._keeps_chosen = False
        last = self.laid.row_of(place, item.end - 1)
        self.show_cursor(top=not (self.shows(self.cursor) and self.shows(last)))
        self.refresh()
        self.post_message(self.Moved(self))

    def reveal_mail(self, message_id: str) -> None:
        """Go to the heading of a mail."""
        place = self.laid.places.get(message_id)
        if place is not None:
            if self.is_collated:
                self._collated.unfold_turns(message_id)
                self.changed()
            self.cursor = self.laid.row_of(place, HEADING)
            self.show_cursor(top=True)

    def _targets(self, jump: Jump) -> Sequence[tuple[int, int, ItemView]]:
        """(row, number, item) of all that a key jumps to, in the order of the rows."""
        key = (self.laid, self.laid.version, jump)
        if self._targets_of != key:
            wanted = [(p, i) for p, mail in enumerate(self.mails) for i in mail.items if jumps_to(i, jump)]
            found = ((self.laid.row_of(p, i.start), n, i) for n, (p, i) in enumerate(wanted))
            self._targets_of, self._flat = key, sorted(found, key=lambda target: target[:2])
        return self._flat

    def _jump(self, way: int, jump: Jump) -> None:
        flat = self._targets(jump)
        now = [n for n, (_, _, item) in enumerate(flat) if self.chosen is not None and item.id == self.chosen.id]
        if now:
            target = now[0] + way
        else:
            rows = [row for row, _, _ in flat]
            here = self.laid.at(self.cursor)
            hides = here is not None and here[1].shut  # what is folded away here comes after the cursor
            target = (bisect_left if way < 0 or hides else bisect_right)(rows, self.cursor) - (way < 0)
        if 0 <= target < len(flat):
            self.reveal(flat[target][2])

    def action_item(self, way: int) -> None:
        self._jump(way, Jump.ITEM)

    def action_question(self, way: int) -> None:
        self._jump(way, Jump.QUESTION)

    def action_disagreement(self, way: int) -> None:
        self._jump(way, Jump.DISAGREEMENT)

    def _go_to_heading(self, rows: Sequence[int], way: int) -> None:
        target = bisect_right(rows, self.cursor) if way > 0 else bisect_left(rows, self.cursor) - 1
        if 0 <= target < len(rows):
            self.cursor = rows[target]
            self.scroll_to(y=self.cursor, animate=False, immediate=True)

    def action_mail(self, way: int) -> None:
        self._go_to_heading(sorted({self.laid.row_of(place, HEADING) for place in range(len(self.mails))}), way)

    def action_unread(self, way: int) -> None:
        unread = [place for place, mail in enumerate(self.mails) if mail.message.message_id in self.seeing.unread]
        self._go_to_heading(sorted({self.laid.row_of(place, HEADING) for place in unread}), way)
