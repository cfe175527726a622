"""In: the bytes of one mail. Out: its Message-ID and those of its ancestors, read from its headers alone.

Always the same as `ingest.mail.parse` says, for a fraction of the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingest.mail import parse
from kb.records import RawMail

_END = re.compile(rb"\n\r*\n")
_MADE_UP = "@threadkb.invalid"
_PLAIN = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\n(?:[ \t][^\r\n]*\n)*)+")
"""Headers about whose end there is no doubt."""
_TYING = re.compile(
    rb"^(?:message-id|in-reply-to|references):[^\r\n]*\n(?:[ \t][^\r\n]*\n)*", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What ties a mail to others."""

    message_id: str
    ancestors: tuple[str, ...]
    """The parent first, then the references, oldest first."""


def heading_of(raw: RawMail) -> Heading:
    """The heading of the mail in `raw`; never raises."""
    end = _END.search(raw.content)
    head = raw.content[: end.start() + 1].replace(b"\r\n", b"\n") if end else b""
    content = b"".join(_TYING.findall(head)) + b"\n" if _PLAIN.fullmatch(head) else raw.content
    message = parse(replace(raw, content=content))
    if message.message_id.endswith(_MADE_UP):
        message = parse(raw)  # the id is made of all the bytes
    named = (message.parent_id, *message.references)
    return Heading(message.message_id, tuple(dict.fromkeys(name for name in named if name)))
