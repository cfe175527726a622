"""In: a thread with its zones. Out: where somebody says no to a patch in so many words ("NACK"), with those words.

Cautious: the word counts where it stands as its writer's own say on the patch. A denied or possible NACK ("not a NACK",
"I would NACK"), somebody else's, and the protocol's (an I2C NACK, a NAK packet) are left alone. Pure, linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.patches import heading_of, nearest
from kb.records import Message, Thread, ZoneKind

_WORD = r"(?:NACK|NAK)(?:[Ee][Dd]|ing)?|[Nn]ack(?:ed|ing)?|[Nn]aked(?=-by:)"
_LEAD = (
    r"(?:(?:so|but|sorry|big|strong|hard|huge|definite|absolute|firm|clear|still|also|then|and|a|my|from me)\b"
    r"[,: -]{0,3}){0,3}"
)
_REST = (
    r"(?=\s*(?:$|[.!,;:)*-]|(?:on|to|for|from me|this|the|that|until|unless|because|as|since|again|here|too|v\d+)\b))"
)
_SAYS = re.compile(
    rf"^\W{{0,4}}{_LEAD}(?:{_WORD})\b{_REST}"
    rf"|\b(?:I|we|I'm|I am|I'll|I will|I must|I have to)\s+(?:\w{{1,20}}\s+){{0,2}}(?:{_WORD})\b{_REST}"
    rf"|\b(?:that's|this is|it's|that is|consider (?:this|it)|this gets|gets?)\s+(?:\w{{1,20}}\s+){{0,2}}"
    rf"(?:{_WORD})\b{_REST}",
    re.IGNORECASE,
)
_HAS_WORD = re.compile(_WORD)
_DENIED = re.compile(
    r"\b(?:not|no|never|without|rather than|instead of|would|could|might|may|should|if|was|were|had|any|why"
    r"|\w{2,8}n't)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"^\s{0,4}na(?:c)?ked-by:\s*(.{1,200})$", re.IGNORECASE | re.MULTILINE)
_TAG_LINE = re.compile(r"[a-z-]{2,30}-by\s?:", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n][^.!?\n]{0,400}[.!?]?")
_OWN = {ZoneKind.OWN, ZoneKind.TRAILER}


@dataclass(frozen=True, slots=True)
class Nack:
    """Somebody says no to a patch."""

    message_id: str
    start: int
    end: int
    words: str
    patch: str
    """Message-ID of the patch or cover letter that it answers."""


def nacks_of(thread: Thread) -> Iterator[Nack]:
    """What says no to a patch of `thread`, in its order, at most one a mail."""
    patches = {m.message_id: m for m in thread.messages if heading_of(m.subject) is not None}
    parents = {m.message_id: m.parent_id for m in thread.messages}
    for message in thread.messages:
        if message.message_id in patches:
            continue
        patch = nearest(message.message_id, parents, patches)
        if patch is not None and patches[patch].address != message.address:
            found = _said(thread, message)
            if found is not None:
                start, end = found
                words = " ".join(message.body[start:end].split())
                yield Nack(message.message_id, start, end, words, patch)


def _said(thread: Thread, message: Message) -> tuple[int, int] | None:
    for zone in thread.zones.get(message.message_id, ()):
        text = message.body[zone.start : zone.end] if zone.kind in _OWN else ""
        if not _HAS_WORD.search(text):
            continue
        for tag in _TAG.finditer(text):
            if not message.address or message.address.casefold() in tag[1].casefold() or "@" not in tag[1]:
                return zone.start + tag.start(), zone.start + tag.end()
        for sentence in _SENTENCE.finditer(text):
            words = sentence[0].strip()
            tag_line = _TAG_LINE.match(words) is not None
            said = _SAYS.search(words) if _HAS_WORD.search(words) and not tag_line else None
            if said is not None and not _DENIED.search(words[: said.end()]):
                begin = zone.start + sentence.start() + sentence[0].index(words)
                return begin, begin + len(words)
    return None
