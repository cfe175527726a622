"""In: what people marked by hand of what new versions make of older items. Out: which marks count. Pure.

Marks are append-only and count in the order of their time; an `undo` takes back the latest one of that item and version
that still counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Marked:
    """What somebody said by hand."""

    item_id: str
    kind: str
    message_id: str
    quote: str
    """The item's words: it is known by these and its message, whatever extraction makes of them."""
    version_id: str
    """The Message-ID of the first mail of the version that it is about."""
    mark: str
    """One of `kb.carrying.Mark`, or `undo`."""
    who: str
    at: str
    """ISO 8601, UTC, to the microsecond."""
    why: str = ""


def mark_of(row: Mapping[str, Any]) -> Marked:
    """A row of the table `carried`."""
    return Marked(**{name: row[name] for name in Marked.__slots__})


def in_force(marks: Iterable[Marked]) -> tuple[Marked, ...]:
    """The marks that count, the latest of each item and version."""
    stacks: dict[tuple[str, str, str], list[Marked]] = {}
    for one in sorted(dict.fromkeys(marks), key=lambda m: (m.at, m.who, m.mark)):
        stack = stacks.setdefault((one.message_id, one.quote, one.version_id), [])
        if one.mark != UNDO:
            stack.append(one)
        elif stack:
            stack.pop()
    return tuple(stack[-1] for stack in stacks.values() if stack)
