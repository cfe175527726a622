"""In: the body of a patch mail with its zones. Out: what its author says that changed, entry by entry, and the rest.

Pure. Entries of older versions' changes, which a cover letter often repeats, say for which version they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.records import Zone, ZoneKind

_STEP = re.compile(
    r"\W{0,6}(?:rfc[ -]?)?v?(\d{1,3})\s{0,2}(?:->|=>|→|–>|to)\s{0,2}v(\d{1,3})\b[^\w\n]{0,6}", re.IGNORECASE
)
_SINCE = re.compile(
    r"\W{0,6}(?:changes?|change ?log|differences?|diff|updates?|delta|new)\s+"
    r"(?:since|from|to|against|compared to|relative to|vs\.?)\s+"
    r"(?:the\s+)?(?:patch\s+)?(?:rfc\s*)?(?:v(\d{1,3})|previous|last|rfc)\b[^:\n]{0,60}:?",
    re.IGNORECASE,
)
_IN = re.compile(
    r"\W{0,6}(?:changes?|change ?log|updates?|new|what's new|changed)\s+(?:in|for|of|with)\s+(?:the\s+)?(?:patch\s+)?"
    r"(?:v(\d{1,3})|this version|this revision)\b[^:\n]{0,40}:?",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"\W{0,6}(?:patch ?)?v(\d{1,3})(?:\s{0,2}\([^)\n]{0,40}\))?\s{0,2}(?::|\.\s|-\s|$)", re.IGNORECASE
)
_LOG = re.compile(
    r"\W{0,6}(?:change ?logs?|changes|history|revision history|patch history|version history)\W{0,6}", re.IGNORECASE
)
_BULLET = re.compile(r"\s{0,12}(?:[-*+•o]|\(?\d{1,2}[.)]|\[\d{1,2}\])\s+\S")
_WORDS = {ZoneKind.OWN, ZoneKind.CODE, ZoneKind.TABLE}
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of a patch mail's words."""

    start: int
    end: int
    revision: int | None
    """The version whose changes it tells of; None for words that are no changelog."""
    since: int | None = None
    """The version since which they are changes, where it says that instead."""

    @property
    def is_change(self) -> bool:
        return self.revision is not None or self.since is not None

    def newer_than(self, old: int, new: int) -> bool:
        """Whether it tells of a change made after version `old`, up to version `new`."""
        if self.revision is not None:
            return old < self.revision <= new
        return self.since is not None and old <= self.since < new


def said_in(body: str, zones: Sequence[Zone], revision: int) -> Iterator[Said]:
    """The entries and paragraphs of a patch mail of this version, in order; quotes, diffs and trailers are left out."""
    about: Said | None = None
    for start, end in _stretches(zones):
        block: list[tuple[int, int]] = []
        blank = True
        for begin, stop in lines_of(body, start, end):
            line = body[begin : min(stop, begin + _MOST)]
            heading = _heading(line, revision)
            if heading is not None:
                yield from _closed(block, about)
                about, after = heading[0], heading[1]
                block = [(begin + after, stop)] if line[after:].strip() else []
            elif not line.strip():
                yield from _closed(block, about)
                block = []
            else:
                bullet = _BULLET.match(line) is not None
                if about is not None and blank and not bullet and not line[:1].isspace() and not _goes_on(body, begin):
                    yield from _closed(block, about)
                    block, about = [], None
                if bullet:
                    yield from _closed(block, about)
                    block = []
                block.append((begin, stop))
            blank = not line.strip()
        yield from _closed(block, about)


def _goes_on(body: str, at: int) -> bool:
    """The line before the blank one was a heading, so that these are its words."""
    before = body[max(at - _MOST, 0) : at].rstrip("\n").rpartition("\n")[2]
    return _heading(before, 1) is not None


def _closed(block: list[tuple[int, int]], about: Said | None) -> Iterator[Said]:
    if block:
        yield Said(block[0][0], block[-1][1], about.revision if about else None, about.since if about else None)


def _heading(line: str, revision: int) -> tuple[Said, int] | None:
    """What a changelog's heading is about, and where its own words end; None for any other line."""
    step = _STEP.match(line)
    if step is not None:
        return Said(0, 0, int(step[2])), step.end()
    since = _SINCE.match(line)
    if since is not None:
        number = int(since[1]) if since[1] else max(revision - 1, 0)
        return Said(0, 0, None, number), since.end()
    inside = _IN.match(line)
    if inside is not None:
        return Said(0, 0, int(inside[1]) if inside[1] else revision), inside.end()
    version = _VERSION.match(line)
    if version is not None:
        return Said(0, 0, int(version[1])), version.end()
    if _LOG.fullmatch(line):
        return Said(0, 0, revision), len(line)
    return None


def _stretches(zones: Sequence[Zone]) -> Iterator[tuple[int, int]]:
    for zone in zones:
        if zone.kind in _WORDS:
            yield zone.start, zone.end


def lines_of(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each line of `body` between `start` and `end` begins and ends, its line feed left out."""
    at = start
    while at < end:
        stop = body.find("\n", at, end)
        stop = end if stop < 0 else stop
        yield at, stop
        at = stop + 1
