"""In: one thing that was looked at. Out: the finding: how it stands, what was found, what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a finding stands."""

    OK = "ok"
    ABSENT = "absent"
    """Not there, or not carried out, and not needed for most things."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    health: Health
    found: str
    todo: str = ""


def judged(
    name: str, total: int, well: str, wrong: Sequence[str], what: str, *, todo: str = "run `threadkb rebuild`"
) -> Finding:
    """Of `total` things these are `wrong`, the first few of which are named."""
    if not wrong:
        return Finding(name, Health.OK, f"{total}, {well}" if total else "none")
    return Finding(name, Health.WRONG, f"{len(wrong)} of {total} {what}: {', '.join(wrong[:3])}", todo)
