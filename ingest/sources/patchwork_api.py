"""In: what patchwork's REST API answers for a patch, a cover letter or its comments, saved as JSON. Out: mails.

The API keeps real headers, so these mails have their own Message-IDs and parents; only the signature, which patchwork
cuts off, and the headers of the body's encoding are not as they were sent. Source of the fields: the API's schema,
version 1.1 and later (`msgid`, `date`, `submitter`, `name` or `subject`, `headers`, `content`, `diff`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from ingest.sources.rebuilding import encoded, rebuilt, sender
from kb.errors import SourceError
from kb.records import RawMail

_KEPT = ("From", "To", "Cc", "Date", "Subject", "In-Reply-To", "References", "List-Id")


def is_answer(content: bytes) -> bool:
    """Whether it is JSON with at least one patch, cover letter or comment in it."""
    return content.lstrip()[:1] in (b"{", b"[") and next(_entries(content), None) is not None


def mails_of(content: bytes, origin: str) -> list[RawMail]:
    """The mails in the answer, in its order; their `origin` is the given one with `#1`, `#2`, ...

    Raises:
        SourceError: there is none in it.
    """
    mails = [RawMail(_mail(entry), f"{origin}#{number}") for number, entry in enumerate(_entries(content), start=1)]
    if not mails:
        raise SourceError(
            origin, "there is no patch and no comment in this JSON", "save what patches/ID/comments/ gives"
        )
    return mails


def _entries(content: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        answer = json.loads(content.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return
    for entry in answer if isinstance(answer, list) else [answer]:
        if isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in ("msgid", "content")):
            yield entry


def _mail(entry: Mapping[str, Any]) -> bytes:
    given = {
        str(name).lower(): " ".join(_first(value).split()) for name, value in _object(entry.get("headers")).items()
    }
    person = _object(entry.get("submitter"))
    fallback = {
        "From": sender(_text(person.get("name")), _text(person.get("email")) or "unknown@threadkb.invalid"),
        "Date": _date(_text(entry.get("date"))),
        "Subject": _text(entry.get("subject")) or _text(entry.get("name")),
    }
    if not given.get("from", "").isascii():
        given["from"] = fallback["From"]
    headers = [(name, encoded(given.get(name.lower()) or fallback.get(name, ""))) for name in _KEPT]
    message_id = _text(entry["msgid"]).strip("<>")
    body, diff = _text(entry["content"]).rstrip("\n"), _text(entry.get("diff")).strip("\n")
    return rebuilt(
        [*((name, value) for name, value in headers if value), ("Message-ID", f"<{message_id}>")],
        f"{body}\n\n{diff}\n" if diff else f"{body}\n",
    )


def _date(value: str) -> str:
    """The API's own form has no time zone and means UTC."""
    try:
        date = datetime.fromisoformat(value)
        return format_datetime(date if date.tzinfo else date.replace(tzinfo=UTC))
    except ValueError:
        return ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _first(value: object) -> str:
    """A header that came several times is a list."""
    return _text(value[0] if isinstance(value, list) and value else value)


def _text(value: object) -> str:
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""
