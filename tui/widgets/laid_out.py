"""In: mails in the order to read them, a width, folds opened or closed by hand. Out: rows, mail under mail.

A row is found by its mail's place and an offset of its body, and the other way round; nothing is drawn here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from kb.records import ZoneKind
from kb.views import ItemView
from tui.widgets.layout import HEADING, Layout
from tui.widgets.mail_rows import Row, RowKind, Stretch, is_open, rows, stretches

__all__ = ["HEADING", "LaidOut"]


class LaidOut(Layout):
    """The mails one under the other, their quotes, patches and signatures folded."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[list[Row]] = []
        self._tops: list[int] = []
        self._starts: list[tuple[list[int], list[int]]] = []
        """For each mail the offsets at which its rows begin, and which rows these are."""
        self._opened: dict[str, set[int]] = {}
        self._shut: dict[str, set[int]] = {}

    def make_rows(self) -> None:
        self._rows = [self._rows_of(place) for place in range(len(self.mails))]
        self._sum_up()

    def _rows_of(self, place: int) -> list[Row]:
        mail = self.mails[place]
        own = mail.message.message_id
        opened, shut = self._opened.get(own, set()), self._shut.get(own, set())
        return rows(mail, self.width, opened, shut, is_first=place == 0)

    def _sum_up(self) -> None:
        self.version += 1
        self._tops, self._starts, self.count = [], [], 0
        for laid in self._rows:
            self._tops.append(self.count)
            self.count += len(laid)
            shown = [n for n, row in enumerate(laid) if row.kind in (RowKind.TEXT, RowKind.FOLD)]
            self._starts.append(([laid[n].start for n in shown], shown))

    def at(self, row: int) -> tuple[int, Row] | None:
        if not 0 <= row < self.count:
            return None
        mail = bisect_right(self._tops, row) - 1
        return mail, self._rows[mail][row - self._tops[mail]]

    def row_of(self, place: int, offset: int) -> int:
        starts, shown = self._starts[place]
        found = bisect_right(starts, offset) - 1 if offset >= 0 else -1
        if found >= 0:
            return self._tops[place] + shown[found]
        return next(row for row, kind in self.headings(place) if kind is RowKind.HEAD)

    def headings(self, place: int) -> Iterator[tuple[int, RowKind]]:
        for n, row in enumerate(self._rows[place][:3]):
            if row.kind in (RowKind.HEAD, RowKind.SUBJECT):
                yield self._tops[place] + n, row.kind

    def shown(self, place: int) -> Iterator[tuple[int, int]]:
        for stretch in stretches(self.mails[place]):
            if not stretch.folds or self.is_open(place, stretch):
                yield stretch.start, stretch.end

    def passes(self, row: int) -> Iterator[tuple[str, int]]:
        found = self.at(row)
        if found is not None and row == self._tops[found[0]] + len(self._rows[found[0]]) - 1:
            yield self.mails[found[0]].message.message_id, 0

    def parts(self, message_id: str) -> int:
        return 1

    # folds

    def _fold_at(self, row: int) -> tuple[int, Stretch] | None:
        """The mail and the fold that `row` belongs to, else the first fold of the row's mail."""
        found = self.at(row)
        if found is None:
            return None
        place, where = found
        folds = [s for s in stretches(self.mails[place]) if s.folds]
        chosen = next((s for s in folds if s.start == where.fold), folds[0] if folds else None)
        return None if chosen is None else (place, chosen)

    def is_open(self, place: int, row: Stretch | Row) -> bool:
        mail = self.mails[place]
        own = mail.message.message_id
        return is_open(mail, row, self._opened.get(own, set()), self._shut.get(own, set()))

    def fold(self, row: int, opened: bool | None = None) -> int | None:
        found, where = self._fold_at(row), self.at(row)
        if found is None or where is None:
            return None
        place, stretch = found
        spot, within = self.spot(row), where[1].fold == stretch.start
        self._set(place, stretch, not self.is_open(place, stretch) if opened is None else opened)
        if not within:
            return None if spot is None else self.row_of_spot(spot)
        first = self.row_of(place, stretch.start)
        inside = self.at(first)
        return first - 1 if inside is not None and inside[1].kind is RowKind.TEXT else first

    def _set(self, place: int, stretch: Stretch, opened: bool) -> None:
        own = self.mails[place].message.message_id
        by_hand, shut = self._opened.setdefault(own, set()), self._shut.setdefault(own, set())
        (by_hand.add if opened else by_hand.discard)(stretch.start)
        (shut.discard if opened else shut.add)(stretch.start)
        self._rows[place] = self._rows_of(place)
        self._sum_up()

    def unfold_for(self, place: int, item: ItemView) -> None:
        for stretch in stretches(self.mails[place]):
            hides = stretch.folds and item.start < stretch.end and item.end > stretch.start
            if hides and not self.is_open(place, stretch):
                self._set(place, stretch, True)

    def fold_all(self, opened: bool | None = None) -> None:
        opens = not any(self._opened.values()) if opened is None else opened
        self._opened.clear()
        self._shut.clear()
        if opens:
            for mail in self.mails:
                folds = {s.start for s in stretches(mail) if s.folds and s.kind is not ZoneKind.DIFF}
                self._opened[mail.message.message_id] = folds
        self.make_rows()
