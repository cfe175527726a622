"""In: an item's page and a width. Out: lines: what it says, its state, its links, its verdict with the evidence.

Some lines open another item; the cursor can stand on any line, so that all can be read on a small screen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType

from kb.records import Verdict
from kb.views import ItemView, RunView
from kb.visible import one_line
from tui.pages import ItemPage, Neighbour
from tui.widgets.lines import LineView, Pieces
from tui.widgets.signs import letter, says, standing, state_look, verdict_look, verdict_sign
from tui.widgets.words import wrap

_LABEL = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `opens` is the id of the item that Enter on it leads to."""

    pieces: Pieces
    opens: str = ""


def item_lines(page: ItemPage, width: int) -> list[Line]:
    """Everything that is known of an item, wrapped to `width` cells."""
    item = page.item
    where = f"  #{item.number} {one_line(item.author)}, {item.date[:16].replace('T', ' ')}"
    out = [Line([*standing(item), (where, "dim")])]
    out += _labelled("says", says(item), width)
    because = item.because if item.because.startswith(item.state) else f"{item.state}: {item.because}"
    out += _labelled("state", because, width, state_look(item.state))
    if page.disagreement:
        out += _labelled("look here", page.disagreement, width, "bad")
    if item.topics:
        out += _labelled("topics", ", ".join(item.topics), width)
    if item.entities:
        out += _labelled("names", ", ".join(item.entities), width)
    out += _labelled("found by", f"{item.cue} ({item.confidence:.2f})" if item.cue else "a person", width, "dim")
    out += _links(page, width)
    out += _verdict(page, width)
    return out


def _labelled(label: str, text: str, width: int, look: str = "") -> list[Line]:
    out = []
    for number, piece in enumerate(_wrapped(text, width - _LABEL)):
        out.append(Line([(f"{label if number == 0 else '':<{_LABEL}}", "label"), (piece, look)]))
    return out


def _wrapped(text: str, width: int) -> list[str]:
    line = one_line(text)
    return [line[a:b].rstrip() for a, b in wrap(line, 0, len(line), max(width, 8))]


def _section(title: str, width: int) -> list[Line]:
    return [Line([]), Line([(f"{title} ", "head label"), ("─" * max(width - len(title) - 1, 0), "dim")])]


def _links(page: ItemPage, width: int) -> Iterator[Line]:
    count = len(page.neighbours)
    yield from _section(f"{count} link{'' if count == 1 else 's'}" + (" · Enter follows" if count else ""), width)
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
    for piece in _wrapped(says(item), width - 4)[:3]:
        yield Line([("    ", ""), (piece, "")], item.id)
    for piece in _wrapped(neighbour.because, width - 4)[:2] if neighbour.because else []:
        yield Line([("    ", ""), (piece, "dim")], item.id)


def _verdict(page: ItemPage, width: int) -> Iterator[Line]:
    if not page.runs:
        yield from _section("no check has run" if page.item.kind == "claim" else "no check: not a claim", width)
        return
    run = page.runs[0]
    yield from _section("verdict", width)
    look = verdict_look(run.verdict)
    yield Line(
        [
            (f"{verdict_sign(run.verdict)} {run.verdict}", f"{look} label"),
            (f"  {run.strength}", ""),
            (f"  by {one_line(run.check)}, {run.seconds:.2f} s, {run.at[:16].replace('T', ' ')}", "dim"),
        ]
    )
    yield from (Line([(piece, "")]) for piece in _wrapped(run.summary, width))
    yield from _evidence(run, width)
    if run.assumptions:
        yield Line([])
        yield Line([("assuming", "label")])
        for assumption in run.assumptions:
            yield from _hanging("· ", assumption, width, "dim")
    yield Line([])
    yield from _labelled("checked", predicate_words(run.predicate), width)
    yield from _labelled("bound by", run.bound_by, width, "dim")
    yield from _earlier(page, width)


def _evidence(run: RunView, width: int) -> Iterator[Line]:
    """The lines a verdict rests on: steps numbered with who takes them, facts with file:line, figures, notes."""
    last, step = "", 0
    names = {"step": "trace", "fact": "facts of the source", "figure": "figures", "note": "notes"}
    placed = [len(one_line(str(e.get("place", "")))) for e in run.evidence if e.get("kind") == "step"]
    column = min(max(placed, default=0), max(width // 3, 6))
    for line in run.evidence:
        kind, text, place = (str(line.get(part, "")) for part in ("kind", "text", "place"))
        if kind != last:
            yield Line([])
            yield Line([(one_line(names.get(kind, kind)), "label")])
            last, step = kind, 0
        if kind == "step":
            step += 1
            head = f"{step:>3}  {one_line(place, width=column):<{column}}  "
            yield from _hanging(head, text, width, "")
        elif place:
            yield from _hanging("  ", f"{place}  {text}", width, "")
        else:
            yield from _hanging("  ", text, width, "")


def _hanging(head: str, text: str, width: int, look: str) -> Iterator[Line]:
    for number, piece in enumerate(_wrapped(text, width - len(head))):
        yield Line([(head if number == 0 else " " * len(head), "dim"), (piece, look)])


def predicate_words(predicate: Mapping[str, object]) -> str:
    """`Calls(caller=f, callee=g)`; what is not expected to hold has `not` before it, empty fields are left out."""
    told = []
    for name, value in predicate.items():
        if name in ("kind", "expect") or value in ("", [], {}):
            continue
        if name == "parts" and isinstance(value, list) and all(isinstance(part, dict) for part in value):
            told.append("; ".join(predicate_words(part) for part in value))
        elif isinstance(value, dict):
            told.append(", ".join(f"{key}={_plain(held)}" for key, held in value.items()))
        else:
            told.append(f"{name}={_plain(value)}")
    denied = "not " if predicate.get("expect") is False else ""
    return f"{denied}{predicate.get('kind', '?')}({', '.join(told)})"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(_plain, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _earlier(page: ItemPage, width: int) -> Iterator[Line]:
    if len(page.runs) < 2:
        return
    yield Line([])
    yield Line([("earlier runs", "label")])
    for run in page.runs[1:]:
        words = f"{run.at[:16].replace('T', ' ')}  {run.strength}  {run.reason}"
        yield Line(
            [(f"  {verdict_sign(run.verdict)} {run.verdict:<13}", verdict_look(run.verdict)), (one_line(words), "dim")]
        )


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


def outcome_words(run: RunView | None) -> str:
    """What a check's end is announced with."""
    if run is None:
        return "nothing here that a machine can check"
    return f"{verdict_sign(run.verdict)} {Verdict(run.verdict)}: {one_line(run.summary)}"
