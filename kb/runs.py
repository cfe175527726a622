"""In: runs of one item. Out: what changed between them, and whose tree they looked at. Pure.

Runs are kept for ever. A verdict whose binding is gone is withdrawn by one more run, which says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BINDING_GONE = "binding gone"
"""The reason of a run that withdraws a verdict: nothing reads these words as a predicate any more."""

_BROUGHT = re.compile(r"(?:hand: \[(?P<file>[^\]\n]{1,200}\.toml)\]|rule: \[(?P<hook>[^\]\n]{1,200})\]) ")
_PARTS = ("predicate", "hook", "facts")
"""What the digests of a fingerprint are of, in their order."""
_TREE = re.compile(r"the source is ([^\s,;]+)")


def what_changed(before: str, after: str) -> tuple[str, ...]:
    """Which of predicate, hook and facts differ between two fingerprints; () where the same was asked again.

    A fingerprint that has other parts (a withdrawn verdict has none) differs in its predicate.
    """
    old, new = before.split("."), after.split(".")
    if len(old) != len(_PARTS) or len(new) != len(_PARTS):
        return () if before == after else ("predicate",)
    return tuple(name for name, was, now in zip(_PARTS, old, new, strict=True) if was != now)


def brought_by(bound_by: str) -> str:
    """The file of bindings that was given, or the hook of one's own, that a run rests on; "" where it needs none."""
    found = _BROUGHT.match(bound_by)
    return (found["file"] or found["hook"]) if found else ""


def tree_of(assumptions: Iterable[str]) -> str:
    """The source tree that a run looked at, as its assumptions name it; "" where it looked at none."""
    return next((found[1] for words in assumptions if (found := _TREE.match(words))), "")


def compass(words: str, quote: str) -> str:
    """Whether a check read `only` a part of the item's `quote`, or `all of` a sentence that holds more."""
    return "all of" if quote in words else "only"
