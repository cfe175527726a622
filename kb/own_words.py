"""In: a message's body with its zones, and words. Out: where its author wrote those words. Pure, linear in the body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.records import Zone, ZoneKind

_OWN = frozenset({ZoneKind.OWN, ZoneKind.CODE, ZoneKind.TABLE, ZoneKind.TRACE})
_PLAIN = str.maketrans("‘’“”", "''\"\"")
"""Marks that a keyboard has for those that it has not; no text becomes longer or shorter."""


def own_stretches(zones: Sequence[Zone]) -> Iterator[tuple[int, int]]:
    """The stretches of a body that its author wrote: zones of that sort which touch are one."""
    start = end = -1
    for zone in zones:
        if zone.kind not in _OWN:
            continue
        if zone.start != end:
            if end > start:
                yield start, end
            start = zone.start
        end = zone.end
    if end > start:
        yield start, end


def plain(text: str) -> str:
    """`text` with typographic quotation marks as plain ones."""
    return text.translate(_PLAIN)


def place_of(words: str, body: str, zones: Sequence[Zone]) -> tuple[int, int] | None:
    """Start and end of the first place where the author of `body` wrote `words`; None where they did not.

    White space counts as one blank, however much of it there is; typographic quotation marks count as plain ones.
    """
    parts = plain(words).split()
    if not parts:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, parts)))
    text = plain(body)
    for start, end in own_stretches(zones):
        found = pattern.search(text, start, end)
        if found is not None:
            return found.span()
    return None
