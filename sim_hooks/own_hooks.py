"""In: folders of Python files, and installed packages. Out: the hooks of one's own in them, and what is wrong.

A hook of one's own is a module with `KINDS` (a tuple of frozen dataclasses, the predicates it decides) and
`decide(predicate, facts) -> Outcome`. It may have `bind(item)`, which yields a `Binding` for each predicate that it
reads in an item's words, `EVIDENCE` (the kind of evidence, one word) and `NEEDS_FACTS = True`. It is found as a file in
a folder that was named, or by the entry-point group `threadkb.hooks`, and is never imported here: a child process that
is fenced in does it and tells what it found. `data/hooks/example.py` is one.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, make_dataclass
from pathlib import Path
from typing import Any

from kb.errors import CheckError
from kb.records import Item
from sim_hooks.catalog import FACTS, Hook, catalog
from sim_hooks.predicates import KINDS, from_json
from sim_hooks.readers.wording import Binding
from sim_hooks.runner import Runner

GROUP = "threadkb.hooks"
"""The entry-point group by which an installed package offers hooks."""
_SECONDS = 5.0
"""How long a hook may take to say what it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hook of one's own stands."""

    name: str
    module: str
    """The path of a Python file, or a dotted name."""
    wrong: str = ""
    """What is wrong with it before it was read at all."""


@dataclass(frozen=True, slots=True)
class OwnHooks:
    """Hooks of one's own."""

    hooks: tuple[Hook, ...] = ()
    broken: tuple[Hook, ...] = ()
    """Those that could not be read: they have no kinds, and a check by one of them is an error that says why."""
    problems: tuple[str, ...] = ()
    """What is wrong, a line each: `place: what; what to do`."""
    kinds: Mapping[str, type[Any]] = field(default_factory=dict)
    """The kinds of predicate they bring, by name."""


def places(folders: Iterable[Path] = ()) -> tuple[Place, ...]:
    """The Python files of these folders that could be hooks, by name, and what installed packages offer.

    A file whose name begins with `_` is no hook; others can import it. CheckError for a folder that cannot be read.
    """
    found = [place for folder in folders for place in _in_folder(folder)]
    from importlib.metadata import entry_points

    for entry in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        wrong = f"its entry point names {entry.value!r}; name a module" if entry.attr else ""
        found.append(Place(entry.name, entry.module, wrong))
    return tuple(dict.fromkeys(found))


def _in_folder(folder: Path) -> list[Place]:
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".py" and not path.name.startswith("_"))
    except OSError as wrong:
        raise CheckError(str(folder), f"cannot be read: {wrong.strerror}", "name a folder of Python files") from None
    return [Place(path.stem, str(path.resolve())) for path in files]


def find(places: Iterable[Place], runner: Runner) -> OwnHooks:
    """The hooks at `places`, each read by a child of `runner`. A hook that is broken stops nothing."""
    hooks: list[Hook] = []
    broken: list[Hook] = []
    problems: list[str] = []
    kinds: dict[str, type[Any]] = {}
    names = {hook.name for hook in catalog()}
    for place in places:
        try:
            if place.wrong:
                raise CheckError("", place.wrong)
            if place.name in names:
                raise CheckError("", f"there is a hook called {place.name!r} already")
            hook = _hook(place, runner.ask({"describe": place.module}, seconds=_SECONDS)["description"])
            twice = [kind.__name__ for kind in hook.kinds if kind.__name__ in kinds]
            if twice:
                raise CheckError("", f"another hook decides {twice[0]!r} already")
        except CheckError as wrong:
            broken.append(_without_kinds(place))
            problems.append(f"{place.module}: {wrong}; this hook is left out")
            continue
        names.add(place.name)
        hooks.append(hook)
        kinds.update({kind.__name__: kind for kind in hook.kinds})
    return OwnHooks(tuple(hooks), tuple(broken), tuple(problems), kinds)


def _without_kinds(place: Place) -> Hook:
    return Hook(place.name, (), place.module, "cannot be read", "own", own=True)


def _hook(place: Place, told: Mapping[str, Any]) -> Hook:
    """The hook that says this of itself; CheckError where that is no sense."""
    try:
        kinds = tuple(_kind(each) for each in told["kinds"])
        what, evidence, binds, needs = told["what"], told["evidence"], told["binds"], told["needs_facts"]
    except (KeyError, TypeError, ValueError) as wrong:
        raise CheckError("", f"what it says of itself cannot be used: {wrong}") from None
    top = place.module.partition(".")[0]
    rests_on = () if place.module.endswith(".py") else (top,)
    return Hook(
        name=place.name,
        kinds=kinds,
        module=place.module,
        what=str(what) or "says nothing of itself",
        evidence_kind=str(evidence),
        needs=FACTS if needs else "",
        rests_on=rests_on,
        own=True,
        binds=bool(binds),
    )


def _kind(told: Mapping[str, Any]) -> type[Any]:
    """A dataclass with the fields of a kind, which stands for it here."""
    specs: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for each in told["fields"]:
        if "default" not in each:
            specs.append((each["name"], Any))
        elif isinstance(given := each["default"], dict):
            specs.append((each["name"], Any, field(default_factory=lambda given=given: dict(given))))  # type: ignore[misc]
        else:
            specs.append((each["name"], Any, field(default=_value(given))))
    return _made(told["name"], specs, str(told["says"]))


def _made(name: str, specs: Sequence[Any], says: str) -> type[Any]:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is no name")
    return make_dataclass(name, specs, frozen=True, namespace={"__doc__": says})


def _value(given: Any) -> Any:
    return tuple(given) if isinstance(given, list) else given


def attributed(given: Mapping[str, Any], own: OwnHooks) -> tuple[type[Any], Hook] | None:
    """For a predicate of a kind that nobody decides: the kind, and the broken hook that was to decide it.

    That is the one whose file has the kind's name in it, or else the only one that is broken; None where neither is so.
    """
    name = given.get("kind")
    if not isinstance(name, str) or not name.isidentifier() or name in KINDS or name in own.kinds:
        return None
    named = [hook for hook in own.broken if hook.module.endswith(".py") and name in _text(hook.module)]
    chosen = named or (list(own.broken) if len(own.broken) == 1 else [])
    if not chosen:
        return None
    fields = [(str(key), Any, field(default=None)) for key in given if key != "kind" and str(key).isidentifier()]
    return _made(name, fields, "its hook cannot be read"), chosen[0]


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def read_items(
    own: OwnHooks, items: Sequence[Item], runner: Runner
) -> tuple[dict[str, tuple[Binding, ...]], tuple[str, ...]]:
    """What the hooks that bind read in each item, by its id, and what went wrong, a line each."""
    from sim_hooks.own_modules import item_json

    found: dict[str, list[Binding]] = {}
    problems: list[str] = []
    told = [item_json(item) for item in items]
    for hook in own.hooks:
        if not hook.binds or not items:
            continue
        try:
            answer = runner.ask({"bind": hook.module, "items": told}, seconds=runner.seconds)["bound"]
            if answer["problem"]:
                problems.append(f"{hook.module}: bind failed: {answer['problem']}")
            for number, predicate, confidence, why in answer["bindings"]:
                made = from_json(predicate, hook.name, kinds={**KINDS, **own.kinds})
                said = f"[{hook.name}] {why}".encode("utf-8", "replace").decode()
                binding = Binding(made, confidence, said)
                found.setdefault(items[number].id, []).append(binding)
        except (CheckError, KeyError, IndexError, TypeError, ValueError) as wrong:
            problems.append(f"{hook.module}: bind failed: {wrong}")
    return {key: tuple(read) for key, read in found.items()}, tuple(problems)
