"""In: a time line of decisions, a way to read items. Out: a scrolling view of it; each decision opens and closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from kb.listing import Pages
from kb.timeline import Step, Timeline
from kb.views import ItemView
from kb.visible import one_line
from tui.widgets.lines import LineView, Pieces
from tui.widgets.signs import letter, says, state_look, verdict_look, verdict_sign
from tui.widgets.words import fitted, needle

_SIGNS: Mapping[str, tuple[str, str]] = {
    "agreed": ("✓", "good"),
    "supported": ("✓", "good"),
    "objected": ("✗", "bad"),
    "rejected": ("✗", "bad"),
    "replaced by": ("⇒", "doubt"),
    "refined by": ("⇒", "doubt"),
    "replaces": ("⇐", "doubt"),
    "refines": ("⇐", "doubt"),
    "moved by": ("←", ""),
    "answers": ("→", ""),
    "leads to": ("→", ""),
    "done by": ("✓", "good"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A decision, or a step that moved it."""

    item: str
    """The decision, or the item at the other end of the step."""
    decision: str
    step: Step | None = None
    later: bool = False
    """A decision that took the place of the one before it."""


class TimelineView(LineView):
    """Decisions in the order of time, with what moved each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "decision(1)", "Next decision", key_display="]", show=False),
        Binding("left_square_bracket", "decision(-1)", "Previous decision", key_display="[", show=False),
        Binding("f", "fold", "Show or hide its steps", show=False),
        Binding("F", "fold_all", "Show or hide all steps", show=False),
    ]
    margin_cells = 2

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.timeline: Timeline | None = None
        self.opened: set[str] = set()
        """Decisions whose steps are shown."""
        self._rows: list[Row] = []
        self._pages: Pages[ItemView] = Pages((), lambda _: {})

    def read_some(self, ids: Sequence[str]) -> Mapping[str, ItemView]:
        """The items with these ids; set by who knows the database."""
        raise NotImplementedError

    def roles_of(self, item: ItemView) -> str:
        """`author, maintainer`; "" where none is known."""
        raise NotImplementedError

    def show(self, timeline: Timeline, words: str = "", *, all_open: bool | None = None) -> None:
        """Show this; the cursor stays on its decision. With `all_open`, all steps are shown or hidden."""
        self.timeline = timeline
        self.needle = needle(words)
        if all_open is not None:
            self.opened = set(timeline.steps) if all_open else set()
        self._lay_out()

    def _lay_out(self) -> None:
        here = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        rows = []
        for matter in self.timeline.matters if self.timeline is not None else ():
            for number, own in enumerate(matter.decisions):
                rows.append(Row(own, own, later=number > 0))
                if own in self.opened and self.timeline is not None:
                    rows += [Row(step.other, own, step) for step in self.timeline.steps.get(own, ())]
        self._rows = rows
        self._pages = Pages([row.item for row in rows], self.read_some)
        self.changed()
        if here is not None:
            places = {(row.decision, row.step): n for n, row in enumerate(rows)}
            self.cursor = places.get((here.decision, here.step), places.get((here.decision, None), self.cursor))

    @property
    def row(self) -> Row | None:
        """What the cursor stands on."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def current(self) -> ItemView | None:
        """The item under the cursor."""
        return self._pages.at(self.cursor) if self.cursor < len(self._rows) else None

    def count(self) -> int:
        return len(self._rows)

    def find_hits(self) -> Sequence[int]:
        return ()  # every decision that is shown fits the words

    def action_hit(self, way: int) -> None:
        self.action_decision(way)

    def mark(self, row: int) -> str:
        held = self._rows[row]
        if held.step is not None:
            return "│"
        if self.timeline is None or not self.timeline.steps.get(held.decision):
            return " "
        return "▾" if held.decision in self.opened else "▸"

    def pieces(self, row: int, width: int) -> list[Pieces]:
        held, item = self._rows[row], self._pages.at(row)
        if item is None:
            return [[("this item is gone; R reads again", "dim")]]
        return [self._step(held.step, item, width) if held.step is not None else self._decision(held, item, width)]

    def _decision(self, row: Row, item: ItemView, width: int) -> Pieces:
        steps = self.timeline.steps.get(row.decision, ()) if self.timeline is not None else ()
        closed = f" +{len(steps)}" if steps and row.decision not in self.opened else ""
        out: Pieces = [
            (f"{one_line(item.date[:10])} ", "dim"),
            ("↳ " if row.later else "", "doubt"),
            (f"{letter(item.kind)} ", f"badge-letter label {item.kind}"),
            (f"{item.state:<11}", f"{state_look(item.state)} label"),
            (f"{self._who(item, width)}: ", "dim"),
        ]
        return _filled(out, says(item), closed, width, "label")

    def _step(self, step: Step, item: ItemView, width: int) -> Pieces:
        sign, look = _SIGNS.get(step.words, ("·", ""))
        out: Pieces = [
            (f"  {one_line(item.date[:10])} ", "dim"),
            (f"{sign} {step.words:<11} ", look),
            (f"{letter(item.kind)} ", f"label {item.kind}"),
            (f"{verdict_sign(item.verdict)} " if item.verdict else "", verdict_look(item.verdict)),
            (f"{self._who(item, width)}: ", "dim"),
        ]
        return _filled(out, says(item), "", width, "")

    def _who(self, item: ItemView, width: int) -> str:
        name = fitted(item.author, 22 if width >= 100 else 14)
        roles = self.roles_of(item) if width >= 100 else ""
        return f"#{item.number} {name}" + (f" ({roles})" if roles else "")

    # moving and folding

    def action_decision(self, way: int) -> None:
        row = self.cursor + way
        while 0 <= row < len(self._rows):
            if self._rows[row].step is None:
                self.cursor = row
                return
            row += way

    def action_fold(self) -> None:
        if self.row is not None:
            self.opened ^= {self.row.decision}
            self._lay_out()

    def action_fold_all(self) -> None:
        if self.timeline is not None:
            self.opened = set() if self.opened else set(self.timeline.steps)
            self._lay_out()


def _filled(first: Pieces, words: str, last: str, width: int, look: str) -> Pieces:
    """`first`, as much of `words` as there is room for, and `last`."""
    used = sum(cell_len(text) for text, _ in first) + cell_len(last)
    return [*first, (fitted(words, max(width - used, 1)), look), (last, "dim")]
