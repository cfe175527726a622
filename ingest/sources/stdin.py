"""In: the bytes of a file or of standard input. Out: the mails in them, whatever form they have.

The form is told by the bytes alone, never by a name: gzip, mbox, one mail, patchwork (its API's JSON, or a page as text
or HTML).
"""

from __future__ import annotations

from typing import BinaryIO

from ingest.mail import is_mail
from ingest.sources import mbox, patchwork, patchwork_api
from kb.errors import SourceError, UsageError
from kb.records import RawMail

STDIN = "standard input"
_PIECE = 1 << 20


def read(stream: BinaryIO) -> list[RawMail]:
    """The mails on `stream`, read to its end.

    Raises:
        UsageError: it is a terminal, where a person would have to type a mail.
        SourceError: nothing came, or what came is no mail.
    """
    if stream.isatty():
        raise UsageError("-", "standard input is a terminal", "pipe a mail or an mbox into it")
    try:
        content = content_of(stream, STDIN)
    except OSError as wrong:
        raise SourceError(STDIN, f"cannot be read ({wrong.strerror})", "pipe a mail or an mbox into it") from wrong
    return mails_in(content, STDIN)


def content_of(stream: BinaryIO, origin: str) -> bytes:
    """All of `stream`, up to `mbox.LARGEST` bytes: it may have no end.

    Raises:
        SourceError: there is more.
        OSError: it cannot be read.
    """
    pieces, size = [], 0
    while piece := stream.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > mbox.LARGEST:
            raise SourceError(origin, f"holds more than {mbox.LARGEST >> 20} MiB", "split it into smaller files")
    return b"".join(pieces)


def mails_in(content: bytes, origin: str) -> list[RawMail]:
    """The mails in `content`, which came from `origin`.

    Raises:
        SourceError: it is empty, damaged, or holds no mail.
    """
    content = mbox.unpack(content, origin).removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if not content.strip():
        raise SourceError(origin, "there is nothing in it", "give a file that holds mail")
    if mbox.begins_mbox(content):
        return mbox.mails_of(content, origin)
    if is_mail(content):
        return [RawMail(content, origin)]
    if patchwork_api.is_answer(content):
        return patchwork_api.mails_of(content, origin)
    if patchwork.is_page(content):
        return patchwork.mails_of(content, origin)
    raise SourceError(
        origin, "this is no mail, no mbox and no patchwork page", "give a file that holds mail, or a Message-ID"
    )
