"""The whole has the verdict that holds whatever its undecided parts turn out to be."""

from __future__ import annotations

from dataclasses import replace

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


def test_the_summary_says_in_words_which_part_failed_and_which_held() -> None:
    def found(verdict: Verdict, said: str) -> Outcome:
        return replace(_outcome(verdict), summary=said)

    mixed = combine([found(V, "a calls b"), found(R, "b never calls c"), found(V, "c calls d"), found(V, "d calls e")])
    assert mixed.summary == (
        "Refuted part 2: b never calls c. Verified parts 1, 3 and 4: a calls b; c calls d; and 1 more."
    )
    assert combine([found(V, "a calls b."), found(V, "b calls c.")]).summary == (
        "All 2 parts verified: a calls b; b calls c."
    )
    assert combine([found(R, "a calls b.")]).summary == "a calls b."
