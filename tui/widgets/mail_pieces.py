"""In: a mail, a row of it, what is chosen and what a search found. Out: the pieces that are drawn in the row.

Every text of a mail passes `words.drawn` or `words.fitted` here, and none is read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rich.cells import cell_len

from kb.records import ZoneKind
from kb.views import ItemView
from tui.widgets.lines import Pieces
from tui.widgets.mail_rows import Mail, Row, RowKind, fold_words
from tui.widgets.signs import badge
from tui.widgets.words import drawn, fitted

CLOSED, OPEN = "┊", "╎"
"""What stands before a fold."""


def heading(mail: Mail, width: int, *, answers: bool = True) -> Pieces:
    """`#12 Author  2024-10-15 09:12  ↳ #9 ────`; what it answers is left out unless `answers`."""
    m = mail.message
    parent = mail.quotes.get(m.parent_id or "") if answers else None
    head = f"#{m.number} "
    tail = f"  {m.date[:16].replace('T', ' ')}" + (f"  ↳ #{parent}" if parent is not None else "")
    tail += " ~" if m.provisional else ""
    author = fitted(m.author or m.address, max(width - len(tail) - len(head), 8))
    left = width - len(head) - cell_len(author) - len(tail)
    return [(head, "head label"), (author, "head"), (tail, "dim"), (f" {'─' * (left - 1)}" if left > 1 else "", "dim")]


def turn(mail: Mail, row: Row, width: int, hidden: int) -> Pieces:
    """The heading of a turn in a collated thread: `▾ #12 Author …`, or `▸ #12 Author, 3 replies: its first words`."""
    m = mail.message
    if row.kind is RowKind.AGAIN:
        return [(fitted(f"┄ #{m.number} {m.author or m.address} goes on", width), "dim")]
    if not row.shut:
        return [("▾ ", "dim"), *heading(mail, width - 2, answers=False)]
    replies = f", {hidden} repl{'y' if hidden == 1 else 'ies'}" if hidden else ""
    head = fitted(f"#{m.number} {m.author or m.address}", max(width - len(replies) - 2, 8))
    room = width - cell_len(head + replies) - 2
    words = fitted(f": {m.body[row.start : row.start + 4 * width]}", room) if room > 4 else ""
    return [("▸ ", "label"), (head, "head"), (replies, ""), (words, "dim")]


def rails(row: Row) -> Pieces:
    """What stands left of a row that is set in."""
    return [("│ " * (row.indent // 2), "dim")] if row.indent else []


def subject(mail: Mail, width: int) -> Pieces:
    """The mail's subject."""
    return [(fitted(mail.message.subject, width), "label")]


def fold(mail: Mail, row: Row, width: int, *, is_open: bool) -> Pieces:
    """`┊ quotes #9, 3 lines: what it quotes`."""
    return [(f"{OPEN if is_open else CLOSED} {fitted(fold_words(mail, row), max(width - 2, 1))}", "dim")]


def text(mail: Mail, row: Row, *, chosen: ItemView | None, found: Sequence[tuple[int, int]], hit_look: str) -> Pieces:
    """The words of a row, each item's marked with its letter and underlined, the chosen one's set off."""
    body = mail.message.body
    base = _zone_look(mail, row)
    here = [item for item in mail.items if item.start < row.end and item.end > row.start]
    hits = [(a, b) for a, b in found if a < row.end and b > row.start]
    cuts = {row.start, row.end}
    for a, b in [(i.start, i.end) for i in here] + hits:
        cuts.update(at for at in (a, b) if row.start < at < row.end)
    out: Pieces = []
    column = 0
    for a, b in pairwise(sorted(cuts)):
        for item in here:
            if item.start == a:
                out.append((badge(item), f"badge {item.kind}"))
                column += cell_len(badge(item))
        names = [base]
        over = [item for item in here if item.start <= a < item.end]
        if over:
            names += ["item", max(over, key=lambda item: item.start).kind]
        if chosen is not None and any(item.id == chosen.id for item in over):
            names.append("chosen")
        if any(x <= a < y for x, y in hits):
            names.append(hit_look)
        words = drawn(body[a:b], column)
        out.append((words, " ".join(name for name in names if name)))
        column += cell_len(words)
    return out


def _zone_look(mail: Mail, row: Row) -> str:
    match row.zone:
        case ZoneKind.OWN | ZoneKind.TABLE | ZoneKind.CODE | ZoneKind.TRACE:
            return ""
        case ZoneKind.DIFF:
            body = mail.message.body
            start = body.rfind("\n", 0, row.start) + 1
            return diff_look(body[start : min(start + 12, row.end)])
        case _:
            return "dim"


def diff_look(line: str) -> str:
    """The look of a line of a patch, by its first characters."""
    if line.startswith(("--- ", "+++ ", "diff ", "index ", "rename ", "similarity ", "new file", "deleted file")):
        return "label"
    if line.startswith("@@"):
        return "hunk"
    return {"+": "added", "-": "removed"}.get(line[:1], "")
