"""In: a table of figures before and after with percentages, or a diffstat. Out: predicates that recompute them.

Only a row of percentages is bound, with the two rows of figures that stand in the same quote or right above it; figures
that stand alone are measurements, and nothing can be recomputed of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim_hooks.predicates import PercentChanges, SumIs
from sim_hooks.readers.wording import Binding, Wording

_PAIRS = (("before", "after"), ("old", "new"), ("base", "patched"), ("baseline", "patched"), ("without", "with"),
          ("vanilla", "patched"), ("unpatched", "patched"))  # fmt: skip
_FIGURE = re.compile(r"(?<![\w.,%])[-+]?\d{1,15}(?:\.\d{1,9})?(?![\w.%])")
_PERCENT = re.compile(r"(?<![\w.])[-+]?\d{1,6}(?:\.\d{1,6})?(?= ?%)")
_PERCENT_ROW = re.compile(r"(?:%|percent|diff|delta|change|improvement|gain)[ %:(a-z)]{0,20}", re.IGNORECASE)
_ABOVE = 8
"""Lines above a row of percentages in which its figures are looked for."""
_STAT = re.compile(
    r"\b(?P<files>\d{1,6}) files? changed(?:, (?P<plus>\d{1,9}) insertions?\(\+\))?"
    r"(?:, (?P<minus>\d{1,9}) deletions?\(-\))?"
)
_BAR = re.compile(r"\s{0,4}\S[^|]{0,200}\|\s{1,8}(\d{1,9})\s[+-]{0,100}\s{0,4}$")


def read(words: Wording) -> Iterator[Binding]:
    """The percentages and totals that the words give, with the figures they rest on."""
    yield from _percentages(words)
    yield from _stat(words)


def _percentages(words: Wording) -> Iterator[Binding]:
    above = words.before[-_ABOVE:]
    for first, second in _PAIRS:
        rows = _rows_within(words.text, first, second)
        if rows is None and _PERCENT_ROW.match(words.text):
            before, after = _row_above(above, first), _row_above(above, second)
            rows = (before, after, tuple(_PERCENT.findall(words.text)))
        if rows is None:
            continue
        before, after, quoted = rows
        if not quoted or len(before) != len(after) or len(quoted) > len(before):
            continue
        count = len(quoted)
        why = f"gives {count} percentages for the figures in the rows {first!r} and {second!r}"
        yield Binding(PercentChanges(before[:count], after[:count], quoted), 0.9, why)
        return


def _rows_within(text: str, first: str, second: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None:
    """The three rows of a table that the quote holds whole."""
    found = re.search(rf"\b{first}\b(.{{1,2000}}?)\b{second}\b(.{{1,2000}})", text, re.IGNORECASE)
    if found is None:
        return None
    start = next((word.start() for word in _PERCENT_ROW.finditer(found[2]) if word[0].strip()), None)
    if start is None:
        return None
    before, after = _FIGURE.findall(found[1]), _FIGURE.findall(found[2][:start])
    return tuple(before), tuple(after), tuple(_PERCENT.findall(found[2][start:]))


def _row_above(lines: Sequence[str], label: str) -> tuple[str, ...]:
    for line in reversed(lines):
        if line.strip().lower().startswith(label):
            rest = line.strip()[len(label) :]
            if not rest[:1].isalnum():
                return tuple(_FIGURE.findall(rest))
    return ()


def _stat(words: Wording) -> Iterator[Binding]:
    found = _STAT.search(words.text)
    if found is None:
        return
    bars = [bar[1] for bar in map(_BAR.match, words.before[-int(found["files"]) - 1 :]) if bar]
    parts = tuple(count for count in (found["plus"], found["minus"]) if count)
    if not parts or len(bars) != int(found["files"]):
        return
    if len(bars) == 1:
        why = "gives the lines added and removed, and the bar above their total"
        yield Binding(SumIs(parts, bars[0]), 0.95, why)
    else:
        total = str(sum(map(int, parts)))
        why = "gives the lines added and removed, and the bars above the lines of each file"
        yield Binding(SumIs(tuple(bars), total), 0.9, why)
