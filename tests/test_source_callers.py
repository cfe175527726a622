"""The callers of migrate_pages in the facts that ship: each of the eleven, in order, with its line and its mode."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kb.bundled import bundled
from kb.records import Strength, Verdict
from sim_hooks.hooks.source import decide
from sim_hooks.predicates import CallersAre, Calls
from sim_hooks.source.facts import Facts

TABLE = tomllib.loads((Path(__file__).parent / "tables" / "migrate_pages_callers.toml").read_text(encoding="utf-8"))
ROWS = TABLE["caller"]


@pytest.fixture(scope="module")
def shipped() -> Facts:
    return Facts.load(next(path for path in bundled("facts").iterdir() if path.name.endswith(".json.gz")))


def asked(modes: dict[str, str]) -> CallersAre:
    return CallersAre("migrate_pages", tuple(row["name"] for row in ROWS), modes=tuple(sorted(modes.items())))


def test_callers_of_migrate_pages_stand_in_order_with_line_and_mode(shipped: Facts) -> None:
    outcome = decide(asked({row["name"]: row["mode"] for row in ROWS}), shipped)
    assert (outcome.verdict, outcome.strength) == (Verdict.VERIFIED, Strength.CLOSED_WORLD), outcome
    assert [line.place for line in outcome.evidence] == [row["place"] for row in ROWS]
    for line, row in zip(outcome.evidence, ROWS, strict=True):
        assert all(mode in line.text for mode in row["mode"].split(" or ")), line.text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["name"]))
def test_a_caller_with_another_mode_is_refuted(shipped: Facts, row: dict[str, str]) -> None:
    modes = {"MIGRATE_ASYNC", "MIGRATE_SYNC", "MIGRATE_SYNC_LIGHT"} - set(row["mode"].split(" or "))
    for other in sorted(modes):
        assert decide(asked({row["name"]: other}), shipped).verdict is Verdict.REFUTED


def test_a_caller_that_passes_other_modes_too_holds_in_part(shipped: Facts) -> None:
    assert decide(asked({"compact_zone": "MIGRATE_ASYNC"}), shipped).verdict is Verdict.PARTLY


@pytest.mark.parametrize("row", TABLE["compaction"], ids=lambda row: str(row["name"]))
def test_callers_of_compact_zone_pass_their_modes(shipped: Facts, row: dict[str, str]) -> None:
    for mode in row["mode"].split(" or "):
        assert decide(Calls(row["name"], "compact_zone", mode), shipped).verdict is Verdict.VERIFIED
