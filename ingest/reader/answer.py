"""In: the text that a model answered, and the message it was asked about. Out: items whose words stand in that message.

Nothing in the text is believed: a quote that is no exact substring of the message's own words (white space folded) is
dropped and counted, and so is what has no such kind, state or relation. A state is a hint only; the fold decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.label import Paragraph
from ingest.reader.failures import ReadingError, Why
from ingest.reader.prompt import MOST_ITEMS
from ingest.relate import allowed
from kb.ids import fold
from kb.records import STATES, ItemKind, Message, Relation, State, Zone, ZoneKind

_MOST_TRIED = 20
"""Places at which an object may begin that are looked at."""
_LONGEST_QUOTE = 2000
_MOST_LINKS = 20
_UNSURE = 0.5
"""Confidence where the answer gives none."""
_WORD = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand in a message."""

    start: int
    """In the body."""
    end: int
    paragraph: Paragraph
    """In which they begin."""
    first: int
    """Where they begin in the paragraph's text."""
    last: int


@dataclass(frozen=True, slots=True)
class Said:
    """An item as a model gave it, with its words found in the message."""

    kind: ItemKind
    found: Found
    confidence: float
    state: State | None
    links: tuple[tuple[str, Relation], ...]
    """Name of the other item (E1, I2, …), and the relation to it."""
    name: str
    """I1, I2, …"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer comes to."""

    items: tuple[Said, ...]
    loose: int = 0
    """Quotes dropped because they stand nowhere in the message's own words."""
    malformed: int = 0
    """Items, states and links that were dropped because there are no such kinds, states or relations, or not there."""


def entries_of(text: str) -> list[Any]:
    """The list of items in `text`, which may wrap its JSON in prose or code fences. Raises ReadingError."""
    text = text.rpartition("</think>")[2]
    found: Any = None
    for found in _objects(text):
        if isinstance(found, dict) and isinstance(found.get("items"), list):
            entries: list[Any] = found["items"]
            break
        listed = isinstance(found, list) and any(isinstance(each, dict) and "quote" in each for each in found)
        if listed or (found == [] and text.strip() == "[]"):
            entries = found
            break
    else:
        cut = "{" in text and text.rstrip()[-1] not in "}]`"
        raise ReadingError(Why.CUT if cut else Why.NOT_JSON if found is None else Why.SHAPE, status=200)
    if len(entries) > MOST_ITEMS:
        raise ReadingError(Why.MANY, f"{len(entries)} items", status=200)
    return entries


def _objects(text: str) -> Iterator[Any]:
    """What can be read as JSON in `text`: the whole, then from each of the first places where a value may begin."""
    decoder = json.JSONDecoder(parse_constant=lambda _: None)
    try:
        yield decoder.decode(text.strip())
    except (ValueError, RecursionError):
        tried = 0
        for match in re.finditer(r"[{\[]", text):
            tried += 1
            if tried > _MOST_TRIED:
                return
            try:
                yield decoder.raw_decode(text, match.start())[0]
            except (ValueError, RecursionError):
                continue


def answer_of(
    text: str,
    message: Message,
    zones: Sequence[Zone],
    paragraphs: Sequence[Paragraph],
    earlier: Sequence[ItemKind] = (),
) -> Answer:
    """The items of an answer about `message`, of which `paragraphs` are all. Raises ReadingError where none holds.

    `earlier` are the kinds of the items that the answer may link to as E1, E2, …
    """
    entries = entries_of(text)
    words = OwnWords(message, zones, paragraphs)
    kinds = {f"E{number}": kind for number, kind in enumerate(earlier, 1)}
    found: list[tuple[int, Mapping[str, Any], ItemKind, Found]] = []
    loose = malformed = 0
    for number, entry in enumerate(entries, 1):
        kind = _kind(entry) if isinstance(entry, dict) else None
        if kind is None or not isinstance(entry.get("quote"), str):
            malformed += 1
            continue
        place = words.find(entry["quote"])
        if place is None:
            loose += 1
            continue
        kinds[f"I{number}"] = kind
        found.append((number, entry, kind, place))
    if entries and not found:
        raise ReadingError(Why.LOOSE if loose >= malformed else Why.SHAPE, status=200)
    said = []
    for number, entry, kind, place in found:
        state = _state(kind, entry.get("state"))
        links, refused = _links(f"I{number}", entry.get("links"), kinds)
        malformed += refused + (state is None and entry.get("state") is not None)
        said.append(Said(kind, place, _confidence(entry.get("confidence")), state, links, f"I{number}"))
    return Answer(tuple(said), loose, malformed)


def _kind(entry: Mapping[str, Any]) -> ItemKind | None:
    kind = entry.get("kind")
    return ItemKind(kind) if isinstance(kind, str) and kind in set(ItemKind) else None


def _state(kind: ItemKind, given: Any) -> State | None:
    return State(given) if isinstance(given, str) and given in STATES[kind] else None


def _confidence(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return _UNSURE
    try:
        number = float(given)
    except OverflowError:
        return _UNSURE
    return round(number, 3) if 0.0005 <= number <= 1 else _UNSURE


def _links(own: str, given: Any, kinds: Mapping[str, ItemKind]) -> tuple[tuple[tuple[str, Relation], ...], int]:
    """The links of the item `own`, one for each other item, and how many were no links."""
    if given is None:
        return (), 0
    if not isinstance(given, list) or len(given) > _MOST_LINKS:
        return (), 1
    out: dict[str, Relation] = {}
    for link in given:
        to, named = (link.get("to"), link.get("relation")) if isinstance(link, dict) else (None, None)
        to = to.strip().upper() if isinstance(to, str) and len(to) <= 8 else ""
        relation = Relation(named) if isinstance(named, str) and named in set(Relation) else None
        if relation and to != own and to in kinds and allowed(relation, kinds[own], kinds[to]):
            out.setdefault(to, relation)
    return tuple(out.items()), len(given) - len(out)


class OwnWords:
    """The own words of a message, white space folded, with their places in its body."""

    def __init__(self, message: Message, zones: Sequence[Zone], paragraphs: Sequence[Paragraph]) -> None:
        self._paragraphs = paragraphs
        chars: list[str] = []
        self._places: list[int] = []
        for zone in zones:
            if zone.kind is not ZoneKind.OWN:
                continue
            chars.append("\x00")  # no quote runs from one zone into the next
            self._places.append(zone.start)
            for at in range(zone.start, zone.end):
                char = message.body[at]
                if not char.isspace():
                    chars.append(char)
                elif chars[-1] not in {" ", "\x00"}:
                    chars.append(" ")
                else:
                    continue
                self._places.append(at)
        self._text = "".join(chars)

    def find(self, quote: str) -> Found | None:
        """Where `quote` stands first; None if nowhere."""
        words = fold(quote)
        if len(words) > _LONGEST_QUOTE or "\x00" in words or not _WORD.search(words):
            return None
        for paragraph in self._paragraphs:
            block = paragraph.block
            at = block.text.find(words)
            if at >= 0:
                return Found(*block.span(at, at + len(words)), paragraph, at, at + len(words))
        at = self._text.find(words)
        if at < 0:
            return None
        start, end = self._places[at], self._places[at + len(words) - 1] + 1
        for paragraph in self._paragraphs:
            places = paragraph.block.places
            if start <= places[-1] and end > places[0]:
                inside = [n for n, place in enumerate(places) if start <= place < end]
                if inside:
                    return Found(start, end, paragraph, inside[0], inside[-1] + 1)
        return None
