"""In: the posts of a page that keeps no In-Reply-To, by date. Out: which earlier post each of them answers.

What is quoted one level deep decides: it is the own words of the post that is answered, as runs of words, so that
re-wrapped lines still match. The attribution line above it (who, at what o'clock in whatever time zone) decides where
nothing is quoted, or where two posts hold the quoted words. A post that shows neither answers the first one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_RUN = 4
"""Words in a run: fewer are found everywhere, more are lost at every cut."""
_QUOTE = re.compile(r" ?>")
_TIME = re.compile(r"(?<![\d:.])(\d{1,2}):(\d\d)(?::\d\d)?\s?([AaPp])?\.?[Mm]?")
_NUMBER = re.compile(r"\d{1,4}")
_NAMED, _DATED = 0.3, 0.5
"""Shares of quoted words that a right name and a right time are worth: less than half the quotation, together."""
_ZONES = tuple(timedelta(minutes=15 * quarter) for quarter in range(-12 * 4, 14 * 4 + 1))


@dataclass(frozen=True, slots=True)
class Post:
    """One post as a page shows it."""

    author: str
    minute: datetime
    """Aware, UTC, without seconds."""
    body: str


def parents(posts: Sequence[Post]) -> list[int | None]:
    """For each post the index of the earlier one that it answers; None for the first, and only for the first."""
    own = [_runs(_own_words(post.body)) for post in posts]
    out: list[int | None] = []
    for number, post in enumerate(posts):
        quoted, attribution = _runs(_quoted_words(post.body)), _attribution(post.body)
        best, answered = 0.0, None if number == 0 else 0
        for earlier in range(number):
            share = len(quoted & own[earlier]) / len(quoted) if quoted else 0.0
            score = share + _agreement(attribution, posts[earlier])
            if score >= best and score > 0:
                best, answered = score, earlier
        out.append(answered)
    return out


def _agreement(attribution: str, earlier: Post) -> float:
    if not attribution:
        return 0.0
    named = bool(earlier.author) and " ".join(earlier.author.split()).casefold() in attribution.casefold()
    return _NAMED * named + _DATED * (named and _dated(attribution, earlier.minute))


def _dated(attribution: str, minute: datetime) -> bool:
    """Whether the attribution's time of day is `minute` in some time zone, with that zone's day of the month."""
    numbers = {int(number) for number in _NUMBER.findall(attribution)}
    for found in _TIME.finditer(attribution):
        hour, half = int(found[1]), (found[3] or "").lower()
        if half:
            hour = hour % 12 + 12 * (half == "p")
        for zone in _ZONES:
            local = minute + zone
            if (local.hour, local.minute) == (hour, int(found[2])) and local.day in numbers:
                return True
    return False


def _is_quote(line: str) -> bool:
    return _QUOTE.match(line) is not None


def _own_words(body: str) -> str:
    return "\n".join(line for line in body.split("\n") if not _is_quote(line))


def _quoted_words(body: str) -> str:
    """What stands behind exactly one mark of quotation."""
    once = (line[line.index(">") + 1 :] for line in body.split("\n") if _is_quote(line))
    return "\n".join(line for line in once if not _is_quote(line))


def _attribution(body: str) -> str:
    """The two lines above the first quotation, or the first line that ends like an attribution where none is quoted."""
    lines = body.split("\n")
    first = next((number for number, line in enumerate(lines) if _is_quote(line)), None)
    if first is None:
        return next((line for line in lines[:10] if line.rstrip().endswith("wrote:")), "")
    above = [line for line in lines[:first] if line.strip()][-2:]
    return " ".join(above)


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every run of `_RUN` words; the whole where there are fewer."""
    words = text.split()
    if len(words) <= _RUN:
        return {tuple(words)} if words else set()
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
