"""In: the lines of a body. Out: which are quotations and how deep, and which lines introduce them.

A line introduces a quotation by its shape, whatever its language: it ends with a colon right before one and names a
date, an address or an act of writing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.zone_lines import LONGEST, initials, quote_depth
from ingest.zone_words import (
    ACT,
    ACT_LAST,
    ADDRESS,
    COPY_FROM,
    COPY_MARK,
    COPY_SENT,
    COPY_SUBJECT,
    COPY_TO,
    DATE,
    NAMED_ACT,
    OPENER,
    STAR_NAME,
)

_ENDING = (":", "：")
_MOST_LINES = 4
_LONGEST_HEAD = 30
"""Lines of a copied mail's head, wrapped address lists counted."""
_LONG_LINE = 66
_LONGEST_REST = 40
_PIPE = re.compile(r" ?\|(?=[ \t>|]|\S|$)")


@dataclass(frozen=True, slots=True)
class Copied:
    """Where an unmarked copy of an earlier mail runs from to the end, and heads of such copies that only introduce."""

    start: int | None
    heads: tuple[tuple[int, int], ...]


def copied_mail(lines: Sequence[str]) -> Copied:
    """Looks for "-----Original Message-----" or a block of From, Sent, To and Subject lines.

    Where marked quotations follow right after the block, it only introduces them.
    """
    heads: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if not line or line[0] == ">":
            continue
        marker = bool(COPY_MARK.match(line[:LONGEST]))
        if not marker and not COPY_FROM.match(line[:LONGEST]):
            continue
        head = at + 1 if marker else at
        while head < min(len(lines), at + 4) and not lines[head].strip():
            head += 1
        end = _head_end(lines, head)
        if end is None and (not marker or line.strip().startswith("_")):
            continue
        if at and lines[at - 1].startswith("From ") and not marker:
            continue
        end = head if end is None else end
        following = [text for text in lines[end : end + 12] if text.strip()]
        if len(following) > 1 and following[0].rstrip().endswith(",") and len(following[0].split()) <= 4:
            del following[0]
        if not following or not quote_depth(following[0]):
            return Copied(at, tuple(heads))
        heads.append((at, end))
    return Copied(None, tuple(heads))


def _head_end(lines: Sequence[str], at: int) -> int | None:
    """Where a block of From, Sent, To and Subject lines that begins at `at` ends; None where there is none."""
    if at >= len(lines) or not COPY_FROM.match(lines[at][:LONGEST]):
        return None
    sent = to = subject = False
    end, blanks = at + 1, 0
    while end < min(len(lines), at + _LONGEST_HEAD):
        text = lines[end][:LONGEST]
        if not text.strip():
            blanks += 1
            if blanks > 1 or subject:
                break
        elif COPY_FROM.match(text):
            break
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
    return end if (subject and to) or (sent and (to or subject)) else None


def depths(lines: Sequence[str], taken: Sequence[bool]) -> list[int]:
    """Levels of quotation of each line; lines in `taken` (a diff) are none.

    Quoted blank lines go with the quoted text before them.
    """
    found = [0 if skip else quote_depth(line) for line, skip in zip(lines, taken, strict=True)]
    for row, line in enumerate(lines):
        near = (row > 0 and found[row - 1]) or (row + 1 < len(lines) and found[row + 1])
        if line.startswith(">From ") and not near:
            found[row] = 0
        elif not found[row] and not taken[row]:
            found[row] = quote_depth(line, indented=True)
    _add_initials(found, lines, taken)
    _add_pipes(found, lines, taken)
    bare = [bool(level) and not line[:LONGEST].strip("> \t|") for level, line in zip(found, lines, strict=True)]
    for row in range(1, len(lines)):
        if not taken[row] and _is_wrapped_rest(lines, found, row):
            found[row] = found[row - 1]
        if bare[row] and found[row - 1]:
            found[row] = found[row - 1]
    for row in range(len(lines) - 2, -1, -1):
        if bare[row] and found[row + 1] and not (row and found[row - 1]):
            found[row] = found[row + 1]
    return found


def _is_wrapped_rest(lines: Sequence[str], found: Sequence[int], row: int) -> bool:
    """Whether a line is the end of the long quoted line above it, which a mail program broke without marking it."""
    if row + 1 >= len(lines) or found[row] >= found[row - 1] or found[row + 1] != found[row - 1]:
        return False
    above, rest = lines[row - 1].rstrip(), lines[row][:LONGEST].strip("> \t")
    if len(above) < _LONG_LINE or not 0 < len(rest) <= _LONGEST_REST or above[-1] in ".?!:;":
        return False
    return not (rest[0].isupper() and rest[-1] in ".?!:")


def _add_initials(found: list[int], lines: Sequence[str], taken: Sequence[bool]) -> None:
    """Lines after marks such as `JK>`, where two or more in a row have the same."""
    marks = ["" if skip else initials(line) for line, skip in zip(lines, taken, strict=True)]
    at = 0
    while at < len(lines):
        end = at + 1
        if marks[at] and not found[at]:
            while end < len(lines) and marks[end] == marks[at]:
                end += 1
            if end - at >= 2:
                found[at:end] = [
                    1 + quote_depth(text[:LONGEST].partition(">")[2].lstrip(" ")) for text in lines[at:end]
                ]
        at = end


def _add_pipes(found: list[int], lines: Sequence[str], taken: Sequence[bool]) -> None:
    """Lines after `|` are quotations in a mail where two or more follow a line that says whose they are.

    A run in which lines end in bars is a table.
    """
    runs: list[tuple[int, int]] = []
    told = False
    at = 0
    while at < len(lines):
        end = at + 1
        if not found[at] and not taken[at] and _PIPE.match(lines[at]):
            while end < len(lines) and _PIPE.match(lines[end]) and not taken[end]:
                end += 1
            if not any(text[:LONGEST].rstrip().endswith("|") and len(text) > 3 for text in lines[at:end]):
                runs.append((at, end))
                above = [lines[row][:LONGEST] for row in range(max(at - 2, 0), at) if lines[row].strip()]
                told |= end - at >= 2 and bool(above) and (introduces(above[-1]) or introduces(" ".join(above)))
        at = end
    for start, end in runs if told else ():
        found[start:end] = [1 + quote_depth(text.lstrip(" ")[1:LONGEST], indented=True) for text in lines[start:end]]


def introduces(text: str) -> bool:
    """Whether `text`, right before a quotation, says whose words follow."""
    text = text[: LONGEST * 2].strip()
    if not text.endswith(_ENDING):
        return False
    if STAR_NAME.match(text) or NAMED_ACT.match(text):
        return True
    dated, addressed = bool(DATE.search(text)), bool(ADDRESS.search(text))
    if ACT_LAST.search(text):
        return dated or addressed
    short = text.count(" ") < 14
    return (dated and bool(ACT.search(text))) or (addressed and (dated or short)) or (dated and short and _opens(text))


def _opens(text: str) -> bool:
    """Whether `text` begins as a mail program's line about whose words follow."""
    return bool(OPENER.match(text))


def attribution_lines(lines: Sequence[str], end: int, *, alone: bool = False) -> int:
    """How many of the lines before `end` introduce what follows; 0 where none do.

    With `alone` no quotation follows, so that an opening ("On …"), a date and an act of writing are all required.
    """
    block: list[str] = []
    best, complete = 0, True
    for count in range(1, _MOST_LINES + 1):
        if end - count < 0 or not lines[end - count].strip() or lines[end - count].startswith(">"):
            break
        block.insert(0, lines[end - count][:LONGEST].strip())
        joined = " ".join(block)
        opened = _opens(joined)
        if alone:
            if opened and ACT_LAST.search(joined[-LONGEST:]) and DATE.search(joined[:LONGEST]):
                return count
            continue
        if not introduces(joined):
            if not joined.endswith(_ENDING):
                break
            continue
        if opened:
            return count
        if not best or (best == count - 1 and not complete):
            best = count
            complete = not block[0].startswith("<") and not ACT_LAST.match(block[0])
    return best
