"""In: the bundled thread, read and checked. Out: proof that verdicts are what reading and running established."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.flows import output
from tests.support.reading import SHARED

ROOT = Path(__file__).resolve().parent.parent
NAME = "fuse-tmp-folio-v2"
THREAD = ROOT / "data" / "threads" / f"{NAME}.mbox"
TRUTH = SHARED / "gold" / f"{NAME}.truth.jsonl"
OPPOSITE = {"verified": "refuted", "refuted": "verified"}


@pytest.fixture(scope="module")
def verdicts() -> list[dict[str, object]]:
    output(f"threadkb ingest {THREAD}")
    output("threadkb verify --jobs 1")
    return [json.loads(line) for line in output("threadkb export verdicts").splitlines()]


def _counts(verdicts: list[dict[str, object]], folder: Path) -> dict[str, int]:
    """How many verdicts agree with the established ones, by the scoring script's own words."""
    said = folder / "verdicts.jsonl"
    said.write_text("".join(json.dumps(row) + "\n" for row in verdicts), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, SHARED / "eval" / "score_truth.py", THREAD, TRUTH, said],
        capture_output=True,
        text=True,
        check=True,
    )
    return {word: int(number) for word, number in re.findall(r"\b(decided|right|mild|wrong) (\d+)", done.stdout)}


@pytest.mark.xdist_group("flows")
def test_at_least_25_claims_come_to_a_verdict_with_evidence(verdicts: list[dict[str, object]]) -> None:
    decided = [row for row in verdicts if row["verdict"] in ("verified", "refuted", "partly")]
    assert len([row for row in decided if str(row["id"]).startswith("c-")]) >= 25
    assert all(row["evidence"] for row in decided)
    assert {row["check"] for row in decided} >= {"arithmetic", "model", "source"}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the annotated threads do not lie beside the checkout")
@pytest.mark.xdist_group("flows")
def test_no_verdict_contradicts_what_was_established(verdicts: list[dict[str, object]], tmp_path: Path) -> None:
    counts = _counts(verdicts, tmp_path)
    assert counts["wrong"] == 0
    assert counts["decided"] >= 80
    assert counts["right"] >= 77


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the annotated threads do not lie beside the checkout")
@pytest.mark.xdist_group("flows")
def test_rules_alone_decide_45_claims_and_none_of_them_wrong(verdicts: list[dict[str, object]], tmp_path: Path) -> None:
    counts = _counts([row for row in verdicts if str(row["bound_by"]).startswith("rule")], tmp_path)
    assert counts["wrong"] == 0
    assert counts["decided"] >= 45


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the annotated threads do not lie beside the checkout")
@pytest.mark.xdist_group("flows")
def test_a_verdict_turned_round_is_told_as_wrong(verdicts: list[dict[str, object]], tmp_path: Path) -> None:
    turned = [{**row, "verdict": OPPOSITE.get(str(row["verdict"]), row["verdict"])} for row in verdicts]
    assert _counts(turned, tmp_path)["wrong"] >= 25
