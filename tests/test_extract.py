"""In: whole threads, made-up, odd and the bundled one. Out: proof of what extraction keeps, and how well it does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.annotated import annotated
from ingest.evaluate import score
from ingest.extract import _commits, _trimmed, extract
from ingest.train import exported
from kb.ids import fold, item_id
from kb.records import ItemKind, Relation
from tests.support.reading import BUNDLED, REVIEW, SHARED, quoting, thread_of
from tests.support.threads import message

MEASURED = 0.628
"""Micro F1 of the shipped models on the bundled thread, which they were not fitted to; `ingest/model/CARD.md`."""


def test_review_gives_its_question_proposal_and_answer() -> None:
    items = extract(thread_of(REVIEW)).items
    assert quoting(items, "Why does the writer").kind is ItemKind.QUESTION
    assert quoting(items, "use a counter instead").kind is ItemKind.DECISION
    assert quoting(items, "the reader may still hold").kind is ItemKind.CLAIM


def test_decision_that_its_author_undertakes_commits_and_accepts() -> None:
    proposal = "We could use a counter instead of the lock.\n"
    found = extract(thread_of([proposal, f"> {proposal}\nI'll use a counter instead of the lock.\n"]))
    proposed, undertaken = found.items
    assert (proposed.commits, undertaken.commits) == (False, True)
    (link,) = found.links
    assert (link.source, link.relation, link.target) == (undertaken.id, Relation.ACCEPTS, proposed.id)


def test_quote_is_copied_from_the_body_at_its_place() -> None:
    thread = thread_of(REVIEW)
    bodies = {m.message_id: m.body for m in thread.messages}
    for item in extract(thread).items:
        body = bodies[item.quote.message_id]
        assert item.quote.text == fold(body[item.quote.start : item.quote.end])
        assert item.id == item_id(item.quote.message_id, item.kind, item.quote.text)
        assert item.says and item.cue and 0 < item.confidence <= 1


def test_quoted_words_are_never_items() -> None:
    items = extract(thread_of(REVIEW)).items
    assert len([item for item in items if "Why does the writer" in item.quote.text]) == 1


def test_words_that_a_message_repeats_are_one_item() -> None:
    words = "The lock is taken twice by the same reader.\n"
    items = extract(thread_of(["A patch.\n", words + "\n" + words])).items
    assert len(items) == len({item.id for item in items})


def test_extraction_is_the_same_every_time() -> None:
    assert extract(thread_of(REVIEW)) == extract(thread_of(REVIEW))


def test_progress_is_told_in_words() -> None:
    said: list[str] = []
    extract(thread_of(REVIEW), progress=said.append)
    assert len(said) == 2
    assert "items" in said[-1]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=4))
def test_no_body_makes_extraction_raise(bodies: list[str]) -> None:
    found = extract(thread_of(bodies))
    ids = {item.id for item in found.items}
    assert all(link.source in ids and link.target in ids for link in found.links)


def test_very_long_paragraph_is_read_in_part_and_harms_nothing() -> None:
    found = extract(thread_of(["word " * 50_000 + "\n"]))
    assert len(found.items) <= 1


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the annotated threads do not lie beside the checkout")
def test_bundled_thread_scores_no_less_than_was_measured() -> None:
    one = annotated(SHARED, "fuse-tmp-folio-v2")
    rows = exported(one, extract(one.thread))
    result = score(one.gold, rows, one.messages)
    assert result.at[0.5].micro.f1 >= MEASURED - 0.02
    assert result.unplaced_predicted == 0


def test_extraction_does_not_hang_on_the_order_of_sets() -> None:
    program = (
        "from ingest.extract import _commits, _trimmed, extract\nfrom tests.support.reading import REVIEW, thread_of\n"
        "print(extract(thread_of([*REVIEW, *REVIEW])))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(BUNDLED.parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
    assert "Relation.ANSWERS" in said.pop()


@pytest.mark.parametrize(
    ("body", "given", "kept"),
    [
        ("it waits) will go on", (8, 20), (10, 20)),
        ("calls wait_for_it() twice", (0, 17), (0, 19)),
        ("plain words", (0, 11), (0, 11)),
        (")", (0, 1), (0, 1)),
    ],
)
def test_span_begins_with_words_and_ends_with_a_whole_name(
    body: str, given: tuple[int, int], kept: tuple[int, int]
) -> None:
    assert _trimmed(body, *given) == kept


@pytest.mark.parametrize(
    ("subject", "text", "tags", "commits"),
    [
        ("[PATCH v2 1/2] a", "Add a counter.", ["VB", "DT", "NN"], True),
        ("[PATCH v2 1/2] a", "This patch drops the lock.", ["DT", "NN", "VBZ"], True),
        ("[PATCH v2 1/2] a", "the reader waits for the lock", ["DT", "NN", "VBZ"], False),
        ("[PATCH v2 1/2] a", "This patch could drop the lock.", ["DT", "NN", "MD"], False),
        ("Re: [PATCH v2 1/2] a", "Add a counter.", ["VB", "DT", "NN"], False),
        ("Re: [PATCH v2 1/2] a", "I'll add a counter.", ["PRP", "VB"], True),
    ],
)
def test_patch_commits_its_author_to_what_it_does_and_not_to_how_things_were(
    subject: str, text: str, tags: list[str], commits: bool
) -> None:
    assert _commits(message(1, text, subject=subject), text, tags) is commits
