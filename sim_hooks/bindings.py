"""In: TOML files of hand-written bindings, and items. Out: the predicates of the items they name, and those left over.

A binding names its item by Message-ID and words, not by id, so that it survives another extractor.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import CheckError
from kb.ids import fold
from kb.records import Item, ItemKind
from sim_hooks.predicates import KINDS, Predicate, from_json
from sim_hooks.readers.wording import Binding

_COVERED = 2 / 3
"""Share of the shorter of two quotes that the other must cover."""
_FIELDS = ("message_id", "quote", "who", "why", "predicate")


@dataclass(frozen=True, slots=True)
class HandBinding:
    """What a person read a message's words as."""

    message_id: str
    quote: str
    """The words it stands for, white space folded."""
    who: str
    why: str
    predicate: Predicate
    place: str
    """File and number of the entry, for people."""


def load(path: Path) -> tuple[HandBinding, ...]:
    """The bindings of a TOML file, or of every `*.toml` of a folder by name; CheckError with file and entry."""
    if path.is_dir():
        return tuple(binding for file in sorted(path.glob("*.toml")) for binding in load(file))
    return tuple(
        read_entry(entry, f"{path.name}: binding {number}")
        for number, entry in enumerate(entries(content(path), str(path)), 1)
    )


def content(path: Path) -> Mapping[str, Any]:
    """What the TOML file at `path` holds; CheckError where it cannot be read or is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise CheckError(str(path), f"cannot be read: {wrong.strerror}", "name a TOML file or a folder") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise CheckError(str(path), f"is no TOML: {wrong}", "mend the file") from None


def entries(read: Mapping[str, Any], place: str = "") -> list[Any]:
    """The `[[binding]]` tables of a file at `place`; CheckError where it holds something else."""
    found = read.get("binding", [])
    unknown = sorted(set(read) - {"binding"})
    if unknown or not isinstance(found, list):
        raise CheckError(place, f"holds {unknown[0] if unknown else 'binding'!r}", "write [[binding]] tables")
    return found


def read_entry(entry: Any, place: str, *, kinds: Mapping[str, type[Any]] = KINDS) -> HandBinding:
    """The binding in one `[[binding]]` table, of a predicate of one of `kinds`; CheckError says what is wrong."""
    if not isinstance(entry, Mapping):
        raise CheckError(place, "is no table", "write [[binding]]")
    unknown = sorted(set(entry) - set(_FIELDS))
    missing = [field for field in _FIELDS if field not in entry]
    if unknown or missing:
        what = f"has no field {unknown[0]!r}" if unknown else f"lacks {missing[0]!r}"
        raise CheckError(place, what, f"it has {', '.join(_FIELDS)}")
    texts = {field: fold(entry[field]) if isinstance(entry[field], str) else "" for field in _FIELDS[:-1]}
    for field, text in texts.items():
        if not text:
            raise CheckError(place, f"{field} is {entry[field]!r}", "write some words")
    if not isinstance(entry["predicate"], Mapping):
        raise CheckError(place, f"predicate is {entry['predicate']!r}", "write a table with `kind`")
    return HandBinding(
        message_id=texts["message_id"].strip("<>"),
        quote=texts["quote"],
        who=texts["who"],
        why=texts["why"],
        predicate=from_json(entry["predicate"], f"{place}, predicate", kinds=kinds),
        place=place,
    )


def attach(
    bindings: Iterable[HandBinding], items: Iterable[Item]
) -> tuple[dict[str, tuple[Binding, ...]], tuple[HandBinding, ...]]:
    """The bindings of each item by its id, and those for which no item was found.

    A binding goes to the item, of any kind but question, in its message whose quote it overlaps best, if the shorter of
    the two quotes is covered by the other to two thirds or more; of equals to the claim, then to the nearest in length.
    """
    by_message: dict[str, list[Item]] = {}
    for item in items:
        if item.kind != ItemKind.QUESTION:
            by_message.setdefault(item.quote.message_id, []).append(item)
    found: dict[str, list[Binding]] = {}
    unattached: list[HandBinding] = []
    for binding in bindings:
        best = max(by_message.get(binding.message_id, ()), key=lambda item: _rank(binding.quote, item), default=None)
        if best is None or cover(binding.quote, best.quote.text) < _COVERED:
            unattached.append(binding)
        else:
            found.setdefault(best.id, []).append(
                Binding(
                    binding.predicate,
                    1.0,
                    f"{binding.why} ({binding.who}){_rest(binding, best)}",
                    "hand",
                    fold(binding.quote) if fold(binding.quote) in best.quote.text else "",
                )
            )
    return {key: tuple(read) for key, read in found.items()}, tuple(unattached)


def _rest(binding: HandBinding, item: Item) -> str:
    """A note for people where an item says a good deal more than the words that were bound."""
    if len(binding.quote) >= _COVERED * len(item.quote.text):
        return ""
    return f" Only these of its words are checked: “{binding.quote}”."


def _rank(quote: str, item: Item) -> tuple[bool, int, bool, int]:
    text = item.quote.text
    shared = _shared(quote, text)
    enough = shared >= _COVERED * max(1, min(len(quote), len(text)))
    return enough, shared, item.kind == ItemKind.CLAIM, -len(text)


def cover(one: str, other: str) -> float:
    """Share of the shorter of two texts that the other holds in one piece at its edge or inside, 0 to 1."""
    shorter = min(len(one), len(other))
    return _shared(one, other) / shorter if shorter else 0.0


def _shared(one: str, other: str) -> int:
    """Characters that two stretches of one message share: one in the other, or an end of one that starts the other."""
    short, long = sorted((fold(one), fold(other)), key=len)
    if short in long:
        return len(short)
    return max(_overlap(short, long), _overlap(long, short))


def _overlap(left: str, right: str) -> int:
    """The longest end of `left` that `right` begins with, found in linear time (the border of a joined text)."""
    joined = f"{right[: len(left)]}\0{left}"
    border = [0] * len(joined)
    for place in range(1, len(joined)):
        length = border[place - 1]
        while length and joined[place] != joined[length]:
            length = border[length - 1]
        border[place] = length + (joined[place] == joined[length])
    return border[-1]
