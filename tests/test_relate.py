"""In: items placed in a conversation. Out: proof of which are linked, how and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import extract
from ingest.pairs import Placed, pairs_of
from ingest.relate import ALLOWED, allowed, links_of
from ingest.softmax import shipped
from kb import states
from kb.records import Item, ItemKind, Passage, Quote, Relation
from tests.support.reading import REVIEW, quoting, thread_of


def placed(
    name: str,
    kind: ItemKind,
    message: int,
    start: int,
    words: str,
    *,
    author: str = "Ada",
    passage: Passage | None = None,
) -> Placed:
    quote = Quote(f"m{message}", start, start + len(words), words)
    return Placed(Item(name, kind, quote, words, 0.9, "test"), author, 0, 0, 0, passage)


def test_claim_below_a_quoted_question_answers_it() -> None:
    question = placed("q", ItemKind.QUESTION, 0, 0, "Why does the writer wait?")
    answer = placed(
        "a", ItemKind.CLAIM, 1, 50, "The reader still holds it.", author="Ben", passage=Passage("m0", 0, 25)
    )
    (link,) = links_of([question, answer], shipped().links)
    assert (link.source, link.relation, link.target) == ("a", Relation.ANSWERS, "q")
    assert "below the passage" in link.because
    assert 0.2 <= link.confidence <= 1.0


def test_words_of_agreement_below_a_proposal_accept_it() -> None:
    proposal = placed("d", ItemKind.DECISION, 0, 0, "We should use a counter instead.")
    assent = placed("y", ItemKind.DECISION, 1, 50, "Sounds good.", author="Ben", passage=Passage("m0", 0, 32))
    (link,) = links_of([proposal, assent], shipped().links)
    assert (link.relation, link.target) == (Relation.ACCEPTS, "d")
    assert link.because.startswith("'Sounds good'")


def test_words_of_refusal_below_a_claim_dispute_it() -> None:
    claim = placed("c", ItemKind.CLAIM, 0, 0, "The lock is never taken twice.")
    doubt = placed(
        "n", ItemKind.CLAIM, 1, 50, "No, I don't think that is true.", author="Ben", passage=Passage("m0", 0, 30)
    )
    (link,) = links_of([claim, doubt], shipped().links)
    assert (link.source, link.relation, link.target) == ("n", Relation.DISPUTES, "c")


def test_only_the_link_to_the_passage_that_it_answers_is_strong_enough_to_move_a_state() -> None:
    first = placed("q1", ItemKind.QUESTION, 0, 0, "Why does the writer wait?")
    second = placed("q2", ItemKind.QUESTION, 0, 200, "Who drops the counter?")
    answer = placed("a", ItemKind.CLAIM, 1, 50, "The last reader does.", author="Ben", passage=Passage("m0", 200, 222))
    links = links_of([first, second, answer], shipped().links)
    strong = {link.target for link in links if link.source == "a" and link.confidence >= states.DECIDES}
    assert strong == {"q2"}


@pytest.mark.parametrize("relation", list(Relation))
def test_every_relation_says_what_it_may_join(relation: Relation) -> None:
    sources, targets = ALLOWED[relation]
    assert sources and targets


def test_rule_forbids_what_the_guide_does_not_have() -> None:
    assert not allowed(Relation.ANSWERS, ItemKind.CLAIM, ItemKind.CLAIM)
    assert not allowed(Relation.REFINES, ItemKind.CLAIM, ItemKind.DECISION)
    assert allowed(Relation.MOTIVATES, ItemKind.QUESTION, ItemKind.DECISION)


_PLACES = st.lists(
    st.tuples(
        st.sampled_from(list(ItemKind)),
        st.integers(0, 3),
        st.integers(0, 90),
        st.sampled_from(["No.", "Agreed.", "So it waits.", "Why?"]),
    ),
    max_size=12,
)


@given(_PLACES)
def test_links_join_different_items_once_and_only_as_allowed(rows: list[tuple[ItemKind, int, int, str]]) -> None:
    ones = [
        placed(str(n), kind, message, start, words, passage=Passage(f"m{message - 1}", 0, 60) if message else None)
        for n, (kind, message, start, words) in enumerate(sorted(rows, key=lambda r: (r[1], r[2])))
    ]
    kinds = {one.item.id: one.item.kind for one in ones}
    links = links_of(ones, shipped().links, threshold=0.05)
    assert len({(link.source, link.target) for link in links}) == len(links)
    assert all(link.source != link.target for link in links)
    assert all(allowed(link.relation, kinds[link.source], kinds[link.target]) for link in links)
    pairs = [(pair.source.item.id, pair.target.item.id) for pair in pairs_of(ones)]
    assert len(set(pairs)) == len(pairs)


def test_review_with_a_question_and_a_proposal_is_linked() -> None:
    found = extract(thread_of(REVIEW))
    question = quoting(found.items, "Why does the writer")
    answer = quoting(found.items, "the reader may still hold")
    assert (answer.id, Relation.ANSWERS, question.id) in {(x.source, x.relation, x.target) for x in found.links}


def test_word_of_agreement_before_an_item_speaks_for_it() -> None:
    proposal = placed("d", ItemKind.DECISION, 0, 0, "We should use a counter instead.")
    passage = Passage("m0", 0, 32)
    plain = placed("y", ItemKind.DECISION, 1, 50, "a counter is what v2 will have.", author="Ben", passage=passage)
    led = replace(plain, led="Agreed,")
    chances = [
        {link.relation: link.confidence for link in links_of([proposal, one], shipped().links, threshold=0.01)}
        for one in (plain, led)
    ]
    assert led.said == "Agreed, a counter is what v2 will have."
    assert chances[1].get(Relation.ACCEPTS, 0.0) > chances[0].get(Relation.ACCEPTS, 0.0)


def test_thanks_below_a_claim_object_to_nothing() -> None:
    claim = placed("c", ItemKind.CLAIM, 0, 0, "The lock is never taken twice.")
    thanks = placed(
        "t", ItemKind.CLAIM, 1, 50, "Great point, thanks for the info!", author="Ben", passage=Passage("m0", 0, 30)
    )
    found = links_of([claim, thanks], shipped().links)
    assert not {link.relation for link in found} & {Relation.DISPUTES, Relation.REFUTES, Relation.REJECTS}
