"""Items below a confidence can be hidden: in lists, searches, exports and the browser."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb.records import Item
from kb.store.writing import writing
from tests.support.browser import pane_title, press, settle, thread_screen
from tests.support.command_line import here
from tests.support.threads import derived, small_review
from tui.app import BrowseApp
from tui.widgets.item_list import LEVELS, Choice

SURE = {"drop": 0.4, "twice": 0.6}
"""Confidence of some items of the small review; the others have 0.9."""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    review, named = small_review()
    items = [replace(one, confidence=SURE.get(name, one.confidence)) for name, one in named.items()]
    path = tmp_path / "kb.sqlite"
    with writing(path) as writer:
        writer.add_thread(derived(review.thread.messages, items, review.links))
    return path


@pytest.fixture
def named() -> dict[str, Item]:
    return small_review()[1]


def quotes(text: str) -> list[str]:
    return [json.loads(line)["quote"] for line in text.splitlines()]


def test_lists_and_exports_leave_out_what_is_less_sure(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    every = here(capsys, "claims", "--db", base, "--json")
    sure = here(capsys, "claims", "--db", base, "--json", "--min-confidence", "0.7")
    assert len(json.loads(every.out)) == 3
    assert [row["confidence"] for row in json.loads(sure.out)] == [0.9, 0.9]
    exported = here(capsys, "export", "items", "--db", base, "--min-confidence", "0.5")
    assert len(quotes(exported.out)) == 7
    assert "We should drop the second one." not in quotes(exported.out)


def test_search_leaves_out_less_sure_items_and_no_message(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    every = json.loads(here(capsys, "search", "second", "--db", base, "--json").out)
    sure = json.loads(here(capsys, "search", "second", "--db", base, "--json", "--min-confidence", "0.5").out)
    assert sorted(hit["kind"] for hit in every) == ["decision", "message", "message", "question"]
    assert sorted(hit["kind"] for hit in sure) == ["message", "message", "question"]


@pytest.mark.parametrize("given", ["nan", "NaN", "-0.1", "1.01", "inf", "much", ""])
@pytest.mark.parametrize("command", [["claims"], ["search", "lock"], ["export", "items"], ["browse"]], ids=" ".join)
def test_what_is_no_confidence_is_refused(
    base: Path, capsys: pytest.CaptureFixture[str], command: list[str], given: str
) -> None:
    ran = here(capsys, *command, "--db", base, "--min-confidence", given)
    assert ran.code == 2
    assert f"'{given}' is no number from 0 to 1" in ran.one_line()


@pytest.mark.parametrize("given", ["0", "1", "0.5", "1e-3"])
def test_both_ends_are_confidences(base: Path, capsys: pytest.CaptureFixture[str], given: str) -> None:
    assert here(capsys, "claims", "--db", base, "--min-confidence", given).code == 0


def test_next_least_walks_up_and_down_between_all_and_the_surest() -> None:
    choice, seen = Choice(), []
    for _ in LEVELS:
        choice = choice.next_least(1)
        seen.append(choice.least)
    assert seen == [*LEVELS[1:], LEVELS[-1]]
    for _ in LEVELS:
        choice = choice.next_least(-1)
    assert choice == Choice()
    assert Choice(least=0.65).next_least(1).least == 0.7
    assert Choice(least=0.65).next_least(-1).least == 0.6
    assert Choice(least=0.95).next_least(1).least == 0.95


async def test_plus_hides_less_sure_items_in_list_and_mail_and_minus_shows_them_again(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        screen = thread_screen(app)
        assert len(screen.items.shown) == 8
        await press(pilot, ["+", "+", "+"])
        assert len(screen.items.shown) == 7
        assert "sure ≥ 0.5" in pane_title(app, "#items")
        await press(pilot, ["+", "+", "0"])
        assert len(screen.items.shown) == 6
        assert "sure ≥ 0.7" in pane_title(app, "#items")
        await press(pilot, ["R"])
        assert len(screen.items.shown) == 6
        await press(pilot, ["g", "]"])
        assert screen.conversation.chosen is not None
        assert screen.conversation.chosen.quote == "Is the second one needed?"
        await press(pilot, ["-"] * 9)
        assert len(screen.items.shown) == 8
        assert "sure" not in pane_title(app, "#items")


async def test_browser_can_begin_with_a_least_confidence_and_still_show_a_hidden_item(
    base: Path, named: dict[str, Item]
) -> None:
    app = BrowseApp(base, least=0.5)
    async with app.run_test() as pilot:
        assert len(thread_screen(app).items.shown) == 7
        app.open_item(named["drop"].id)
        await settle(pilot)
        await press(pilot, ["escape"])
        view = next(item for item in thread_screen(app).items.items if item.id == named["drop"].id)
        app.show_in_thread(view)
        await settle(pilot)
        assert len(thread_screen(app).items.shown) == 7
