"""In: items and a choice. Out: those that fit, and the next choice for a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.reading import reading
from kb.views import ItemView
from tests.support.browser import queue_base
from tui.widgets.item_list import Choice


@pytest.fixture
def items(tmp_path: Path) -> tuple[ItemView, ...]:
    queue_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        return reader.items()


def test_choice_of_nothing_picks_all(items: tuple[ItemView, ...]) -> None:
    assert Choice().picks(items) == items


def test_choice_of_a_kind_and_a_state_picks_those_that_have_both(items: tuple[ItemView, ...]) -> None:
    picked = Choice(kind="claim", state="disputed").picks(items)
    assert [item.quote for item in picked] == ["the entry is published only when it is full."]


def test_choice_of_a_verdict_picks_by_the_latest_run(items: tuple[ItemView, ...]) -> None:
    assert [item.verdict for item in Choice(verdict="refuted").picks(items)] == ["refuted"]
    assert len(Choice(verdict="unchecked").picks(items)) == len(items) - 2


def test_choice_of_words_looks_into_quote_author_topics_and_names(items: tuple[ItemView, ...]) -> None:
    assert {item.author for item in Choice(words="cleo").picks(items)} == {"Cleo Sample"}
    assert [item.kind for item in Choice(words="locking").picks(items)] == ["decision"]
    assert [item.kind for item in Choice(words="queue.c").picks(items)] == ["claim"]


def test_next_state_walks_through_the_states_that_occur_and_back_to_all(items: tuple[ItemView, ...]) -> None:
    choice, seen = Choice(kind="claim"), []
    for _ in range(3):
        choice = choice.next_state(items)
        seen.append(choice.state)
    assert seen == ["uncontested", "disputed", None]


def test_next_state_of_all_kinds_walks_through_every_state_once(items: tuple[ItemView, ...]) -> None:
    choice, seen = Choice(), []
    while (choice := choice.next_state(items)).state is not None:
        seen.append(choice.state)
    assert sorted(seen) == sorted({item.state for item in items})


def test_next_verdict_ends_with_the_unchecked_and_all(items: tuple[ItemView, ...]) -> None:
    choice, seen = Choice(), []
    for _ in range(4):
        choice = choice.next_verdict(items)
        seen.append(choice.verdict)
    assert seen == ["verified", "refuted", "unchecked", None]


def test_next_verdict_of_no_items_stays_with_all() -> None:
    assert Choice().next_verdict(()) == Choice()


def test_of_kind_lets_a_state_go_that_the_kind_cannot_have() -> None:
    assert Choice(state="disputed").of_kind("question").state is None
    assert Choice(state="open").of_kind("action").state == "open"


def test_sentence_names_what_is_chosen() -> None:
    assert Choice(kind="claim", verdict="refuted", words="a b").sentence == 'claim · refuted · "a b"'
    assert Choice().sentence == ""
