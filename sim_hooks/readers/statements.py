"""In: the body of a message with its zones. Out: the sentences of its author, each with its place.

Own words alone count, as the zones tell them; of a diff only the lines of its diffstat, each a statement. A list entry
begins a sentence; a chain of calls over several lines is one sentence, for no stop stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.ids import fold
from kb.own_words import own_stretches
from kb.records import Zone, ZoneKind

_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\.\.)(?<! vs)[.!?][\"')\]]{0,2}(?=\s+[A-Z\"'(*#\d_])")
_ENTRY = re.compile(r"\s{0,20}(?:\(?\d{1,3}[.)]|[-*•])\s+\S")
_DIFFSTAT = re.compile(r"\s{0,4}\S[^|]{0,200}\|\s{1,8}\d{1,9}\s[+-]{0,100}\s{0,4}$|\s{0,4}\d{1,6} files? changed")
_MOST = 4_000
"""Characters of a sentence; no statement is longer."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a message: its words with white space folded, and the code points that it takes in the body."""

    text: str
    start: int
    end: int


def statements(body: str, zones: Sequence[Zone]) -> Iterator[Statement]:
    """The author's sentences and the lines of diffstats, in order."""
    for start, end in sorted((*_paragraphs(body, zones), *_diffstats(body, zones))):
        at = start
        for stop in (*(found.end() for found in _END.finditer(body, start, end)), end):
            text = fold(body[at:stop])
            if text and len(text) <= _MOST:
                first = at + len(body[at:stop]) - len(body[at:stop].lstrip())
                yield Statement(text, first, first + len(body[first:stop].rstrip()))
            at = stop


def _lines(body: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Each line of a stretch with its place."""
    for line in body[start:end].splitlines(keepends=True):
        yield start, line
        start += len(line)


def _paragraphs(body: str, zones: Sequence[Zone]) -> Iterator[tuple[int, int]]:
    """Stretches of own words without a blank line or the beginning of a list entry between."""
    for begin, end in own_stretches(zones):
        start = -1
        for at, line in _lines(body, begin, end):
            if start >= 0 and (not line.strip() or _ENTRY.match(line)):
                yield start, at
                start = -1
            if start < 0 and line.strip():
                start = at
        if start >= 0:
            yield start, end


def _diffstats(body: str, zones: Sequence[Zone]) -> Iterator[tuple[int, int]]:
    """Each line of a diffstat, which stands where a diff does."""
    for zone in zones:
        if zone.kind is ZoneKind.DIFF:
            for at, line in _lines(body, zone.start, zone.end):
                if _DIFFSTAT.match(line.rstrip()):
                    yield at, at + len(line.rstrip())
