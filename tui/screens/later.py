"""In: a screen whose reading takes a while. Out: the same read in a thread, while the screen goes on answering keys.

One reading runs at a time; what is asked meanwhile waits, and only the latest question is asked then.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from textual import work
from textual.content import Content
from textual.message import Message

from kb.errors import ThreadkbError
from kb.visible import one_line
from tui.screens.view import View

Found = TypeVar("Found")


class LaterView(View, Generic[Found]):
    """A screen that reads in a thread."""

    @dataclass
    class Answered(Message):
        """The reading has ended."""

        asked: int
        found: Any
        """What `read` gave, or the error that it raised."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._asked_for = 0
        self._reading = 0
        """The number of the question that is being read; 0 for none."""

    def question(self) -> Any:
        """What is to be read, as a value that another thread can hold."""
        return None

    def read(self, question: Any) -> Found:
        """Read the answer; runs in a thread of its own and touches no widget."""
        raise NotImplementedError

    def took(self, found: Found) -> None:
        """Show what was read."""
        raise NotImplementedError

    @property
    def is_reading(self) -> bool:
        """Whether what is shown is not yet what was asked for."""
        return self._reading != 0

    def load(self) -> None:
        self._asked_for += 1
        if not self._reading:
            self._begin()

    def _begin(self) -> None:
        self._reading = self._asked_for
        self._read(self._reading, self.question())

    @work(thread=True, group="reading", exit_on_error=True)
    def _read(self, asked: int, question: Any) -> None:
        try:
            found: Any = self.read(question)
        except ThreadkbError as wrong:
            found = wrong
        self.post_message(self.Answered(asked, found))

    def on_later_view_answered(self, event: Answered) -> None:
        event.stop()
        self._reading = 0
        if event.asked != self._asked_for:
            self._begin()
        elif isinstance(event.found, ThreadkbError):
            self.say(Content("could not be read; R tries again"))
            self.app.notify(one_line(str(event.found)), severity="error", markup=False)
        else:
            self.took(event.found)
