"""In: the bytes of a mail. Out: a scrolling view of all of them, each that is no plain text shown by its number.

Only the lines in view are drawn. A byte that is no UTF-8 is `<0xNN>`, a hidden character `<U+NNNN>`.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from kb.visible import visible
from tui.widgets.lines import LineView, Pieces

_HEADER = re.compile(r"([A-Za-z0-9-]+:)(.*)", re.DOTALL)

_LONG = 100_000
"""Characters of a line from which on each counts as one that is written out."""


def text_of(content: bytes) -> str:
    """The bytes as text; line feeds and tabs stay, all else that cannot be seen is written out."""
    text = content.replace(b"\r\n", b"\n").decode("utf-8", "surrogateescape")
    return "".join(
        re.sub("[\udc80-\udcff]", lambda found: f"<0x{ord(found[0]) - 0xDC00:02X}>", line).replace("\t", "    ")
        for line in text.splitlines(keepends=True)
    )


class RawLines(LineView):
    """A mail as it came; a line that is wider than the pane goes on in the next row."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: list[str] = []
        self._tops: list[int] = []
        self._body = 0
        """The first line after the headers."""
        self._count = 0
        self._width = 0

    def show(self, content: bytes) -> None:
        """Show these bytes."""
        self._lines = text_of(content).split("\n")
        if self._lines and not self._lines[-1]:
            self._lines.pop()
        self._body = next((n for n, line in enumerate(self._lines) if not line), len(self._lines))
        self._lay_out()

    def on_resize(self) -> None:
        if self.text_width != self._width:
            self._lay_out()
        super().on_resize()

    def _lay_out(self) -> None:
        self._width = self.text_width
        self._tops, self._count = [], 0
        for line in self._lines:
            self._tops.append(self._count)
            self._count += max(-(-len(line) // self._step(line)), 1)
        self.changed()

    def _step(self, line: str) -> int:
        """Characters of a line that surely fit a row, however they are drawn."""
        if line.isascii() and line.isprintable():
            return self._width
        wide = 2 if len(line) < _LONG and visible(line, keep="") == line else len("<U+10FFFF>")
        return max(self._width // wide, 1)

    def count(self) -> int:
        return self._count

    def pieces(self, row: int, width: int) -> list[Pieces]:
        number = bisect_right(self._tops, row) - 1
        line, step = self._lines[number], self._step(self._lines[number])
        part = (row - self._tops[number]) * step
        shown = visible(line[part : part + step], keep="")
        found = _HEADER.fullmatch(shown) if number < self._body and part == 0 else None
        if found is not None:
            return [[(found[1], "label"), (found[2], "")]]
        return [[(shown, "")]]
