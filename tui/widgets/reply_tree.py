"""In: the mails of a thread. Out: a tree of who answered whom; Enter leads to a mail."""

from __future__ import annotations

from collections.abc import Container, Sequence

from rich.cells import cell_len

from tui.widgets.lines import LineView, Pieces
from tui.widgets.mail_rows import Mail
from tui.widgets.words import fitted

_DEEPEST = 12
"""Levels that are set in; deeper ones tell their depth."""


class ReplyTree(LineView):
    """One row a mail: number, author, date, whether it is unread."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.mails: Sequence[Mail] = ()
        self.unread: Container[str] = ()

    def show(self, mails: Sequence[Mail], unread: Container[str]) -> None:
        """Show mails, each reply under what it answers."""
        self.mails, self.unread = mails, unread
        self.changed()

    def count(self) -> int:
        return len(self.mails)

    @property
    def current(self) -> Mail | None:
        """The mail under the cursor."""
        return self.mails[self.cursor] if self.cursor < len(self.mails) else None

    def go_to(self, message_id: str) -> None:
        """Put the cursor on a mail."""
        for row, mail in enumerate(self.mails):
            if mail.message.message_id == message_id:
                with self.prevent(self.Moved):
                    self.cursor = row
                return

    def pieces(self, row: int, width: int) -> list[Pieces]:
        mail = self.mails[row]
        m = mail.message
        mark = "● " if m.message_id in self.unread else "  "
        room = max(width // 4, 2)
        deep = min(mail.depth, _DEEPEST, room // 2)
        rails = "  " * max(deep - 1, 0) + ("└ " if deep else "") + (f"{mail.depth} " if mail.depth > deep else "")
        head = f"{rails}#{m.number} "
        date = f"  {m.date[5:16].replace('T', ' ')}"
        count = f"  {len(mail.items)}▸" if mail.items else ""
        author = fitted(m.author or m.address, max(width - len(mark + head + date + count), 4))
        blank = max(width - len(mark + head + date + count) - cell_len(author), 0)
        return [[(mark, "label"), (head, "dim"), (author, ""), (count, "dim"), (" " * blank + date, "dim")]]
