"""In: corrections. Out: each as fields for a table, or as a plain object for JSON. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from kb.corrections import Verb, edited, id_of
from kb.records import Correction


def told(
    correction: Correction,
    short: Callable[[str], str],
    undone: Collection[str] = (),
    conflicts: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """id, time, who, what was said, whether it counts, why, words."""
    own = id_of(correction)
    counts = "undone" if own in undone else (conflicts or {}).get(own, "yes")
    words = " | ".join(f'"{one.quote}"' for one in correction.named)
    when = correction.when.strftime("%Y-%m-%d %H:%M")
    return (short(own), when, correction.who, _said(correction, short), counts, correction.why or "-", words)


def _said(correction: Correction, short: Callable[[str], str]) -> str:
    name, value = short(correction.item_id), correction.value
    match correction.verb:
        case Verb.EDIT:
            try:
                kind, says = edited(value)
            except (ValueError, KeyError, AttributeError):
                return f"edit {name}"
            changes = [f"kind {kind}"] if kind else []
            return f"edit {name}: {', '.join([*changes, *([f'says {says!r}'] if says else [])])}"
        case Verb.LINK | Verb.UNLINK:
            relation, _, target = value.partition(" ")
            return f"{correction.verb} {name} {relation} {short(target)}"
        case Verb.MERGE | Verb.SPLIT:
            others = ", ".join(short(one.id) for one in correction.named[1:])
            return f"{correction.verb} {name} {'with' if correction.verb == Verb.MERGE else 'into'} {others}"
        case Verb.UNDO:
            return f"undo {short(value)}"
        case _:
            return f"{correction.verb} {name} {value}".strip()


def records(
    corrections: Iterable[Correction], undone: Collection[str] = (), conflicts: Mapping[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """Each correction as a plain object."""
    for correction in corrections:
        own = id_of(correction)
        yield {
            "id": own,
            "verb": correction.verb,
            "item": correction.item_id,
            "value": correction.value,
            "who": correction.who,
            "when": correction.when.isoformat(timespec="microseconds"),
            "why": correction.why,
            "named": [asdict(one) for one in correction.named],
            "undone": own in undone,
            "conflict": (conflicts or {}).get(own),
        }
