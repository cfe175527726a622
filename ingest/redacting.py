"""In: a mail's bytes, and who is to be forgotten. Out: the mail without their names and addresses; the rest as it came.

Text is looked through as it is written and as it reads: in encoded headers, and in parts that are base64 or
quoted-printable. What is no text (pictures, keys, archives) is left as it is.
"""

from __future__ import annotations

import base64
import io
import quopri
from email import policy
from email.errors import MessageError
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message as MimePart
from email.parser import BytesParser

from ingest.decoding import decode_header
from kb.forgetting import Redaction

_ENCODED = (b"=?", b"base64", b"quoted-printable", b"charset")


def redacted(content: bytes, redaction: Redaction) -> bytes:
    """`content` as it is kept once these people are forgotten."""
    fresh = _rewritten(content, redaction)
    lower = fresh.lower()
    if any(sign in lower for sign in _ENCODED):
        fresh = _decoded_and_rewritten(fresh, redaction)
    return fresh


def _rewritten(content: bytes, redaction: Redaction) -> bytes:
    text = content.decode("utf-8", "surrogateescape")
    fresh = redaction.rewrite(text)
    return content if fresh == text else fresh.encode("utf-8", "surrogateescape")


def _decoded_and_rewritten(content: bytes, redaction: Redaction) -> bytes:
    try:
        mail = BytesParser(policy=policy.compat32).parsebytes(content)
        changed = False
        for part in mail.walk():
            changed |= _headers(part, redaction)
            changed |= _body(part, redaction)
        if not changed:
            return content
        out = io.BytesIO()
        BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(mail)
        return out.getvalue()
    except (MessageError, ValueError, LookupError, AssertionError, AttributeError, TypeError, RecursionError):
        return content  # what cannot be taken apart holds no encoded text that anybody reads


def _headers(part: MimePart, redaction: Redaction) -> bool:
    changed = False
    headers: list[tuple[str, str]] = [(name, str(value)) for name, value in part.raw_items()]
    for number, (name, value) in enumerate(headers):
        if "=?" not in value:
            continue
        text = decode_header(value)
        fresh = redaction.rewrite(text)
        if fresh != text:
            changed = True
            plain = fresh.encode("utf-8", "replace").decode()
            headers[number] = name, plain if plain.isascii() else Header(plain, "utf-8", header_name=name).encode()
    if changed:
        for name in {name for name, _ in headers}:
            del part[name]
        for name, value in headers:
            part[name] = value
    return changed


def _body(part: MimePart, redaction: Redaction) -> bool:
    if part.is_multipart() or part.get_content_maintype() != "text":
        return False
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return False
    charset = part.get_content_charset() or "utf-8"
    try:
        text = raw.decode(charset)
    except (LookupError, UnicodeError):
        charset = "latin-1"
        text = raw.decode(charset)
    fresh = redaction.rewrite(text)
    if fresh == text:
        return False
    written = fresh.encode(charset, "replace")
    match str(part.get("content-transfer-encoding", "")).strip().lower():
        case "base64":
            written = base64.encodebytes(written)
        case "quoted-printable":
            written = quopri.encodestring(written)
        case _:
            pass
    part.set_payload(written.decode("ascii", "surrogateescape"))
    return True
