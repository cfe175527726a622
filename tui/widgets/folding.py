"""In: keys. Out: folds of a conversation opened and closed, as in vim: za zo zc zR zM, and by single keys."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from tui.widgets.laid_out import LaidOut
from tui.widgets.layout import Layout
from tui.widgets.lines import LineView
from tui.widgets.mail_rows import RowKind

AFTER_Z = {"a": "fold", "o": "unfold", "c": "fold_away", "R": "unfold_all", "M": "fold_all_away"}
"""What the key after z does."""


class FoldingView(LineView):
    """A view whose rows fold."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "fold", "Open or close the fold", show=False),
        Binding("F", "fold_all", "Open or close all folds", show=False),
        Binding("z", "fold_keys", "Folds: za open or close, zo open, zc close, zR open all, zM close all", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.laid: Layout = LaidOut()
        self._awaits_fold_key = False

    def same_spot(self) -> AbstractContextManager[None]:
        """Let the rows be others after the block; the cursor stays on the same words."""
        raise NotImplementedError

    def action_open(self) -> None:
        found = self.laid.at(self.cursor)
        if found is not None and (
            found[1].kind is RowKind.FOLD or (found[1].kind is RowKind.HEAD and found[1].turn >= 0)
        ):
            self.action_fold()
        else:
            super().action_open()

    def _fold(self, opened: bool | None) -> None:
        with self.same_spot():
            row = self.laid.fold(self.cursor, opened)
        if row is not None:
            self.cursor = row

    def action_fold(self) -> None:
        """Open or close the fold at the cursor, or the first one of its message."""
        self._fold(None)

    def action_unfold(self) -> None:
        self._fold(True)

    def action_fold_away(self) -> None:
        self._fold(False)

    def _fold_all(self, opened: bool | None) -> None:
        with self.same_spot():
            self.laid.fold_all(opened)

    def action_fold_all(self) -> None:
        self._fold_all(None)

    def action_fold_all_away(self) -> None:
        self._fold_all(False)

    def action_unfold_all(self) -> None:
        self._fold_all(True)

    def action_fold_keys(self) -> None:
        """Let the next key say what happens to the folds."""
        self._awaits_fold_key = True

    def on_key(self, event: events.Key) -> None:
        if not self._awaits_fold_key:
            return
        self._awaits_fold_key = False
        event.stop()
        event.prevent_default()
        name = AFTER_Z.get(event.character or event.key)
        if name is not None:
            getattr(self, f"action_{name}")()
