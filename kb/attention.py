"""In: items with state and verdict, counts of threads. Out: what to look at first: disagreement, what is open. Pure.

Silence is no agreement and a verdict is no state: both are shown side by side, and neither changes the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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


REFUTED_POINTS, OBJECTION_POINTS, QUESTION_POINTS, ACTION_POINTS = 4, 3, 2, 1

ATTENTION = (
    "A thread with something new since you last looked comes before one without. Then count points: "
    f"{REFUTED_POINTS} for each claim that a check refuted, {OBJECTION_POINTS} for each objection that stands, "
    f"{QUESTION_POINTS} for each open question, {ACTION_POINTS} for each action to do. With equal points the thread "
    "with more unverified claims comes first, then the one last written to."
)
"""The order by `ThreadNeeds.rank`, for people."""


@dataclass(frozen=True, slots=True)
class ThreadNeeds:
    """A thread, and how much of what needs attention is in it."""

    id: str
    subject: str
    messages: int
    people: int
    last_date: str
    items: int = 0
    open_questions: int = 0
    objections: int = 0
    """Claims in dispute, and proposals whose last word from somebody is an objection."""
    open_actions: int = 0
    refuted: int = 0
    """Claims that a check refuted."""
    unverified: int = 0
    """Claims that no check decided: none ran, or it could not tell."""
    new: int = 0
    """Changes since the thread was last looked at."""

    @property
    def points(self) -> int:
        """How much needs attention; `ATTENTION` says how it is counted."""
        return (
            REFUTED_POINTS * self.refuted
            + OBJECTION_POINTS * self.objections
            + QUESTION_POINTS * self.open_questions
            + ACTION_POINTS * self.open_actions
        )

    @property
    def rank(self) -> tuple[bool, int, int, str]:
        """Sorts by what needs attention, the highest first."""
        return (self.new > 0, self.points, self.unverified, self.last_date)
