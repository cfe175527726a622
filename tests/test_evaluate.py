"""In: made-up annotations, and a real one. Out: proof that the figures are those of the project's scoring script."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.annotated import annotated
from ingest.evaluate import Agreement, own_places, own_words, score
from tests.support.reading import SHARED
from tests.support.threads import message

MAILS = [message(0, "The lock is taken twice. Who holds it?\n"), message(1, "> Who holds it?\n\nThe caller does.\n")]
TWICE = {"id": "g1", "message": 0, "kind": "claim", "quote": "The lock is taken twice.", "state": "uncontested"}
WHO = {"id": "g2", "message": 0, "kind": "question", "quote": "Who holds it?", "state": "answered"}
CALLER = {"id": "g3", "message": 1, "kind": "claim", "quote": "The caller does.", "state": "supported"}
GOLD: list[Mapping[str, object]] = [
    TWICE,
    WHO,
    {**CALLER, "also": "uncontested", "links": [{"to": "g2", "rel": "answers"}]},
]


def _row(name: str, number: int, kind: str, quote: str, state: str = "", links: object = ()) -> dict[str, object]:
    return {
        "id": name,
        "message_id": f"<m{number}@example.org>",
        "kind": kind,
        "quote": quote,
        "state": state,
        "links": links,
    }


def test_perfect_answer_scores_one_everywhere() -> None:
    rows = [{**row, "message_id": f"m{row['message']}@example.org"} for row in GOLD]
    result = score(GOLD, rows, MAILS)
    assert result.at[0.5].micro == Agreement(3, 3, 3)
    assert result.at[0.5].micro.f1 == result.at[0.5].kind_accuracy == result.state_accuracy == result.links.f1 == 1.0


def test_wrong_kind_counts_for_any_kind_alone() -> None:
    at = score(GOLD, [_row("p", 0, "decision", "The lock is taken twice.")], MAILS).at[0.5]
    assert (at.micro.hits, at.any_kind.hits, at.kind_accuracy) == (0, 1, 0.0)


def test_quote_that_overlaps_by_less_than_half_matches_only_loosely() -> None:
    result = score(GOLD, [_row("p", 0, "claim", "lock is")], MAILS)
    assert (result.at[0.5].micro.hits, result.at[0.25].micro.hits) == (0, 1)


def test_second_annotators_state_is_right_too() -> None:
    assert score(GOLD, [_row("p", 1, "claim", "The caller does.", "uncontested")], MAILS).state_accuracy == 1.0
    assert score(GOLD, [_row("p", 1, "claim", "The caller does.", "refuted")], MAILS).state_accuracy == 0.0


def test_quoted_words_have_no_place() -> None:
    result = score(GOLD, [_row("p", 1, "question", "Who holds it?")], MAILS)
    assert result.unplaced_predicted == 1


def test_item_of_one_annotator_is_neither_missed_nor_wrong() -> None:
    gold = [{**GOLD[0], "sure": False}, *GOLD[1:]]
    result = score(gold, [_row("p", 0, "claim", "The lock is taken twice.")], MAILS)
    assert result.at[0.5].micro == Agreement(0, 0, 2)


def test_link_counts_where_both_ends_are_matched() -> None:
    rows = [
        _row("a", 0, "question", "Who holds it?"),
        _row("b", 1, "claim", "The caller does.", links=[{"to": "a", "rel": "disputes"}]),
    ]
    result = score(GOLD, rows, MAILS)
    assert (result.links.hits, result.links_any_relation.hits, result.reachable) == (0, 1, 1)


@given(st.lists(st.sampled_from(["> a b", "c  d", "", "\te ", ">", " > f", "g\x0bh"]), max_size=8).map("\n".join))
def test_each_folded_character_knows_its_place(body: str) -> None:
    text, places = own_words(body), own_places(body)
    assert len(text) == len(places)
    assert all(body[at] == char or (char == " " and body[at].isspace()) for at, char in zip(places, text, strict=True))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the annotated threads do not lie beside the checkout")
@pytest.mark.parametrize("name", ["fuse-tmp-folio-v2", "memcg-exiting-swap-v2"])
def test_figures_are_those_of_the_scoring_script(tmp_path: Path, name: str) -> None:
    one = annotated(SHARED, name)
    kinds = {"claim": "decision", "decision": "decision", "question": "question", "action": "claim"}
    rows = []
    for number, row in enumerate(one.gold):
        if number % 5:
            quote = str(row["quote"])
            cut = quote[: len(quote) * 2 // 3].strip() if number % 3 == 0 else quote
            links = row["links"] if number % 2 else []
            kind = kinds[str(row["kind"])] if number % 7 == 0 else row["kind"]
            rows.append({**row, "quote": cut, "links": links, "kind": kind, "sure": True})
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    files = (SHARED / "threads" / f"{name}.mbox", SHARED / "gold" / f"{name}.gold.jsonl", tmp_path / "rows.jsonl")
    done = subprocess.run(
        [sys.executable, SHARED / "eval" / "score.py", *files, "--json"], capture_output=True, text=True, check=True
    )
    theirs = json.loads(done.stdout)
    ours = score(one.gold, rows, one.messages)
    assert 0.3 < ours.at[0.5].micro.f1 < 0.95
    for least in (0.5, 0.25):
        for kind, found in ours.at[least].kinds.items():
            assert _figures(found) == pytest.approx(theirs[str(least)][kind])
        assert _figures(ours.at[least].micro) == pytest.approx(theirs[str(least)]["micro"])
        assert _figures(ours.at[least].any_kind) == pytest.approx(theirs[str(least)]["any_kind"])
        assert ours.at[least].macro_f1 == pytest.approx(theirs[str(least)]["macro_f1"])
        assert ours.at[least].kind_accuracy == pytest.approx(theirs[str(least)]["kind_accuracy"])
    assert ours.state_accuracy == pytest.approx(theirs["state_accuracy"])
    assert _figures(ours.links) | {"reachable": ours.reachable} == pytest.approx(theirs["links"])
    assert _figures(ours.links_any_relation) == pytest.approx(theirs["links_any_relation"])
    assert (ours.unplaced_gold, ours.unplaced_predicted) == (theirs["unplaced_gold"], theirs["unplaced_pred"])


def _figures(found: Agreement) -> dict[str, float]:
    return {"p": found.precision, "r": found.recall, "f1": found.f1, "pred": found.predicted, "gold": found.gold}
