"""In: mails that a person has at hand. Out: the whole threads that they belong to, from an archive on the web.

A mail that the archive does not have yet is put to the thread of its nearest ancestor that it has. What the archive
has is taken from there: what a mailbox holds of the same mail has other headers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.heading import Heading, heading_of
from ingest.sources import lore
from kb.errors import SourceError
from kb.records import RawMail, Source, SourceKind

TRIED = 4
"""Messages, the mail itself and its nearest ancestors, that the archive is asked for."""
_MADE_UP = "@threadkb.invalid"


def with_threads(
    mails: Sequence[RawMail],
    *,
    progress: Callable[[str], None] | None = None,
    fetch: Callable[..., list[RawMail]] = lore.read,
) -> list[RawMail]:
    """The threads of `mails`, each mail once; always from the server and never from b4's cache.

    Raises:
        SourceError: a mail has no Message-ID, or its thread cannot be had.
    """
    out: list[RawMail] = []
    had: set[str] = set()
    for mail in mails:
        heading = heading_of(mail)
        if heading.message_id.endswith(_MADE_UP):
            raise SourceError(
                mail.origin, "there is a mail without a Message-ID, whose thread nobody can find", "leave --fetch out"
            )
        if heading.message_id in had:
            continue
        asked, thread = _thread_of(heading, fetch, progress)
        new = [(heading_of(one).message_id, one) for one in thread]
        source = Source(SourceKind.LORE, asked)
        out += [replace(one, source=source) for name, one in new if name not in had]
        had.update(name for name, _ in new)
        if heading.message_id not in had:
            if progress is not None:
                progress(f"{heading.message_id} is not in the archive yet; it is taken as it was given")
            out.append(mail)
            had.add(heading.message_id)
    return out


def _thread_of(
    heading: Heading, fetch: Callable[..., list[RawMail]], progress: Callable[[str], None] | None
) -> tuple[str, list[RawMail]]:
    """The Message-ID by which the thread was found, and the thread."""
    parent, *older = heading.ancestors or ("",)
    nearest = dict.fromkeys([heading.message_id, parent, *reversed(older)])
    absent: SourceError | None = None
    for name in [name for name in nearest if name][:TRIED]:
        try:
            return name, fetch(f"<{name}>", progress=progress, fresh=True)
        except SourceError as wrong:
            if not wrong.absent:
                raise
            absent = absent or wrong
    assert absent is not None
    raise absent
