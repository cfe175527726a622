"""In: what was found out of each part of a claim. Out: what that says of the whole.

The verdict of the whole is the one that holds whatever its undecided parts turn out to be; where it depends on them,
the whole is undecided too. A conjunction is refuted only where no part holds: with some parts true it is `partly`.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.records import Evidence, Outcome, Strength, Verdict

_UNDECIDED = (Verdict.ERROR, Verdict.NOT_RUN, Verdict.INCONCLUSIVE)
_WEAKEST_FIRST = (
    Strength.NONE,
    Strength.SIMULATED,
    Strength.BOUNDED,
    Strength.EDGE,
    Strength.PATH,
    Strength.CONSTANT_SENSITIVE,
    Strength.CLOSED_WORLD,
    Strength.EXHAUSTIVE,
    Strength.EXACT,
)


def combine(outcomes: Sequence[Outcome], *, expect: bool = True) -> Outcome:
    """The outcome of `all of these hold` (`expect`) or of `not all of these hold`.

    All verified gives verified, all refuted gives refuted, a mix of decided parts gives partly. Undecided parts are
    passed over where the decided ones are mixed already; else the whole is `error`, `not-run` or `inconclusive`, as the
    worst of its parts. Turned round, one refuted part is enough to verify and all parts verified refute.
    """
    verdicts = [outcome.verdict for outcome in outcomes]
    verdict = _all_hold(verdicts) if expect else _not_all_hold(verdicts)
    return Outcome(
        verdict=verdict,
        strength=_strength(verdict, outcomes),
        summary=_summary(outcomes),
        evidence=tuple(line for number, outcome in enumerate(outcomes, 1) for line in _lines(number, outcome)),
        assumptions=tuple(dict.fromkeys(words for outcome in outcomes for words in outcome.assumptions)),
    )


def _all_hold(verdicts: Sequence[Verdict]) -> Verdict:
    if not verdicts:
        return Verdict.INCONCLUSIVE
    decided = {verdict for verdict in verdicts if verdict not in _UNDECIDED}
    if len(decided) > 1 or decided == {Verdict.PARTLY}:
        return Verdict.PARTLY
    return _worst_undecided(verdicts) or decided.pop()


def _not_all_hold(verdicts: Sequence[Verdict]) -> Verdict:
    if Verdict.REFUTED in verdicts:
        return Verdict.VERIFIED
    undecided = _worst_undecided(verdicts)
    if undecided or not verdicts:
        return undecided or Verdict.INCONCLUSIVE
    return Verdict.PARTLY if Verdict.PARTLY in verdicts else Verdict.REFUTED


def _worst_undecided(verdicts: Sequence[Verdict]) -> Verdict | None:
    return next((verdict for verdict in _UNDECIDED if verdict in verdicts), None)


def _strength(verdict: Verdict, outcomes: Sequence[Outcome]) -> Strength:
    if verdict in _UNDECIDED:
        return Strength.NONE
    decided = [outcome.strength for outcome in outcomes if outcome.verdict not in _UNDECIDED]
    return min(decided, key=_WEAKEST_FIRST.index)


def _summary(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "There is no part to decide."
    counts = {verdict: sum(outcome.verdict == verdict for outcome in outcomes) for verdict in Verdict}
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    odd = next((outcome for outcome in outcomes if outcome.verdict != Verdict.VERIFIED), outcomes[0])
    return f"Of {len(outcomes)} parts {said}. {odd.summary}"


def _lines(number: int, outcome: Outcome) -> tuple[Evidence, ...]:
    return (Evidence("note", f"part {number}, {outcome.verdict}: {outcome.summary}"), *outcome.evidence)
