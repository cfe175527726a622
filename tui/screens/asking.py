"""In: a question. Out: what a person typed, or which of several they picked; None where they thought better of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from kb.visible import one_line
from tui.widgets.lines import LineView, Pieces
from tui.widgets.words import fitted, needle


class AskScreen(ModalScreen[str | None]):
    """One line of words."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave", key_display="esc")]

    def __init__(self, question: str, words: str = "") -> None:
        super().__init__()
        self.question, self.words = question, words

    def compose(self) -> ComposeResult:
        with Vertical(classes="asking") as box:
            box.border_title = Content(one_line(self.question))
            box.border_subtitle = Content("enter says it · esc leaves")
            yield Input(one_line(self.words), compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)


class Options(LineView):
    """Lines to pick from."""

    can_focus = False

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(id="options")
        self.labels = labels
        self.shown: Sequence[int] = range(len(labels))
        """Those that have the typed words, by their number."""

    def narrow(self, words: str) -> None:
        """Show the labels that have these words."""
        pattern = needle(words)
        self.shown = [n for n, label in enumerate(self.labels) if pattern is None or pattern.search(label)]
        self.cursor = 0
        self.changed()

    def count(self) -> int:
        return len(self.shown)

    def pieces(self, row: int, width: int) -> list[Pieces]:
        return [[(fitted(self.labels[self.shown[row]], width), "")]]


class PickScreen(ModalScreen[int | None]):
    """One of several; typing words leaves those that have them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave", key_display="esc"),
        Binding("down,ctrl+n", "move(1)", "Down", priority=True),
        Binding("up,ctrl+p", "move(-1)", "Up", priority=True),
    ]

    def __init__(self, question: str, labels: Sequence[str]) -> None:
        """`labels` are what is picked from; the answer is the place of one."""
        super().__init__()
        self.question, self.labels = question, labels

    def compose(self) -> ComposeResult:
        with Vertical(classes="asking picking") as box:
            box.border_title = Content(one_line(self.question))
            box.border_subtitle = Content("type to find · ↓ ↑ · enter picks · esc leaves")
            yield Input(placeholder="words", compact=True)
            yield Options(self.labels)

    @property
    def options(self) -> Options:
        return self.query_one("#options", Options)

    def action_move(self, by: int) -> None:
        self.options.cursor += by

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.options.narrow(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._pick()

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        event.stop()

    def on_line_view_opened(self, event: LineView.Opened) -> None:
        event.stop()
        self._pick()

    def _pick(self) -> None:
        if self.options.shown:
            self.dismiss(self.options.shown[self.options.cursor])
