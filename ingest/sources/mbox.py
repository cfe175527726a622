"""In: the bytes of an mbox, plain or gzipped. Out: the mails in it, each as it was before the mbox writer touched it.

A mail comes out byte for byte: without its `From ` line, without the blank line that the mbox adds after it, and
without the `>` that the writer put before a line of the body. Content-Length is not trusted, and no date, however
strange, is an error.

Where a mail begins: at a line `From WHO DATE` with a date in the form of asctime(3), at the start of the file or after
a blank line. `From mboxrd@z` (how public-inbox writes it) needs no blank line. `From SHA1 DATE` (how git format-patch
writes it) begins a mail only in a file that begins so: elsewhere it is a patch pasted into a body.

Which `>` goes: after `From mboxrd@z` exactly one from every line `>From `, `>>From `, ...; that format is reversible.
Other mboxes are not, so what stands around decides: a line `>From ` next to one that begins with as many `>` is a
quotation and stays; where a body holds a bare `From ` after a blank line the writer escaped nothing, and all stay; else
one `>` goes.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Sequence

from ingest.mail import is_mail
from kb.errors import SourceError
from kb.records import RawMail

GZIP = b"\x1f\x8b"
LARGEST = 1 << 30
"""Bytes; what unpacks to more is taken for an attack, not for a thread."""

_FROM = b"From "
_DATE = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} "
    rb"\d{1,2}:\d\d(?::\d\d)?(?: [A-Z+-][A-Z0-9]{1,5}){0,2} \d{4}"
)
_LONGEST_FROM = 400
_GIT = re.compile(rb"From [0-9a-f]{40,64} ")
_ESCAPED = re.compile(rb">+From ")
_BLANK = frozenset((b"", b"\n", b"\r\n"))


def unpack(content: bytes, origin: str) -> bytes:
    """`content` without gzip, if it has any.

    Raises:
        SourceError: the gzip is cut, damaged, or unpacks to more than `LARGEST` bytes.
    """
    if not content.startswith(GZIP):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            plain = packed.read(LARGEST + 1)
    except EOFError as wrong:
        raise SourceError(origin, "the gzip ends too early", "fetch the file again") from wrong
    except (OSError, zlib.error) as wrong:
        raise SourceError(origin, f"the gzip is damaged ({wrong})", "fetch the file again") from wrong
    if len(plain) > LARGEST:
        raise SourceError(origin, f"unpacks to more than {LARGEST >> 20} MiB", "split it into smaller files")
    return plain


def begins_mbox(content: bytes) -> bool:
    """Whether the first line is the `From ` line of an mbox."""
    return _is_from(content.split(b"\n", 1)[0])


def mails_of(content: bytes, origin: str) -> list[RawMail]:
    """The mails of the mbox `content`, in the order of the file; what has no header is left out.

    Their `origin` is the given one with `#1`, `#2`, ...

    Raises:
        SourceError: there is no mail in it.
    """
    mails = [
        RawMail(mail, f"{origin}#{number}")
        for number, mail in enumerate(split(unpack(content, origin)), start=1)
        if is_mail(mail)
    ]
    if not mails:
        raise SourceError(origin, "there is no mail in this mbox", "give a file that holds mail")
    return mails


def split(content: bytes) -> list[bytes]:
    """The mails of an unpacked mbox, each as it was before it was put there. Bytes before the first `From ` line go."""
    lines = io.BytesIO(content).readlines()
    starts = _starts(lines)
    ends = [*starts[1:], len(lines)]
    bodies = [lines[start + 1 : end] for start, end in zip(starts, ends, strict=False)]
    heads = [_header_length(mail) for mail in bodies]
    escapes = not any(_has_bare_from(mail, head) for mail, head in zip(bodies, heads, strict=True))
    out = []
    for start, mail, head in zip(starts, bodies, heads, strict=True):
        if len(mail) > head + 1 and mail[-1] in _BLANK:
            mail = mail[:-1]
        reversible = lines[start].startswith(b"From mboxrd@z ")
        if reversible or escapes:
            mail = mail[:head] + _unescaped(mail[head:], reversible=reversible)
        out.append(b"".join(mail))
    return out


def _starts(lines: Sequence[bytes]) -> list[int]:
    starts: list[int] = []
    after_blank, git = True, False
    for number, line in enumerate(lines):
        if line.startswith(_FROM) and (after_blank or line.startswith(b"From mboxrd@z ")) and _is_from(line):
            pasted = _GIT.match(line) is not None
            if not starts:
                git = pasted
            if git or not pasted:
                starts.append(number)
        after_blank = line in _BLANK
    return starts


def _is_from(line: bytes) -> bool:
    return line.startswith(_FROM) and len(line) <= _LONGEST_FROM and _DATE.search(line) is not None


def _header_length(mail: Sequence[bytes]) -> int:
    return next((number for number, line in enumerate(mail) if line in _BLANK), len(mail))


def _has_bare_from(mail: Sequence[bytes], head: int) -> bool:
    return any(
        line.startswith(_FROM) and before in _BLANK for before, line in zip(mail[head:], mail[head + 1 :], strict=False)
    )


def _unescaped(body: list[bytes], *, reversible: bool) -> list[bytes]:
    out = list(body)
    for number, line in enumerate(body):
        found = _ESCAPED.match(line) if line.startswith(b">") else None
        if found is None:
            continue
        marks = found.group()[: -len(_FROM)]
        around = (*body[max(number - 1, 0) : number], *body[number + 1 : number + 2])
        if reversible or not any(near.startswith(marks) for near in around):
            out[number] = line[1:]
    return out
