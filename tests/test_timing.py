"""The simulated timeouts keep the bounds that arithmetic gives, come near to them, and can break them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from kb.errors import CheckError
from kb.records import Strength, Verdict
from sim_hooks.hooks import timing
from sim_hooks.hooks.timing import decide, seconds
from sim_hooks.models import timed_models
from sim_hooks.models.spec import Stalls, TimedSpec, settle
from sim_hooks.predicates import Deadlocks, StallsAtMost, parameters


def _stalls(**given: int | bool) -> Stalls:
    spec = timed_models()["timeouts"]
    return spec.simulate(settle(spec.name, spec.parameters, parameters(**given)))


@pytest.mark.parametrize("servers", [1, 10])
def test_timer_on_each_request_stalls_for_exactly_the_timeout(servers: int) -> None:
    stalls = _stalls(timeout=5, servers=servers, runs=50)
    assert stalls.longest == stalls.mean == 5


@pytest.mark.parametrize(
    ("timeout", "scan", "servers", "mean"),
    [(5, 15, 1, 12.5), (5, 15, 10, 5 + 15 * 10 / 11), (300, 60, 1, 330.0)],
)
def test_scan_stalls_for_up_to_timeout_and_period(timeout: int, scan: int, servers: int, mean: float) -> None:
    stalls = _stalls(timeout=timeout, scan=scan, servers=servers)
    assert stalls.longest <= timeout + scan
    assert stalls.longest > timeout + 0.95 * scan
    assert abs(stalls.mean - mean) < 0.06 * scan


def test_equal_seeds_give_equal_figures_and_others_do_not() -> None:
    assert _stalls(scan=15, runs=20) == _stalls(scan=15, runs=20)
    assert _stalls(scan=15, runs=20) != _stalls(scan=15, runs=20, seed=2)


@pytest.mark.parametrize(("timeout", "share"), [(1, 0.93), (5, 0.985)])
def test_adversary_that_comes_again_holds_a_waiter_up_nearly_all_the_time(timeout: int, share: float) -> None:
    stalls = _stalls(timeout=timeout, repeat=True, runs=100)
    assert stalls.share == pytest.approx(share, abs=0.005)
    assert stalls.longest == pytest.approx(timeout)


@pytest.mark.parametrize(
    ("bound", "scan", "expect", "verdict"),
    [
        ("X", 0, True, Verdict.VERIFIED),
        ("X", 15, True, Verdict.REFUTED),
        ("X", 15, False, Verdict.VERIFIED),
        ("X+P", 15, True, Verdict.VERIFIED),
        ("X+P", 15, False, Verdict.REFUTED),
        ("20", 15, True, Verdict.VERIFIED),
        ("4.5", 0, True, Verdict.REFUTED),
        ("P + 5", 15, True, Verdict.VERIFIED),
    ],
)
def test_hook_compares_the_longest_stall_with_the_bound(bound: str, scan: int, expect: bool, verdict: Verdict) -> None:
    outcome = decide(StallsAtMost("timeouts", bound, parameters(scan=scan, runs=100), expect=expect), None)
    assert outcome.verdict is verdict
    assert outcome.strength is Strength.SIMULATED
    assert "the longest stall is" in outcome.summary
    assert outcome.assumptions[-1] == "simulated, 100 runs from seed 1, not measured on a kernel"


def test_twin_that_misses_every_second_scan_breaks_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    real = timed_models()["timeouts"]

    def sleepy(setting: Mapping[str, Any]) -> Stalls:
        return real.simulate({**setting, "scan": 2 * setting["scan"]})

    def twins() -> Mapping[str, TimedSpec]:
        return {real.name: replace(real, simulate=sleepy)}

    claim = StallsAtMost("timeouts", "X+P", parameters(scan=15))
    assert decide(claim, None).verdict is Verdict.VERIFIED
    monkeypatch.setattr(timing, "timed_models", twins)
    assert decide(claim, None).verdict is Verdict.REFUTED


def test_bound_is_a_sum_of_numbers_and_symbols() -> None:
    assert seconds("X + P + 0.5", {"X": 5, "P": 15}) == 20.5


@pytest.mark.parametrize("formula", ["", "X+", "X*P", "Y", "-X", "1e9", "__import__('os')", "9" * 40, "X P"])
def test_bound_of_anything_else_is_refused(formula: str) -> None:
    with pytest.raises(CheckError, match="write a sum of numbers and X, P"):
        seconds(formula, {"X": 5, "P": 15})


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        (StallsAtMost("clocks", "X"), "no timed model 'clocks'; timed models are timeouts"),
        (StallsAtMost("timeouts", "X", parameters(period=1)), "no parameter 'period'; parameters are timeout, scan"),
        (StallsAtMost("timeouts", "X", parameters(servers=0)), "servers is 0; write a number from 1 to 100"),
        (Deadlocks("sync"), "cannot decide Deadlocks"),
    ],
)
def test_hook_names_what_exists_when_something_does_not(predicate: Any, words: str) -> None:
    with pytest.raises(CheckError) as raised:
        decide(predicate, None)
    assert words in str(raised.value)
