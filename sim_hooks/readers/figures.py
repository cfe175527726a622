"""In: a table of figures before and after with percentages, or a diffstat. Out: predicates that recompute them.

Only a row of percentages is bound, with the two rows of figures that stand in the same quote or right above it; figures
that stand alone are measurements, and nothing can be recomputed of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sim_hooks.predicates import PercentChanges, SumIs
from sim_hooks.readers.wording import Binding, Wording

Rows: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Figures before, figures after, percentages."""
_PAIRS = (("before", "after"), ("old", "new"), ("base", "patched"), ("baseline", "patched"), ("without", "with"),
          ("vanilla", "patched"), ("unpatched", "patched"))  # fmt: skip
_FIGURE = re.compile(r"(?<![\w.,%])[-+]?\d{1,15}(?:\.\d{1,9})?(?![\w.,%]\d|[\w%])")
_PERCENT = re.compile(r"(?<![\w.])[-+]?\d{1,6}(?:\.\d{1,6})?(?= ?%)")
_LABEL = re.compile(
    r"(?<![\w%])(?:%|percent(?:age)?|diff(?:erence)?|delta|change)"
    r"(?:[ %:()]|\b(?:percent|diff(?:erence)?|delta|change)\b){0,6}",
    re.IGNORECASE,
)
"""What heads a row of changes in per cent; `gain` or `of the total` may be reckoned otherwise."""
_PERCENTAGES = re.compile(r"(?:[-+]?\d{1,6}(?:\.\d{1,6})? ?%[ ,|/]{0,8}){1,64}$")
_ABOVE = 8
"""Lines above a row of percentages in which its figures are looked for."""
_STAT = re.compile(
    r"\b(?P<files>\d{1,6}) files? changed(?:, (?P<plus>\d{1,9}) insertions?\(\+\))?"
    r"(?:, (?P<minus>\d{1,9}) deletions?\(-\))?"
)
_BAR = re.compile(r"\s{0,4}\S[^|]{0,200}\|\s{1,8}(\d{1,9})\s[+-]{0,100}\s{0,4}$")
_ROBOT = re.compile(
    r"(?<![\w.%+-])(?P<before>\d{1,15}(?:\.\d{1,9})?)(?: ± ?\d{1,3}%)? (?P<change>[+-]\d{1,6}(?:\.\d{1,3})?)% "
    r"(?P<after>\d{1,15}(?:\.\d{1,9})?)(?: ± ?\d{1,3}%)? (?P<what>[a-z][\w-]{1,40}[._:/][\w.:/<>\[\]-]{1,80})"
)
"""A line of a test robot's comparison: before, change, after, what was measured."""


def read(words: Wording) -> Iterator[Binding]:
    """The percentages and totals that the words give, with the figures they rest on."""
    yield from _percentages(words)
    yield from _robot(words)
    yield from _stat(words)


def _robot(words: Wording) -> Iterator[Binding]:
    found = [one for one in _ROBOT.finditer(words.text) if float(one["before"])]
    if found:
        before, after, change = (tuple(one[part] for one in found) for part in ("before", "after", "change"))
        why = f"gives {len(found)} changes in per cent, each between its figures before and after"
        yield Binding(PercentChanges(before, after, change), 0.95, why)


def _percentages(words: Wording) -> Iterator[Binding]:
    for first, second in _PAIRS:
        found = _rows_within(words.text, first, second) or _rows_above(words, first, second)
        if found is None:
            continue
        before, after, quoted = found
        count = len(quoted)
        why = f"gives {count} percentages for the figures in the rows {first!r} and {second!r}"
        yield Binding(PercentChanges(before[:count], after[:count], quoted), 0.9, why)
        return


def _rows_within(text: str, first: str, second: str) -> Rows | None:
    """The three rows of a table that the quote holds whole."""
    found = re.search(rf"\b{first}\b(.{{1,2000}}?)\b{second}\b(.{{1,2000}})", text, re.IGNORECASE)
    if found is None:
        return None
    for label in _LABEL.finditer(found[2]):
        quoted = _changes(found[2][label.end() :])
        figures = _figures(found[1], found[2][: label.start()])
        if quoted and figures and len(quoted) == len(figures[0]):
            return *figures, quoted
    return None


def _rows_above(words: Wording, first: str, second: str) -> Rows | None:
    """The row of percentages that the quote holds, from its start, and the two rows that stand above it."""
    label = _LABEL.match(words.text)
    if label is None:
        return None
    quoted = _changes(words.text[label.end() :])
    whole = _changes(f"{words.text[label.end() :]} {words.after[0] if words.after else ''}".rstrip())
    rows = _block(words.before[:-1])[-_ABOVE:]
    for place in range(len(rows) - 1, 0, -1):
        after = _row(rows[place], second)
        before = _row(rows[place - 1], first)
        if before and after:
            figures = _figures(before, after)
            fits = quoted and figures and len(whole) == len(figures[0])
            return (*figures, quoted) if fits and figures else None
    return None


def _block(lines: Sequence[str]) -> Sequence[str]:
    """The lines at the end that no blank line parts from what follows."""
    blank = next((number for number in range(len(lines) - 1, -1, -1) if not lines[number].strip()), -1)
    return lines[blank + 1 :]


def _row(line: str, label: str) -> str:
    """What follows `label` in a line that begins with it, else nothing."""
    rest = line.strip()[len(label) :]
    return rest if line.strip().lower().startswith(label) and not rest[:1].isalnum() else ""


def _changes(text: str) -> tuple[str, ...]:
    """The percentages of a text that holds nothing else."""
    text = text.strip()
    return tuple(_PERCENT.findall(text)) if _PERCENTAGES.match(text) else ()


def _figures(before: str, after: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The figures of two rows that hold figures of one unit, as many in each, and nothing else."""
    first, second = tuple(_FIGURE.findall(before)), tuple(_FIGURE.findall(after))
    units = {unit for row in (before, after) for unit in _FIGURE.sub(" ", row).strip(" :|").split()}
    count = sum(len(_FIGURE.sub(" ", row).strip(" :|").split()) for row in (before, after))
    if not first or len(first) != len(second) or len(units) > 1 or count not in (0, 2 * len(first)):
        return None
    return (first, second) if all(re.fullmatch(r"[A-Za-z/%µ]{1,8}", unit) for unit in units) else None


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
