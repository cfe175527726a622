"""In: a text in which every hit of a search is marked. Out: the short passage that shows most of them, still marked.

Time is linear in the text, and the passage is short, whatever the text holds: a stranger wrote it.
"""

from __future__ import annotations

import re
from collections import Counter

OPEN, CLOSE = "\x02", "\x03"
"""Stand before and after each hit."""
WIDTH = 120
"""Characters of a passage, marks and ellipses not counted; words at its ends are kept whole where they are short."""
_LONGEST_WORD = 24
_HIT = re.compile(r"\x02([^\x02\x03]*)\x03")


def passage(marked: str) -> str:
    """About `WIDTH` characters of `marked`, `…` where text is cut.

    The place is the first with most different words hit, and of those with most hits.

    Marks that the text itself brought along are lost, or pass for a hit.
    """
    text, hits = _unmarked(marked)
    start, end = _place(text, hits)
    start, end = _to_blank(text, start, -1), _to_blank(text, end, 1)
    out = ["…"] if start else []
    at = start
    for first, last in hits:
        if last <= start or first >= end:
            continue
        first, last = max(first, start), min(last, end)
        out += [text[at:first], OPEN, text[first:last], CLOSE]
        at = last
    out.append(text[at:end])
    return "".join(out) + ("…" if end < len(text) else "")


def _unmarked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    pieces, hits, at = [], [], 0
    for number, piece in enumerate(_HIT.split(marked)):
        plain = piece.replace(OPEN, "").replace(CLOSE, "")
        if number % 2:
            hits.append((at, at + len(plain)))
        pieces.append(plain)
        at += len(plain)
    return "".join(pieces), hits


def _place(text: str, hits: list[tuple[int, int]]) -> tuple[int, int]:
    """The stretch of `WIDTH` characters that shows most; what room is left goes to both sides of its hits."""
    words = [text[first:last].casefold() for first, last in hits]
    within: Counter[str] = Counter()
    best, first, last, opened = (0, 0), 0, 0, 0
    for closed, (_, end) in enumerate(hits):
        within[words[closed]] += 1
        while opened < closed and end - hits[opened][0] > WIDTH:
            within[words[opened]] -= 1
            if not within[words[opened]]:
                del within[words[opened]]
            opened += 1
        if (shown := (len(within), closed - opened + 1)) > best:
            best, first, last = shown, hits[opened][0], end
    length = len(text)
    start = max(min(first - (WIDTH - (last - first)) // 2, length - WIDTH), 0) if last - first < WIDTH else first
    return start, min(start + WIDTH, length)


def _to_blank(text: str, at: int, step: int) -> int:
    """The nearest end of a word from `at` outwards; `at` itself where the word is long."""
    moved = at
    while 0 < moved < len(text) and abs(moved - at) < _LONGEST_WORD:
        if text[moved - 1 if step < 0 else moved].isspace():
            return moved
        moved += step
    return moved if moved in (0, len(text)) else at
