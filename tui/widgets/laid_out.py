"""In: mails in the order to read them, a width, folds opened or closed by hand. Out: all rows, and the way to each.

A row is found by its mail's place and an offset of its body, and the other way round; nothing is drawn here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from kb.records import ZoneKind
from kb.views import ItemView
from tui.widgets.mail_rows import Mail, Row, RowKind, Stretch, is_open, rows, stretches

HEADING = -1
"""The offset that stands for a mail's heading."""


class LaidOut:
    """The rows of a conversation."""

    def __init__(self) -> None:
        self.mails: Sequence[Mail] = ()
        self.width = 0
        self.count = 0
        """All rows."""
        self._rows: list[list[Row]] = []
        self._tops: list[int] = []
        self._starts: list[tuple[list[int], list[int]]] = []
        """For each mail the offsets at which its rows begin, and which rows these are."""
        self._opened: dict[str, set[int]] = {}
        self._shut: dict[str, set[int]] = {}

    def lay_out(self, mails: Sequence[Mail], width: int) -> None:
        """Make the rows of `mails` for `width` cells."""
        self.mails, self.width = mails, width
        self._rows = [self._rows_of(place) for place in range(len(mails))]
        self._sum_up()

    def _rows_of(self, place: int) -> list[Row]:
        mail = self.mails[place]
        own = mail.message.message_id
        opened, shut = self._opened.get(own, set()), self._shut.get(own, set())
        return rows(mail, self.width, opened, shut, is_first=place == 0)

    def _sum_up(self) -> None:
        self._tops, self._starts, self.count = [], [], 0
        for laid in self._rows:
            self._tops.append(self.count)
            self.count += len(laid)
            shown = [n for n, row in enumerate(laid) if row.kind in (RowKind.TEXT, RowKind.FOLD)]
            self._starts.append(([laid[n].start for n in shown], shown))

    def at(self, row: int) -> tuple[int, Row] | None:
        """The mail (its place in `mails`) and the row of it that stand at `row`."""
        if not 0 <= row < self.count:
            return None
        mail = bisect_right(self._tops, row) - 1
        return mail, self._rows[mail][row - self._tops[mail]]

    def spot(self, row: int) -> tuple[str, int] | None:
        """Message-ID and offset (or HEADING) of what stands at `row`."""
        found = self.at(row)
        if found is None:
            return None
        mail, where = found
        heading = where.kind in (RowKind.HEAD, RowKind.SUBJECT) or (where.kind is RowKind.BLANK and not where.end)
        return self.mails[mail].message.message_id, HEADING if heading else where.start

    def row_of_spot(self, spot: tuple[str, int]) -> int | None:
        """The row of what `spot` gave, also in other mails or at another width; None where its mail is gone."""
        for place, mail in enumerate(self.mails):
            if mail.message.message_id == spot[0]:
                return self.row_of(place, spot[1])
        return None

    def row_of(self, mail: int, offset: int) -> int:
        """The row that shows an offset (or HEADING) of a mail (its place in `mails`)."""
        starts, shown = self._starts[mail]
        place = bisect_right(starts, offset) - 1 if offset >= 0 else -1
        if place >= 0:
            return self._tops[mail] + shown[place]
        return next(row for row, kind in self.headings(mail) if kind is RowKind.HEAD)

    def headings(self, mail: int) -> Iterator[tuple[int, RowKind]]:
        """The rows of a mail's number, author, date and subject."""
        for n, row in enumerate(self._rows[mail][:3]):
            if row.kind in (RowKind.HEAD, RowKind.SUBJECT):
                yield self._tops[mail] + n, row.kind

    # folds

    def fold_at(self, row: int) -> tuple[int, Stretch] | None:
        """The mail and the fold that `row` belongs to, else the first fold of the row's mail."""
        found = self.at(row)
        if found is None:
            return None
        place, where = found
        folds = [s for s in stretches(self.mails[place]) if s.folds]
        chosen = next((s for s in folds if s.start == where.fold), folds[0] if folds else None)
        return None if chosen is None else (place, chosen)

    def is_open(self, place: int, stretch: Stretch | Row) -> bool:
        """Whether the fold that a stretch or its row stands for is open."""
        mail = self.mails[place]
        own = mail.message.message_id
        return is_open(mail, stretch, self._opened.get(own, set()), self._shut.get(own, set()))

    def set_fold(self, place: int, stretch: Stretch, is_opened: bool) -> None:
        """Open or close a fold."""
        own = self.mails[place].message.message_id
        opened, shut = self._opened.setdefault(own, set()), self._shut.setdefault(own, set())
        (opened.add if is_opened else opened.discard)(stretch.start)
        (shut.discard if is_opened else shut.add)(stretch.start)
        self._rows[place] = self._rows_of(place)
        self._sum_up()

    def unfold_for(self, place: int, item: ItemView) -> None:
        """Open the folds that hide an item's words."""
        for stretch in stretches(self.mails[place]):
            hides = stretch.folds and item.start < stretch.end and item.end > stretch.start
            if hides and not self.is_open(place, stretch):
                self.set_fold(place, stretch, True)

    def fold_all(self) -> None:
        """Open every quote and signature, or, where a fold was opened by hand, close all. Patches open one by one."""
        any_open = any(self._opened.values())
        self._opened.clear()
        self._shut.clear()
        if not any_open:
            for mail in self.mails:
                folds = {s.start for s in stretches(mail) if s.folds and s.kind is not ZoneKind.DIFF}
                self._opened[mail.message.message_id] = folds
        self.lay_out(self.mails, self.width)
