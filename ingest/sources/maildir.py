"""In: a Maildir. Out: the mails in its `cur` and `new`, by file name.

The directory is only read; what cannot be read or is no mail is told and left out, and stops nothing else.
"""

from __future__ import annotations

import mailbox
from collections.abc import Callable
from pathlib import Path

from ingest.mail import is_mail
from kb.errors import SourceError
from kb.records import RawMail


def is_maildir(path: Path) -> bool:
    """Whether `path` holds the folders that make a Maildir."""
    return (path / "cur").is_dir() and (path / "new").is_dir()


def read(path: Path, *, progress: Callable[[str], None] | None = None) -> list[RawMail]:
    """The mails of the Maildir at `path`; their `origin` is the path with `#` and the file's name.

    Raises:
        SourceError: the directory cannot be read or there is no mail in it.
    """
    mails = []
    try:
        box = mailbox.Maildir(str(path), create=False)
        names = sorted(box.keys())
    except (OSError, mailbox.Error) as wrong:
        raise SourceError(str(path), f"this Maildir cannot be read ({wrong})", "check its rights") from wrong
    for name in names:
        try:
            content = box.get_bytes(name)
        except (OSError, KeyError) as wrong:
            content, why = b"", f"cannot be read ({wrong})"
        else:
            why = "is no mail"
        if is_mail(content):
            mails.append(RawMail(content, f"{path}#{name}"))
        elif progress is not None:
            progress(f"{path}#{name}: {why}, left out")
    if not mails:
        raise SourceError(str(path), "there is no mail in this Maildir", "give one that holds mail")
    return mails
