"""In: the figures of a verdict, a width. Out: those that compare two numbers with bars, others as they are. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui.widgets.fact_lines import Line, hanging

_CHANGE = re.compile(r"(?P<before>\d+(?:\.\d+)?) -> (?P<after>\d+(?:\.\d+)?): (?P<rest>.*)", re.DOTALL)
"""How `sim_hooks` writes that a number became another."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def figure_lines(text: str, width: int) -> Iterator[Line]:
    """The lines of one figure."""
    found = _CHANGE.fullmatch(text)
    before, after = (float(found["before"]), float(found["after"])) if found else (0.0, 0.0)
    room = width - 22
    if found is None or max(before, after) <= 0 or room < 8:
        yield from hanging("  ", text, width, "")
        return
    for label, number, shown in (("before", before, found["before"]), ("after", after, found["after"])):
        drawn = bar(number / max(before, after), min(room, 40))
        yield Line([(f"  {label:<7}", "dim"), (f"{shown:>10} ", ""), (drawn, "link" if label == "after" else "dim")])
    yield from hanging(f"  {'':<7}", found["rest"], width, "")


def bar(share: float, width: int) -> str:
    """A bar of `share` (0 to 1) of `width` cells, to an eighth of a cell."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")
