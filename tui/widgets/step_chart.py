"""In: the steps of a trace, who takes each, a width. Out: a sequence chart, one column a process; or a list. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from kb.visible import one_line
from tui.widgets.fact_lines import Line, hanging, wrapped
from tui.widgets.lines import Pieces
from tui.widgets.words import fitted

_NARROWEST, _WIDEST = 13, 34
"""Cells without which a column cannot be read, and that it takes at most."""
_NUMBER = 4


def step_lines(steps: Sequence[tuple[str, str]], width: int) -> Iterator[Line]:
    """(who, what) of each step in order, as a chart where the columns have room, else one under the other."""
    who = list(dict.fromkeys(name for name, _ in steps))
    room = min((width - _NUMBER) // max(len(who), 1), _WIDEST)
    if len(who) < 2 or room < _NARROWEST:
        yield from _listed(steps, width)
        return
    yield _row("", [fitted(name, room - 2) for name in who], room, "label")
    yield _row("", ["┬"] * len(who), room, "dim")
    for number, (name, what) in enumerate(steps, 1):
        at = who.index(name)
        words = wrapped(what, room - 3)
        for n, piece in enumerate(words):
            head = f"{number:>3} " if n == 0 else ""
            yield _step(head, piece, at, len(who), room, first=n == 0)
    yield _row("", ["┴"] * len(who), room, "dim")


def _row(head: str, cells: Sequence[str], room: int, look: str) -> Line:
    texts = [cell + " " * (room - cell_len(cell)) for cell in cells]
    return Line([(f"{head:<{_NUMBER}}", "dim"), ("".join(texts).rstrip(), look)])


def _step(head: str, piece: str, at: int, count: int, room: int, *, first: bool) -> Line:
    before, after = at * f"│{' ' * (room - 1)}", (f"│{' ' * (room - 1)}" * (count - at - 1)).rstrip()
    padded = piece + " " * (room - 2 - cell_len(piece))
    out: Pieces = [
        (f"{head:<{_NUMBER}}", "dim"),
        (before, "dim"),
        ("● " if first else "│ ", "label" if first else "dim"),
    ]
    return Line([*out, (padded if after else piece, ""), (after, "dim")])


def _listed(steps: Sequence[tuple[str, str]], width: int) -> Iterator[Line]:
    names = [one_line(name) for name, _ in steps]
    column = min(max(map(len, names), default=0), max(width // 3, 6))
    for number, (name, what) in enumerate(steps, 1):
        head = f"{number:>3}  {one_line(name, width=column):<{column}}  "
        yield from hanging(head, what, width, "")
