"""In: a canonical body. Out: its zones, from own words and quotations to diffs, tables, traces and signatures.

The zones are in order, touch each other and cover every character once; each is a run of whole lines of one kind, and
blank lines belong to the zone before them. What nothing else explains is own words, so that no text is lost to reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.zone_blocks import Blocks
from ingest.zone_copies import copied_mail
from ingest.zone_diffs import diff_lines
from ingest.zone_lines import LONGEST, quote_depth
from ingest.zone_quotes import attribution_lines, depths
from ingest.zone_words import CLOSING, CLOSING_NAME, FOOTER
from kb.records import Zone, ZoneKind

_NAME_WORD = re.compile(r"[^\W\d_][\w.'`()-]{0,30}[.,]?\Z")
_PARTICLES = {"van", "von", "de", "der", "den", "du", "via", "bin", "la", "da", "di", "al", "el", "of"}
_DASHED_NAME = re.compile(r"\s*(?:--?|[~/—–]) ?[A-Z][\w.'-]{0,20}(?: [A-Z][\w.'-]{0,20})?\s*$|\s*-{1,2}[a-z]{2,10}\s*$")
_PGP_BEGIN = "-----BEGIN PGP SIGNATURE-----"
_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_LONGEST_SIGNATURE = 30
_LONGEST_BARE_SIGNATURE = 8


def _is_name(line: str) -> bool:
    """One to four words that a person signs with."""
    words = line[:LONGEST].strip().lstrip("-~/—– ").split()
    if not 1 <= len(words) <= 4 or not all(_NAME_WORD.match(word) for word in words):
        return False
    return len(words) == 1 or all(word in _PARTICLES or not word[0].islower() for word in words)


def _mark(kinds: list[ZoneKind | None], start: int, end: int, kind: ZoneKind) -> None:
    kinds[start:end] = [kind] * (end - start)


def _signatures(lines: Sequence[str], kinds: list[ZoneKind | None]) -> None:
    """Signatures after `-- `, list footers and PGP blocks run to the next quotation or the end."""
    ends = [0] * len(lines)
    written = [0] * (len(lines) + 1)
    for row in range(len(lines) - 1, -1, -1):
        free = row + 1 < len(lines) and kinds[row + 1] is None
        ends[row] = ends[row + 1] if free else row + 1
        written[row] = written[row + 1] + bool(lines[row].strip())
    for row, line in enumerate(lines):
        if kinds[row] is not None:
            continue
        if line.startswith(_PGP_SIGNED):
            end = row + 1
            while end < min(len(lines), row + 4) and lines[end].strip():
                end += 1
            _mark(kinds, row, end, ZoneKind.SIGNATURE)
            continue
        bare = line.rstrip() == "--"
        marker = line in {"-- ", "--\u00a0"}
        if not (marker or bare or FOOTER.match(line[:LONGEST]) or line.startswith(_PGP_BEGIN)):
            continue
        limit = _LONGEST_SIGNATURE if marker or not bare else _LONGEST_BARE_SIGNATURE
        if written[row + 1] - written[ends[row]] <= limit:
            _mark(kinds, row, ends[row], ZoneKind.SIGNATURE)


def _sign_off(lines: Sequence[str], kinds: list[ZoneKind | None]) -> None:
    """A closing phrase with the names under it, or a dashed name, at the end of the mail's last own words."""
    free = [row for row, line in enumerate(lines) if kinds[row] is None and line.strip()]
    if not free:
        return
    last = free[-1]
    tail = [row for row in free if row > last - 8][-6:]
    for row in tail:
        below = [lines[later] for later in tail if later > row]
        if CLOSING.match(lines[row][:LONGEST]) and len(below) <= 4 and all(map(_is_name, below)):
            break
    else:
        row = last
        if not _DASHED_NAME.match(lines[last][:LONGEST]) and not CLOSING_NAME.match(lines[last][:LONGEST]):
            return
    if all(kinds[between] is None for between in range(row, last + 1)):
        _mark(kinds, row, last + 1, ZoneKind.SIGNATURE)


def _attributions(lines: Sequence[str], kinds: list[ZoneKind | None], levels: Sequence[int]) -> None:
    for row, line in enumerate(lines):
        if levels[row] and (row == 0 or not levels[row - 1]):
            end = row
            while end > 0 and row - end < 2 and not lines[end - 1].strip():
                end -= 1
            count = attribution_lines(lines, end)
        elif kinds[row] is None and line.rstrip().endswith((":", "\uff1a")):
            end = row + 1
            count = attribution_lines(lines, end, alone=True)
        else:
            continue
        for above in range(end - count, end):
            if kinds[above] is None:
                kinds[above] = ZoneKind.ATTRIBUTION


def _kinds(lines: Sequence[str]) -> tuple[list[ZoneKind | None], list[int]]:
    """The kind of each line (None for a blank one) and its levels of quotation."""
    copied = copied_mail(lines)
    whole = list(lines)
    lines = whole if copied.start is None else whole[: copied.start]
    diff = diff_lines(lines)
    levels = depths(lines, diff)
    kinds: list[ZoneKind | None] = [
        ZoneKind.QUOTE if level else ZoneKind.DIFF if changed else None
        for level, changed in zip(levels, diff, strict=True)
    ]
    for start, end in copied.heads:
        _mark(kinds, start, end, ZoneKind.ATTRIBUTION)
    _attributions(lines, kinds, levels)
    _signatures(lines, kinds)
    blocks = Blocks(lines, kinds)
    blocks.fences()
    blocks.traces()
    blocks.trailers()
    blocks.tables()
    blocks.code()
    _sign_off(lines, kinds)
    for row, line in enumerate(lines):
        if kinds[row] is None and line.strip():
            kinds[row] = ZoneKind.OWN
        elif kinds[row] in {ZoneKind.DIFF, ZoneKind.CODE, ZoneKind.SIGNATURE, ZoneKind.TRACE} and not line.strip():
            kinds[row] = None
    level = 1
    for line in whole[len(lines) :]:
        level = 1 + quote_depth(line) if line.strip() else level
        levels.append(level)
        kinds.append(ZoneKind.QUOTE)
    return kinds, levels


def zones_of(body: str) -> tuple[Zone, ...]:
    """The zones of `body`, in order; () for an empty one. Two quotations with a blank line between are two zones."""
    if not body:
        return ()
    lines = body.split("\n")
    kinds, levels = _kinds(lines)
    zones: list[Zone] = []
    start, kind, level, blank = 0, None, 0, False
    at = 0
    for line, found, depth in zip(lines, kinds, levels, strict=True):
        if found is None:
            blank = True
        else:
            depth = depth if found is ZoneKind.QUOTE else 0
            parted = found is ZoneKind.QUOTE and blank
            if kind is not None and (found is not kind or depth != level or parted):
                zones.append(Zone(kind, start, at, level))
                start = at
            kind, level, blank = found, depth, False
        at += len(line) + 1
    zones.append(Zone(kind or ZoneKind.OWN, start, len(body), level))
    return tuple(zones)
