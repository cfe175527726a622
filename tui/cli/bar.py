"""In: how many checks are due and have ended, and how. Out: one line that shows it, a bar first. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from kb.records import Verdict

_CELLS = 20
_FIRST = 3
"""Checks that must have ended before the time that is left can be told."""


def bar(done: int, total: int, counts: Mapping[str, int], seconds: float) -> str:
    """`[#####...............] 16 of 64, 0:03 left: 14 verified, 2 refuted`, after `seconds` of work."""
    filled = _CELLS * done // total if total else _CELLS
    left = ""
    if _FIRST <= done < total:
        rest = round(seconds * (total - done) / done)
        left = f", {rest // 60}:{rest % 60:02} left"
    found = f": {tally(counts)}" if counts else ""
    return f"[{'#' * filled}{'.' * (_CELLS - filled)}] {done} of {total}{left}{found}"


def tally(counts: Mapping[str, int]) -> str:
    """`20 verified, 3 refuted`, in the order of the verdicts."""
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts.get(verdict))
