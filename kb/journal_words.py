"""In: a change. Out: the sentence that tells it. Pure.

A sentence may hold whatever a mail holds: who shows it makes it safe.
"""

from __future__ import annotations

from collections.abc import Callable

from kb.journal import Change, What
from kb.records import State

_SHOWN = 60
"""Characters of an item's words that a sentence shows."""


def sentence(change: Change, short: Callable[[str], str]) -> str:
    """`change` in words; `short` makes an id as people see it. Its parts may hold whatever a mail holds."""
    c = change
    name = f"{c.kind} {short(c.item_id)}" if c.kind else short(c.item_id)
    place = f"#{c.number} {c.author}"
    match c.what:
        case What.THREAD:
            return f"thread {short(c.thread_id)} is new: {c.after}: {c.quote}"
        case What.ROOT:
            return f"thread {short(c.before)} is {short(c.after)}, for an earlier mail came: {c.quote}"
        case What.JOINED:
            return f"thread {short(c.before)} belongs to {short(c.after)}, as a mail shows: {c.quote}"
        case What.SPLIT:
            return f"thread {short(c.after)} parted from {short(c.before)}: {c.quote}"
        case What.MAIL:
            return f"new mail {place}" + (f": {c.after}" if c.after else "")
        case What.GONE:
            return f"mail {place} was taken back by its archive"
        case What.ITEM:
            return f"new {name} ({c.after}), {place}: {_cut(c.quote)}"
        case What.KIND:
            return f"{short(c.before)} is read as {name}, {place}: {_cut(c.quote)}"
        case What.STATE:
            return _moved_words(c, name, short)
        case What.VANISHED:
            told = f", which was {c.verdict}" if c.verdict else ""
            if c.after == What.GONE:
                return f"{name} vanished{told} with its mail {place}: {_cut(c.quote)}"
            return f"{name} vanished{told}: the words in {place} are read as no item: {_cut(c.quote)}"
        case What.CONFLICT:
            return f"correction {short(c.item_id)} became a conflict: {c.because}"
        case What.SETTLED:
            return f"correction {short(c.item_id)} is no conflict any more"
        case What.VERDICT:
            turned = f"{c.before} → {c.after}" if c.before else f"checked, {c.after}"
            return f"{name}: {turned}, {place}: {c.because}"


def _moved_words(change: Change, name: str, short: Callable[[str], str]) -> str:
    c = change
    by = f"{short(c.by_item)}, #{c.by_number} {c.by_author}" if c.by_item else ""
    if c.after == State.ANSWERED and by:
        return f"{name} answered in #{c.by_number} by {c.by_author} ({short(c.by_item)})"
    if c.verdict and c.after in (State.DISPUTED, State.REFUTED):
        return f"{name}: {c.verdict}, now {c.after} in the thread" + (f" by {by}" if by else f": {c.because}")
    turned = f"{name}: {c.before} → {c.after}"
    return f"{turned} by {by}" if by else f"{turned}: {c.because}"


def _cut(text: str) -> str:
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + '…'}”"
