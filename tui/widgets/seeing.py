"""In: which rows of a conversation are on the screen. Out: which of its mails were read.

A mail is read when the end of each of its parts was on the screen and it has left the screen, so that what is in view
keeps its mark.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from tui.widgets.layout import Layout


class Seeing:
    """What was seen of a thread."""

    def __init__(self) -> None:
        self.unread: set[str] = set()
        """The Message-IDs of the mails that were not read."""
        self.keep: Callable[[Collection[str]], None] = lambda read: None
        """Called with the Message-IDs of mails that were read."""
        self._parts: dict[str, set[int]] = {}
        self._in_view: set[str] = set()
        """Seen to the end, and on the screen still."""

    def begin(self, unread: Iterable[str], keep: Callable[[Collection[str]], None]) -> None:
        """Begin with what was read before."""
        self.unread, self.keep = set(unread), keep

    def see(self, laid: Layout, rows: range) -> bool:
        """Take note of the rows on the screen; whether a mail was read by leaving it."""
        if not self.unread:
            return False
        here: set[str] = set()
        for row in rows:
            found = laid.at(row)
            if found is None:
                break
            here.add(laid.mails[found[0]].message.message_id)
            for name, part in laid.passes(row):
                seen = self._parts.setdefault(name, set())
                seen.add(part)
                if name in self.unread and len(seen) >= laid.parts(name):
                    self._in_view.add(name)
        return self._read(self._in_view - here)

    def leave(self) -> None:
        """The screen is left: what is in view to its end was read."""
        self._read(set(self._in_view))

    def _read(self, names: set[str]) -> bool:
        self._in_view -= names
        self.unread -= names
        if names:
            self.keep(names)
        return bool(names)
