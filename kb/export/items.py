"""In: a reader and a filter. Out: items as plain objects, one a line in JSON Lines; what the scoring scripts read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from kb.reading import Filter, Reader
from kb.views import ItemView, LinkView


def rows(reader: Reader, wanted: Filter) -> Iterator[dict[str, Any]]:
    """Each item with its links, in reading order."""
    items = reader.items(wanted)
    links: dict[str, list[LinkView]] = defaultdict(list)
    for thread in dict.fromkeys(item.thread_id for item in items):
        for link in reader.links(thread):
            links[link.source].append(link)
    for item in items:
        yield row(item, links[item.id])


def row(item: ItemView, links: list[LinkView]) -> dict[str, Any]:
    """One item as a plain object."""
    return {
        "id": item.id,
        "thread": item.thread_id,
        "message_id": item.message_id,
        "number": item.number,
        "kind": item.kind,
        "quote": item.quote,
        "start": item.start,
        "end": item.end,
        "says": item.says,
        "state": item.state,
        "because": item.because,
        "topics": list(item.topics),
        "entities": list(item.entities),
        "links": [{"to": k.target, "rel": k.relation, "confidence": k.confidence} for k in links],
        "confidence": item.confidence,
        "author": item.author,
        "date": item.date,
        "verdict": item.verdict,
    }
