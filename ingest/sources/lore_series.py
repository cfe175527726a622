"""In: nothing but values. Out: the records that say what b4 read of a patch series.

A trailer belongs to the patch it was given to, as b4 ties it; number 0 is the cover letter, whose trailers hold for
every patch.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrailerSummary:
    """One trailer, such as `Acked-by: Ada Example <ada@example.org>`."""

    name: str
    value: str
    given_by: str
    """Who sent the mail that it stands in."""
    message_id: str
    """Of that mail."""


@dataclass(frozen=True, slots=True)
class PatchSummary:
    """One patch of a series, or its cover letter."""

    number: int
    """1 for the first patch, 0 for the cover letter."""
    subject: str
    """Without prefixes."""
    message_id: str
    author: str
    trailers: tuple[TrailerSummary, ...]
    """Its own, then those that replies gave it, without repetition."""


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """One revision of a series."""

    revision: int
    subject: str
    """Of the cover letter, or else of the first patch, without prefixes."""
    change_id: str | None
    expected: int
    """How many patches its subjects announce, the cover letter not counted."""
    found: int
    """How many of them are there."""
    patches: tuple[PatchSummary, ...]
    """By number; the cover letter first, if it is there."""
