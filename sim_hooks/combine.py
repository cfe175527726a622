"""In: what was found out of each part of a claim. Out: what that says of the whole.

The verdict of the whole is the one that holds whatever its undecided parts turn out to be; where it depends on them,
the whole is undecided too. A conjunction is refuted only where no part holds: with some parts true it is `partly`.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.records import Evidence, Outcome, Strength, Verdict

_UNDECIDED = (Verdict.ERROR, Verdict.NOT_RUN, Verdict.INCONCLUSIVE)
_SHOWN = 2
"""Parts of one verdict whose findings the summary repeats; the evidence has all."""
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
    """What each part showed, in words: those that are not verified first, at most `_SHOWN` for each verdict."""
    if not outcomes:
        return "There is no part to decide."
    found: dict[Verdict, list[tuple[int, str]]] = {}
    for number, outcome in enumerate(outcomes, 1):
        found.setdefault(outcome.verdict, []).append((number, outcome.summary.rstrip(".")))
    if len(found) == 1:
        ((verdict, parts),) = found.items()
        return f"All {len(parts)} parts {verdict}: {_told(parts)}." if len(parts) > 1 else f"{parts[0][1]}."
    groups = sorted(found.items(), key=lambda group: group[0] is Verdict.VERIFIED)
    return " ".join(f"{verdict.capitalize()} {_which(parts)}: {_told(parts)}." for verdict, parts in groups)


def _which(parts: Sequence[tuple[int, str]]) -> str:
    numbers = [str(number) for number, _ in parts]
    return f"part {numbers[0]}" if len(numbers) == 1 else f"parts {', '.join(numbers[:-1])} and {numbers[-1]}"


def _told(parts: Sequence[tuple[int, str]]) -> str:
    told = list(dict.fromkeys(said for _, said in parts))
    more = f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return "; ".join(told[:_SHOWN]) + more


def _lines(number: int, outcome: Outcome) -> tuple[Evidence, ...]:
    return (Evidence("note", f"part {number}, {outcome.verdict}: {outcome.summary}"), *outcome.evidence)
