"""In: a message body with its zones. Out: its own words as paragraphs and list items, each unwrapped to one line.

Every character of a paragraph's text knows its offset in the body, so a span's words can be copied from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.records import Zone, ZoneKind

_BULLET = re.compile(r"[ \t]*(?:[-*+o•–>]|\(?[0-9]{1,2}[.):]|\(?[a-zA-Z][.)]|\[[0-9]{1,2}\]:?)[ \t]+(?=\S)")
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|day|evening))\b[^.?!:]{0,40}[,.!:]?$"
    r"|(?:many |much )?(?:thanks?|thx|cheers|regards|ciao|bye|hth)\b(?: (?:a lot|again|you|so much|all|everyone)){0,3}"
    r"[ ,.!:-]{0,4}[\w .'-]{0,30}$"
    r"|(?:(?:best|kind|warm|with (?:best|kind)) )?(?:regards|wishes)\b.{0,30}$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]{2}")
_ADDRESS_ONLY = re.compile(r"(?:\[[0-9]+\]:?\s*)?<?(?:https?|ftp|git)://\S+>?$")
_SNIP = re.compile(r"[\[<(. ]*+(?:snip|snipped|cut|trimmed)[\]>). ]*+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, or one item of a list, of a message's own words."""

    text: str
    """Its lines joined by single blanks; the mark of a list item left out."""
    places: tuple[int, ...]
    """The offset in the body of each character of `text`."""
    number: int
    """Its place among the blocks of the message."""
    bullet: bool
    """It is one item of a list."""
    under: int
    """Blocks between it and the quotation above it (or the message's start)."""

    @property
    def opens(self) -> bool:
        """It follows a quotation (or starts the message): it answers what stands above it."""
        return self.under == 0

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the body of `text[start:end]`."""
        return self.places[start], self.places[end - 1] + 1


def blocks_of(body: str, zones: Sequence[Zone]) -> tuple[Block, ...]:
    """The paragraphs and list items of the own words in `body`, greetings and sign-offs left out."""
    blocks: list[Block] = []
    under = 0
    for zone in zones:
        if zone.kind is ZoneKind.QUOTE:
            under = 0
        if zone.kind is not ZoneKind.OWN:
            continue
        for lines, bullet in _paragraphs(body, zone.start, zone.end):
            text, places = _unwrapped(body, lines)
            if _holds_words(text):
                blocks.append(Block(text, places, len(blocks), bullet, under))
                under += 1
    return tuple(blocks)


def _holds_words(text: str) -> bool:
    return bool(_WORD.search(text) or text.startswith("+1")) and not (
        (len(text) < 80 and _GREETING.match(text)) or _ADDRESS_ONLY.match(text) or _SNIP.match(text)
    )


def _paragraphs(body: str, start: int, end: int) -> Iterator[tuple[list[tuple[int, int]], bool]]:
    """Runs of lines (start, end) that belong together, and whether a run is an item of a list."""
    lines: list[tuple[int, int]] = []
    bullet = False
    at = start
    while at < end:
        stop = body.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = body[at:stop]
        mark = _BULLET.match(line)
        if not line.strip():
            if lines:
                yield lines, bullet
            lines, bullet = [], False
        elif mark and not (mark.group().strip() == ">" or _continues(body, lines, mark.group().strip())):
            if lines:
                yield lines, bullet
            lines, bullet = [(at + mark.end(), stop)], True
        elif lines and _stands_alone(body, lines[-1], line):
            yield lines, bullet
            lines, bullet = [(at, stop)], False
        else:
            lines.append((at, stop))
        at = stop + 1
    if lines:
        yield lines, bullet


def _continues(body: str, lines: Sequence[tuple[int, int]], mark: str) -> bool:
    """A dash or number at a line's start that is the wrapped middle of a sentence, and no list mark."""
    if not lines:
        return False
    before = body[lines[-1][0] : lines[-1][1]].rstrip()
    return len(before) > 55 and before[-1:].isalpha() and before[-1:].islower() and mark in {"-", "–", "+", "o"}


def _stands_alone(body: str, before: tuple[int, int], line: str) -> bool:
    """A short line that ends a sentence, followed by a line that starts one: two paragraphs without a blank line."""
    text = body[before[0] : before[1]].rstrip()
    return len(text) < 45 and text[-1:] in ".?!:" and line.lstrip()[:1].isupper()


def _unwrapped(body: str, lines: Sequence[tuple[int, int]]) -> tuple[str, tuple[int, ...]]:
    chars: list[str] = []
    places: list[int] = []
    for start, end in lines:
        if chars and chars[-1] != " ":
            chars.append(" ")
            places.append(start)
        for at in range(start, end):
            char = body[at]
            if char.isspace():
                if chars and chars[-1] != " ":
                    chars.append(" ")
                    places.append(at)
            else:
                chars.append(char)
                places.append(at)
    while chars and chars[-1] == " ":
        chars.pop()
        places.pop()
    return "".join(chars), tuple(places)
