"""In: a thread's items and links. Out: what a reader wants to know first, in groups. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.attention import disagreements
from kb.records import ItemKind, Relation, State, Verdict
from kb.views import ItemView, LinkView

_FEW_WORDS = 6
"""A decision of fewer words that settles another one ("Sounds good") is shown as that one's reason."""


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


_DECISION_ORDER = (State.ACCEPTED, State.PROPOSED, State.REJECTED, State.SUPERSEDED)
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
    """The `count` items that matter most, in reading order: with most links, decided by somebody else's words, late.

    Bare words of assent or dissent come last.
    """
    touched = Counter(end for link in links for end in (link.source, link.target))
    settles = {link.source for link in links if link.relation in (Relation.ACCEPTS, Relation.REJECTS)}

    def weight(item: ItemView) -> tuple[bool, int, int]:
        bare = item.id in settles and len(item.quote.split()) < _FEW_WORDS
        return (not bare, touched[item.id] + 2 * (item.by_item is not None), item.number)

    chosen = {item.id for item in sorted(items, key=weight, reverse=True)[:count]}
    return tuple(item for item in items if item.id in chosen)
