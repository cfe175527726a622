"""In: an item, who reads it, the kinds of predicate there are. Out: a binding for it in TOML, to be filled in. Pure.

Every word of the mail is written as a TOML string or on one comment line, so that none can add to the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from kb.records import Item
from kb.visible import one_line
from sim_hooks.catalog import Hook
from sim_hooks.predicates import AllOf
from sim_hooks.readers.wording import CONSTANT, FUNCTION, PLAIN

_WIDTH = 110
_FILE = re.compile(r"(?<![\w/.-])(?:[\w+-]{1,60}/){1,8}[\w+-]{1,60}\.[a-zA-Z]{1,4}\b|\b[\w+-]{1,60}\.[ch]\b")
_FIGURE = re.compile(r"\d+(?:\.\d+)?\s?%?")
_MOVING = re.compile(
    r"\b(?:dead|live)?(?:lock|block|wait|hang|hung|stuck|stall|loop|race|starv|progress|forever|timeout|second)",
    re.IGNORECASE,
)
_MANY = 2
"""Figures from which on words can be a calculation."""


def skeleton(
    item: Item, who: str, heading: str, hooks: Sequence[Hook], models: Mapping[str, Iterable[str]], folder: str
) -> str:
    """A `[[binding]]` table for `item` with `why` and `predicate` left to fill in, and the kinds that could fit.

    `heading` says in a few words which item it is; `models` names the parameters of each model; `folder` is where the
    user's own bindings are read from.
    """
    fitting = [hook for hook in hooks if hook.own or _fits(hook, item)] or list(hooks)
    return "\n".join([*_table(item, who, heading, folder), *_choices(item, fitting, hooks, models)]) + "\n"


def _table(item: Item, who: str, heading: str, folder: str) -> Iterator[str]:
    yield from _comment(f"A binding for {heading}.")
    yield from _comment(
        "Fill in `why`, and take the # away from one predicate and fit it to the words. Put the file into"
    )
    yield from _comment(f"{folder}, or name it: `threadkb verify --bindings FILE`.")
    yield "[[binding]]"
    yield f"message_id = {quoted(item.quote.message_id)}"
    yield f"quote = {quoted(item.quote.text)}"
    yield f"who = {quoted(who)}"
    yield 'why = ""  # one sentence: why this predicate is what the words say'
    yield ""
    yield from _comment(
        "Say what the words say, and never bend it to get a verdict: a wrong claim must come out refuted. "
        "`expect = false` turns a predicate round. What can be left out has its default here."
    )


def _choices(
    item: Item, fitting: Sequence[Hook], hooks: Sequence[Hook], models: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    shown = [kind for hook in fitting for kind in hook.kinds if kind is not AllOf]
    for kind in shown:
        yield "#"
        yield from _comment(one_line(kind.__doc__ or kind.__name__))
        yield f"# predicate = {_table_of(kind, item)}"
    yield "#"
    yield from _comment("Several statements in one sentence, some of which may be wrong:")
    yield '# predicate = { kind = "AllOf", parts = [ { … }, { … } ] }'
    if any(spec.name == "model" for kind in shown for spec in fields(kind)) and models:
        yield "#"
        yield from _comment("Models, with their parameters:")
        for name, parameters in models.items():
            yield from _comment(f"{name}: {', '.join(parameters)}", indent="  ")
    rest = [kind.__name__ for hook in hooks for kind in hook.kinds if kind not in shown and kind is not AllOf]
    if rest:
        yield "#"
        yield from _comment(f"Other kinds: {', '.join(rest)}. `threadkb hooks list` says which hook decides which.")


def _fits(hook: Hook, item: Item) -> bool:
    """Whether the words of an item could be about what a hook decides."""
    text = item.quote.text
    named = _names(item) or _FILE.search(text) or re.search(CONSTANT, text)
    match hook.evidence_kind:
        case "source":
            return bool(named)
        case "arithmetic":
            return len(_FIGURE.findall(text)) >= _MANY
        case "model":
            return bool(_MOVING.search(text))
        case _:
            return False


def _names(item: Item) -> list[str]:
    found = [word.partition("(")[0] for word in re.findall(f"{FUNCTION}|{PLAIN}", item.quote.text)]
    return list(dict.fromkeys(found))


def _table_of(kind: type[Any], item: Item) -> str:
    """An inline table of this kind, its fields filled with the names in the item's words where these go there."""
    names = iter(_names(item))
    parts = [f'kind = "{kind.__name__}"']
    for spec in fields(kind):
        if spec.name == "expect":
            continue
        parts.append(f"{spec.name} = {_example(spec, item, names)}")
    return f"{{ {', '.join(parts)} }}"


def _example(spec: Any, item: Item, names: Iterator[str]) -> str:
    text = item.quote.text
    kind = str(spec.type)
    if spec.default is not MISSING:
        return toml(dict(spec.default) if "Parameters" in kind else spec.default)
    if spec.default_factory is not MISSING:
        return toml(spec.default_factory())
    if spec.name == "path":
        return quoted(found[0] if (found := _FILE.findall(text)) else "folder/file.c")
    if spec.name in ("before", "after", "quoted", "parts", "total"):
        figures = [figure.strip(" %") for figure in _FIGURE.findall(text)] or ["1"]
        return quoted(figures[-1]) if kind == "str" else toml(figures)
    if "tuple" in kind:
        return toml(_names(item) or [spec.name.upper()])
    if kind == "int":
        return "0"
    if spec.name in ("model", "situation", "bound"):
        return quoted(spec.name.upper())
    return quoted(next(names, spec.name.upper()))


def toml(value: Any) -> str:
    """A value as TOML writes it inline; what has no TOML is written as its text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{quoted(str(key))} = {toml(each)}" for key, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(toml(each) for each in value)}]"
    return quoted(str(value))


def quoted(text: str) -> str:
    """`text` as a TOML basic string; what a terminal would act on, or not show, is written as an escape."""
    out = []
    for char in text:
        if char in '"\\':
            out.append(f"\\{char}")
        elif char.isprintable():
            out.append(char)
        elif 0xD800 <= ord(char) < 0xE000:
            out.append("\ufffd")
        else:
            out.append(f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}")
    return f'"{"".join(out)}"'


def _comment(text: str, *, indent: str = "") -> Iterator[str]:
    """`text` in comment lines."""
    line = "#" + indent
    for word in one_line(text).split():
        if len(line) + len(word) + 1 > _WIDTH and line.strip("# "):
            yield line
            line = "#" + indent
        line += " " + word
    yield line
