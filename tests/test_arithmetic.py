"""Figures as text keep their precision, and quoted results are judged by what the figures may have been."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import CheckError
from kb.records import Strength, Verdict
from sim_hooks.hooks.arithmetic import decide
from sim_hooks.interval import percent_change, percent_changes, read, shown
from sim_hooks.predicates import Deadlocks, PercentChanges, SumIs


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("351", "350.5", "351.5", ""),
        ("4.20", "4.195", "4.205", ""),
        ("-3%", "-3.5", "-2.5", "%"),
        ("−3 %", "-3.5", "-2.5", "%"),
        ("+45 percent", "44.5", "45.5", "%"),
        ("1,818", "1817.5", "1818.5", ""),
        ("1.5K", "1450", "1550", ""),
        ("2M", "1500000", "2500000", ""),
        ("1 MiB/s", str(2**19), str(3 * 2**19), "B/s"),
        ("3 KB/s", "2500", "3500", "B/s"),
        ("12 ms", "0.0115", "0.0125", "s"),
        ("7 widgets", "6.5", "7.5", "widgets"),
        ("~350", "345", "355", ""),
        ("~0", "-0.5", "0.5", ""),
        ("about 23%", "22.5", "23.5", "%"),
    ],
)
def test_figure_stands_for_all_that_rounds_to_it(text: str, low: str, high: str, unit: str) -> None:
    figure = read(text)
    assert (figure.interval.low, figure.interval.high, figure.unit) == (Fraction(low), Fraction(high), unit)


@pytest.mark.parametrize("text", ["", "many", "1,81", "1.2.3", "0x10", "12 34", "٣", "9" * 50, " " * 10_000 + "x"])
def test_what_is_no_figure_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CheckError, match="write a number such as 351"):
        read(text)


def _percent(before: str, after: str, quoted: str, *, expect: bool = True) -> Verdict:
    return decide(PercentChanges((before,), (after,), (quoted,), expect=expect), None).verdict


def test_table_with_one_figure_cut_off_holds_partly_and_shows_each_column() -> None:
    table = PercentChanges(("351", "1818", "1851"), ("341", "2246", "2685"), ("-3%", "23%", "45%"))
    outcome = decide(table, None)
    assert (outcome.verdict, outcome.strength) == (Verdict.PARTLY, Strength.EXACT)
    first, second, third = (line.text for line in outcome.evidence)
    assert first == "351 -> 341: -2.85 %, quoted -3%"
    assert second.startswith("1818 -> 2246: 23.54 %, quoted 23%, nearest is 24; cut off, not rounded, or just possible")
    assert "23.48 to 23.60" in second
    assert third == "1851 -> 2685: 45.06 %, quoted 45%"
    assert outcome.summary.startswith("2 of 3 quoted percentages")


@pytest.mark.parametrize(
    ("before", "after", "quoted", "verdict"),
    [
        ("100", "110", "10%", Verdict.VERIFIED),
        ("100", "110", "+10.0%", Verdict.VERIFIED),
        ("100", "90", "-10%", Verdict.VERIFIED),
        ("100", "90", "10%", Verdict.PARTLY),
        ("100", "90", "+10%", Verdict.REFUTED),
        ("100", "110", "12%", Verdict.REFUTED),
        ("1000.0", "1239.0", "23%", Verdict.PARTLY),
        ("1000.0", "1239.0", "24%", Verdict.VERIFIED),
        ("1000.0", "1239.0", "22%", Verdict.REFUTED),
        ("3", "4", "40%", Verdict.PARTLY),
        ("1 GB/s", "1500 MB/s", "50%", Verdict.VERIFIED),
        ("200 us", "1 ms", "400%", Verdict.VERIFIED),
        ("0", "5", "100%", Verdict.INCONCLUSIVE),
    ],
)
def test_percentage_is_judged_by_what_the_figures_may_have_been(
    before: str, after: str, quoted: str, verdict: Verdict
) -> None:
    assert _percent(before, after, quoted) is verdict


def test_denial_turns_verified_and_refuted_round_and_leaves_the_rest() -> None:
    assert _percent("100", "110", "10%", expect=False) is Verdict.REFUTED
    assert _percent("100", "110", "12%", expect=False) is Verdict.VERIFIED
    assert _percent("1818", "2246", "23%", expect=False) is Verdict.PARTLY


def test_one_wrong_percentage_refutes_the_table() -> None:
    outcome = decide(PercentChanges(("100", "100"), ("110", "120"), ("10%", "25%")), None)
    assert outcome.verdict is Verdict.REFUTED
    assert "100 -> 120: 20.00 %, quoted 25%, nearest is 20" in outcome.summary


@pytest.mark.parametrize(
    ("parts", "total", "verdict"),
    [
        (("28", "294"), "322", Verdict.VERIFIED),
        (("28", "294"), "323", Verdict.REFUTED),
        (("1.2", "2.3"), "3.5", Verdict.VERIFIED),
        (("33%", "33%", "33%"), "100%", Verdict.PARTLY),
        (("1.24 s", "2.3 s"), "3.5 s", Verdict.VERIFIED),
        (("1.2 s", "2.3 s"), "4.0 s", Verdict.REFUTED),
        (("1 GiB", "512 MiB"), "1.5 GiB", Verdict.VERIFIED),
    ],
)
def test_sum_is_exact_for_counts_and_takes_rounding_into_account_otherwise(
    parts: tuple[str, ...], total: str, verdict: Verdict
) -> None:
    outcome = decide(SumIs(parts, total), None)
    assert outcome.verdict is verdict
    turned = {Verdict.VERIFIED: Verdict.REFUTED, Verdict.REFUTED: Verdict.VERIFIED}
    assert decide(SumIs(parts, total, expect=False), None).verdict is turned.get(verdict, verdict)


def test_sum_is_shown_in_the_unit_of_the_total() -> None:
    assert decide(SumIs(("1 GiB", "512 MiB"), "1.5 GiB"), None).summary == "1 GiB + 512 MiB = 1.50, quoted 1.5 GiB"


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        (PercentChanges(("1", "2"), ("3",), ("4%",)), "before, after and quoted hold 2, 1, 1 figures"),
        (PercentChanges((), (), ()), "hold 0, 0, 0 figures"),
        (PercentChanges(("1 s",), ("3 MB",), ("4%",)), "'1 s' and '3 MB' have different units"),
        (PercentChanges(("1",), ("3",), ("2 s",)), "'2 s' is no percentage"),
        (SumIs((), "1"), "no parts"),
        (SumIs(("1 s", "2 MB"), "3"), "different units: B, s"),
        (Deadlocks("sync"), "cannot decide Deadlocks"),
    ],
)
def test_figures_that_do_not_go_together_are_refused(predicate: Any, words: str) -> None:
    with pytest.raises(CheckError) as raised:
        decide(predicate, None)
    assert words in str(raised.value)


FIGURES = st.integers(1, 9999)


@settings(deadline=None)
@given(FIGURES, FIGURES)
def test_percentage_rounded_from_the_figures_is_verified_and_one_far_off_refuted(before: int, after: int) -> None:
    exact = percent_change(Fraction(before), Fraction(after))
    signed = f"{'+' if exact >= 0 else ''}{shown(exact, 1)}%"
    assert _percent(str(before), str(after), signed) is Verdict.VERIFIED
    possible = percent_changes(read(str(before)).interval, read(str(after)).interval)
    beyond = possible.high + 2
    assert _percent(str(before), str(after), f"{'+' if beyond >= 0 else ''}{shown(beyond, 0)}%") is Verdict.REFUTED


@settings(deadline=None)
@given(FIGURES, FIGURES, st.fractions(-1, 1), st.fractions(-1, 1))
def test_change_of_any_values_that_round_to_the_figures_lies_in_the_interval(
    before: int, after: int, one: Fraction, other: Fraction
) -> None:
    span = percent_changes(read(str(before)).interval, read(str(after)).interval)
    assert percent_change(before + one / 2, after + other / 2) in span


@settings(deadline=None)
@given(st.fractions(-1000, 1000), st.integers(0, 4))
def test_shown_value_is_within_half_of_its_last_digit(value: Fraction, places: int) -> None:
    assert abs(Fraction(shown(value, places)) - value) <= Fraction(1, 2 * 10**places)
