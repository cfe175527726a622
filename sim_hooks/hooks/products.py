"""In: ProductIs, QuotientIs. Out: an outcome for the plain claim, before `expect` turns it round.

K, M and G before bytes or alone are 1000 or 1024 and its powers, whichever makes it come out: people write both alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from kb.errors import CheckError
from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.interval import Figure, Interval, read, shown
from sim_hooks.predicates import ProductIs, QuotientIs

ROUNDED = "a figure with a point, a unit or a ~ may have been rounded to the digits that are written; others are exact"
_PREFIXED = re.compile(r"(?<=[\d ])([kKMGT])(?=$|B\b|b\b)")
_ORDER = (Verdict.VERIFIED, Verdict.PARTLY, Verdict.REFUTED)


def decide_product(asked: ProductIs) -> Outcome:
    """Whether the factors give the total; CheckError for figures that do not go together."""
    if len(asked.factors) < 2:
        raise CheckError("product", "fewer than two factors", "give at least two figures")

    def compared(figures: Sequence[Figure]) -> tuple[Verdict, str]:
        *factors, total = figures
        _one_unit(factors, total)
        exact = Fraction(1)
        low = high = Fraction(1)
        for factor in factors:
            exact *= factor.value
            span = _span(factor)
            ends = [low * span.low, low * span.high, high * span.low, high * span.high]
            low, high = min(ends), max(ends)
        said = " * ".join(factor.text for factor in factors)
        return _judged(exact, Interval(low, high), total, said)

    return _best((*asked.factors, asked.total), compared)


def decide_quotient(asked: QuotientIs) -> Outcome:
    """Whether the division gives the quotient; CheckError for figures that do not go together."""

    def compared(figures: Sequence[Figure]) -> tuple[Verdict, str]:
        dividend, divisor, quotient = figures
        if dividend.unit and divisor.unit and dividend.unit != divisor.unit:
            raise CheckError("quotient", f"different units: {dividend.unit}, {divisor.unit}", "give both in one unit")
        below = _span(divisor)
        if below.low <= 0 <= below.high:
            raise CheckError("quotient", f"the divisor {divisor.text!r} may be zero", "give another figure")
        times = 100 if quotient.unit == "%" else 1
        above = _span(dividend)
        ends = [one / other * times for one in (above.low, above.high) for other in (below.low, below.high)]
        said = f"{dividend.text} / {divisor.text}"
        return _judged(dividend.value / divisor.value * times, Interval(min(ends), max(ends)), quotient, said)

    return _best((asked.dividend, asked.divisor, asked.quotient), compared)


def _span(figure: Figure) -> Interval:
    """What a figure may have been: a count is itself."""
    return Interval(figure.value, figure.value) if figure.counted else figure.interval


def _one_unit(factors: Sequence[Figure], total: Figure) -> None:
    units = [factor.unit for factor in factors if factor.unit]
    if len(units) > 1 or (units and total.unit and units[0] != total.unit):
        raise CheckError("product", f"units {', '.join([*units, total.unit])} do not go together", "give one unit")


def _judged(exact: Fraction, possible: Interval, quoted: Figure, said: str) -> tuple[Verdict, str]:
    wanted = quoted.interval if not quoted.counted or exact.denominator != 1 else Interval(quoted.value, quoted.value)
    text = f"{said} = {shown(exact / quoted.factor, 0 if (exact / quoted.factor).denominator == 1 else 3)}"
    text += f", quoted {quoted.text}"
    if exact in wanted:
        return Verdict.VERIFIED, text
    if possible.meets(wanted) or abs(exact - quoted.value) < quoted.half * 2:
        return Verdict.PARTLY, f"{text}; possible because figures were rounded or cut off"
    return Verdict.REFUTED, text


def _best(texts: Sequence[str], compared: Callable[[Sequence[Figure]], tuple[Verdict, str]]) -> Outcome:
    """The best outcome over what the prefixes can mean."""
    binary = tuple(_PREFIXED.sub(lambda found: f"{found[1].upper()}i", text) for text in texts)
    readings = [texts, binary] if binary != tuple(texts) else [texts]
    found = [(compared([read(text) for text in texts]), texts) for texts in readings]
    (verdict, text), taken = min(found, key=lambda one: _ORDER.index(one[0][0]))
    if taken is binary and len(readings) > 1:
        text += " (with 1024 for K)"
    return Outcome(verdict, Strength.EXACT, text, (Evidence("figure", text),), (ROUNDED,))
