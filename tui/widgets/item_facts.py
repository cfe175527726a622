"""In: an item's page and a width. Out: lines: what it says, its state, its links, its verdict with the evidence.

Some lines open another item; the cursor can stand on any line, so that all can be read on a small screen.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from kb.views import ItemView, LinkView
from kb.visible import one_line
from tui.pages import ItemPage
from tui.widgets.fact_lines import Line, labelled
from tui.widgets.lines import LineView, Pieces
from tui.widgets.link_lines import link_lines
from tui.widgets.signs import says, standing, state_look
from tui.widgets.verdict_lines import verdict_in_short, verdict_lines


def item_lines(page: ItemPage, width: int) -> list[Line]:
    """Everything that is known of an item, wrapped to `width` cells."""
    item = page.item
    where = f"  #{item.number} {one_line(item.author)}, {item.date[:16].replace('T', ' ')}"
    out = [Line([*standing(item), (where, "dim")])]
    out += labelled("says", says(item), width)
    if says(item) != one_line(item.quote):
        out += labelled("quote", item.quote, width)
    because = item.because if item.because.startswith(item.state) else f"{item.state}: {item.because}"
    out += labelled("state", because, width, state_look(item.state))
    out += verdict_in_short(page, width)
    if page.disagreement:
        out += labelled("look here", page.disagreement, width, "bad")
    if item.topics:
        out += labelled("topics", ", ".join(item.topics), width)
    if item.entities:
        out += labelled("names", ", ".join(item.entities), width)
    out += labelled("found by", f"{item.cue} ({item.confidence:.2f})" if item.cue else "a person", width, "dim")
    out += link_lines(page, width)
    out += verdict_lines(page, width)
    return out


class ItemFacts(LineView):
    """What is known of one item."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "link(1)", "Next link", key_display="]", show=False),
        Binding("left_square_bracket", "link(-1)", "Previous link", key_display="[", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.page: ItemPage | None = None
        self._lines: list[Line] = []
        self._width = 0

    def show(self, page: ItemPage) -> None:
        """Show this page."""
        self.page = page
        self._lay_out()

    def on_resize(self) -> None:
        if self.text_width != self._width:
            self._lay_out()
        super().on_resize()

    def _lay_out(self) -> None:
        self._width = self.text_width
        self._lines = item_lines(self.page, self._width) if self.page is not None else []
        self.changed()

    def count(self) -> int:
        return len(self._lines)

    def pieces(self, row: int, width: int) -> list[Pieces]:
        return [self._lines[row].pieces]

    @property
    def link(self) -> LinkView | None:
        """The link on whose lines the cursor stands."""
        line = self._lines[self.cursor] if self.cursor < len(self._lines) else None
        if line is None or line.link < 0 or self.page is None:
            return None
        return self.page.neighbours[line.link].link

    @property
    def opens(self) -> ItemView | None:
        """The item that Enter leads to from the cursor's line."""
        if self.page is None or self.cursor >= len(self._lines):
            return None
        wanted = self._lines[self.cursor].opens
        return next((n.item for n in self.page.neighbours if n.item.id == wanted), None)

    def action_link(self, way: int) -> None:
        links = [line.link for line in self._lines]
        heads = [n for n, link in enumerate(links) if link >= 0 and links[n - 1] != link]
        later = [n for n in heads if (n - self.cursor) * way > 0]
        if later:
            self.cursor = later[0 if way > 0 else -1]
