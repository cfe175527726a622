"""In: a Maildir. Out: the mails in its `cur` and `new`, by file name.

The directory is only read; what cannot be read or is no mail is told and left out, and stops nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.mail import is_mail
from ingest.sources.stdin import content_of
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
        files = _files(path)
    except OSError as wrong:
        raise SourceError(str(path), f"this Maildir cannot be read ({wrong})", "check its rights") from wrong
    for name, file in sorted(files.items()):
        content, why = b"", "is no mail"
        try:
            if file.is_file():
                with file.open("rb") as stream:
                    content = content_of(stream, f"{path}#{name}")
            else:
                why = "is no plain file"
        except OSError as wrong:
            why = f"cannot be read ({wrong.strerror})"
        except SourceError as wrong:
            why = wrong.what
        if is_mail(content):
            mails.append(RawMail(content, f"{path}#{name}"))
        elif progress is not None:
            progress(f"{path}#{name}: {why}, left out")
    if not mails:
        raise SourceError(str(path), "there is no mail in this Maildir", "give one that holds mail")
    return mails


def _files(path: Path) -> dict[str, Path]:
    """What is in `new` and `cur` and no folder, by its name without the flags after the colon."""
    return {
        file.name.partition(":")[0]: file
        for folder in ("new", "cur")
        for file in sorted((path / folder).iterdir())
        if not file.name.startswith(".") and not file.is_dir()
    }
