"""In: a Message-ID. Out: the mail as it came: headers and all, its bytes shown as visible text."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content

from kb.visible import one_line
from tui.pages import RawPage, read_raw
from tui.screens.view import View
from tui.widgets.raw_lines import RawLines


class RawScreen(View):
    """One mail, byte for byte."""

    def __init__(self, path: Path, message_id: str) -> None:
        super().__init__(path)
        self.message_id = message_id
        self.page: RawPage | None = None

    def panes(self) -> ComposeResult:
        with Container(id="raw-panes", classes="panes"):
            yield RawLines(id="raw")

    @property
    def lines(self) -> RawLines:
        return self.query_one("#raw", RawLines)

    def load(self) -> None:
        self.page = read_raw(self.path, self.message_id)
        self.lines.show(self.page.content if self.page is not None else b"")
        self.tell()

    def tell(self) -> None:
        page = self.page
        if page is None:
            self.say(Content("this mail is no longer in the database; esc goes back"))
            return
        number = f"#{page.message.number} {one_line(page.message.author)}, as it came"
        self.head(self.lines, number, f"{len(page.content):,} bytes", self.lines.hit_words())
        what = "this mail was rebuilt from a page; its bytes are the page's" if page.message.provisional else ""
        self.say(Content(what or f"{one_line(page.message.origin)} · <{one_line(page.message.message_id)}>"))
