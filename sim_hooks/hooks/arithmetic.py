"""In: figures that a mail gives, and what it makes of them. Out: an Outcome from computing it again, exactly.

A quoted figure is verified if what the figures as written give rounds to it, and refuted only if no value that rounds
to the given figures could give it; in between it holds partly.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kb.errors import CheckError
from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.hooks.products import decide_product, decide_quotient
from sim_hooks.interval import Figure, Interval, percent_change, percent_changes, read, shown
from sim_hooks.predicates import PercentChanges, Predicate, ProductIs, QuotientIs, SumIs

ROUNDED = "each figure may have been rounded to the digits that are written"
COUNTED = "whole numbers without a unit are counts and exact; other figures may have been rounded"


def decide(predicate: Predicate, facts: object) -> Outcome:
    """Whether quoted percentages or a total follow from the figures; `facts` are not looked at.

    CheckError for figures that cannot be read or do not go together, and for a predicate of another kind.
    """
    del facts
    if isinstance(predicate, PercentChanges):
        return _percentages(predicate)
    if isinstance(predicate, SumIs):
        return _sum(predicate)
    if isinstance(predicate, (ProductIs, QuotientIs)):
        found = decide_product(predicate) if isinstance(predicate, ProductIs) else decide_quotient(predicate)
        return replace(found, verdict=_turned(found.verdict, expect=predicate.expect))
    kinds = "PercentChanges, SumIs, ProductIs and QuotientIs"
    raise CheckError("arithmetic", f"cannot decide {type(predicate).__name__}", f"it decides {kinds}")


def _turned(verdict: Verdict, *, expect: bool) -> Verdict:
    if expect or verdict not in (Verdict.VERIFIED, Verdict.REFUTED):
        return verdict
    return Verdict.REFUTED if verdict is Verdict.VERIFIED else Verdict.VERIFIED


def _percentages(predicate: PercentChanges) -> Outcome:
    rows = [tuple(map(read, row)) for row in (predicate.before, predicate.after, predicate.quoted)]
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        lengths = ", ".join(str(len(row)) for row in rows)
        raise CheckError(
            "percentages", f"before, after and quoted hold {lengths} figures", "give as many of each, at least one"
        )
    judged = [_percentage(*column) for column in zip(*rows, strict=True)]
    verdicts = [verdict for verdict, _ in judged]
    for worst in (Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.PARTLY, Verdict.VERIFIED):
        if worst in verdicts:
            break
    right = verdicts.count(Verdict.VERIFIED)
    summary = f"{right} of {len(verdicts)} quoted percentages are what the figures give, rounded"
    odd = [text for verdict, text in judged if verdict is not Verdict.VERIFIED]
    if odd:
        summary += f"; {'; '.join(odd)}"
    return Outcome(
        _turned(worst, expect=predicate.expect),
        Strength.EXACT,
        summary,
        tuple(Evidence("figure", text) for _, text in judged),
        (ROUNDED,),
    )


def _percentage(before: Figure, after: Figure, quoted: Figure) -> tuple[Verdict, str]:
    """What one column shows, and that in words."""
    if after.unit and before.unit and before.unit != after.unit:
        raise CheckError(
            "percentages", f"{before.text!r} and {after.text!r} have different units", "give both in one unit"
        )
    if quoted.unit not in ("", "%"):
        raise CheckError("percentages", f"{quoted.text!r} is no percentage", "write it such as 45% or -3")
    if Fraction(0) in before.interval:
        return Verdict.INCONCLUSIVE, f"{before.text} -> {after.text}: no percentage of what may be zero"
    exact = percent_change(before.value, after.value)
    possible = percent_changes(before.interval, after.interval)
    lead = f"{before.text} -> {after.text}: {shown(exact)} %, quoted {quoted.text}"
    if exact in quoted.interval:
        return Verdict.VERIFIED, lead
    nearest = f"{lead}, nearest is {shown(exact, quoted.places)}"
    cut = quoted.value == _truncated(exact, quoted)
    if possible.meets(quoted.interval):
        why = "cut off, not rounded, or " if cut else ""
        span = f"{shown(possible.low)} to {shown(possible.high)}"
        return Verdict.PARTLY, f"{nearest}; {why}just possible because the figures were rounded ({span})"
    if cut:
        return Verdict.PARTLY, f"{nearest}; cut off, not rounded"
    opposite = Interval(-quoted.interval.high, -quoted.interval.low)
    if not quoted.signed and possible.meets(opposite):
        return Verdict.PARTLY, f"{lead}; holds for the size of the change, the direction is not written"
    return Verdict.REFUTED, nearest


def _truncated(exact: Fraction, quoted: Figure) -> Fraction:
    """`exact` with the digits cut off that `quoted` does not have."""
    ulp = quoted.half * 2
    whole = abs(exact) // ulp * ulp
    return -whole if exact < 0 else whole


def _sum(predicate: SumIs) -> Outcome:
    parts, total = tuple(map(read, predicate.parts)), read(predicate.total)
    if not parts:
        raise CheckError("sum", "no parts", "give at least one figure")
    units = {figure.unit for figure in (*parts, total)} - {""}
    if len(units) > 1:
        raise CheckError("sum", f"different units: {', '.join(sorted(units))}", "give all in one unit")
    exact = sum((part.value for part in parts), Fraction(0))
    spread = sum((part.half for part in parts if not part.counted), Fraction(0))
    wanted = Interval(total.value, total.value) if total.counted else total.interval
    text = f"{' + '.join(part.text for part in parts)} = {_plain(exact, total)}, quoted {total.text}"
    if exact in wanted:
        verdict = Verdict.VERIFIED
    elif Interval(exact - spread, exact + spread).meets(wanted):
        verdict = Verdict.PARTLY
        span = f"{_plain(exact - spread, total)} to {_plain(exact + spread, total)}"
        text += f"; possible because the parts were rounded ({span})"
    else:
        verdict = Verdict.REFUTED
    evidence = (Evidence("figure", text),)
    return Outcome(_turned(verdict, expect=predicate.expect), Strength.EXACT, text, evidence, (COUNTED,))


def _plain(value: Fraction, total: Figure) -> str:
    """The value in the total's unit; a whole number as such, any other with two decimals."""
    value /= total.factor
    return shown(value, 0 if value.denominator == 1 else 2)
