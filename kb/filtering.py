"""In: what a person wants to see of all items. Out: values as SQLite takes them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items; None means all. Texts match as parts, without regard to ASCII case."""

    kind: str | None = None
    thread: str | None = None
    """A full thread id."""
    message: str | None = None
    state: str | None = None
    verdict: str | None = None
    """A verdict, or `unchecked`."""
    topic: str | None = None
    by: str | None = None
    among: frozenset[tuple[str, str]] | None = None
    """Only said by these: (thread id, address)."""
    about: str | None = None
    since: str | None = None
    """ISO date or time, UTC."""
    confidence: float | None = None
    limit: int | None = None


def like(text: str | None) -> str | None:
    """`text` as a part of a LIKE pattern with `\\` as its escape; None for None."""
    if text is None:
        return None
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def bindable(value: Any) -> Any:
    """`value` as SQLite takes it: what is no text (a file name's stray bytes) or beyond 64 bits equals nothing kept."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return min(value, (1 << 63) - 1) if isinstance(value, int) else value
