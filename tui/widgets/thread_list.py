"""In: threads. Out: a scrolling table of them, what needs attention in each at the front."""

from __future__ import annotations

from collections.abc import Sequence

from kb.views import ThreadView
from tui.widgets.lines import LineView, Pieces
from tui.widgets.words import fitted, needle

HEADINGS = f"  {'last mail':<11}{'mails':>6}{'open ?':>8}{'disputed':>10}{'to do':>7}  subject"


class ThreadList(LineView):
    """One row a thread."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.threads: Sequence[ThreadView] = ()
        self.shown: Sequence[ThreadView] = ()
        self.words = ""

    def show(self, threads: Sequence[ThreadView], words: str | None = None) -> None:
        """Show the threads whose subject has the words."""
        here = self.current
        self.threads = threads
        self.words = self.words if words is None else words
        pattern = needle(self.words)
        self.shown = [t for t in threads if pattern is None or pattern.search(t.subject)]
        self.changed()
        if here is not None:
            self.cursor = next((n for n, t in enumerate(self.shown) if t.id == here.id), self.cursor)

    @property
    def current(self) -> ThreadView | None:
        """The thread under the cursor."""
        return self.shown[self.cursor] if self.cursor < len(self.shown) else None

    def count(self) -> int:
        return len(self.shown)

    def pieces(self, row: int, width: int) -> list[Pieces]:
        thread = self.shown[row]
        return [
            [
                (f" {thread.last_date[:10]:<11}", "dim"),
                (f"{thread.messages:>6}", ""),
                _count(thread.open_questions, 8, "doubt"),
                _count(thread.disputed, 10, "bad"),
                _count(thread.open_actions, 7, "doubt"),
                (f"  {fitted(thread.subject, max(width - 46, 1))}", ""),
            ]
        ]


def _count(number: int, width: int, look: str) -> tuple[str, str]:
    return f"{number or '·':>{width}}", look if number else "dim"
