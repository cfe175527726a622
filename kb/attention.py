"""In: items with state and verdict. Out: what to look at first: where thread and check disagree, what is open.

Silence is no agreement and a verdict is no state: both are shown side by side, and neither changes the other.
"""

from __future__ import annotations

from collections.abc import Iterable

from kb.records import State, Verdict
from kb.views import ItemView

_HELD_TRUE = {State.UNCONTESTED, State.SUPPORTED, State.ACCEPTED}
_HELD_FALSE = {State.REFUTED, State.REJECTED}


def disagreement(item: ItemView) -> str:
    """How thread and verdict disagree on `item`, in words; "" where they do not."""
    if item.verdict == Verdict.REFUTED and item.state in _HELD_TRUE:
        return f"{item.state} in the thread, refuted by the check"
    if item.verdict == Verdict.PARTLY and item.state == State.SUPPORTED:
        return "supported in the thread, the check shows only a part"
    if item.verdict == Verdict.VERIFIED and item.state in _HELD_FALSE:
        return f"{item.state} in the thread, verified by the check"
    if item.verdict == Verdict.VERIFIED and item.state == State.DISPUTED:
        return "disputed in the thread, verified by the check"
    return ""


def disagreements(items: Iterable[ItemView]) -> tuple[tuple[ItemView, str], ...]:
    """The items on which thread and verdict disagree, refutations first."""
    found = [(item, words) for item in items if (words := disagreement(item))]
    return tuple(sorted(found, key=lambda pair: pair[0].verdict != Verdict.REFUTED))


def is_open(item: ItemView) -> bool:
    """An unanswered question, an action not done, a disputed claim."""
    return item.state in (State.OPEN, State.DISPUTED)
