"""In: the bytes of one mail as it came. Out: a `Message` with its canonical body and the problems that were mended.

Every byte is a stranger's: nothing raises, what is odd becomes a `Problem` with a place, and equal bytes give equal
messages.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.message import Message as MimePart
from email.parser import BytesParser
from email.utils import parsedate_tz
from hashlib import sha256

from ingest.decoding import decode, decode_header, without_surrogates
from ingest.parts import body_of
from kb.records import Message, Problem, RawMail

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BRACKETED = re.compile(r"<([^<>]{1,2000})>")
_BARE_ID = re.compile(r"[^\s<>@]{1,500}@[^\s<>@]{1,500}")
_HEADER_LINE = re.compile(rb"([!-9;-~]{1,76})[ \t]*:")
_TELLING = {b"from", b"date", b"message-id", b"subject", b"to", b"received", b"in-reply-to", b"references", b"cc"}
_HEADER_LIMIT = 1 << 18
"""Bytes of a mail's head that are looked at to tell what it is."""


def is_mail(content: bytes) -> bool:
    """Whether `content` looks like a mail: known header lines, or one that only mail has, before a blank line."""
    head = content[:_HEADER_LIMIT].lstrip(b"\r\n\xef\xbb\xbf")
    names: set[bytes] = set()
    addressed = False
    for number, line in enumerate(head.split(b"\n")):
        line = line.rstrip(b"\r")
        if not line:
            break
        if line[:1] in b" \t" or (number == 0 and line.startswith((b"From ", b">From "))):
            continue
        header = _HEADER_LINE.match(line)
        if header is None:
            return False
        name = header[1].lower()
        names.add(name)
        addressed |= name == b"message-id" or (name == b"from" and b"@" in line)
    return addressed or len(names & _TELLING) >= 2


class _Head:
    """A mail's headers by name, decoded where asked, with their lines for problems."""

    def __init__(self, mail: MimePart, content: bytes) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in mail.raw_items():
            self._values.setdefault(name.lower(), []).append(str(value))
        self._lines: dict[str, int] = {}
        for number, line in enumerate(content[:_HEADER_LIMIT].split(b"\n"), 1):
            if not line.strip() and self._lines:
                break
            header = _HEADER_LINE.match(line)
            if header:
                self._lines.setdefault(header[1].decode("ascii").lower(), number)

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def first(self, name: str) -> str:
        """The first value that is not blank."""
        return next((value for value in self.all(name) if value.strip()), "")

    def line(self, name: str) -> int:
        return self._lines.get(name, 1)


def _plain(value: str) -> str:
    """A header as text with its bytes decoded; RFC 2047 words as they stand."""
    return value if value.isascii() else decode(value.encode("utf-8", "surrogateescape"), None)[0]


def ids_in(value: str) -> tuple[str, ...]:
    """The Message-IDs that a References or In-Reply-To header names, in order; text around them is passed over."""
    found = ["".join(hit.split()) for hit in _BRACKETED.findall(_plain(value))]
    ids = [name for name in found if "@" in name.strip("@")]
    if not found:
        ids = [word.strip('",;') for word in _plain(value).split() if _BARE_ID.fullmatch(word.strip('",;'))]
    return tuple(dict.fromkeys(without_surrogates(name) for name in ids))


def _own_id(head: _Head, content: bytes, problems: list[tuple[str, str]]) -> str:
    values = [value for value in head.all("message-id") if value.strip()]
    for value in values:
        bracketed = _BRACKETED.search(_plain(value))
        name = "".join(bracketed[1].split()) if bracketed else ""
        if not name and len(ids_in(value)) == 1:
            name = ids_in(value)[0]
            problems.append(("message-id", "Message-ID without angle brackets"))
        if name:
            if len(values) > 1:
                problems.append(("message-id", f"{len(values)} Message-IDs, the first that can be read is taken"))
            return without_surrogates(name)
    problems.append(("message-id", "malformed Message-ID" if values else "no Message-ID"))
    return f"sha256-{sha256(content).hexdigest()[:24]}@threadkb.invalid"


def _moment(value: str) -> datetime | None:
    """The instant that an RFC 5322 date names, in UTC; None where it names none."""
    try:
        parts = parsedate_tz(_plain(value)[:200])
        if parts is None:
            return None
        naive = datetime(*parts[:6], tzinfo=UTC)
        offset = parts[9] or 0
        if abs(offset) >= 24 * 3600:
            return None
        return datetime.fromtimestamp(naive.timestamp() - offset, tz=UTC)
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return None


def _date(head: _Head, problems: list[tuple[str, str]]) -> datetime:
    value = head.first("date")
    moment = _moment(value) if value else None
    if moment is not None:
        return moment
    fault = f"unreadable Date {_plain(value)[:60]!r}" if value else "no Date"
    for received in reversed(head.all("received")):
        moment = _moment(received.rpartition(";")[2])
        if moment is not None:
            problems.append(("date", f"{fault}, the Received header's taken"))
            return moment
    problems.append(("date", f"{fault}, 1970-01-01 taken"))
    return _EPOCH


def _author(value: str) -> tuple[str, str]:
    """The name and the address that a From header gives."""
    value = _plain(value)[:4000]
    bracketed = _BRACKETED.search(value)
    if bracketed:
        name, address = value[: bracketed.start()], "".join(bracketed[1].split())
        if not name.strip():
            name = value[bracketed.end() :].strip().strip("()")
    elif "(" in value:
        address, _, name = value.partition("(")
        address, name = address.strip(), name.rstrip().removesuffix(")")
    else:
        name, address = "", value.strip()
    name = decode_header(name).replace('\\"', "'").strip().strip('"').strip()
    if len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1].strip()
    address = decode_header(address)
    return without_surrogates(name or address), without_surrogates(address)


def _mime(content: bytes) -> tuple[MimePart, bool]:
    """The mail's parts, and whether it could be taken apart; else its headers and the rest, or all, as one text."""
    for headers_only in (False, True):
        with suppress(MessageError, ValueError, LookupError, AssertionError, AttributeError, TypeError, RecursionError):
            mail: MimePart = BytesParser(policy=policy.compat32).parsebytes(content, headersonly=headers_only)
            return mail, not headers_only
    bare = MimePart()
    bare.set_payload(content.decode("utf-8", "surrogateescape"))
    return bare, False


def parse(raw: RawMail) -> Message:
    """The message in `raw`; never raises. What was odd is in `problems`, with `Message-ID:line` of the raw mail."""
    content = raw.content.replace(b"\r\r\n", b"\r\n")
    mail, whole = _mime(content)
    head = _Head(mail, content)
    faults: list[tuple[str, str]] = []
    if content != raw.content:
        faults.append(("message-id", "lines end in CR CR LF, taken as line ends"))
    if not whole:
        faults.append(("content-type", "the parts cannot be told apart, the text is taken as it stands"))
    message_id = _own_id(head, content, faults)
    answered = [name for value in head.all("in-reply-to") for name in ids_in(value) if name != message_id]
    listed = [name for value in head.all("references") for name in ids_in(value) if name != message_id]
    if message_id in {name for field in ("in-reply-to", "references") for v in head.all(field) for name in ids_in(v)}:
        faults.append(("in-reply-to", "the message names itself as its parent"))
    if len(answered) > 1:
        faults.append(("in-reply-to", f"{len(answered)} parents named, the first taken"))
    if head.first("in-reply-to") and not answered:
        faults.append(("in-reply-to", "In-Reply-To names no other message"))
    date = _date(head, faults)
    author, address = _author(head.first("from"))
    if not address:
        faults.append(("from", "no author"))
    body, mended = body_of(mail)
    last_header = content[:_HEADER_LIMIT].split(b"\n\n", 1)[0].count(b"\n") + 2
    problems = [Problem(f"{message_id}:{head.line(name)}", what) for name, what in faults]
    problems += [Problem(f"{message_id}:{last_header}", what) for what in mended]
    return Message(
        message_id=message_id,
        parent_id=answered[0] if answered else listed[-1] if listed else None,
        references=tuple(dict.fromkeys(listed)),
        subject=without_surrogates(decode_header(head.first("subject"))),
        author=author or "(unknown)",
        address=address,
        date=date,
        body=body,
        sha256=sha256(body.encode("utf-8")).hexdigest(),
        origin=raw.origin,
        provisional=raw.provisional,
        problems=tuple(problems),
    )
