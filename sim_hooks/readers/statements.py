"""In: the body of a message. Out: the sentences of its author's own lines, each with its place.

Quotes, what stands in a diff or behind a signature mark, and trailers are left out. A list entry begins a sentence, and
so does a line that only names; a chain of calls over several lines is one sentence, for no stop stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.ids import fold

_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\.\.)(?<! vs)[.!?][\"')\]]{0,2}(?=\s+[A-Z\"'(*#\d_])")
_ENTRY = re.compile(r"\s{0,20}(?:\(?\d{1,3}[.)]|[-*•])\s+\S")
_DIFF = re.compile(r"diff --git |--- a/|--- /dev/null|Index: |@@ -\d")
_ALONE = re.compile(
    r"\s{0,4}\S[^|]{0,200}\|\s{1,8}\d{1,9}\s[+-]{0,100}\s{0,4}$|\s{0,4}\d{1,6} files? changed|-{3,}\s{0,4}$"
)
"""A line of a diffstat: each is a statement of its own."""
_TRAILER = re.compile(r"[A-Z][\w-]{2,30}-(?:by|to):\s|(?:Fixes|Cc|Link|Closes|Message-I[Dd]|Tested-by):\s")
_ATTRIBUTION = re.compile(r"On \S.{5,200}|.{0,200}\bwrote:\s{0,4}$|.{0,200}@.{3,80}> ?wrote")
_CUT = re.compile(r"-- ?$|_{20,}$|-{5,}\s{0,2}Original Message")
_MOST = 4_000
"""Characters of a sentence; no statement is longer."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a message: its words with white space folded, and the code points that it takes in the body."""

    text: str
    start: int
    end: int


def statements(body: str) -> Iterator[Statement]:
    """The sentences of the own lines, in order."""
    for start, end in _paragraphs(body):
        at = start
        for stop in (*(found.end() for found in _END.finditer(body, start, end)), end):
            text = fold(body[at:stop])
            if text and len(text) <= _MOST:
                first = at + len(body[at:stop]) - len(body[at:stop].lstrip())
                yield Statement(text, first, first + len(body[first:stop].rstrip()))
            at = stop


def _paragraphs(body: str) -> Iterator[tuple[int, int]]:
    """Stretches of own lines without a blank line, a quoted line or the beginning of a list entry between."""
    at, start = 0, -1
    lines = body.splitlines(keepends=True)
    for number, line in enumerate(lines):
        bare = line.rstrip()
        near = (line, *lines[number + 1 : number + 2])
        attribution = _ATTRIBUTION.match(line) and any(one.rstrip().endswith("wrote:") for one in near)
        if _DIFF.match(line) or _CUT.match(bare):
            break
        own = bool(bare) and not line.startswith(">") and not _TRAILER.match(line) and not attribution
        alone = own and bool(_ALONE.match(bare))
        if start >= 0 and (not own or alone or _ENTRY.match(line)):
            yield start, at
            start = -1
        if alone:
            yield at, at + len(bare)
        elif own and start < 0:
            start = at
        at += len(line)
    if start >= 0:
        yield start, at
