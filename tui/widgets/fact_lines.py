"""In: words and a width. Out: the lines of a page of facts: labelled, under a head, hanging from a mark. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.visible import one_line
from tui.widgets.lines import Pieces
from tui.widgets.words import wrap

_LABEL = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `opens` is the id of the item that Enter on it leads to."""

    pieces: Pieces
    opens: str = ""
    link: int = -1
    """Which of the item's links it shows, by its place among them."""


def labelled(label: str, text: str, width: int, look: str = "") -> list[Line]:
    """A label, and a text beside it in the look of that class."""
    out = []
    for number, piece in enumerate(wrapped(text, width - _LABEL)):
        out.append(Line([(f"{label if number == 0 else '':<{_LABEL}}", "label"), (piece, look)]))
    return out


def wrapped(text: str, width: int) -> list[str]:
    """A stranger's words or our own, safe and in lines of at most `width` cells."""
    line = one_line(text)
    return [line[a:b].rstrip() for a, b in wrap(line, 0, len(line), max(width, 8))]


def section(title: str, width: int) -> list[Line]:
    """A blank line and a head with a rule."""
    return [Line([]), Line([(f"{title} ", "head label"), ("─" * max(width - len(title) - 1, 0), "dim")])]


def hanging(head: str, text: str, width: int, look: str, *, mark: str = "dim") -> Iterator[Line]:
    """A text with `head`, in the look `mark`, before its first line; the others stand under it."""
    for number, piece in enumerate(wrapped(text, width - len(head))):
        yield Line([(head if number == 0 else " " * len(head), mark), (piece, look)])
