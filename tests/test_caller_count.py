"""How many functions call another, counted in small trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.records import Strength, Verdict
from sim_hooks.hooks.source import decide
from sim_hooks.predicates import CallerCount
from sim_hooks.source.facts import Facts
from tests.support.ctree import facts_of

SOURCE = """
static void lonely(void)
{
}

void shared(void)
{
}

void twice(void)
{
}

void in_table(void)
{
}

struct some_ops { void (*run)(void); };
const struct some_ops table = { .run = in_table };

void first(void)
{
	shared();
	twice();
	twice();
}

void second(void)
{
	shared();
	in_table();
}
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return facts_of(tmp_path_factory.mktemp("counted"), {"mm/one.c": SOURCE})


@pytest.mark.parametrize(
    ("callee", "count", "verdict"),
    [
        ("shared", 2, Verdict.VERIFIED),
        ("shared", 1, Verdict.REFUTED),
        ("shared", 3, Verdict.REFUTED),
        ("lonely", 0, Verdict.VERIFIED),
        ("lonely", 1, Verdict.REFUTED),
        ("twice", 1, Verdict.VERIFIED),
        ("twice", 2, Verdict.VERIFIED),
        ("twice", 3, Verdict.REFUTED),
        ("in_table", 1, Verdict.INCONCLUSIVE),
        ("in_table", 0, Verdict.REFUTED),
        ("nowhere", 1, Verdict.INCONCLUSIVE),
    ],
)
def test_callers_are_counted_by_function_or_by_place(facts: Facts, callee: str, count: int, verdict: Verdict) -> None:
    found = decide(CallerCount(callee, count), facts)
    assert found.verdict is verdict
    if verdict is not Verdict.INCONCLUSIVE:
        assert found.strength is Strength.CLOSED_WORLD
        assert found.evidence


def test_a_name_of_several_files_is_not_counted(tmp_path: Path) -> None:
    body = "static void helper(void)\n{\n}\n\nvoid %s(void)\n{\n\thelper();\n}\n"
    facts = facts_of(tmp_path, {"mm/one.c": body % "first", "mm/two.c": body % "second"})
    assert decide(CallerCount("helper", 1), facts).verdict is Verdict.INCONCLUSIVE
