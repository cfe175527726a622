"""In: a reader, what is wanted. Out: which items fit, as ids in order, and the items of a stretch of them.

The ids of a table are read once; what stands on the screen is read by these ids when it comes into view.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kb.choosing import Wanted
from kb.reading import Reader
from kb.viewing import item_of
from kb.views import ItemView

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Listing:
    """The items that fit, by id."""

    wanted: Wanted
    ids: tuple[str, ...] = ()
    topics: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each topic with its items in order, the topic with most items first; what has none stands under "" at the end."""
    states: frozenset[tuple[str, str]] = frozenset()
    """(kind, state) of all items there are in the thread, or in all."""


def listing(reader: Reader, wanted: Wanted, *, by_topic: bool = False) -> Listing:
    """Which items fit, and under which topics where that is asked for."""
    ids = tuple(row["id"] for row in reader.ask("items_in_order", **wanted.asked()))
    topics = _topics(reader, ids, wanted.thread) if by_topic else ()
    return Listing(wanted, ids, topics, states_held(reader, wanted.thread))


def states_held(reader: Reader, thread: str | None) -> frozenset[tuple[str, str]]:
    """(kind, state) of the items of a thread, or of all."""
    return frozenset((row["kind"], row["state"]) for row in reader.ask("states_held", thread=thread))


def _topics(reader: Reader, ids: Sequence[str], thread: str | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    places = {own: place for place, own in enumerate(ids)}
    groups: dict[str, list[int]] = {}
    rest = set(places)
    for row in reader.ask("topics_of_items", thread=thread):
        place = places.get(row["item_id"])
        if place is not None:
            groups.setdefault(row["topic"], []).append(place)
            rest.discard(row["item_id"])
    order = sorted(groups, key=lambda topic: (-len(groups[topic]), topic))
    out = [(topic, tuple(ids[place] for place in sorted(groups[topic]))) for topic in order]
    if rest:
        out.append(("", tuple(own for own in ids if own in rest)))
    return tuple(out)


def items_with(reader: Reader, ids: Sequence[str]) -> dict[str, ItemView]:
    """The items with these ids that there are."""
    return {row["id"]: item_of(row) for row in reader.ask("items_by_ids", ids=json.dumps(list(dict.fromkeys(ids))))}


class Pages(Generic[Row]):
    """Rows by id, read a stretch at a time when one of it is asked for; a few stretches are kept."""

    STRETCH = 96
    """Ids that are read at once."""
    KEPT = 24
    """Stretches."""

    def __init__(self, ids: Sequence[str], read: Callable[[Sequence[str]], Mapping[str, Row]]) -> None:
        self.ids = ids
        self._read = read
        self._held: dict[int, Mapping[str, Row]] = {}

    def at(self, place: int) -> Row | None:
        """The row of the id at `place`; None where it is gone."""
        number = place // self.STRETCH
        page = self._held.pop(number, None)
        if page is None:
            page = self._read(self.ids[number * self.STRETCH : (number + 1) * self.STRETCH])
            while len(self._held) >= self.KEPT:
                self._held.pop(next(iter(self._held)))
        self._held[number] = page  # the one used last stands last
        return page.get(self.ids[place])
