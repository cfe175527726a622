"""In: where a hook of one's own stands. Out: its module, what it says of itself, what it reads items as.

This runs what somebody else wrote, and so only ever in a process that is fenced in (`child.py`). What it hands back is
plain JSON values; whatever is wrong with the hook is raised and becomes one line.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from kb.errors import CheckError
from kb.records import Item, ItemKind, Quote
from sim_hooks.predicates import KINDS, Predicate, from_json, to_json
from sim_hooks.readers.wording import Binding


def load(place: str) -> ModuleType:
    """The module at `place`: the path of a Python file, or a dotted name. What the module raises is passed on.

    A file is loaded by its path, so that its name hides no module; what lies beside it can be imported last.
    """
    if not place.endswith(".py"):
        return importlib.import_module(place)
    path = Path(place)
    name = f"threadkb_hook_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CheckError(place, "cannot be loaded", "give a Python file")
    sys.dont_write_bytecode = True
    sys.path.append(str(path.parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def kinds_of(module: ModuleType) -> dict[str, type[Any]]:
    """The kinds of predicate that a hook brings, by name; CheckError where `KINDS` holds no dataclasses."""
    kinds = getattr(module, "KINDS", None)
    if isinstance(kinds, type) or not isinstance(kinds, Iterable):
        raise CheckError("KINDS", f"is {_shown(kinds)}", "write a tuple of dataclasses, the predicates it decides")
    found: dict[str, type[Any]] = {}
    for kind in kinds:
        if not (isinstance(kind, type) and is_dataclass(kind)):
            raise CheckError("KINDS", f"holds {_shown(kind)}", "each is a frozen dataclass")
        if kind.__name__ in KINDS:
            raise CheckError("KINDS", f"{kind.__name__!r} is a kind that threadkb has", "take another name")
        found[kind.__name__] = kind
    if not found:
        raise CheckError("KINDS", "is empty", "write a tuple of dataclasses, the predicates it decides")
    return found


def described(place: str) -> dict[str, Any]:
    """What the hook at `place` says of itself: what, evidence, needs_facts, binds, kinds with their fields."""
    module = load(place)
    kinds = kinds_of(module)
    if not callable(getattr(module, "decide", None)):
        raise CheckError("decide", "is missing", "write `def decide(predicate, facts)` that returns an Outcome")
    evidence = getattr(module, "EVIDENCE", "own")
    if not isinstance(evidence, str):
        raise CheckError("EVIDENCE", f"is {_shown(evidence)}", "write a word, such as 'arithmetic'")
    return {
        "what": _paragraph(module.__doc__),
        "evidence": evidence,
        "needs_facts": getattr(module, "NEEDS_FACTS", False) is True,
        "binds": callable(getattr(module, "bind", None)),
        "kinds": [
            {"name": name, "says": _paragraph(kind.__doc__), "fields": [_field(each) for each in fields(kind)]}
            for name, kind in kinds.items()
        ],
    }


def _field(spec: Any) -> dict[str, Any]:
    """Name and default of a field; the default is what JSON can hold, else its text."""
    given = spec.default if spec.default is not MISSING else None
    if spec.default_factory is not MISSING:
        given = spec.default_factory()
    if spec.default is MISSING and spec.default_factory is MISSING:
        return {"name": spec.name}
    if isinstance(given, tuple):
        given = list(given)
    plain = given is None or isinstance(given, (str, int, float, bool, list, dict))
    return {"name": spec.name, "default": given if plain else str(given)}


def predicate_of(given: Mapping[str, Any], modules: Iterable[ModuleType]) -> Predicate:
    """The predicate in JSON, of a kind of threadkb's or of one of these hooks."""
    kinds = dict(KINDS)
    for module in modules:
        kinds.update(kinds_of(module))
    return from_json(given, kinds=kinds)


def bound(place: str, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the hook at `place` reads each item as: `bindings` as (number of the item, predicate, confidence, why).

    `problem` is the first thing that went wrong with an item, or "".
    """
    module = load(place)
    found: list[tuple[int, dict[str, Any], float, str]] = []
    problem = ""
    for number, each in enumerate(items):
        item = _item(each)
        try:
            for binding in module.bind(item) or ():
                if not isinstance(binding, Binding):
                    raise TypeError(f"bind gave {_shown(binding)} for a Binding")
                found.append((number, to_json(binding.predicate), float(binding.confidence), str(binding.why)))
        except Exception as wrong:
            problem = problem or f"{type(wrong).__name__}: {wrong} (at “{item.quote.text[:60]}”)"
    return {"bindings": found, "problem": problem}


def item_json(item: Item) -> dict[str, Any]:
    """What `bind` is told of an item."""
    quote = item.quote
    return {
        "id": item.id,
        "kind": str(item.kind),
        "quote": [quote.message_id, quote.start, quote.end, quote.text],
        "says": item.says,
        "confidence": item.confidence,
        "cue": item.cue,
        "topics": list(item.topics),
        "entities": list(item.entities),
    }


def _item(given: Mapping[str, Any]) -> Item:
    return Item(
        id=given["id"],
        kind=ItemKind(given["kind"]),
        quote=Quote(*given["quote"]),
        says=given["says"],
        confidence=given["confidence"],
        cue=given["cue"],
        topics=tuple(given["topics"]),
        entities=tuple(given["entities"]),
    )


def _paragraph(text: str | None) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((text or "").strip().partition("\n\n")[0].split())


def _shown(value: object) -> str:
    return repr(value)[:80]
