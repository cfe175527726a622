"""In: threads with what needs attention in each. Out: a scrolling table of them, in one of several orders."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kb.attention import ThreadNeeds
from kb.visible import one_line
from tui.widgets.lines import LineView, Pieces
from tui.widgets.words import fitted, needle


class ThreadOrder(StrEnum):
    """In which order threads stand."""

    ATTENTION = "what needs attention"
    NEWEST = "last mail"
    NEW = "news"
    QUESTIONS = "open questions"
    OBJECTIONS = "objections"
    REFUTED = "refuted claims"
    UNVERIFIED = "unverified claims"
    MAILS = "mails"
    SUBJECT = "subject"


_COUNTED = {
    ThreadOrder.NEW: lambda t: t.new,
    ThreadOrder.QUESTIONS: lambda t: t.open_questions,
    ThreadOrder.OBJECTIONS: lambda t: t.objections,
    ThreadOrder.REFUTED: lambda t: t.refuted,
    ThreadOrder.UNVERIFIED: lambda t: t.unverified,
    ThreadOrder.MAILS: lambda t: t.messages,
}

_NARROW = ("new", "open?", "objec", "refut", "unver")
_WIDE = ("new", "open questions", "objections", "refuted", "unverified")
_WIDE_FROM = 120
"""Cells from which on the columns have their full names."""


def ordered(threads: Sequence[ThreadNeeds], order: ThreadOrder) -> tuple[ThreadNeeds, ...]:
    """`threads` (last written first) in an order; threads of equal standing keep theirs."""
    if order is ThreadOrder.SUBJECT:
        return tuple(sorted(threads, key=lambda t: t.subject.casefold()))
    if order is ThreadOrder.ATTENTION:
        return tuple(sorted(threads, key=lambda t: t.rank, reverse=True))
    if order is ThreadOrder.NEWEST:
        return tuple(threads)
    return tuple(sorted(threads, key=_COUNTED[order], reverse=True))


def columns(width: int) -> list[tuple[str, int]]:
    """(name, cells) of the counts' columns."""
    names = _WIDE if width >= _WIDE_FROM else _NARROW
    return [(name, max(len(name), 3) + (2 if width >= _WIDE_FROM else 1)) for name in names]


def headings(width: int) -> str:
    """The line above the table, `width` cells wide with the cursor's mark."""
    counts = "".join(f"{name:>{cells}}" for name, cells in columns(width))
    return f"  {'last mail':<11}{'mails':>6}{counts}  subject"[:width]


class ThreadList(LineView):
    """One row a thread."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.threads: Sequence[ThreadNeeds] = ()
        self.shown: Sequence[ThreadNeeds] = ()
        self.words = ""
        self.order = ThreadOrder.ATTENTION

    def show(self, threads: Sequence[ThreadNeeds], words: str | None = None, order: ThreadOrder | None = None) -> None:
        """Show the threads whose subject has the words; the cursor stays on its thread."""
        here = self.current
        self.threads = threads
        self.words = self.words if words is None else words
        self.order = order or self.order
        self.needle = needle(self.words)
        self.shown = [t for t in ordered(threads, self.order) if self.needle is None or self.needle.search(t.subject)]
        self.changed()
        if here is not None:
            self.cursor = next((n for n, t in enumerate(self.shown) if t.id == here.id), self.cursor)

    @property
    def current(self) -> ThreadNeeds | None:
        """The thread under the cursor."""
        return self.shown[self.cursor] if self.cursor < len(self.shown) else None

    def count(self) -> int:
        return len(self.shown)

    def find_hits(self) -> Sequence[int]:
        return ()  # every thread that is shown fits the words

    def action_hit(self, way: int) -> None:
        self.cursor += way

    def pieces(self, row: int, width: int) -> list[Pieces]:
        thread = self.shown[row]
        counts = (thread.new, thread.open_questions, thread.objections, thread.refuted, thread.unverified)
        looks = ("label", "doubt", "bad", "bad", "")
        named = columns(width + self.margin_cells)
        cells = [_count(number, room, look) for number, (_, room), look in zip(counts, named, looks, strict=True)]
        used = 18 + sum(room for _, room in named)
        return [
            [
                (f" {one_line(thread.last_date[:10]):<11}", "dim"),
                (f"{thread.messages:>6}", ""),
                *cells,
                (f"  {fitted(thread.subject, max(width - used - 2, 1))}", "label" if thread.new else ""),
            ]
        ]


def _count(number: int, width: int, look: str) -> tuple[str, str]:
    return f"{number or '·':>{width}}", look if number else "dim"
