"""In: a thread's items and links. Out: what a reader wants to know first, in groups. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.attention import disagreements
from kb.records import ItemKind, Relation, State, Verdict
from kb.views import ItemView, LinkView

SURE = 0.5
"""Least confidence of an item that is put before a reader unasked; the lists show all."""
_FEW_WORDS = 6
"""A decision of fewer words that settles another one ("Sounds good") is shown as that one's reason."""
_SENTENCE = 8
"""Words below which a sentence mostly points at the one before it ("Should be easy to change that.")."""
_MOST_LINKS = 5
"""More links than this do not make an item weigh more."""


@dataclass(frozen=True, slots=True)
class Groups:
    """What a summary shows, in its order."""

    disagreements: tuple[tuple[ItemView, str], ...]
    decisions: tuple[tuple[str, tuple[ItemView, ...]], ...]
    """By state: what was agreed first, what nobody took up last."""
    questions: tuple[ItemView, ...]
    actions: tuple[ItemView, ...]
    disputed: tuple[ItemView, ...]
    checked: tuple[tuple[str, tuple[ItemView, ...]], ...]
    """By verdict, refutations first."""


_DECISION_ORDER = (State.ACCEPTED, State.REJECTED, State.SUPERSEDED, State.PROPOSED)
_VERDICT_ORDER = (
    Verdict.REFUTED,
    Verdict.PARTLY,
    Verdict.VERIFIED,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_RUN,
    Verdict.ERROR,
)


def grouped(items: Sequence[ItemView]) -> Groups:
    """Items by what a reader wants to know of them; within a group in reading order."""
    decisions = [item for item in items if item.kind == ItemKind.DECISION]
    return Groups(
        disagreements=disagreements(items),
        decisions=tuple((s, found) for s in _DECISION_ORDER if (found := _with_state(decisions, s))),
        questions=tuple(i for i in items if i.kind == ItemKind.QUESTION and i.state == State.OPEN),
        actions=tuple(i for i in items if i.kind == ItemKind.ACTION and i.state == State.OPEN),
        disputed=tuple(i for i in items if i.state == State.DISPUTED),
        checked=tuple((v, found) for v in _VERDICT_ORDER if (found := tuple(i for i in items if i.verdict == v))),
    )


def _with_state(items: Sequence[ItemView], state: str) -> tuple[ItemView, ...]:
    return tuple(item for item in items if item.state == state)


def foremost(items: Sequence[ItemView], links: Sequence[LinkView], count: int) -> tuple[ItemView, ...]:
    """The `count` items that tell most, the most telling first.

    Sure, whole sentences that others answered to come first; a message that is shown already gives way to another one;
    bare words of assent or dissent come last. Items found with less confidence than `SURE` are left out.
    """
    touched = Counter(end for link in links for end in (link.source, link.target))
    settles = {link.source for link in links if link.relation in (Relation.ACCEPTS, Relation.REJECTS)}

    def weight(item: ItemView) -> float:
        bare = item.id in settles and len(item.quote.split()) < _FEW_WORDS
        return (
            item.confidence
            + 0.1 * min(touched[item.id], _MOST_LINKS)
            + 0.4 * (item.by_item is not None)
            + 0.3 * _whole(item.quote)
            + 0.2 * (item.verdict is not None)
            - 3 * bare
        )

    waiting = [item for item in items if item.confidence >= SURE]
    weights = {item.id: weight(item) for item in waiting}
    shown: list[ItemView] = []
    while waiting and len(shown) < count:
        seen = Counter(item.message_id for item in shown)
        best = max(waiting, key=lambda item: (weights[item.id] - 0.4 * seen[item.message_id], item.number))
        waiting.remove(best)
        shown.append(best)
    return tuple(shown)


def _whole(quote: str) -> bool:
    """The words read as a sentence that stands by itself: a capital first, a stop at the end, and not few of them."""
    return quote[:1].isupper() and quote.endswith((".", "?", "!")) and len(quote.split()) >= _SENTENCE
