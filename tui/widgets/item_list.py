"""In: the items of a thread and a choice among them. Out: a scrolling table of those that fit it.

Choosing is pure (`Choice.picks`); the widget only shows what was picked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

from kb.records import STATES, ItemKind, Verdict
from kb.views import ItemView
from kb.visible import one_line
from tui.widgets.lines import LineView, Pieces
from tui.widgets.signs import STATE_WIDTH, letter, says, state_look, verdict_look, verdict_sign
from tui.widgets.words import fitted, needle

UNCHECKED = "unchecked"
LEVELS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Least confidences that two keys walk through; 0 shows all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which items of a thread are shown; None and "" mean all."""

    kind: str | None = None
    state: str | None = None
    verdict: str | None = None
    """A verdict, or `unchecked`."""
    words: str = ""
    least: float = 0.0
    """Confidence below which an item is hidden."""

    def picks(self, items: Sequence[ItemView]) -> tuple[ItemView, ...]:
        """The items that fit, order kept."""
        pattern = needle(self.words)
        return tuple(
            item
            for item in items
            if (self.kind is None or item.kind == self.kind)
            and (self.state is None or item.state == self.state)
            and (self.verdict is None or (item.verdict or UNCHECKED) == self.verdict)
            and item.confidence >= self.least
            and (pattern is None or any(pattern.search(text) for text in _texts(item)))
        )

    def next_least(self, way: int) -> Choice:
        """The choice with the next higher (`way` 1) or lower (-1) least confidence of `LEVELS`, where there is one."""
        if way > 0:
            return replace(self, least=next((level for level in LEVELS if level > self.least), self.least))
        return replace(self, least=next((level for level in reversed(LEVELS) if level < self.least), 0.0))

    def next_state(self, items: Sequence[ItemView]) -> Choice:
        """The choice with the next state that `items` of this choice have, then all again."""
        held = {item.state for item in replace(self, state=None).picks(items)}
        states = dict.fromkeys(str(state) for of_kind in STATES.values() for state in of_kind)
        return replace(self, state=_after(self.state, [state for state in states if state in held]))

    def next_verdict(self, items: Sequence[ItemView]) -> Choice:
        """The choice with the next verdict that `items` of this choice have, then all again."""
        held = {item.verdict or UNCHECKED for item in replace(self, verdict=None).picks(items)}
        verdicts = [*map(str, Verdict), UNCHECKED]
        return replace(self, verdict=_after(self.verdict, [verdict for verdict in verdicts if verdict in held]))

    def of_kind(self, kind: str | None) -> Choice:
        """The choice for another kind; a state that it cannot have is let go."""
        keeps = kind is None or self.state is None or self.state in STATES[ItemKind(kind)]
        return replace(self, kind=kind, state=self.state if keeps else None)

    @property
    def sentence(self) -> str:
        """`claim · disputed · sure ≥ 0.5 · "words"`; empty where all are shown."""
        least = f"sure ≥ {self.least:g}" if self.least else None
        parts = [self.kind, self.state, self.verdict, least, f'"{one_line(self.words)}"' if self.words else None]
        return " · ".join(part for part in parts if part)


def _after(now: str | None, names: Sequence[str]) -> str | None:
    place = names.index(now) + 1 if now in names else 0
    return names[place] if place < len(names) else None


def _texts(item: ItemView) -> tuple[str, ...]:
    return (item.quote, item.says, item.author, *item.topics, *item.entities)


class ItemList(LineView):
    """The items that fit the choice, one row each; two lines a row where it is narrow."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.items: Sequence[ItemView] = ()
        self.shown: Sequence[ItemView] = ()
        self.choice = Choice()

    def show(self, items: Sequence[ItemView], choice: Choice | None = None) -> None:
        """Show the items that fit; the cursor stays on its item where that is still shown."""
        here = self.current
        self.items, self.choice = items, choice or self.choice
        self.shown = self.choice.picks(items)
        self.changed()
        self.go_to(here)

    @property
    def current(self) -> ItemView | None:
        """The item under the cursor."""
        return self.shown[self.cursor] if self.cursor < len(self.shown) else None

    def go_to(self, item: ItemView | None) -> None:
        """Put the cursor on an item, where it is shown."""
        if item is not None:
            self.cursor = next((n for n, other in enumerate(self.shown) if other.id == item.id), self.cursor)

    def count(self) -> int:
        return len(self.shown)

    def on_resize(self) -> None:
        self.row_height = 1 if self.text_width >= 64 else 2
        super().on_resize()

    def pieces(self, row: int, width: int) -> list[Pieces]:
        item = self.shown[row]
        first: Pieces = [
            (f"{letter(item.kind)} ", f"badge-letter label {item.kind}"),
            (f"#{item.number:<4}", "dim"),
            (f"{item.state:<{STATE_WIDTH}} ", state_look(item.state)),
            (f"{verdict_sign(item.verdict)} ", verdict_look(item.verdict)),
        ]
        used = sum(cell_len(text) for text, _ in first)
        room = max(width - used, 1)
        if self.row_height == 1:
            return [[*first, (fitted(says(item), room), "")]]
        return [[*first, (fitted(item.author, room), "dim")], [("  ", ""), (fitted(says(item), width - 2), "")]]
