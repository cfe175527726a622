"""In: an item and a verb. Out: corrections as people make them, and what a database holds after them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.corrections import Verb, edit_value, id_of, named
from kb.records import Correction, Item, ItemKind, Named
from kb.views import ItemView

START = datetime(2024, 6, 1, tzinfo=UTC)
WHO = "Dora Example <dora@example.org>"


def says(
    verb: Verb, *of: Item | ItemView | Named, value: str = "", minute: int = 0, who: str = WHO, why: str = ""
) -> Correction:
    """What somebody says in that minute."""
    meant = tuple(_named(one) for one in of)
    return Correction(meant[0].id, verb, value, who, START + timedelta(minutes=minute), why, meant)


def kind_is(of: Item | ItemView | Named, kind: ItemKind, *, minute: int = 0) -> Correction:
    """Somebody gives an item another kind."""
    return says(Verb.EDIT, of, value=edit_value(kind, ""), minute=minute)


def taken_back(correction: Correction, *, minute: int) -> Correction:
    """Somebody undoes a correction."""
    return says(Verb.UNDO, *correction.named, value=id_of(correction), minute=minute)


def _named(one: Item | ItemView | Named) -> Named:
    if isinstance(one, Named):
        return one
    if isinstance(one, Item):
        return named(one)
    return Named(one.id, ItemKind(one.kind), one.message_id, one.quote)


def standing(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The items, links and conflicts of a database, and what its search finds of items, in no order."""
    connection = sqlite3.connect(path)
    try:
        return {
            query: sorted(connection.execute(query), key=repr)
            for query in (
                "SELECT * FROM items",
                "SELECT * FROM links",
                "SELECT * FROM topics",
                "SELECT * FROM entities",
                "SELECT * FROM conflicts",
                "SELECT kind, ref, thread_id, text FROM search",
            )
        }
    finally:
        connection.close()
