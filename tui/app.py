"""In: a database path. Out: the full-screen browser.

The app opens and closes screens and runs checks in worker threads; what is on a screen is the screen's own business.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from kb.errors import ThreadkbError
from kb.reading import reading
from tui.looks import LooksKept
from tui.moving import Moving
from tui.pages import read_item
from tui.screens.help import HelpScreen, key_table
from tui.screens.item import ItemScreen
from tui.screens.thread import ThreadScreen
from tui.screens.threads import ThreadsScreen
from tui.screens.view import View
from tui.widgets.verdict_lines import outcome_words


class BrowseApp(Moving):
    """The browser on one database."""

    TITLE = "threadkb"
    CSS_PATH = "theme.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Keys", key_display="?"),
        Binding("Q", "quit", "Quit"),
    ]

    def __init__(self, path: Path, *, thread: str | None = None, read_only: bool = False, least: float = 0.0) -> None:
        """Items found with less confidence than `least` are hidden at first.

        Raises StoreError where there is no knowledge base at `path`, UsageError where `thread` names none.
        """
        super().__init__()
        self.path, self.read_only, self.least = path, read_only, least
        self.looks = LooksKept(path)
        with reading(path) as reader:
            known = reader.threads()
            self.first_thread = reader.thread(thread) if thread else (known[0].id if len(known) == 1 else None)
        self.running: dict[str, float] = {}
        """Items whose check is running, and since when (monotonic seconds)."""

    def get_default_screen(self) -> Screen[None]:
        if self.first_thread is not None:
            self.look_at(self.first_thread)
            return ThreadScreen(self.path, self.first_thread, least=self.least)
        return ThreadsScreen(self.path)

    @property
    def has_view_below(self) -> bool:
        return len(self.screen_stack) > 1

    def open_item(self, item: str) -> None:
        self.push_screen(ItemScreen(self.path, item))

    def action_help(self) -> None:
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(key_table(self.screen), getattr(self.screen, "help_words", "")))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every key of the screen as an entry of the palette, and the theme."""
        seen = set()
        for active in screen.active_bindings.values():
            binding = active.binding
            if not binding.description or binding.system or not active.enabled or binding.action in seen:
                continue
            seen.add(binding.action)
            run = partial(self.run_action, binding.action, active.node)
            yield SystemCommand(binding.description, f"key {self.get_key_display(binding)}", run)
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)

    # checks

    def running_for(self, item: str) -> float | None:
        """Seconds since an item's check was started; None where none runs."""
        began = self.running.get(item)
        return None if began is None else time.monotonic() - began

    def run_check(self, item: str) -> None:
        """Start an item's check unless it is running."""
        if not self.read_only and item not in self.running:
            self.running[item] = time.monotonic()
            self._check(item)

    @work(thread=True, group="checks")
    def _check(self, item: str) -> None:
        from tui.workspace import verify

        try:
            verify(self.path, given=[item])
        except ThreadkbError as wrong:
            self.call_from_thread(self._checked, item, str(wrong))
        else:
            self.call_from_thread(self._checked, item, None)

    def _checked(self, item: str, wrong: str | None) -> None:
        began = self.running.pop(item, None)
        for screen in self.screen_stack:
            if isinstance(screen, View):
                screen.load()
        page = read_item(self.path, item)
        latest = page.runs[0] if page is not None and page.runs else None
        words = wrong or outcome_words(latest)
        if began is not None:
            self.notify(words, severity="error" if wrong else "information", markup=False)


def browse(path: Path, thread: str | None = None, read_only: bool = False) -> None:
    """Run the browser on the database at `path` until the person leaves it."""
    BrowseApp(path, thread=thread, read_only=read_only).run()
