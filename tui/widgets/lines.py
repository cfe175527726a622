"""In: rows that a subclass can draw one at a time. Out: a scrolling list with a cursor, drawn only where it is in view.

A row's text is made of styled pieces, never of markup, so that nothing in a mail can style the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

Pieces: TypeAlias = list[tuple[str, str]]
"""(text that is safe to draw, names of component classes set apart by blanks)."""

_KINDS = {"claim", "question", "decision", "action", "item", "badge", "chosen"}
_PLAIN = {"dim", "head", "label", "hit", "hit-here", "cursor", "link", "added", "removed", "hunk"}
CLASSES = _KINDS | _PLAIN | {"good", "bad", "doubt"}
"""What a piece can be; the theme gives each a look."""


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """A list with a cursor; subclasses say how many rows there are and what is in each."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{name}" for name in CLASSES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("space,pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("b,pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False),
        Binding("g,home", "first", "First", show=False),
        Binding("G,end", "last", "Last", show=False),
        Binding("enter", "open", "Open"),
        Binding("n", "hit(1)", "Next hit", show=False),
        Binding("N", "hit(-1)", "Previous hit", show=False),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        view: LineView

    @dataclass
    class Opened(Message):
        """Enter, or a click on the cursor's row."""

        view: LineView

    cursor: reactive[int] = reactive(0)

    row_height = 1
    """Screen lines that a row takes."""
    margin_cells = 1
    """Cells on the left for the cursor's mark."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        self._looks: dict[str, Style] = {}
        super().__init__(id=id)
        self.needle: re.Pattern[str] | None = None
        self.needle_words = ""
        self.hits: Sequence[int] = ()
        """Rows with a hit."""

    def count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def pieces(self, row: int, width: int) -> list[Pieces]:
        """What stands in each of the `row_height` lines of a row; cut to `width` cells by the caller."""
        raise NotImplementedError

    def mark(self, row: int) -> str:
        """What stands in the gutter after the cursor's mark; `margin_cells` - 1 cells."""
        return " " * (self.margin_cells - 1)

    @property
    def text_width(self) -> int:
        """Cells for a row's text."""
        return max(self.scrollable_content_region.width - self.margin_cells, 8)

    def changed(self) -> None:
        """Take note that there are other rows than before."""
        self.virtual_size = Size(self.scrollable_content_region.width, self.count() * self.row_height)
        self.cursor = max(0, min(self.cursor, self.count() - 1))
        self.hits = self.find_hits()
        self.refresh()

    def on_resize(self) -> None:
        self.changed()
        self.show_cursor()

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self.count() - 1))

    def watch_cursor(self) -> None:
        self.show_cursor()
        self.refresh()
        self.post_message(self.Moved(self))

    def show_cursor(self, *, top: bool = False) -> None:
        """Scroll so that the cursor's row is in view; with `top`, near the top."""
        height, y = self.scrollable_content_region.height, self.cursor * self.row_height
        if not height:
            return
        above = int(self.scroll_offset.y)
        if top or y < above or y + self.row_height > above + height:
            space = height // 4 if top else (0 if y < above else height - self.row_height)
            self.scroll_to(y=max(0, y - space), animate=False, immediate=True)

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_page(self, share: float) -> None:
        self.cursor += int(share * max(1, self.scrollable_content_region.height // self.row_height - 1))

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        self.cursor = self.count() - 1

    def action_open(self) -> None:
        self.post_message(self.Opened(self))

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        row = (int(self.scroll_offset.y) + at.y) // self.row_height
        if row < self.count():
            again = row == self.cursor
            self.cursor = row
            if again or event.chain > 1:
                self.action_open()

    def search(self, pattern: re.Pattern[str] | None, *, move: bool = True) -> None:
        """Mark what `pattern` finds and go to the first hit at or after the cursor."""
        self.needle = pattern
        self.hits = self.find_hits()
        if move and self.hits:
            self.cursor = next((row for row in self.hits if row >= self.cursor), self.hits[0])
        self.refresh()

    def find_hits(self) -> Sequence[int]:
        """The rows in which the needle is found, in order."""
        if self.needle is None:
            return ()
        width = self.text_width
        return [
            row
            for row in range(self.count())
            if any(self.needle.search("".join(text for text, _ in line)) for line in self.pieces(row, width))
        ]

    def action_hit(self, way: int) -> None:
        if not self.hits:
            return
        later = [row for row in self.hits if (row - self.cursor) * way > 0]
        self.cursor = (later or list(self.hits))[0 if way > 0 else -1]

    def hit_words(self) -> str:
        """`hit 3 of 12` for the title; empty without a search."""
        if self.needle is None:
            return ""
        if not self.hits:
            return "no hit"
        here = sum(row <= self.cursor for row in self.hits)
        return f"hit {max(here, 1)} of {len(self.hits)}"

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        row, part = divmod(int(self.scroll_offset.y) + y, self.row_height)
        if row >= self.count():
            return Strip.blank(width, self.rich_style)
        on_cursor = row == self.cursor
        line = self.pieces(row, self.text_width)[part]
        gutter = ("›" if on_cursor and part == 0 else " ") + self.mark(row)
        styled = [(gutter, "cursor-mark" if on_cursor else "dim"), *self.highlighted(line, row)]
        segments = [Segment(text, self._look(names)) for text, names in styled]
        base = self.rich_style + (self._look("cursor") if on_cursor else Style())
        return Strip(segments).adjust_cell_length(width).apply_style(base)

    def highlighted(self, line: Pieces, row: int) -> Iterable[tuple[str, str]]:
        """`line` with what the needle finds in it set off."""
        if self.needle is None:
            return line
        found = [m.span() for m in self.needle.finditer("".join(text for text, _ in line))]
        look = "hit-here" if row == self.cursor else "hit"
        return split(line, [(a, b, look) for a, b in found if a < b])

    def _look(self, names: str) -> Style:
        """The theme's look for these classes, see-through colours laid over the pane's own background."""
        if names not in self._looks:
            self._looks[names] = self._made_look(names)
        return self._looks[names]

    def notify_style_update(self) -> None:
        self._looks.clear()
        super().notify_style_update()

    def _made_look(self, names: str) -> Style:
        style = Style()
        ground = self.background_colors[1]
        for name in names.split():
            if name in CLASSES:
                rules = self.get_component_styles(f"line--{name}")
                style += Style(
                    color=(ground + rules.color).rich_color if rules.has_rule("color") else None,
                    bgcolor=(ground + rules.background).rich_color if rules.has_rule("background") else None,
                )
                style += rules.text_style
        return style

    def shows(self, row: int) -> bool:
        """Whether a row is within the part on the screen."""
        top = int(self.scroll_offset.y)
        seen = Region(0, top, 1, self.scrollable_content_region.height)
        return seen.contains(0, row * self.row_height)


def split(line: Pieces, spans: Sequence[tuple[int, int, str]]) -> Iterator[tuple[str, str]]:
    """`line` cut at the ends of `spans` (in order, apart), with each span's class added to what lies in it."""
    cuts = sorted({at for a, b, _ in spans for at in (a, b)})
    start = 0
    for text, names in line:
        edges = [0, *(c - start for c in cuts if start < c < start + len(text)), len(text)]
        for a, b in pairwise(edges):
            inside = next((name for x, y, name in spans if x <= start + a < y), "")
            if a < b:
                yield text[a:b], f"{names} {inside}".strip()
        start += len(text)
