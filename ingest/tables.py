"""In: a message and its zones. Out: a claim for each row of a table of figures.

Annotators take a row that holds measured figures as one claim. Headings and lines that only draw are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.entities import entities_of
from kb.ids import fold, item_id
from kb.records import Item, ItemKind, Message, Quote, Zone, ZoneKind

CONFIDENCE = 0.6
"""Of 13 rows in the annotated threads' tables, 8 are items and 5 are headings, drawing or a row's second line."""
_FIGURE = re.compile(r"(?<![\w.])[-+~]?\d[\d,.:]*(?:[a-zA-Z%/]{0,8})(?!\w)")
_LEAST = 2
"""Figures that make a line a row."""


def rows_of(message: Message, zones: Sequence[Zone]) -> Iterator[Item]:
    """The rows of figures in the tables of `message`, in order."""
    for zone in zones:
        if zone.kind is ZoneKind.TABLE:
            yield from _rows(message, zone)


def _rows(message: Message, zone: Zone) -> Iterator[Item]:
    place = zone.start
    lines: list[tuple[int, str]] = []
    for line in message.body[zone.start : zone.end].splitlines(keepends=True):
        if line.strip():
            lines.append((place, line.rstrip()))
        place += len(line)
    indents = [len(line) - len(line.lstrip()) for _, line in lines]
    for number, (start, line) in enumerate(lines):
        heading = number == 0 and len(lines) > 1 and indents[0] > max(indents[1:])
        label = _FIGURE.split(line, maxsplit=1)[0]
        if heading or not any(char.isalpha() for char in label + line) or len(_FIGURE.findall(line)) < _LEAST:
            continue
        first = start + indents[number]
        text = fold(message.body[first : start + len(line)])
        yield Item(
            id=item_id(message.message_id, ItemKind.CLAIM, text),
            kind=ItemKind.CLAIM,
            quote=Quote(message.message_id, first, start + len(line), text),
            says=text,
            confidence=CONFIDENCE,
            cue="a row of figures in a table",
            topics=("figures",),
            entities=entities_of(text),
        )
