"""In: the lines of a body. Out: where an unmarked copy of an earlier mail begins, as top-posting programs put it.

A copy is told by its head: From, Sent, To and Subject lines in any of many languages, or a line that announces it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.zone_lines import LONGEST, quote_depth
from ingest.zone_quotes import introduces
from ingest.zone_words import COPY_FROM, COPY_MARK, COPY_SENT, COPY_SUBJECT, COPY_TO

_LONGEST_HEAD = 30
"""Lines of a copied mail's head, wrapped address lists counted."""


@dataclass(frozen=True, slots=True)
class Copied:
    """Where an unmarked copy of an earlier mail runs from to the end, and heads of such copies that only introduce."""

    start: int | None
    heads: tuple[tuple[int, int], ...]


def copied_mail(lines: Sequence[str]) -> Copied:
    """Looks for "-----Original Message-----" or a block of From, Sent, To and Subject lines.

    Where marked quotations follow the block, it only introduces them; but one that stands below words of the mail and
    goes on with a quotation without a blank line is a copy that begins so.
    """
    heads: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if not line or line[0] == ">" or (heads and at < heads[-1][1]):
            continue
        marker = bool(COPY_MARK.match(line[:LONGEST]))
        if not marker and not _starts_head(lines, at):
            continue
        head = at + 1 if marker else at
        while head < min(len(lines), at + 4) and not lines[head].strip():
            head += 1
        end = _head_end(lines, head, any_field=marker)
        if end is None and (not marker or line.strip().startswith("_")):
            continue
        if at and lines[at - 1].startswith("From ") and not marker:
            continue
        bare = end is None
        end = head if end is None else end
        following = [text for text in lines[end : end + 12] if text.strip()]
        if len(following) > 1 and (_salutes(following[0]) or (bare and introduces(following[0]))):
            del following[0]
        joined = end < len(lines) and bool(quote_depth(lines[end]))
        below_words = _holds_words(lines[heads[-1][1] if heads else 0 : at])
        if not following or not quote_depth(following[0]) or (joined and below_words):
            return Copied(at, tuple(heads))
        heads.append((at, end))
    return Copied(None, tuple(heads))


def _salutes(line: str) -> bool:
    return line.rstrip().endswith(",") and len(line[:LONGEST].split()) <= 4


def _holds_words(lines: Sequence[str]) -> bool:
    """Whether more than salutations and lines about whose words follow stands in `lines`."""
    return any(line.strip() and not _salutes(line) and not introduces(line) for line in lines)


def _starts_head(lines: Sequence[str], at: int) -> bool:
    """Whether a head may begin at `at`: with From, or with the date right before From, as web mail has it."""
    if COPY_FROM.match(lines[at][:LONGEST]):
        return True
    below = lines[at + 1][:LONGEST] if at + 1 < len(lines) else ""
    return bool(COPY_SENT.match(lines[at][:LONGEST]) and COPY_FROM.match(below))


def _head_end(lines: Sequence[str], at: int, *, any_field: bool = False) -> int | None:
    """Where a block of From, Sent, To and Subject lines that begins at `at` ends; None where there is none.

    With `any_field` it may begin with any of them, as below a line that announces a copy.
    """
    if at >= len(lines):
        return None
    fields = (COPY_SENT, COPY_TO, COPY_SUBJECT)
    if not _starts_head(lines, at) and not (any_field and any(f.match(lines[at][:LONGEST]) for f in fields)):
        return None
    sent = to = subject = called = False
    end, blanks = at, 0
    while end < min(len(lines), at + _LONGEST_HEAD):
        text = lines[end][:LONGEST]
        if not text.strip():
            blanks += 1
            if blanks > 1 or (subject and called):
                break
        elif quote_depth(text):
            break
        elif COPY_FROM.match(text):
            if called:
                break
            called = True
        elif COPY_SENT.match(text):
            sent = True
        elif COPY_TO.match(text):
            to = True
        elif COPY_SUBJECT.match(text):
            if "[PATCH" in text and not to:
                return None
            subject = True
        elif blanks:
            break
        end += 1
    return end if called and ((subject and to) or (sent and (to or subject))) else None
