"""In: an item's page, a width. Out: a small graph: what leads to the item above it, the item, what it leads to below.

Each end of a link is lines that open the item there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kb.visible import one_line
from tui.pages import ItemPage, Neighbour
from tui.widgets.fact_lines import Line, section, wrapped
from tui.widgets.lines import Pieces
from tui.widgets.signs import letter, says, state_look, verdict_look, verdict_sign


def link_lines(page: ItemPage, width: int) -> Iterator[Line]:
    """The links of an item, drawn."""
    count = len(page.neighbours)
    yield from section(f"{count} link{'' if count == 1 else 's'}" + (" · Enter follows" if count else ""), width)
    if not count:
        return
    sources = [n for n in page.neighbours if not n.outward]
    targets = [n for n in page.neighbours if n.outward]
    for number, source in enumerate(sources):
        yield from (replace(line, link=number) for line in _end(source, width, "├" if number else "╭", "│"))
    if sources:
        yield Line([("▼", "dim")])
    item = page.item
    words = wrapped(says(item), width - 4)
    for number, piece in enumerate(words[:2]):
        head = f"{letter(item.kind)} " if number == 0 else "  "
        yield Line([("█ ", "label"), (head, f"badge-letter label {item.kind}"), (piece, "label")])
    for number, target in enumerate(targets):
        last = number == len(targets) - 1
        lines = _end(target, width, "╰" if last else "├", " " if last else "│")
        yield from (replace(line, link=len(sources) + number) for line in lines)


def _end(neighbour: Neighbour, width: int, corner: str, rail: str) -> Iterator[Line]:
    item = neighbour.item
    arrow = f"─ {neighbour.relation} " + ("─▸ " if neighbour.outward else "◂─ ")
    first: Pieces = [
        (corner, "dim"),
        (arrow, "label"),
        (f"{letter(item.kind)} ", f"badge-letter label {item.kind}"),
        (f"#{item.number} {one_line(item.author)} ", "dim"),
        (one_line(item.state), state_look(item.state)),
    ]
    if item.verdict is not None:
        first.append((f" {verdict_sign(item.verdict)}", verdict_look(item.verdict)))
    yield Line(first, item.id)
    for piece in wrapped(says(item), width - 4)[:3]:
        yield Line([(f"{rail}   ", "dim"), (piece, "")], item.id)
    for piece in wrapped(neighbour.because, width - 4)[:2] if neighbour.because else []:
        yield Line([(f"{rail}   ", "dim"), (piece, "dim")], item.id)
