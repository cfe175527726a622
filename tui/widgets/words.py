"""In: a stretch of a mail and a width in cells. Out: where its lines break, and the safe text that stands in each.

Offsets stay those of the mail's body; only what is drawn is made visible, so no byte of a mail reaches the
terminal raw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rich.cells import cell_len, get_character_cell_size, set_cell_size

from kb.visible import one_line, visible

TAB = 8
_NONE: Mapping[int, int] = {}


def drawn(text: str, column: int = 0) -> str:
    """`text` as it is drawn: hidden characters visible, tabs widened to the next multiple of eight from `column`."""
    if text.isascii() and text.isprintable():
        return text
    out = []
    for part in re.split("(\t)", visible(text, keep="\t")):
        if part == "\t":
            part = " " * (TAB - column % TAB)
        out.append(part)
        column += cell_len(part)
    return "".join(out)


def fitted(text: str, width: int) -> str:
    """`text` on one line, safe to draw, cut to `width` cells with an ellipsis."""
    line = one_line(text)
    return line if cell_len(line) <= width else set_cell_size(line, max(width - 1, 0)).rstrip() + "…"


def lines(body: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of `body[start:end]`, without their line feeds."""
    out = []
    while start < end:
        stop = body.find("\n", start, end)
        if stop < 0:
            stop = end
        out.append((start, stop))
        start = stop + 1
    return out


def wrap(
    body: str, start: int, end: int, width: int, *, by_word: bool = True, marks: Mapping[int, int] = _NONE
) -> list[tuple[int, int]]:
    """Where the line `body[start:end]` breaks so that each piece fits in `width` cells; one empty piece if it is empty.

    `marks` gives cells taken by something drawn before the character at an offset. A piece holds a
    character at least.
    """
    line = body[start:end]
    if len(line) <= width and not marks and line.isascii() and line.isprintable():
        return [(start, end)]
    pieces, first, column, blank = [], start, 0, -1
    at = start
    while at < end:
        plain = body[first : min(first + width + 1, end)] if at == first else ""
        if plain.isascii() and plain.isprintable() and not any(first <= mark <= first + width for mark in marks):
            if plain and len(plain) <= width:
                break
            if plain:
                blank = plain.rfind(" ", 0, width) if by_word else -1
                pieces.append((first, first + (blank + 1 or width)))
                first = at = pieces[-1][1]
                blank = -1
                continue
        char = body[at]
        cells = marks.get(at, 0) + _cells(char, column)
        if column + cells > width and at > first:
            stop = blank + 1 if by_word and blank >= first else at
            pieces.append((first, stop))
            first = at = stop
            column, blank = 0, -1
            continue
        if char in " \t":
            blank = at
        column += cells
        at += 1
    pieces.append((first, end))
    return pieces


def _cells(char: str, column: int) -> int:
    if " " <= char <= "~":
        return 1
    if char == "\t":
        return TAB - column % TAB
    seen = visible(char, keep="")
    return get_character_cell_size(char) if seen == char else len(seen)


def needle(words: str) -> re.Pattern[str] | None:
    """`words` as a pattern that finds them across line ends and `>` marks; None where there are none.

    Case counts only where `words` has an upper-case letter.
    """
    parts = [re.escape(part) for part in words.split()]
    if not parts:
        return None
    return re.compile(r"\s+".join(parts), 0 if any(c.isupper() for c in words) else re.IGNORECASE)
