"""In: a run. Out: what its verdict turns on: one sentence to read, and the lines of evidence that must be seen. Pure.

Where a claim was checked in parts, the parts that decided come before the others; the order of the lines never changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from kb.records import Verdict
from kb.views import RunView
from kb.visible import one_line

_PART = re.compile(r"part (\d+), ([a-z-]+): (.*)", re.DOTALL)
"""How `sim_hooks.combine` writes the note that stands before the evidence of a part."""


def finding(run: RunView) -> str:
    """What came out, in one sentence: of several parts the first that decided, and how many more there are."""
    parts = list(_parts(run))
    if len(parts) < 2:
        return run.summary
    decided = [part for part in parts if part[1] != Verdict.VERIFIED] or parts
    number, verdict, words = decided[0]
    said = words.rstrip(".")
    if run.verdict == Verdict.PARTLY:
        return f"part {number} of {len(parts)} {verdict}: {said}"
    rest = len(parts) - 1
    return f"{said}; and {rest} more part{'s' if rest > 1 else ''} {run.verdict}"


def part_verdict(line: Mapping[str, str]) -> str:
    """The verdict of the part that a line of evidence is the head of; "" for any other line."""
    found = _PART.match(line.get("text", "")) if line.get("kind") == "note" else None
    return found[2] if found else ""


def checked_words(run: RunView, quote: str) -> str:
    """The part of an item's words that was checked; "" where all of `quote` was."""
    words = one_line(run.quote)
    return "" if words == one_line(quote) else words


def essential(run: RunView, limit: int) -> tuple[int, ...]:
    """Which lines of the evidence to show, by index and in order, where at most `limit` can be.

    First the parts that decided and where each ends; then those parts' other lines; then the other parts.
    """
    lines = run.evidence
    if len(lines) <= limit:
        return tuple(range(len(lines)))
    heads = [n for n, line in enumerate(lines) if part_verdict(line)] or [0]
    ends = [*(head - 1 for head in heads[1:]), len(lines) - 1]
    stretches = list(zip(heads, ends, strict=True))
    deciding = [pair for pair in stretches if part_verdict(lines[pair[0]]) != Verdict.VERIFIED] or stretches
    others = [pair for pair in stretches if pair not in deciding]
    wanted = [*_edges(deciding, lines), *_inside(deciding), *_edges(others, lines), *_inside(others)]
    return tuple(sorted(list(dict.fromkeys(wanted))[:limit]))


def _parts(run: RunView) -> Iterator[tuple[int, str, str]]:
    """(number, verdict, what it showed) of each part; the parts of a part are left to it."""
    expected = 1
    for line in run.evidence:
        found = _PART.match(line["text"]) if line["kind"] == "note" else None
        if found and int(found[1]) == expected:
            expected += 1
            yield int(found[1]), found[2], found[3]


def _edges(stretches: Sequence[tuple[int, int]], lines: Sequence[dict[str, str]]) -> Iterator[int]:
    """Where each stretch begins, and its last line of substance: not the figure that counts states."""
    yield from (head for head, _ in stretches)
    for head, end in stretches:
        yield next((n for n in range(end, head, -1) if lines[n]["kind"] != "figure"), end)


def _inside(stretches: Sequence[tuple[int, int]]) -> Iterator[int]:
    for head, end in stretches:
        yield from range(head + 1, end + 1)
