"""In: safe text, a width in cells, what the text means. Out: text cut, padded, wrapped and painted for a terminal.

Pure. Text is made safe with `kb.visible` before it comes here, and is measured before it is painted.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from kb.visible import one_line


class Role(StrEnum):
    """What a stretch of text means; its value is the SGR code that shows it (ECMA-48, 8.3.117)."""

    STRONG = "1"
    FAINT = "2"
    GOOD = "32"
    BAD = "31"
    OPEN = "33"
    NAME = "36"
    HIT = "1;33"


_OF_WORD = {
    "supported": Role.GOOD,
    "answered": Role.GOOD,
    "accepted": Role.GOOD,
    "done": Role.GOOD,
    "verified": Role.GOOD,
    "disputed": Role.BAD,
    "refuted": Role.BAD,
    "rejected": Role.BAD,
    "error": Role.BAD,
    "open": Role.OPEN,
    "proposed": Role.OPEN,
    "partly": Role.OPEN,
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours text, or leaves it as it is."""

    on: bool = False

    def __call__(self, text: str, role: Role) -> str:
        return f"\x1b[{role.value}m{text}\x1b[0m" if self.on and text else text

    def word(self, word: str) -> str:
        """A state or a verdict in its colour."""
        return self(word, _OF_WORD.get(word, Role.FAINT))


def cells(text: str) -> int:
    """How many terminal cells `text` takes (Unicode TR 11: wide and fullwidth characters take two)."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """`text` if it fits into `width` cells, else its beginning with an ellipsis."""
    if cells(text) <= width:
        return text
    taken, room = [], width - 1
    for char in text:
        room -= _cells(char)
        if room < 0:
            break
        taken.append(char)
    return "".join(taken).rstrip() + "…"


def pad(text: str, width: int) -> str:
    """`text` filled up with blanks to `width` cells."""
    return text + " " * max(width - cells(text), 0)


def wrap(text: str, width: int, *, indent: str = "", limit: int | None = None) -> list[str]:
    """`text`, made safe and folded, in lines of at most `width` cells with `indent` before each.

    A word longer than a line is broken; with `limit`, the last of so many lines ends in an ellipsis.
    """
    room = max(width - cells(indent), 8)
    lines: list[str] = []
    line = ""
    for word in one_line(text).split(" "):
        rest = word
        if line and cells(line) + 1 + cells(rest) <= room:
            line += " " + rest
            continue
        if line:
            lines.append(line)
        while cells(rest) > room:
            taken = _take(rest, room)
            lines.append(taken)
            rest = rest[len(taken) :]
        line = rest
    if line:
        lines.append(line)
    if limit is not None and len(lines) > limit:
        lines = [*lines[: limit - 1], cut(lines[limit - 1] + " " + lines[limit], room - 1)]
        if not lines[-1].endswith("…"):
            lines[-1] += "…"
    return [indent + each for each in lines]


def _take(word: str, room: int) -> str:
    taken = 0
    for count, char in enumerate(word):
        taken += _cells(char)
        if taken > room:
            return word[: max(count, 1)]
    return word
