"""In: bodies and paragraphs. Out: proof of how own words become paragraphs, and paragraphs spans that may be items."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import Block, blocks_of
from ingest.zones import zones_of
from tests.support.reading import raw_candidates, spans_of


def blocks(body: str) -> tuple[Block, ...]:
    return blocks_of(body, zones_of(body))


def test_wrapped_lines_of_a_paragraph_become_one_line() -> None:
    (block,) = blocks("The lock is taken\ntwice on  this\npath.\n")
    assert block.text == "The lock is taken twice on this path."


def test_each_character_of_a_block_knows_its_place_in_the_body() -> None:
    body = "> quoted words\n\nThe lock is\ntaken twice.\n\nAnother paragraph.\n"
    first, second = blocks(body)
    for block in (first, second):
        assert all(body[at] == char or char == " " for at, char in zip(block.places, block.text, strict=True))
    start, end = second.span(0, len("Another"))
    assert body[start:end] == "Another"


def test_list_items_are_blocks_of_their_own_without_their_marks() -> None:
    found = blocks("There are two ways:\n- take the lock first\n- drop the\n  second lock\n1) measure it again\n")
    assert [b.text for b in found] == [
        "There are two ways:",
        "take the lock first",
        "drop the second lock",
        "measure it again",
    ]
    assert [b.bullet for b in found] == [False, True, True, True]


def test_dash_that_wraps_to_a_line_start_is_no_list_mark() -> None:
    (block,) = blocks(
        "The lock is taken twice on this path when a reader comes in late\n- which is bad - and the writer waits.\n"
    )
    assert "late - which is bad" in block.text


@pytest.mark.parametrize(
    "words", ["Hi Ada,", "Thanks,", "Hello all,", "Thanks a lot!", "[snip]", "https://example.org/a/b"]
)
def test_greetings_thanks_and_bare_addresses_are_no_blocks(words: str) -> None:
    assert [b.text for b in blocks(f"{words}\n\nThe lock is taken twice.\n")] == ["The lock is taken twice."]


def test_block_right_below_a_quotation_opens_an_answer() -> None:
    found = blocks("> Is it taken twice?\n\nYes, it is taken twice.\n\nIt is taken a third time elsewhere.\n")
    assert [(b.under, b.opens) for b in found] == [(0, True), (1, False)]


def test_quotations_diffs_and_trailers_give_no_block() -> None:
    body = (
        "> Quoted words stand here.\n\nSigned-off-by: Ada Example <ada@example.org>\n---\n a.c | 2 +-\n"
        "diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-int a;\n+int b;\n"
    )
    assert blocks(body) == ()


def test_sentence_and_each_of_its_clauses_are_candidates() -> None:
    spans = spans_of("The lock is taken twice, but we should drop the second one.")
    assert "The lock is taken twice, but we should drop the second one." in spans
    assert "The lock is taken twice" in spans
    assert "we should drop the second one." in spans


def test_neighbouring_sentences_are_also_one_candidate() -> None:
    text = "The lock is taken twice. The caller holds it."
    assert text in spans_of(text)
    assert "The caller holds it." in spans_of(text)


def test_word_of_answer_is_set_off_from_what_follows() -> None:
    assert "the caller holds it already." in spans_of("Yes, the caller holds it already.")


def test_parenthesis_is_a_candidate_without_its_brackets() -> None:
    assert "the caller holds it anyway" in spans_of("We should drop it (the caller holds it anyway).")


def test_abbreviation_ends_no_sentence() -> None:
    text = "Some callers, e.g. Readers of the queue, hold the lock."
    assert not any(c.before == "sentence" and c.first > 0 for c in raw_candidates(text))


def test_chain_of_calls_stays_in_one_candidate() -> None:
    text = "The path is open_queue() -> take_lock() -> wait_for_reader() here."
    assert text in spans_of(text)


def test_text_without_a_word_gives_no_candidate() -> None:
    assert raw_candidates("12 34 --- ???") == ()


@given(
    st.lists(
        st.sampled_from(["so", ",", "(", ")", "I", "hold", "it", ".", "?", "-", "\u200b", "1)", "e.g.", "a_b()"]),
        max_size=24,
    )
)
def test_candidates_lie_in_their_text_and_hold_words(words: list[str]) -> None:
    text = " ".join(words)
    for candidate in raw_candidates(text):
        assert 0 <= candidate.start < candidate.end <= len(text)
        assert any(char.isalpha() for char in text[candidate.start : candidate.end])
        assert candidate.first < candidate.last


@given(st.text(max_size=300))
def test_blocks_of_any_text_point_into_it(body: str) -> None:
    for block in blocks(body):
        assert len(block.places) == len(block.text)
        assert list(block.places) == sorted(block.places)
        assert block.places[-1] < len(body)
