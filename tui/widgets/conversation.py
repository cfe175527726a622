"""In: mails in the order to read them. Out: a scrolling view of them, items marked, quotes and patches folded.

The cursor keeps its place in the words when folds or the width change.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from textual.binding import Binding, BindingType

from kb.views import ItemView
from tui.widgets import mail_pieces
from tui.widgets.laid_out import HEADING, LaidOut
from tui.widgets.lines import LineView, Pieces, split
from tui.widgets.mail_rows import Mail, RowKind, stretches


class Conversation(LineView):
    """Mails one under the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "item(1)", "Next item", key_display="]", show=False),
        Binding("left_square_bracket", "item(-1)", "Previous item", key_display="[", show=False),
        Binding("right_curly_bracket", "mail(1)", "Next message", key_display="}", show=False),
        Binding("left_curly_bracket", "mail(-1)", "Previous message", key_display="{", show=False),
        Binding("f", "fold", "Open or close the fold", show=False),
        Binding("F", "fold_all", "Open or close all folds", show=False),
    ]
    margin_cells = 2

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.laid = LaidOut()
        self.chosen: ItemView | None = None
        """The item that Enter opens and whose words are set off."""
        self._found: dict[int, list[tuple[int, int]]] = {}
        """What the search found, by the mail's place."""
        self._keeps_chosen = False

    @property
    def mails(self) -> Sequence[Mail]:
        return self.laid.mails

    def count(self) -> int:
        return self.laid.count

    def show(self, mails: Sequence[Mail]) -> None:
        """Show these mails, folds and place kept where the same mails were shown before."""
        with self._same_spot():
            self.laid.lay_out(mails, self.text_width)

    def on_resize(self) -> None:
        if self.text_width != self.laid.width:
            with self._same_spot():
                self.laid.lay_out(self.mails, self.text_width)
        super().on_resize()

    @contextmanager
    def _same_spot(self) -> Iterator[None]:
        """Let the rows be others after the block; cursor and chosen item stay on the same words."""
        spot = self.spot
        yield
        self._keeps_chosen = True
        self.changed()
        if spot is not None:
            row = self.laid.row_of_spot(spot)
            self.cursor = self.cursor if row is None else row
        self._keeps_chosen = False

    @property
    def spot(self) -> tuple[str, int] | None:
        """The cursor's place in the words: Message-ID and offset (HEADING for the heading)."""
        return self.laid.spot(self.cursor)

    # drawing

    def mark(self, row: int) -> str:
        return "┃" if self.chosen is not None and self.chosen.id in {i.id for i in self.items_at(row)} else " "

    def pieces(self, row: int, width: int) -> list[Pieces]:
        found = self.laid.at(row)
        if found is None:
            return [[]]
        place, where = found
        mail = self.mails[place]
        match where.kind:
            case RowKind.BLANK:
                return [[]]
            case RowKind.HEAD:
                return [mail_pieces.heading(mail, width)]
            case RowKind.SUBJECT:
                return [mail_pieces.subject(mail, width)]
            case RowKind.FOLD:
                return [mail_pieces.fold(mail, where, width, is_open=self.laid.is_open(place, where))]
            case RowKind.TEXT:
                look = "hit-here" if row == self.cursor else "hit"
                spans = self._found.get(place, ())
                return [mail_pieces.text(mail, where, chosen=self.chosen, found=spans, hit_look=look)]

    # searching: by offsets, so that a phrase is found across the end of a line

    def find_hits(self) -> Sequence[int]:
        self._found = {}
        needle = self.needle
        if needle is None:
            return ()
        hits: set[int] = set()
        for place, mail in enumerate(self.mails):
            spans: list[tuple[int, int]] = []
            for stretch in stretches(mail):
                if not stretch.folds or self.laid.is_open(place, stretch):
                    found = needle.finditer(mail.message.body, stretch.start, stretch.end)
                    spans.extend(m.span() for m in found if m.end() > m.start())
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
        for place, mail in enumerate(self.mails):
            if mail.message.message_id == item.message_id:
                with self._same_spot():
                    self.laid.unfold_for(place, item)
                self.chosen, self._keeps_chosen = item, True
                self.cursor = self.laid.row_of(place, item.start)
                self._keeps_chosen = False
                last = self.laid.row_of(place, item.end - 1)
                self.show_cursor(top=not (self.shows(self.cursor) and self.shows(last)))
                self.refresh()
                self.post_message(self.Moved(self))
                return

    def action_item(self, way: int) -> None:
        flat = [(place, item) for place, mail in enumerate(self.mails) for item in mail.items]
        now = [n for n, (_, item) in enumerate(flat) if self.chosen is not None and item.id == self.chosen.id]
        if now:
            target = now[0] + way
        else:
            rows = [self.laid.row_of(place, item.start) for place, item in flat]
            target = bisect_right(rows, self.cursor) if way > 0 else bisect_left(rows, self.cursor) - 1
        if 0 <= target < len(flat):
            self.reveal(flat[target][1])

    def action_mail(self, way: int) -> None:
        found = self.laid.at(self.cursor)
        if found is None:
            return
        here = found[0]
        back = way < 0 and self.cursor > self.laid.row_of(here, HEADING)
        target = here if back else here + way
        if 0 <= target < len(self.mails):
            self.cursor = self.laid.row_of(target, HEADING)
            self.scroll_to(y=self.cursor, animate=False, immediate=True)

    # folds

    def action_open(self) -> None:
        found = self.laid.at(self.cursor)
        if found is not None and found[1].kind is RowKind.FOLD:
            self.action_fold()
        else:
            super().action_open()

    def action_fold(self) -> None:
        """Open or close the fold at the cursor, or the first one of its message."""
        found, row = self.laid.fold_at(self.cursor), self.laid.at(self.cursor)
        if found is None or row is None:
            return
        place, stretch = found
        within = row[1].fold == stretch.start
        with self._same_spot():
            self.laid.set_fold(place, stretch, not self.laid.is_open(place, stretch))
        if within:
            first = self.laid.row_of(place, stretch.start)
            inside = self.laid.at(first)
            self.cursor = first - 1 if inside is not None and inside[1].kind is RowKind.TEXT else first

    def action_fold_all(self) -> None:
        with self._same_spot():
            self.laid.fold_all()
