"""In: the ids of items in order, a way to read some. Out: a scrolling table of any length; rows are read when shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from kb.listing import Listing, Pages
from kb.views import ItemView
from kb.visible import one_line
from tui.widgets.lines import LineView, Pieces
from tui.widgets.signs import STATE_WIDTH, letter, says, state_look, verdict_look, verdict_sign
from tui.widgets.words import fitted, needle

_AUTHOR = 18


@dataclass(frozen=True, slots=True)
class Heading:
    """A topic over its items."""

    topic: str
    count: int


class ItemTable(LineView):
    """Items, one row each, under topics where they are grouped."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_curly_bracket", "topic(1)", "Next topic", key_display="}", show=False),
        Binding("left_curly_bracket", "topic(-1)", "Previous topic", key_display="{", show=False),
        Binding("f", "fold", "Open or close the topic", show=False),
        Binding("F", "fold_all", "Open or close all topics", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.listing: Listing | None = None
        self.closed: set[str] = set()
        """Topics whose items are hidden."""
        self._pages: Pages[ItemView] = Pages((), lambda _: {})
        self._rows: Sequence[int] = ()
        """Places in the pages' ids; topic n is -1 - n."""
        self._starts: list[int] = []

    def read_some(self, ids: Sequence[str]) -> Mapping[str, ItemView]:
        """The items with these ids; set by who knows the database."""
        raise NotImplementedError

    def show(self, listing: Listing, words: str = "") -> None:
        """Show these; the cursor stays on its item where that is among them."""
        here = self.current
        self.listing = listing
        ids = [own for _, group in listing.topics for own in group] if listing.topics else listing.ids
        self._starts = [0, *accumulate(len(group) for _, group in listing.topics)]
        self._pages = Pages(ids, self.read_some)
        self.needle = needle(words)
        self._lay_out()
        if here is not None:
            self.go_to(here.id)

    def _lay_out(self) -> None:
        topics = self.listing.topics if self.listing is not None else ()
        if topics:
            rows: list[int] = []
            for number, (topic, group) in enumerate(topics):
                rows.append(-1 - number)
                if topic not in self.closed:
                    rows.extend(range(self._starts[number], self._starts[number] + len(group)))
            self._rows = rows
        else:
            self._rows = range(len(self._pages.ids))
        self.changed()

    def go_to(self, item_id: str) -> None:
        """Put the cursor on an item, where it is shown."""
        try:
            self.cursor = self._rows.index(list(self._pages.ids).index(item_id))
        except ValueError:
            return

    @property
    def current(self) -> ItemView | None:
        """The item under the cursor."""
        held = self.at(self.cursor)
        return held if isinstance(held, ItemView) else None

    def at(self, row: int) -> ItemView | Heading | None:
        """What stands in a row; None where there is none, or the item is gone."""
        if not 0 <= row < len(self._rows):
            return None
        place = self._rows[row]
        if place < 0 and self.listing is not None:
            topic, group = self.listing.topics[-1 - place]
            return Heading(topic, len(group))
        return self._pages.at(place)

    def count(self) -> int:
        return len(self._rows)

    def find_hits(self) -> Sequence[int]:
        return ()  # every row that is shown fits the words

    def action_hit(self, way: int) -> None:
        self.cursor += way

    def on_resize(self) -> None:
        self.changed()
        self.show_cursor()

    def pieces(self, row: int, width: int) -> list[Pieces]:
        held = self.at(row)
        if held is None:
            return [[("this item is gone; R reads again", "dim")]]
        if isinstance(held, Heading):
            sign = "▸" if held.topic in self.closed else "▾"
            name = one_line(held.topic) or "no topic"
            return [[(fitted(f"{sign} {name} · {held.count}", width), "head label")]]
        return [item_row(held, width)]

    # topics

    def action_topic(self, way: int) -> None:
        row = self.cursor + way
        while 0 <= row < len(self._rows):
            if self._rows[row] < 0:
                self.cursor = row
                return
            row += way

    def action_open(self) -> None:
        if isinstance(self.at(self.cursor), Heading):
            self.action_fold()
        else:
            super().action_open()

    def action_fold(self) -> None:
        """Open or close the topic at the cursor."""
        row = self.cursor
        while row >= 0 and self._rows and self._rows[row] >= 0:
            row -= 1
        held = self.at(row)
        if isinstance(held, Heading):
            self.closed ^= {held.topic}
            self._lay_out()
            self.cursor = row

    def action_fold_all(self) -> None:
        """Close all topics, or open them where some are closed."""
        topics = self.listing.topics if self.listing is not None else ()
        here = self.at(self.cursor)
        self.closed = set() if self.closed else {topic for topic, _ in topics}
        self._lay_out()
        if isinstance(here, ItemView):
            self.go_to(here.id)


def item_row(item: ItemView, width: int) -> Pieces:
    """One line on an item: kind, mail, state, verdict, day, who (where there is room), what it says."""
    out: Pieces = [
        (f"{letter(item.kind)} ", f"badge-letter label {item.kind}"),
        (f"{item.state:<{STATE_WIDTH}} ", state_look(item.state)),
        (f"{verdict_sign(item.verdict)} ", verdict_look(item.verdict)),
        (f"{one_line(item.date[:10]):<11}", "dim"),
    ]
    if width >= 100:
        name = fitted(item.author, _AUTHOR)
        out.append((name + " " * (_AUTHOR + 2 - cell_len(name)), "dim"))
    used = sum(cell_len(text) for text, _ in out)
    return [*out, (fitted(says(item), max(width - used, 1)), "")]
