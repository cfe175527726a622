"""The callers of page migration that the model knows are those of the source facts, in their places and modes."""

from __future__ import annotations

import pytest

from kb.records import Outcome, Verdict
from sim_hooks.hooks.source import decide
from sim_hooks.models.callsite import call_sites
from sim_hooks.predicates import CallersAre, Calls
from sim_hooks.source.facts import Facts
from tui.workspace import facts_path

TREE, SITES = call_sites()


@pytest.fixture(scope="module")
def facts() -> Facts:
    path = facts_path()
    assert path is not None
    return Facts.load(path)


def _asked(facts: Facts, *callers: str) -> Outcome:
    return decide(CallersAre("migrate_pages", callers), facts)


def test_call_sites_are_all_the_callers_that_the_tree_has(facts: Facts) -> None:
    assert _asked(facts, *SITES).verdict is Verdict.VERIFIED
    for left_out in SITES:
        assert _asked(facts, *(name for name in SITES if name != left_out)).verdict is not Verdict.VERIFIED


@pytest.mark.parametrize("site", SITES)
def test_call_site_stands_where_the_file_says_and_passes_those_modes(facts: Facts, site: str) -> None:
    one = SITES[site]
    direct = one.function not in ("compact_zone", "__alloc_contig_migrate_range")  # these hand on their control's mode
    outcome = decide(Calls(site, "migrate_pages", one.modes[0] if direct else ""), facts)
    assert outcome.verdict is Verdict.VERIFIED
    assert one.place in {line.place for line in outcome.evidence}
    if direct:
        others = {"MIGRATE_ASYNC", "MIGRATE_SYNC_LIGHT", "MIGRATE_SYNC"} - set(one.modes)
        assert len(others) == 2
        for mode in others:
            assert decide(Calls(site, "migrate_pages", mode), facts).verdict is not Verdict.VERIFIED


def test_facts_are_of_the_tree_that_the_file_names() -> None:
    path = facts_path()
    assert path is not None
    assert TREE in path.name
