"""In: a message and its zones. Out: a claim for each chain of calls (`a() -> b() -> c()`), also over several lines.

A chain says that each function calls the next, so it is a claim of its own, whatever stands around it; one that is
asked about ("a() -> b() -> c()?") is left alone. A member access (`a->b->c`) is no chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.entities import entities_of
from kb.ids import fold, item_id
from kb.records import Item, ItemKind, Message, Quote, Zone, ZoneKind

CONFIDENCE = 0.8
"""Of 6 chains in the annotated threads that no sentence goes on from, all 6 are claims; few, hence not 1."""
_BREAK = r"[ \t]{0,20}(?:\n[ \t]{0,20})?"
_COMMENT = rf"(?:/\*[^*\n]{{0,100}}\*/{_BREAK})?"
_CHAIN = re.compile(
    rf"(?<![\w>.])(?:\.\.\.{_BREAK}(?:->|→){_BREAK})?[A-Za-z_]\w{{1,80}}\(\)"
    rf"(?:{_BREAK}(?:->|→){_BREAK}{_COMMENT}[A-Za-z_]\w{{1,80}}\(\)){{2,64}}"
)


def chains_of(message: Message, zones: Sequence[Zone]) -> Iterator[Item]:
    """The chains of three or more calls in the own words of `message`, in order."""
    for zone in zones:
        if zone.kind in (ZoneKind.OWN, ZoneKind.CODE):
            for match in _CHAIN.finditer(message.body, zone.start, zone.end):
                if not message.body[match.end() : match.end() + 2].lstrip(" )").startswith("?"):
                    yield _claim(message, match.start(), match.end())


def _claim(message: Message, start: int, end: int) -> Item:
    text = fold(message.body[start:end])
    return Item(
        id=item_id(message.message_id, ItemKind.CLAIM, text),
        kind=ItemKind.CLAIM,
        quote=Quote(message.message_id, start, end, text),
        says=text,
        confidence=CONFIDENCE,
        cue="a chain of calls",
        topics=("call path",),
        entities=entities_of(text),
    )
