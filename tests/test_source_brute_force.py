"""Constants through branches, against an interpreter of the same functions: no call that a run makes is cut off."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim_hooks.source.reach import Reach
from tests.support.cprogram import MODES, called, program
from tests.support.ctree import facts_of

PROGRAMS = 240


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, set[str], set[str], set[str]]]:
    """For each program and mode: the text, what runs call, what the walk comes to, and what it cuts off."""
    files = {f"p{seed}.c": program(seed).text for seed in range(PROGRAMS)}
    facts = facts_of(tmp_path_factory.mktemp("programs"), files)
    reach = Reach(facts)
    out = []
    for function in facts.named("f"):
        seed = int(Path(function.file).stem[1:])
        assert not function.unsure, program(seed).text
        for mode in MODES:
            walk = reach.walk(function.number, frozenset({("mode", frozenset({mode}))}))
            comes = {name for site in walk.sites for name in (site.callee,)}
            cut = {callee for callee, _ in walk.cut_off}
            out.append((f"{mode}\n{program(seed).text}", called(program(seed), mode), comes, cut))
    return out


def test_walk_never_cuts_off_a_call_that_a_run_makes(answers: list[tuple[str, set[str], set[str], set[str]]]) -> None:
    assert len(answers) == PROGRAMS * len(MODES)
    for text, ran, comes, _ in answers:
        assert ran <= comes, f"{sorted(ran - comes)} is called with {text}"


def test_walk_cuts_off_most_of_what_no_run_calls(answers: list[tuple[str, set[str], set[str], set[str]]]) -> None:
    cut = sum(len(cut - ran) for _, ran, _, cut in answers)
    left = sum(len({name for name in comes if name.startswith("hit_")} - ran) for _, ran, comes, _ in answers)
    assert cut > 1000
    assert cut > 2 * left


def test_interpreter_calls_what_stands_in_the_way_of_each_mode() -> None:
    made = [(seed, mode, called(program(seed), mode)) for seed in range(20) for mode in MODES]
    assert len({frozenset(calls) for _, _, calls in made}) > 20
