"""In: the lines of a body. Out: which are quotations and how deep, and which lines introduce them.

A line introduces a quotation by its shape, whatever its language: it ends with a colon right before one and names a
date, an address or an act of writing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.zone_lines import LONGEST, initials, quote_depth
from ingest.zone_words import (
    ACT,
    ACT_LAST,
    ADDRESS,
    DATE,
    NAMED_ACT,
    NAMED_ACT_JOINED,
    OPENER,
    STAR_NAME,
)

_ENDING = (":", "：")
_MOST_LINES = 4
_LONG_LINE = 66
_LONGEST_REST = 40
_ODD_MARK = re.compile(r" ?(\||:|\}|%|#>|»|＞)(?=[ \t>|»＞]|$)| ?(\|)(?=\S)")
"""What a line may begin with, besides `>`, where a line above it says whose words follow."""


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
    _add_odd_marks(found, lines, taken)
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


def _add_odd_marks(found: list[int], lines: Sequence[str], taken: Sequence[bool]) -> None:
    """Lines after `|`, `:`, `»` or their like are quotations in a mail where such lines follow one that says whose.

    A run in which lines end in bars is a table.
    """
    marks = ["" if taken[row] or found[row] else _odd_mark(line) for row, line in enumerate(lines)]
    runs: list[tuple[int, int]] = []
    told: set[str] = set()
    at = 0
    while at < len(lines):
        end = at + 1
        if marks[at]:
            while end < len(lines) and marks[end] == marks[at]:
                end += 1
            if not any(text[:LONGEST].rstrip().endswith("|") and len(text) > 3 for text in lines[at:end]):
                runs.append((at, end))
                above = [lines[row][:LONGEST] for row in range(max(at - 2, 0), at) if lines[row].strip()]
                if above and (introduces(above[-1]) or introduces(" ".join(above))):
                    told.add(marks[at])
        at = end
    for start, end in runs:
        if (mark := marks[start]) in told:
            rest = [text.lstrip(" ")[len(mark) : LONGEST] for text in lines[start:end]]
            found[start:end] = [1 + quote_depth(text, indented=True) for text in rest]


def _odd_mark(line: str) -> str:
    mark = _ODD_MARK.match(line[:LONGEST])
    return (mark[1] or mark[2]) if mark else ""


def introduces(text: str) -> bool:
    """Whether `text`, right before a quotation, says whose words follow."""
    text = text[: LONGEST * 2].strip()
    if not text.endswith(_ENDING):
        return False
    if STAR_NAME.match(text) or NAMED_ACT.match(text) or NAMED_ACT_JOINED.match(text):
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
