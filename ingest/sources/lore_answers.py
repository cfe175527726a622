"""In: how a server answered, or that it did not. Out: what that means for a person, and when to ask again. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ingest.pace import duration
from kb.errors import SourceError

LONGEST = 24 * 3600.0
"""Seconds; a server that wants to be left alone for longer is asked again after that time all the same."""


def wait_of(value: str | None, now: datetime) -> float | None:
    """The seconds that a `Retry-After` header asks for, as a number or as a date (RFC 9110, 10.2.3); None for none."""
    text = (value or "").strip()
    if text.isdecimal() and text.isascii():
        return min(float(text[:12]), LONGEST)
    try:
        when = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    try:
        return min(max((when - now).total_seconds(), 0.0), LONGEST)
    except OverflowError:
        return None


def failure(place: str, status: int | None, *, late: bool = False, retry_after: float | None = None) -> SourceError:
    """What the answer `status` (None: there was none; `late`: none in time) means, and what to do."""
    wrong = SourceError(place, *_said(status, late, retry_after))
    wrong.retry_after = retry_after
    wrong.absent = status == 404
    return wrong


def _said(status: int | None, late: bool, retry_after: float | None) -> tuple[str, str]:
    later = f"try again in {duration(retry_after)}" if retry_after else "try again later"
    if late:
        return "the server does not answer in time", later
    match status:
        case None:
            return "the server does not answer", "check the network and the host, or name another in b4.midmask"
        case 404:
            return "there is no such message", "check the Message-ID"
        case 401 | 403:
            return f"the server refuses ({status})", "save its mbox with a browser and give the file"
        case 429:
            return "the server asks to be left alone for a while (429)", later
        case _ if status >= 500:
            return f"the server fails ({status})", f"{later}, or name another in b4.midmask"
        case _:
            return f"the server answers {status}", "open it in a browser to see what it is"
