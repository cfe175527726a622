"""In: the body of a message. Out: the names that its patch, or one that it quotes, changes.

What a mail says of these may be said of the code before the patch, or of the code after it, and no tree can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import lru_cache

from sim_hooks.predicates import AllOf, Predicate

_CHANGED = re.compile(r"[> |\t]{0,40}[+-](?![+-]{2} )(?P<line>[ \t].{0,400}|[a-z#}].{0,400})$", re.MULTILINE)
_HUNK = re.compile(r"[> |\t]{0,40}@@ -\d{1,9}(?:,\d{1,9})? \+\d{1,9}(?:,\d{1,9})? @@", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_]\w{2,63}")
_NAMING = (
    "caller",
    "callee",
    "functions",
    "start",
    "target",
    "callers",
    "function",
    "name",
    "mask",
    "struct",
    "table",
    "symbol",
)
"""Fields of predicates that name what stands in a source."""


@lru_cache(maxsize=8)
def changed_names(body: str) -> frozenset[str]:
    """The identifiers in lines that a patch in `body` adds or takes away; none where it holds no hunk."""
    if not _HUNK.search(body):
        return frozenset()
    return frozenset(name for found in _CHANGED.finditer(body) for name in _NAME.findall(found["line"]))


def names_of(predicate: Predicate) -> Iterator[str]:
    """What a predicate names of a source."""
    if isinstance(predicate, AllOf):
        for part in predicate.parts:
            yield from names_of(part)
        return
    values: Mapping[str, object] = {one.name: getattr(predicate, one.name) for one in fields(predicate)}
    for key in _NAMING:
        value = values.get(key)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from map(str, value)
