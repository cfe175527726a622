"""In: keys that work on every screen. Out: the screens that they open, each once on the stack.

A screen that is below already is gone back to; what was opened above it is closed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from kb.needing import last_written
from kb.reading import reading
from kb.views import ItemView
from tui.looks import LooksKept
from tui.screens.changes import ChangesScreen
from tui.screens.choosing import ChoosingView
from tui.screens.decisions import DecisionsScreen
from tui.screens.item import ItemScreen
from tui.screens.items import ItemsScreen
from tui.screens.thread import ThreadScreen
from tui.screens.threads import ThreadsScreen

if TYPE_CHECKING:
    from collections.abc import Callable

VIEWS = ("threads", "items", "decisions", "changes")


class Moving(App[None]):
    """Ways from any screen to the others."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("T", "view('threads')", "Threads", show=False),
        Binding("I", "view('items')", "Items", show=False),
        Binding("D", "view('decisions')", "Decisions", show=False),
        Binding("C", "view('changes')", "Changes", show=False),
    ]
    path: Path
    least: float
    looks: LooksKept

    @property
    def thread_here(self) -> str | None:
        """The full id of the thread that the screen on top is about; None for all or several."""
        screen = self.screen
        if isinstance(screen, ThreadScreen):
            return screen.thread_id
        if isinstance(screen, ItemScreen):
            return screen.page.item.thread_id if screen.page is not None else None
        return screen.base.thread if isinstance(screen, ChoosingView) else None

    def action_view(self, name: str) -> None:
        self.open_view(name, self.thread_here)

    def open_view(self, name: str, thread: str | None = None) -> None:
        """Open one of `VIEWS`, of a thread where it can be of one, or go back to it where it is below."""
        made: dict[str, tuple[type[Screen[None]], Callable[[], Screen[None]]]] = {
            "threads": (ThreadsScreen, lambda: ThreadsScreen(self.path)),
            "items": (ItemsScreen, lambda: ItemsScreen(self.path, thread, least=self.least)),
            "decisions": (DecisionsScreen, lambda: DecisionsScreen(self.path, thread, least=self.least)),
            "changes": (ChangesScreen, lambda: ChangesScreen(self.path)),
        }
        kind, make = made[name]
        below = [
            screen
            for screen in self.screen_stack
            if isinstance(screen, kind) and not (isinstance(screen, ChoosingView) and screen.base.thread != thread)
        ]
        if not below:
            self.push_screen(make())
            return
        while self.screen is not below[-1]:
            self.pop_screen()

    def look_at(self, thread: str) -> None:
        """Take note that a thread was looked at as it is."""
        with reading(self.path) as reader:
            self.looks.saw(thread, last_written(reader))

    def open_thread(self, thread: str) -> None:
        """Open the conversation of a thread by its full id."""
        self.push_screen(ThreadScreen(self.path, thread, least=self.least))
        self.look_at(thread)

    def _back_to_thread(self, thread: str) -> None:
        """Go back to the conversation of a thread, or open it."""
        if not any(isinstance(s, ThreadScreen) and s.thread_id == thread for s in self.screen_stack):
            self.open_thread(thread)
        while not (isinstance(self.screen, ThreadScreen) and self.screen.thread_id == thread):
            self.pop_screen()

    def show_in_thread(self, item: ItemView) -> None:
        """Go back to the item's thread, or open it, with the item in view."""
        self._back_to_thread(item.thread_id)
        self.call_after_refresh(self._go_to, item)

    def _go_to(self, item: ItemView) -> None:
        if isinstance(self.screen, ThreadScreen):
            self.screen.go_to(item)

    def show_mail(self, message_id: str) -> None:
        """Go back to a mail's thread, or open it, with the mail in view."""
        with reading(self.path) as reader:
            message = reader.message(message_id)
        if message is not None:
            self._back_to_thread(message.thread_id)
            self.call_after_refresh(self._go_to_mail, message_id)

    def _go_to_mail(self, message_id: str) -> None:
        if isinstance(self.screen, ThreadScreen):
            self.screen.go_to_mail(message_id)
