"""In: what changed, by thread. Out: a scrolling list of it, each thread's changes under its subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from kb.journal import Change, What
from kb.journal_words import sentence
from kb.needing import Looks
from kb.news import News, ThreadNews
from kb.records import State, Verdict
from kb.visible import one_line
from tui.widgets.lines import LineView, Pieces
from tui.widgets.words import fitted, needle

_SIGNS = {
    What.THREAD: "+",
    What.MAIL: "+",
    What.ITEM: "+",
    What.GONE: "-",
    What.VANISHED: "-",
    What.CONFLICT: "!",
    What.SETTLED: "=",
    What.VERDICT: "✓",
}
_BAD = {State.DISPUTED, State.REFUTED, State.REJECTED, Verdict.REFUTED, Verdict.ERROR}
_GOOD = {State.ANSWERED, State.ACCEPTED, State.DONE, State.SUPPORTED, Verdict.VERIFIED}


class ChangeList(LineView):
    """Threads with what changed in each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_curly_bracket", "thread(1)", "Next thread", key_display="}", show=False),
        Binding("left_curly_bracket", "thread(-1)", "Previous thread", key_display="{", show=False),
        Binding("f", "fold", "Open or close the thread", show=False),
        Binding("F", "fold_all", "Open or close all threads", show=False),
    ]
    margin_cells = 2

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.news: News | None = None
        self.words = ""
        self.closed: set[str] = set()
        """Threads whose changes are hidden."""
        self.looks = Looks()
        """What was looked at by now is shown dim."""
        self.short: Callable[[str], str] = str
        self._rows: list[tuple[ThreadNews, Change | None]] = []

    def show(self, news: News, looks: Looks, words: str = "") -> None:
        """Show these; with `words`, the changes whose sentence has them, and all of a thread whose subject does."""
        self.news, self.looks, self.words = news, looks, words
        self.needle = needle(words)
        self._lay_out()

    def _lay_out(self) -> None:
        here = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        rows: list[tuple[ThreadNews, Change | None]] = []
        for thread in self.news.threads if self.news is not None else ():
            whole = self.needle is None or self.needle.search(thread.subject)
            fitting = [c for c in thread.changes if whole or (self.needle and self.needle.search(self._sentence(c)))]
            if fitting:
                rows.append((thread, None))
                if thread.thread_id not in self.closed:
                    rows += [(thread, change) for change in fitting]
        self._rows = rows
        self.changed()
        if here is not None:
            places = {(thread.thread_id, change): n for n, (thread, change) in enumerate(rows)}
            own = here[0].thread_id
            self.cursor = places.get((own, here[1]), places.get((own, None), self.cursor))

    def _sentence(self, change: Change) -> str:
        return one_line(sentence(change, self.short))

    @property
    def row(self) -> tuple[ThreadNews, Change | None] | None:
        """The thread under the cursor, and the change."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def count(self) -> int:
        return len(self._rows)

    def find_hits(self) -> list[int]:
        return []  # every change that is shown fits the words

    def action_hit(self, way: int) -> None:
        self.cursor += way

    def mark(self, row: int) -> str:
        thread, change = self._rows[row]
        if change is None:
            return "▸" if thread.thread_id in self.closed else "▾"
        return "•" if self._is_new(thread, change) else " "

    def _is_new(self, thread: ThreadNews, change: Change) -> bool:
        return change.at > max(self.looks.of(thread.thread_id), self.looks.of(change.thread_id))

    def pieces(self, row: int, width: int) -> list[Pieces]:
        thread, change = self._rows[row]
        if change is None:
            subject = thread.subject or "a thread that is gone"
            count = f" · {len(thread.changes)}"
            return [[(fitted(subject, max(width - len(count), 1)), "head label"), (count, "dim")]]
        sign = _SIGNS.get(change.what, "→")
        day = f"{one_line(change.date[5:16].replace('T', ' ')):<12}"
        look = "bad" if change.after in _BAD else "good" if change.after in _GOOD else "doubt"
        words = fitted(sentence(change, self.short), max(width - 16, 1))
        return [[("  ", ""), (day, "dim"), (f"{sign} ", look), (words, "" if self._is_new(thread, change) else "dim")]]

    def action_thread(self, way: int) -> None:
        row = self.cursor + way
        while 0 <= row < len(self._rows):
            if self._rows[row][1] is None:
                self.cursor = row
                return
            row += way

    def action_fold(self) -> None:
        if self.row is not None:
            self.closed ^= {self.row[0].thread_id}
            self._lay_out()

    def action_fold_all(self) -> None:
        threads = self.news.threads if self.news is not None else ()
        self.closed = set() if self.closed else {thread.thread_id for thread in threads}
        self._lay_out()
