"""States are a pure fold over links and corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kb import states
from kb.records import Correction, Item, ItemKind, Link, Message, Relation, Standing, State
from tests.support.threads import item, link, message, small_review

MAILS = [
    message(0, "It sleeps. We should lock it. Does it sleep? Please test it."),
    message(1, "Yes. No. It does not.", author="Ben Sample"),
    message(2, "Right you are. I was wrong."),
    message(3, "Fine. Not fine.", author="Cleo Sample"),
]
VOICES = {m.message_id: states.Voice(m.author, n) for n, m in enumerate(MAILS)}


def _state(target: Item, *links: Link, others: tuple[Item, ...]) -> Standing:
    return states.fold([target, *others], links, VOICES)[target.id]


def _said(mail: Message, words: str, kind: ItemKind = ItemKind.CLAIM) -> Item:
    return item(kind, mail, words)


@pytest.mark.parametrize(
    ("kind", "words", "relation", "expected"),
    [
        (ItemKind.CLAIM, "It sleeps.", None, State.UNCONTESTED),
        (ItemKind.CLAIM, "It sleeps.", Relation.SUPPORTS, State.SUPPORTED),
        (ItemKind.CLAIM, "It sleeps.", Relation.DISPUTES, State.DISPUTED),
        (ItemKind.CLAIM, "It sleeps.", Relation.REFUTES, State.REFUTED),
        (ItemKind.QUESTION, "Does it sleep?", None, State.OPEN),
        (ItemKind.QUESTION, "Does it sleep?", Relation.ANSWERS, State.ANSWERED),
        (ItemKind.DECISION, "We should lock it.", None, State.PROPOSED),
        (ItemKind.DECISION, "We should lock it.", Relation.ACCEPTS, State.ACCEPTED),
        (ItemKind.DECISION, "We should lock it.", Relation.REJECTS, State.REJECTED),
        (ItemKind.DECISION, "We should lock it.", Relation.SUPERSEDES, State.SUPERSEDED),
        (ItemKind.DECISION, "We should lock it.", Relation.DISPUTES, State.PROPOSED),
        (ItemKind.ACTION, "Please test it.", None, State.OPEN),
        (ItemKind.ACTION, "Please test it.", Relation.FULFILS, State.DONE),
    ],
)
def test_one_link_by_another_person_sets_the_state(
    kind: ItemKind, words: str, relation: Relation | None, expected: State
) -> None:
    target, other = item(kind, MAILS[0], words), _said(MAILS[1], "It does not.")
    links = [link(other, relation, target)] if relation else []
    assert _state(target, *links, others=(other,)).state is expected


def test_support_by_the_author_is_no_support() -> None:
    target, own = item(ItemKind.CLAIM, MAILS[0], "It sleeps."), _said(MAILS[2], "Right you are.")
    assert _state(target, link(own, Relation.SUPPORTS, target), others=(own,)).state is State.UNCONTESTED


def test_a_persons_latest_word_replaces_their_earlier_one() -> None:
    target = item(ItemKind.DECISION, MAILS[1], "It does not.")
    first, later = _said(MAILS[2], "I was wrong."), _said(MAILS[2], "Right you are.")
    links = [link(later, Relation.REJECTS, target), link(first, Relation.ACCEPTS, target)]
    assert _state(target, *links, others=(first, later)).state is State.ACCEPTED


def test_an_objection_of_a_third_person_stands_beside_support() -> None:
    target = item(ItemKind.CLAIM, MAILS[0], "It sleeps.")
    yes, no = _said(MAILS[1], "Yes."), _said(MAILS[3], "Not fine.")
    standing = _state(
        target, link(yes, Relation.SUPPORTS, target), link(no, Relation.DISPUTES, target), others=(yes, no)
    )
    assert standing.state is State.DISPUTED
    assert standing.because == "disputed: 'Not fine.' in #3 by Cleo Sample"
    assert standing.by_item == no.id


def test_withdrawal_by_the_author_refutes() -> None:
    target, own = item(ItemKind.CLAIM, MAILS[0], "It sleeps."), _said(MAILS[2], "I was wrong.")
    standing = _state(target, link(own, Relation.REFUTES, target), others=(own,))
    assert (standing.state, standing.because.split(":")[0]) == (State.REFUTED, "withdrawn")


def test_a_commitment_is_accepted_until_somebody_objects() -> None:
    target = item(ItemKind.DECISION, MAILS[0], "We should lock it.", commits=True)
    no = _said(MAILS[3], "Not fine.")
    assert _state(target, others=(no,)).state is State.ACCEPTED
    assert _state(target, link(no, Relation.DISPUTES, target), others=(no,)).state is State.PROPOSED


def test_silence_is_never_assent() -> None:
    target = item(ItemKind.DECISION, MAILS[0], "We should lock it.")
    assert _state(target, others=()) == Standing(target.id, State.PROPOSED, "nobody took it up")


def test_a_correction_wins_over_links() -> None:
    target, other = item(ItemKind.CLAIM, MAILS[0], "It sleeps."), _said(MAILS[1], "It does not.")
    by_hand = Correction(target.id, "state", "supported", "Dora", datetime(2024, 6, 1, tzinfo=UTC))
    folded = states.fold([target, other], [link(other, Relation.REFUTES, target)], VOICES, [by_hand])
    assert (folded[target.id].state, folded[target.id].because) == (State.SUPPORTED, "Dora said so by hand")


def test_the_order_of_items_and_links_makes_no_difference() -> None:
    review, _ = small_review()
    voices = {m.message_id: states.Voice(m.author, n) for n, m in enumerate(review.thread.messages)}
    forward = states.fold(review.items, review.links, voices)
    backward = states.fold(reversed(review.items), tuple(reversed(review.links)), voices)
    assert forward == backward


def test_a_link_to_an_unknown_item_is_ignored() -> None:
    target = item(ItemKind.CLAIM, MAILS[0], "It sleeps.")
    gone = _said(MAILS[1], "It does not.")
    assert _state(target, link(gone, Relation.REFUTES, target), others=()).state is State.UNCONTESTED


def test_a_weak_link_moves_no_state() -> None:
    target, other = item(ItemKind.CLAIM, MAILS[0], "It sleeps."), _said(MAILS[1], "It does not.")
    weak = replace(link(other, Relation.REFUTES, target), confidence=states.DECIDES - 0.01)
    strong = replace(weak, confidence=states.DECIDES)
    assert _state(target, weak, others=(other,)).state is State.UNCONTESTED
    assert _state(target, strong, others=(other,)).state is State.REFUTED


def test_a_question_is_no_objection() -> None:
    target = item(ItemKind.CLAIM, MAILS[0], "It sleeps.")
    asked = item(ItemKind.QUESTION, MAILS[1], "No.")
    assert _state(target, link(asked, Relation.DISPUTES, target), others=(asked,)).state is State.UNCONTESTED
