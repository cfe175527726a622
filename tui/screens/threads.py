"""In: the database. Out: the list of threads; Enter opens one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kb.visible import one_line
from tui.pages import read_threads
from tui.screens.view import View
from tui.widgets.lines import LineView
from tui.widgets.thread_list import HEADINGS, ThreadList


class ThreadsScreen(View):
    """All threads."""

    search_hint = "show threads whose subject has these words"

    def panes(self) -> ComposeResult:
        with Vertical(id="threads-pane", classes="pane"):
            yield Static(HEADINGS, id="headings", markup=False)
            yield ThreadList(id="threads")

    def load(self) -> None:
        self.table.show(read_threads(self.path))
        self.tell()

    @property
    def table(self) -> ThreadList:
        return self.query_one("#threads", ThreadList)

    def words_of(self, pane: LineView) -> str:
        return self.table.words

    def look_for(self, pane: LineView, words: str, *, done: bool) -> None:
        self.table.show(self.table.threads, words)
        self.tell()

    def tell(self) -> None:
        threads = self.table
        total, shown = len(threads.threads), len(threads.shown)
        count = f"{shown} of {total} threads" if threads.words else f"{total} thread{'' if total == 1 else 's'}"
        words = f'"{one_line(threads.words)}"' if threads.words else ""
        self.head(self.query_one("#threads-pane"), count, words)
        current = threads.current
        if current is not None:
            self.say(Content(f"{one_line(current.subject)}  ·  {current.people} people, {current.items} items"))
        elif not total:
            self.say(Content("no threads yet: `threadkb ingest SOURCE` brings some in"))
        else:
            self.say(Content("no thread has these words in its subject; esc shows all"))

    def on_line_view_opened(self) -> None:
        current = self.table.current
        if current is not None:
            self.browser.open_thread(current.id)
