"""In: an item and the text of its message. Out: the predicates that its words say, each with a confidence and a reason.

Rules read only what is written out: chains, calls, closed statements about callers, figures. What they cannot read they
leave alone, for a wrong binding is worse than none. Nothing here looks at facts or models.
"""

from __future__ import annotations

from dataclasses import replace

from kb.ids import fold
from kb.records import Item, ItemKind
from sim_hooks.predicates import Predicate
from sim_hooks.readers import (
    calls,
    chains,
    durations,
    equations,
    errors,
    figures,
    files,
    installed,
    listed,
    locks,
    mechanism,
    operations,
    origins,
    sketches,
    stacks,
    values,
)
from sim_hooks.readers.patched import changed_names, names_of
from sim_hooks.readers.wording import Around, Binding, wording

__all__ = ["Around", "Binding", "bind"]

_READERS = (
    chains.read,
    stacks.read,
    sketches.read,
    calls.read,
    origins.read,
    listed.read,
    files.read,
    errors.read,
    locks.read,
    values.read,
    installed.read,
    operations.read,
    figures.read,
    equations.read,
    durations.read,
    mechanism.read,
)
_LEAST_OF_A_PLAN = 0.9
"""Confidence that a reading of a decision or an action must have: these say what shall be, and seldom what is."""

_MOST = 20_000
"""Characters of a quote that are read; no statement is longer, and what is takes long."""


def bind(item: Item, context: str | Around = "") -> tuple[Binding, ...]:
    """What `item` says as predicates, in reading order, each once; `context` is its message, or the body of it.

    Questions are not bound, nor what is longer than any statement, nor what names what a patch in the message changes.
    A decision or an action is bound only where its words state a fact in so many words.
    """
    if item.kind == ItemKind.QUESTION or len(item.quote.text) > _MOST:
        return ()
    marked = "`" in item.quote.text
    words = wording(_bare(item.quote.text), _bare_around(context) if marked else context)
    changed = changed_names(context.body if isinstance(context, Around) else context)
    found: dict[Predicate, Binding] = {}
    for read in _READERS:
        for binding in read(words):
            if changed and not changed.isdisjoint(names_of(binding.predicate)):
                continue
            if item.kind == ItemKind.CLAIM or binding.confidence >= _LEAST_OF_A_PLAN:
                if marked and binding.words:
                    binding = replace(binding, words=_as_written(binding.words, fold(item.quote.text)))
                found.setdefault(binding.predicate, binding)
    return tuple(found.values())


def _bare(text: str) -> str:
    """Text without the marks that set off code: `foo()` and foo() say the same."""
    return text.replace("`", "")


def _bare_around(context: str | Around) -> str | Around:
    return replace(context, body=_bare(context.body)) if isinstance(context, Around) else _bare(context)


def _as_written(words: str, quote: str) -> str:
    """The stretch of a quote that reads as these words once its marks are taken off."""
    places = [place for place, letter in enumerate(quote) if letter != "`"]
    at = _bare(quote).find(words)
    return quote[places[at] : places[at + len(words) - 1] + 1] if at >= 0 else ""
