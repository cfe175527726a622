"""In: the database. Out: the list of threads by what needs attention; Enter opens one."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kb.attention import ATTENTION, ThreadNeeds
from kb.needing import Looks, last_written, threads_needing
from kb.reading import reading
from kb.visible import one_line
from tui.screens.later import LaterView
from tui.widgets.lines import LineView
from tui.widgets.thread_list import ThreadList, ThreadOrder, headings


class ThreadsScreen(LaterView[tuple[tuple[ThreadNeeds, ...], str]]):
    """All threads."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("greater_than_sign", "order(1)", "Next order", key_display=">"),
        Binding("less_than_sign", "order(-1)", "Order before", key_display="<", show=False),
        Binding("i", "items", "Its items"),
        Binding("M", "seen", "All seen", show=False),
    ]
    search_hint = "show threads whose subject has these words"
    help_words = (
        f"{ATTENTION} new: changes since you opened the thread or pressed M. open?: questions without an answer. "
        "objec: claims in dispute and proposals objected to. refut, unver: claims that a check refuted, that none "
        "decided."
    )

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.read_until = ""
        """What is shown was there at this time."""
        self._was_read = False

    def panes(self) -> ComposeResult:
        with Vertical(id="threads-pane", classes="pane"):
            yield Static("", id="headings", markup=False)
            yield ThreadList(id="threads")

    @property
    def table(self) -> ThreadList:
        return self.query_one("#threads", ThreadList)

    def question(self) -> Looks:
        return self.browser.looks.now

    def read(self, question: Looks) -> tuple[tuple[ThreadNeeds, ...], str]:
        with reading(self.path) as reader:
            return threads_needing(reader, question), last_written(reader)

    def took(self, found: tuple[tuple[ThreadNeeds, ...], str]) -> None:
        threads, self.read_until = found
        self._was_read = True
        self.table.show(threads)
        self.tell()

    def on_screen_resume(self) -> None:
        if self._was_read:
            self.load()  # a thread may have been looked at meanwhile

    def on_resize(self) -> None:
        width = self.table.text_width + self.table.margin_cells
        self.query_one("#headings", Static).update(Content(headings(width)), layout=False)
        super().on_resize()

    def words_of(self, pane: LineView) -> str:
        return self.table.words

    def look_for(self, pane: LineView, words: str, *, done: bool) -> None:
        self.table.show(self.table.threads, words)
        self.tell()

    def action_order(self, way: int) -> None:
        every = list(ThreadOrder)
        self.table.show(self.table.threads, order=every[(every.index(self.table.order) + way) % len(every)])
        self.tell()

    def action_items(self) -> None:
        current = self.table.current
        if current is not None:
            self.browser.open_view("items", current.id)

    def action_seen(self) -> None:
        self.browser.looks.saw_all(self.read_until)
        self.load()

    def tell(self) -> None:
        threads = self.table
        total, shown = len(threads.threads), len(threads.shown)
        count = f"{shown:,} of {total:,} threads" if threads.words else f"{total:,} thread{'' if total == 1 else 's'}"
        words = f'"{one_line(threads.words)}"' if threads.words else ""
        self.head(self.query_one("#threads-pane"), count, words, f"by {threads.order}")
        current = threads.current
        if current is not None:
            held = [f"{current.people} people", f"{current.items} items", f"{current.open_actions} to do"]
            self.say(Content(f"{one_line(current.subject)}  ·  {', '.join(held)}"))
        elif not self._was_read:
            self.say(Content("reading …"))
        elif not total:
            self.say(Content("no threads yet: `threadkb ingest SOURCE` brings some in"))
        else:
            self.say(Content("no thread has these words in its subject; esc shows all"))

    def on_line_view_opened(self) -> None:
        current = self.table.current
        if current is not None:
            self.browser.open_thread(current.id)
