"""In: mails, a width. Out: what a conversation asks of a layout: its rows, and the way from a row to a mail's words.

A place of a mail is its number in `mails`; an offset is one of its body. A spot outlives folds, widths and layouts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from kb.views import ItemView
from tui.widgets.mail_rows import Mail, Row, RowKind

HEADING = -1
"""The offset that stands for a mail's heading."""

Spot: TypeAlias = tuple[str, int]
"""Message-ID and offset, or HEADING."""


class Layout(ABC):
    """The rows of a conversation."""

    def __init__(self) -> None:
        self.mails: Sequence[Mail] = ()
        self.width = 0
        self.count = 0
        """All rows."""
        self.version = 0
        """Another number whenever the rows are others."""
        self.places: dict[str, int] = {}
        """The place of each mail, by its Message-ID."""

    def lay_out(self, mails: Sequence[Mail], width: int) -> None:
        """Make the rows of `mails` for `width` cells."""
        self.mails, self.width = mails, width
        self.places = {mail.message.message_id: place for place, mail in enumerate(mails)}
        self.make_rows()

    @abstractmethod
    def make_rows(self) -> None:
        """Make all rows anew."""

    @abstractmethod
    def at(self, row: int) -> tuple[int, Row] | None:
        """The place of the mail, and the row of it, that stand at `row`."""

    @abstractmethod
    def row_of(self, place: int, offset: int) -> int:
        """The row that shows an offset (or HEADING) of a mail, or what hides it."""

    @abstractmethod
    def headings(self, place: int) -> Iterator[tuple[int, RowKind]]:
        """The rows of a mail's number, author, date and subject."""

    @abstractmethod
    def shown(self, place: int) -> Iterator[tuple[int, int]]:
        """The stretches of a mail's body that are not folded away, in order."""

    @abstractmethod
    def is_open(self, place: int, row: Row) -> bool:
        """Whether the fold that a row stands for is open."""

    @abstractmethod
    def fold(self, row: int, opened: bool | None = None) -> int | None:
        """Open or close (or, where None, turn) the fold at `row`, else the nearest; the row to go to, if any."""

    @abstractmethod
    def unfold_for(self, place: int, item: ItemView) -> None:
        """Open the folds that hide an item's words."""

    @abstractmethod
    def fold_all(self, opened: bool | None = None) -> None:
        """Open or close every fold but patches, which open one by one; where None, whatever is not done yet."""

    @abstractmethod
    def passes(self, row: int) -> Iterator[tuple[str, int]]:
        """What whoever reads down to `row` has read to the end: Message-ID, and which of its parts."""

    @abstractmethod
    def parts(self, message_id: str) -> int:
        """In how many parts a mail is shown."""

    def spot(self, row: int) -> Spot | None:
        """What stands at `row`."""
        found = self.at(row)
        if found is None:
            return None
        place, where = found
        heading = where.kind in (RowKind.HEAD, RowKind.SUBJECT) or (where.kind is RowKind.BLANK and not where.end)
        return self.mails[place].message.message_id, HEADING if heading else where.start

    def row_of_spot(self, spot: Spot) -> int | None:
        """The row of what `spot` gave, also in other mails or at another width; None where its mail is gone."""
        place = self.places.get(spot[0])
        return None if place is None else self.row_of(place, spot[1])
