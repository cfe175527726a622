"""The callers of page migration that the model knows are those of the source facts: in order, with line and modes."""

from __future__ import annotations

import pytest

from kb.records import Strength, Verdict
from sim_hooks.hooks.source import decide
from sim_hooks.models.callsite import call_sites
from sim_hooks.predicates import CallersAre, Calls, ConfigIs, DefaultIs, PathExists, Predicate
from sim_hooks.source.facts import Facts
from tui.means import bundled_facts

TREE, SITES = call_sites()
MODES = {"MIGRATE_ASYNC", "MIGRATE_SYNC_LIGHT", "MIGRATE_SYNC"}
COMPACTION = {
    "compact_zone_order": ("MIGRATE_ASYNC", "MIGRATE_SYNC_LIGHT"),
    "kcompactd_do_work": ("MIGRATE_SYNC_LIGHT",),
    "compact_node": ("MIGRATE_SYNC_LIGHT", "MIGRATE_SYNC"),
}
"""Who calls compact_zone() in which modes, which it hands on."""


@pytest.fixture(scope="module")
def facts() -> Facts:
    path = bundled_facts()
    assert path is not None
    assert TREE in path.name
    return Facts.load(path)


def asked(modes: dict[str, str], *, without: str = "") -> CallersAre:
    callers = tuple(name for name in SITES if name != without)
    return CallersAre("migrate_pages", callers, modes=tuple(sorted(modes.items())))


def test_call_sites_stand_in_order_with_line_and_modes(facts: Facts) -> None:
    outcome = decide(asked({name: " or ".join(site.modes) for name, site in SITES.items()}), facts)
    assert (outcome.verdict, outcome.strength) == (Verdict.VERIFIED, Strength.CLOSED_WORLD), outcome
    assert [line.place for line in outcome.evidence] == [site.place for site in SITES.values()]
    for line, site in zip(outcome.evidence, SITES.values(), strict=True):
        assert all(mode in line.text for mode in site.modes), line.text


@pytest.mark.parametrize("name", SITES)
def test_call_sites_are_all_there_are(facts: Facts, name: str) -> None:
    assert decide(asked({}, without=name), facts).verdict is not Verdict.VERIFIED


@pytest.mark.parametrize("name", SITES)
def test_a_call_site_with_another_mode_is_refuted(facts: Facts, name: str) -> None:
    for other in sorted(MODES - set(SITES[name].modes)):
        assert decide(asked({name: other}), facts).verdict is Verdict.REFUTED


def test_a_call_site_that_passes_other_modes_too_holds_in_part(facts: Facts) -> None:
    assert decide(asked({"compact_zone": "MIGRATE_ASYNC"}), facts).verdict is Verdict.PARTLY


@pytest.mark.parametrize("name", COMPACTION)
def test_callers_of_compact_zone_pass_their_modes(facts: Facts, name: str) -> None:
    for mode in COMPACTION[name]:
        assert decide(Calls(name, "compact_zone", mode), facts).verdict is Verdict.VERIFIED


@pytest.mark.parametrize(
    "asked",
    [
        CallersAre("migrate_folio_unmap", ("migrate_pages",)),
        CallersAre("do_mbind", ("mbind",)),
        CallersAre("do_move_pages_to_node", ("move_pages",)),
        CallersAre("fuse_writepages", ("do_writepages",)),
        ConfigIs("NO_SUCH_OPTION", depends_on=("IO_URING",)),
        DefaultIs("page_cluster", "3"),
        DefaultIs("sysctl_overcommit_memory", "0"),
        PathExists("Documentation/filesystems/not-yet-written.rst"),
        Calls("write_cache_pages", "folio_wait_writeback"),
    ],
    ids=str,
)
def test_what_a_tree_cannot_tell_or_people_say_loosely_is_not_refuted(facts: Facts, asked: Predicate) -> None:
    assert decide(asked, facts).verdict is not Verdict.REFUTED
