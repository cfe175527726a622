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
from tui.widgets.mail_rows import Mail, Row, fold_words
from tui.widgets.signs import letter
from tui.widgets.words import drawn, fitted

CLOSED, OPEN = "┊", "╎"
"""What stands before a fold."""


def heading(mail: Mail, width: int) -> Pieces:
    """`#12 Author  2024-10-15 09:12  ↳ #9 ────`."""
    m = mail.message
    parent = mail.quotes.get(m.parent_id or "")
    head = f"#{m.number} "
    tail = f"  {m.date[:16].replace('T', ' ')}" + (f"  ↳ #{parent}" if parent is not None else "")
    tail += " ~" if m.provisional else ""
    author = fitted(m.author or m.address, max(width - len(tail) - len(head), 8))
    left = width - len(head) - cell_len(author) - len(tail)
    return [(head, "head label"), (author, "head"), (tail, "dim"), (f" {'─' * (left - 1)}" if left > 1 else "", "dim")]


def subject(mail: Mail, width: int) -> Pieces:
    """The mail's subject."""
    return [(fitted(mail.message.subject, width), "label")]


def fold(mail: Mail, row: Row, width: int, *, is_open: bool) -> Pieces:
    """`┊ quotes #9, 3 lines: what it quotes`."""
    return [(f"{OPEN if is_open else CLOSED} {fitted(fold_words(mail, row), max(width - 2, 1))}", "dim")]


def text(mail: Mail, row: Row, *, chosen: ItemView | None, found: Sequence[tuple[int, int]], hit_look: str) -> Pieces:
    """The words of a row, each item's marked with its letter and underlined, the chosen one's set off."""
    body = mail.message.body
    base = _zone_look(row.zone, body[row.start : row.start + 1])
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
                out.append((f"{letter(item.kind)}▸", f"badge {item.kind}"))
                column += 2
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


def _zone_look(zone: ZoneKind, first: str) -> str:
    match zone:
        case ZoneKind.OWN | ZoneKind.TABLE | ZoneKind.CODE | ZoneKind.TRACE:
            return ""
        case ZoneKind.DIFF if first in ("+", "-"):
            return "added" if first == "+" else "removed"
        case _:
            return "dim"
