"""In: one message, its zones and items, which folds are open, a width. Out: the rows that show it.

A row points into the body by offsets and holds no text of its own. Quotes, attributions, diffs and signatures fold to
one row each; a fold that holds an item's words starts open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from rich.cells import cell_len

from kb.records import Zone, ZoneKind
from kb.views import ItemView, MessageView
from tui.widgets.signs import badge
from tui.widgets.words import lines, wrap


@dataclass(frozen=True, slots=True)
class Mail:
    """A message with what is needed to draw it."""

    message: MessageView
    zones: tuple[Zone, ...]
    items: tuple[ItemView, ...]
    """Items whose words stand in it, by start."""
    quotes: Mapping[str, int]
    """Message-ID to number, for the messages that it may quote or answer."""
    depth: int = 0
    """Its depth in the tree of replies."""
    new_subject: bool = False
    """Its subject is not its parent's."""

    @property
    def number(self) -> int:
        return self.message.number


class RowKind(StrEnum):
    BLANK = "blank"
    HEAD = "head"
    SUBJECT = "subject"
    FOLD = "fold"
    TEXT = "text"
    AGAIN = "again"
    """Somebody goes on after replies to what they said before."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line on the screen."""

    kind: RowKind
    start: int = 0
    end: int = 0
    zone: ZoneKind = ZoneKind.OWN
    fold: int = -1
    """Offset at which the fold begins that this row belongs to, or -1."""
    turn: int = -1
    """In a collated thread the turn that this row belongs to, or -1."""
    indent: int = 0
    """Cells that it is set in by."""
    shut: bool = False
    """A heading under which all is folded away."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Zones that are shown or folded together."""

    start: int
    end: int
    kind: ZoneKind
    """QUOTE for attributions and quotes together."""
    zones: tuple[Zone, ...]

    @property
    def folds(self) -> bool:
        return self.kind in (ZoneKind.QUOTE, ZoneKind.DIFF, ZoneKind.SIGNATURE)


def stretches(mail: Mail) -> list[Stretch]:
    """The zones of a mail, neighbours that fold together joined. A mail without zones is all own words."""
    body = mail.message.body
    zones = mail.zones or (Zone(ZoneKind.OWN, 0, len(body)),)
    out = []
    for _, group in groupby(zones, key=_together):
        held = tuple(group)
        kind = ZoneKind.QUOTE if held[0].kind is ZoneKind.ATTRIBUTION else held[0].kind
        out.append(Stretch(held[0].start, held[-1].end, kind, held))
    return out


def _together(zone: Zone) -> object:
    if zone.kind in (ZoneKind.QUOTE, ZoneKind.ATTRIBUTION):
        return "quote"
    return zone.kind


def rows(
    mail: Mail, width: int, opened: Set[int], closed: Set[int] = frozenset(), *, is_first: bool = False
) -> list[Row]:
    """The rows of a mail. `opened` and `closed` hold the offsets of folds that a person opened or closed."""
    out = [] if is_first else [Row(RowKind.BLANK)]
    out.append(Row(RowKind.HEAD))
    if mail.new_subject:
        out.append(Row(RowKind.SUBJECT))
    marks = marks_of(mail.items)
    for stretch in stretches(mail):
        fold = -1
        if stretch.folds:
            fold = stretch.start
            out.append(Row(RowKind.FOLD, stretch.start, stretch.end, stretch.kind, fold))
            if not is_open(mail, stretch, opened, closed):
                continue
        out.extend(text_rows(mail, stretch, width, fold, marks, out[-1].kind in (RowKind.BLANK, RowKind.FOLD)))
    while out and out[-1].kind is RowKind.BLANK:
        out.pop()
    return out


def is_open(mail: Mail, stretch: Stretch | Row, opened: Set[int], closed: Set[int]) -> bool:
    """Whether a stretch that folds (or the row that stands for it) is open."""
    holds_item = any(item.start < stretch.end and item.end > stretch.start for item in mail.items)
    return stretch.start in opened or (holds_item and stretch.start not in closed)


def marks_of(items: Sequence[ItemView]) -> dict[int, int]:
    """The cells that the badges of items take, by the offset before which they stand."""
    out: dict[int, int] = {}
    for item in items:
        out[item.start] = out.get(item.start, 0) + cell_len(badge(item))
    return out


def text_rows(
    mail: Mail, stretch: Stretch, width: int, fold: int, marks: Mapping[int, int], after_blank: bool
) -> Iterator[Row]:
    """The rows of a stretch's words; blank lines in a row are one."""
    body = mail.message.body
    by_word = stretch.kind in (ZoneKind.OWN, ZoneKind.QUOTE, ZoneKind.TRAILER, ZoneKind.SIGNATURE)
    ends = [zone.end for zone in stretch.zones]
    for start, end in lines(body, stretch.start, stretch.end):
        if not body[start:end].strip():
            if not after_blank:
                yield Row(RowKind.BLANK, start, end, stretch.kind, fold)
            after_blank = True
            continue
        after_blank = False
        zone = stretch.zones[min(bisect_right(ends, start), len(ends) - 1)].kind
        here = {at: cells for at, cells in marks.items() if start <= at < end} if marks else {}
        for a, b in wrap(body, start, end, width, by_word=by_word, marks=here):
            yield Row(RowKind.TEXT, a, b, zone, fold)


def fold_words(mail: Mail, row: Row) -> str:
    """What a fold's row says, without the mark before it."""
    stretch = next((s for s in stretches(mail) if (s.start, s.end) == (row.start, row.end)), None)
    if stretch is None:
        stretch = Stretch(row.start, row.end, row.zone, (Zone(row.zone, row.start, row.end),))
    told = [z for z in stretch.zones if z.kind is not ZoneKind.ATTRIBUTION] or stretch.zones
    body = "".join(mail.message.body[zone.start : zone.end] for zone in told)
    texts = [line for line in body.split("\n") if line.strip()]
    many = f"{len(texts)} line" + ("" if len(texts) == 1 else "s")
    match stretch.kind:
        case ZoneKind.QUOTE | ZoneKind.ATTRIBUTION:
            return f"quotes {_whom(mail, stretch.zones)}{many}: {_last_paragraph(body)}"
        case ZoneKind.DIFF:
            files = sum(line.startswith("diff ") for line in texts)
            return f"patch, {files} file{'' if files == 1 else 's'}, {many}" if files else f"patch, {many}"
        case _:
            return f"signature, {many}"


def _whom(mail: Mail, zones: Sequence[Zone]) -> str:
    """`#12, ` for the nearest mail that is quoted, "" where none was found."""
    for depth in sorted({zone.depth for zone in zones if zone.kind is ZoneKind.QUOTE}):
        for zone in reversed(zones):
            if zone.depth == depth and zone.quoted is not None and zone.quoted.message_id in mail.quotes:
                return f"#{mail.quotes[zone.quoted.message_id]}, "
    return ""


def _last_paragraph(body: str) -> str:
    """The last paragraph of a quote without its marks: what the words below it answer."""
    held: list[str] = []
    for line in reversed(body.split("\n")):
        bare = line.lstrip("> \t").rstrip()
        if bare:
            held.append(bare)
        elif held:
            break
    return " ".join(reversed(held))


def tree_order(messages: Sequence[MessageView]) -> list[tuple[MessageView, int]]:
    """(message, depth): each reply under what it answers, replies to one message by number; no loop is followed."""
    known = {m.message_id: m for m in messages}
    under: dict[str | None, list[MessageView]] = {}
    for m in messages:
        parent = m.parent_id if m.parent_id in known and known[m.parent_id].number < m.number else None
        under.setdefault(parent, []).append(m)
    out: list[tuple[MessageView, int]] = []
    waiting = [(m, 0) for m in reversed(under.get(None, []))]
    while waiting:
        m, depth = waiting.pop()
        out.append((m, depth))
        waiting.extend((child, depth + 1) for child in reversed(under.get(m.message_id, [])))
    return out
