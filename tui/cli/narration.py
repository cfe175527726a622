"""In: what happens while a command works, and what went wrong. Out: lines on stderr; nothing else writes there.

Every text is made safe for a terminal. stdout stays free for data.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType

from kb.errors import ThreadkbError
from kb.visible import one_line, visible

_WIDTH = 79
_PAUSE = 3
"""Seconds between two steps that are told where no terminal is."""


def say(text: str) -> None:
    """One or more plain lines."""
    _write(visible(text) + "\n")


def error(wrong: ThreadkbError) -> None:
    """`threadkb: place: what; todo` on one line."""
    _write(f"threadkb: {one_line(str(wrong))}\n")


def usage(message: str, hint: str) -> None:
    """What is wrong with a command line, and where its help stands."""
    text = one_line(message).rstrip(".")
    _write(f"threadkb: {text}; {hint}\n")


class Progress:
    """What is being done, as it goes. A stage is a line of its own; of many equal steps, the latest is shown.

    On a terminal the steps write over each other; elsewhere one is shown every few seconds, and with -v all are.
    """

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._over = sys.stderr.isatty() and not verbose
        self._shown = False
        self._last = time.monotonic()

    @property
    def over(self) -> bool:
        """Whether steps write over each other, so that a bar can be drawn."""
        return self._over

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def __call__(self, text: str) -> None:
        """A stage begins, or something happened that a person should know."""
        self.clear()
        _write(one_line(text) + "\n")

    def step(self, text: str) -> None:
        """One of many steps is done."""
        if self._over:
            _write("\r\x1b[K" + one_line(text, width=_WIDTH))
            self._shown = True
        elif self._verbose or time.monotonic() - self._last >= _PAUSE:
            self._last = time.monotonic()
            _write(one_line(text) + "\n")

    def clear(self) -> None:
        """Take a step's line away, so that something else can stand there."""
        if self._shown:
            _write("\r\x1b[K")
            self._shown = False


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        # stderr is closed or full: there is nobody to tell, and the exit code still says it
        return
