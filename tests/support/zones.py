"""In: a body. Out: its zones as a test compares them."""

from __future__ import annotations

from ingest.zones import zones_of


def shown(body: str) -> list[tuple[str, str]]:
    """Kind (with its depth where there is one) and words of each zone."""
    return [
        (zone.kind + (str(zone.depth) if zone.depth else ""), body[zone.start : zone.end].strip())
        for zone in zones_of(body)
    ]


def kinds(body: str) -> list[str]:
    return [kind for kind, _ in shown(body)]
