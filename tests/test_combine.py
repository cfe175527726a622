"""The whole has the verdict that holds whatever its undecided parts turn out to be."""

from __future__ import annotations

import pytest

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.combine import combine

V, R, P, I, N, E = (  # noqa: E741
    Verdict.VERIFIED,
    Verdict.REFUTED,
    Verdict.PARTLY,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_RUN,
    Verdict.ERROR,
)


def _outcome(verdict: Verdict, strength: Strength = Strength.PATH) -> Outcome:
    return Outcome(verdict, strength, f"It is {verdict}.", (Evidence("fact", "a"),), ("a", "b"))


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ((V, V), V),
        ((R, R), R),
        ((V, R), P),
        ((P, P), P),
        ((P, V), P),
        ((V, I), I),
        ((R, I), I),
        ((V, R, I), P),
        ((V, R, E), P),
        ((V, N), N),
        ((V, N, I), N),
        ((V, N, E), E),
        ((), I),
    ],
)
def test_all_of_several_parts(parts: tuple[Verdict, ...], whole: Verdict) -> None:
    assert combine([_outcome(part) for part in parts]).verdict == whole


@pytest.mark.parametrize(
    ("parts", "whole"),
    [((V, V), R), ((V, R), V), ((R, E), V), ((V, I), I), ((V, P), P), ((), I)],
)
def test_not_all_of_several_parts(parts: tuple[Verdict, ...], whole: Verdict) -> None:
    assert combine([_outcome(part) for part in parts], expect=False).verdict == whole


def test_the_whole_is_as_strong_as_its_weakest_decided_part() -> None:
    parts = [_outcome(V, Strength.EXHAUSTIVE), _outcome(V, Strength.EDGE), _outcome(V, Strength.CLOSED_WORLD)]
    assert combine(parts).strength == Strength.EDGE
    assert combine([*parts, _outcome(I, Strength.NONE)]).strength == Strength.NONE


def test_evidence_says_which_part_it_belongs_to_and_assumptions_are_said_once() -> None:
    whole = combine([_outcome(V), _outcome(R)])
    assert [line.text for line in whole.evidence] == [
        "part 1, verified: It is verified.",
        "a",
        "part 2, refuted: It is refuted.",
        "a",
    ]
    assert whole.assumptions == ("a", "b")
    assert whole.summary == "Of 2 parts 1 verified, 1 refuted. It is refuted."
