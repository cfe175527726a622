"""In: a thread's items and links as they were extracted. Out: the text that keeps them, and the way back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from kb.records import Item, ItemKind, Link, Quote, Relation


@dataclass(frozen=True, slots=True)
class Extracted:
    """What extraction gave, before anybody corrected it."""

    items: tuple[Item, ...]
    links: tuple[Link, ...]


def to_text(extracted: Extracted) -> str:
    """`extracted` as JSON."""
    return json.dumps(asdict(extracted), separators=(",", ":"))


def from_text(text: str) -> Extracted:
    """What `to_text` wrote."""
    content = json.loads(text)
    items = (
        Item(
            **{
                **row,
                "kind": ItemKind(row["kind"]),
                "quote": Quote(**row["quote"]),
                "topics": tuple(row["topics"]),
                "entities": tuple(row["entities"]),
            }
        )
        for row in content["items"]
    )
    links = (Link(**{**row, "relation": Relation(row["relation"])}) for row in content["links"])
    return Extracted(tuple(items), tuple(links))
