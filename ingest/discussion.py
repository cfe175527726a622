"""In: the mails of a thread. Out: whether anybody discusses there, so that its words are worth a parse. Pure.

The same mails always give the same answer, whichever way they came in first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.records import Message, SourceKind
from kb.roles import bot_because

FROM_ARCHIVE = f"{SourceKind.PUBLICINBOX}:"
"""How the origin of a mail begins that came in with a whole archive."""
_PATCH = re.compile(r"\s*\[[^\]\n]{0,80}\bPATCH\b", re.IGNORECASE)


def worth_reading(messages: Iterable[Message]) -> bool:
    """Whether a thread with these messages is to be read for items.

    Not so where all came with a whole archive and each is a patch (or its cover letter), or a program's mail: nobody
    has answered there. Somebody who takes in one thread wants it read, answered or not.
    """
    return any(not m.origin.startswith(FROM_ARCHIVE) or _speaks(m) for m in messages)


def _speaks(message: Message) -> bool:
    return _PATCH.match(message.subject) is None and not bot_because(message.author, message.address)
