"""In: an item's page and a width. Out: lines: what it says, its state, its links, its verdict with the evidence.

Some lines open another item; the cursor can stand on any line, so that all can be read on a small screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from kb.views import ItemView
from kb.visible import one_line
from tui.pages import ItemPage, Neighbour
from tui.widgets.fact_lines import Line, labelled, section, wrapped
from tui.widgets.lines import LineView, Pieces
from tui.widgets.signs import letter, says, standing, state_look, verdict_look, verdict_sign
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
    out += _links(page, width)
    out += verdict_lines(page, width)
    return out


def _links(page: ItemPage, width: int) -> Iterator[Line]:
    count = len(page.neighbours)
    yield from section(f"{count} link{'' if count == 1 else 's'}" + (" · Enter follows" if count else ""), width)
    for neighbour in page.neighbours:
        yield from _link(neighbour, width)


def _link(neighbour: Neighbour, width: int) -> Iterator[Line]:
    item = neighbour.item
    arrow = "→" if neighbour.outward else "←"
    first: Pieces = [
        (f"{arrow} ", "dim"),
        (f"{neighbour.relation} ", "link"),
        (f"{letter(item.kind)} ", f"badge-letter label {item.kind}"),
        (f"#{item.number} {one_line(item.author)} ", "dim"),
        (item.state, state_look(item.state)),
    ]
    if item.verdict is not None:
        first.append((f" {verdict_sign(item.verdict)}", verdict_look(item.verdict)))
    yield Line(first, item.id)
    for piece in wrapped(says(item), width - 4)[:3]:
        yield Line([("    ", ""), (piece, "")], item.id)
    for piece in wrapped(neighbour.because, width - 4)[:2] if neighbour.because else []:
        yield Line([("    ", ""), (piece, "dim")], item.id)


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
    def opens(self) -> ItemView | None:
        """The item that Enter leads to from the cursor's line."""
        if self.page is None or self.cursor >= len(self._lines):
            return None
        wanted = self._lines[self.cursor].opens
        return next((n.item for n in self.page.neighbours if n.item.id == wanted), None)

    def action_link(self, way: int) -> None:
        heads = [n for n, line in enumerate(self._lines) if line.opens and line.pieces[0][0] in ("→ ", "← ")]
        later = [n for n in heads if (n - self.cursor) * way > 0]
        if later:
            self.cursor = later[0 if way > 0 else -1]
