"""In: what a person names as a source: a file, a folder, `-`, a Message-ID or a URL. Out: raw mails.

Every way of failing is a `SourceError` or a `UsageError` that says what and what to do; nothing is written anywhere
but b4's own cache. Each mail knows the source that it came from, so that it can be asked again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from kb.errors import SourceError, UsageError
from kb.records import RawMail, Source, SourceKind

_URL = re.compile(r"https?://", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+")
_PATH = re.compile(
    r"[./~].*|[^@]*/[^@]*|.*\.(?:mbox|mbx|mboxrd|eml|txt|html?|json|gz|patch)", re.DOTALL | re.IGNORECASE
)
EXPECTED = (
    "a Message-ID, a lore URL, an mbox (or .gz), a mail, a Maildir, a public-inbox git repository, a patchwork page, "
    "or - for standard input"
)


def read(
    source: str,
    *,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
    fresh: bool = False,
) -> list[RawMail]:
    """The mails that `source` names, at least one.

    `-` is standard input (or `stdin`); an existing path is a Maildir, a public-inbox archive in git (whose mails must
    fit into memory here; `ingest.bulk` takes any), or a file whose bytes tell what it is; else a Message-ID or an
    http(s) URL is fetched via b4. `progress` gets a line before what may take long, and a line for what was left out.
    With `fresh`, a fetched thread comes from the server and not from b4's cache.

    Raises:
        UsageError: `source` names nothing that could be mail.
        SourceError: there is no such mail, it cannot be had, or it is no mail.
    """
    from ingest.sources import lore
    from ingest.sources import stdin as standard_input
    from ingest.sources.lore_address import shown

    if source == "-":
        given = standard_input.read(stdin if stdin is not None else sys.stdin.buffer)
        return _from(Source(SourceKind.STDIN, source), given)
    if _URL.match(source):
        return _from(Source(SourceKind.LORE, shown(source)), lore.read(source, progress=progress, fresh=fresh))
    try:
        path = Path(source).expanduser()
        if source and path.exists():
            kind, found = _of_path(path, progress)
            return _from(Source(kind, _printable(str(path.absolute()))), found)
    except (ValueError, RuntimeError):
        pass  # a NUL in it, or a home that is not known: no path
    except OSError as wrong:
        if _PATH.fullmatch(source):
            raise SourceError(source, f"cannot be read ({wrong.strerror})", "check the name and its rights") from wrong
    if _PATH.fullmatch(source):
        raise SourceError(source, "no such file or folder", "check the name")
    if _MESSAGE_ID.fullmatch(source):
        return _from(Source(SourceKind.LORE, source), lore.read(source, progress=progress, fresh=fresh))
    raise UsageError(f"“{source}”", "neither a file nor a Message-ID", f"give {EXPECTED}")


def archive_of(source: str) -> Path | None:
    """The folder that `source` names, where it is a public-inbox archive in git."""
    from ingest.sources import maildir, publicinbox

    try:
        path = Path(source).expanduser()
        if source and path.is_dir() and not maildir.is_maildir(path) and publicinbox.is_archive(path):
            return path
    except (ValueError, RuntimeError, OSError):
        pass  # what is wrong with it, `read` says
    return None


def _of_path(path: Path, progress: Callable[[str], None] | None) -> tuple[SourceKind, list[RawMail]]:
    from ingest.sources import maildir, publicinbox
    from ingest.sources.stdin import content_of, mails_in

    try:
        if path.is_dir():
            if maildir.is_maildir(path):
                return SourceKind.MAILDIR, maildir.read(path, progress=progress)
            if publicinbox.is_archive(path):
                return SourceKind.PUBLICINBOX, publicinbox.read(path, progress=progress)
            next(path.iterdir(), None)
            raise SourceError(
                str(path),
                "a folder, but no Maildir (no cur/ and new/) and no public-inbox archive in git",
                "name a file or such a folder",
            )
        if not (path.is_file() or path.is_fifo()):
            raise SourceError(str(path), "neither a file nor a folder", f"give {EXPECTED}")
        with path.open("rb") as stream:
            content = content_of(stream, str(path))
    except OSError as wrong:
        raise SourceError(str(path), f"cannot be read ({wrong.strerror})", "check its rights") from wrong
    return SourceKind.FILE, mails_in(content, str(path))


def _from(source: Source, mails: list[RawMail]) -> list[RawMail]:
    return [replace(mail, origin=_printable(mail.origin), source=source) for mail in mails]


def _printable(origin: str) -> str:
    r"""`origin` as text: a byte of a file's name that is none stands there as `\xNN`."""
    return origin.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
