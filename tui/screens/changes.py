"""In: the database, when its threads were last looked at. Out: what changed since, by thread; Enter goes there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from kb.journal import Change
from kb.journal_words import sentence
from kb.needing import Looks
from kb.news import News, Since, news_in, place_of
from kb.reading import Reader, reading
from kb.visible import one_line
from tui.screens.later import LaterView
from tui.widgets.change_list import ChangeList
from tui.widgets.lines import LineView


class ChangesScreen(LaterView[tuple[News, int]]):
    """What changed since the last look."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "since", "Since"),
        Binding("M", "seen", "All seen"),
        Binding("c", "conversation", "Thread"),
    ]
    search_hint = "changes and threads with these words"
    help_words = (
        "A thread is looked at when it is opened; what changed in it before is dim from then on, and gone when the "
        "browser is started again. M marks everything as seen. s shows the last arrival of mail, a day, a week, "
        "or all that the journal keeps. • is new, + came, - went, → moved, ✓ a check ended, ! a correction conflicts."
    )

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.since = Since.LOOK

    def panes(self) -> ComposeResult:
        with Container(id="changes-pane", classes="panes"):
            yield ChangeList(id="changes")

    @property
    def table(self) -> ChangeList:
        return self.query_one("#changes", ChangeList)

    def question(self) -> tuple[Since, Looks]:
        return self.since, self.browser.looks.before

    def read(self, question: tuple[Since, Looks]) -> tuple[News, int]:
        with reading(self.path) as reader:
            return news_in(reader, *question), _shown_length(reader)

    def took(self, found: tuple[News, int]) -> None:
        news, length = found
        self.table.short = _shortener(length)
        self.table.show(news, self.browser.looks.now, self.table.words)
        self.tell()

    def on_screen_resume(self) -> None:
        self.table.looks = self.browser.looks.now
        self.table.refresh()

    def words_of(self, pane: LineView) -> str:
        return self.table.words

    def look_for(self, pane: LineView, words: str, *, done: bool) -> None:
        table = self.table
        if table.news is not None:
            table.show(table.news, table.looks, words)
            self.tell()

    def action_since(self) -> None:
        self.since = self.since.next()
        self.load()

    def action_seen(self) -> None:
        if self.table.news is not None:
            self.browser.looks.saw_all(self.table.news.until)
            self.load()

    def tell(self) -> None:
        table = self.table
        if table.news is None:
            self.say(Content("reading …"))
            return
        count, threads = table.news.count, len(table.news.threads)
        told = f"{count:,} change{'' if count == 1 else 's'} {self.since}"
        within = f"in {threads:,} thread{'' if threads == 1 else 's'}" if count else ""
        self.head(table, told, within, f'"{one_line(table.words)}"' if table.words else "")
        row = table.row
        if row is not None:
            thread, change = row
            words = thread.subject if change is None else _whole(change, table.short)
            self.say(Content(one_line(words)))
        elif count:
            self.say(Content("no change has these words; esc shows all"))
        else:
            self.say(Content(f"nothing {self.since}; s shows what came before"))

    def on_line_view_opened(self) -> None:
        row = self.table.row
        if row is None:
            return
        thread, change = row
        if change is None:
            self._open_thread(thread.thread_id)
            return
        with reading(self.path) as reader:
            what, own = place_of(reader, change)
        match what:
            case "item":
                self.browser.open_item(own)
            case "mail":
                self.browser.show_mail(own)
            case _:
                self._open_thread(thread.thread_id)

    def action_conversation(self) -> None:
        row = self.table.row
        if row is not None and row[1] is not None:
            self.browser.show_mail(row[1].message_id)
        elif row is not None:
            self._open_thread(row[0].thread_id)

    def _open_thread(self, thread: str) -> None:
        with reading(self.path) as reader:
            is_there = bool(reader.ask("thread_head", thread=thread))
        if is_there:
            self.browser.open_thread(thread)
        else:
            self.say(Content("this thread is gone from the database"))


def _whole(change: Change, short: Callable[[str], str]) -> str:
    """A change's sentence with why, where it does not say so."""
    words = sentence(change, short)
    return words if not change.because or change.because in words else f"{words} · {change.because}"


def _shown_length(reader: Reader) -> int:
    return len(reader.shown("x-" + "x" * 64))


def _shortener(length: int) -> Callable[[str], str]:
    return lambda full: full[:length]
