"""In: what people said by hand. Out: which of it counts, in order, and the id of each. Pure.

Corrections count in the order of their time, whatever the order in which they came; one that was undone counts for
nothing. A correction names an item by its message and words, so it is known again under any kind and id.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum

from kb import ids
from kb.records import Correction, Item, ItemKind, Named


class Verb(StrEnum):
    """What a person can say."""

    CONFIRM = "confirm"
    REJECT = "reject"
    EDIT = "edit"
    ADD = "add"
    MERGE = "merge"
    """The first item that is named takes the place of the others."""
    SPLIT = "split"
    """The first item that is named gives way to the others."""
    LINK = "link"
    UNLINK = "unlink"
    STATE = "state"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A correction that cannot be carried out, and why not."""

    correction_id: str
    what: str


def id_of(correction: Correction) -> str:
    """The id by which a correction is undone: `k-…`, a digest of who said what of which item, and when."""
    c = correction
    when = c.when.astimezone(UTC).isoformat(timespec="microseconds")
    return f"k-{ids.digest(c.item_id, c.verb, c.value, c.who, when, c.why)}"


def named(item: Item) -> Named:
    """An item as a correction names it."""
    return Named(item.id, item.kind, item.quote.message_id, item.quote.text)


def in_order(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """Each correction once, oldest first."""
    return tuple(sorted({id_of(c): c for c in corrections}.values(), key=lambda c: (c.when, id_of(c))))


def undone(corrections: Iterable[Correction]) -> frozenset[str]:
    """The ids of corrections that were undone; an undoing can be undone too."""
    out: set[str] = set()
    for correction in reversed(in_order(corrections)):
        if correction.verb == Verb.UNDO and id_of(correction) not in out:
            out.add(correction.value)
    return frozenset(out)


def effective(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """The corrections that count, oldest first."""
    every = in_order(corrections)
    gone = undone(every)
    return tuple(c for c in every if c.verb != Verb.UNDO and id_of(c) not in gone)


def touching(corrections: Iterable[Correction], messages: Collection[str]) -> tuple[Correction, ...]:
    """The corrections that name an item of one of these messages."""
    return tuple(c for c in corrections if any(one.message_id in messages for one in c.named))


def moved(corrections: Iterable[Correction], places: Mapping[str, str]) -> tuple[Correction, ...]:
    """The corrections with every message of `places` named by the Message-ID that took its place."""
    return tuple(
        replace(c, named=tuple(replace(n, message_id=places.get(n.message_id, n.message_id)) for n in c.named))
        for c in corrections
    )


def edited(value: str) -> tuple[ItemKind | None, str]:
    """The kind and the reading that an edit gives; None and "" where it leaves them."""
    given = json.loads(value)
    return (ItemKind(given["kind"]) if given.get("kind") else None), str(given.get("says", ""))


def edit_value(kind: ItemKind | None, says: str) -> str:
    """What `edited` reads."""
    return json.dumps({name: text for name, text in (("kind", kind), ("says", says)) if text}, sort_keys=True)
