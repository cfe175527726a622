"""In: keys in the table of items. Out: which items are shown, and the mail that moves with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from tests.support.browser import (
    item_screen,
    pane_title,
    press,
    queue_base,
    settle,
    thread_screen,
)
from tui.app import BrowseApp
from tui.screens.item import ItemScreen


@pytest.fixture
def base(tmp_path: Path) -> Path:
    queue_base(tmp_path / "kb.sqlite")
    return tmp_path / "kb.sqlite"


async def test_tab_goes_to_the_items_and_moving_there_moves_the_mail(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["tab"])
        screen = thread_screen(app)
        assert screen.items.has_focus
        await press(pilot, ["G"])
        assert screen.conversation.chosen is not None
        assert screen.conversation.chosen.quote.startswith("a writer that holds")
        assert screen.conversation.shows(screen.conversation.cursor)
        await press(pilot, ["shift+tab"])
        assert screen.conversation.has_focus


@pytest.mark.parametrize(
    ("key", "kind", "count"), [("1", "claim", 4), ("2", "question", 1), ("3", "decision", 2), ("4", "action", 1)]
)
async def test_figures_show_one_kind_and_zero_all(base: Path, key: str, kind: str, count: int) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, [key])
        shown = thread_screen(app).items.shown
        assert {item.kind for item in shown} == {kind}
        assert len(shown) == count
        assert f"{count} of 8 items · {kind}" in pane_title(app, "#items")
        await press(pilot, ["0"])
        assert len(thread_screen(app).items.shown) == 8


async def test_s_and_v_walk_through_states_and_verdicts(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["1", "s", "s"])
        assert thread_screen(app).items.choice.state == "disputed"
        assert len(thread_screen(app).items.shown) == 1
        await press(pilot, ["0", "v", "v"])
        assert [item.verdict for item in thread_screen(app).items.shown] == ["refuted"]


async def test_slash_in_the_items_shows_those_with_the_words_and_escape_all_again(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["tab", "slash", *"barrier"])
        assert len(thread_screen(app).items.shown) == 1
        await press(pilot, ["enter", "escape"])
        assert len(thread_screen(app).items.shown) == 8


async def test_filters_that_fit_nothing_leave_a_list_that_can_be_walked(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["tab", "slash", *"zebra", "enter", "j", "G", "g", "enter", "n"])
        assert thread_screen(app).items.current is None


async def test_enter_in_the_items_opens_the_item_under_the_cursor(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["tab", "j", "j", "enter"])
        page = item_screen(app).page
        assert page is not None
        assert page.item.quote == "before 120 ms after 80 ms"


async def test_a_click_moves_the_cursor_and_a_second_opens(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        items = thread_screen(app).items
        await pilot.click(items, offset=(10, 3))
        await settle(pilot)
        assert items.cursor == 2
        await pilot.click(items, offset=(10, 3))
        await settle(pilot)
        assert isinstance(app.screen, ItemScreen)


async def test_keys_typed_at_once_after_slash_reach_the_prompt_and_then_the_pane(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["tab", "slash"])
        for key in (*"barrier", "enter", "enter"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot, times=3)
        page = item_screen(app).page
        assert page is not None
        assert page.item.quote.startswith("a writer that holds the barrier")


async def test_filtering_in_the_items_shows_the_first_that_fits_in_the_mail(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["tab", "slash", *"barrier", "enter"])
        talk = thread_screen(app).conversation
        assert talk.chosen is not None
        assert talk.chosen.quote.startswith("a writer that holds the barrier")
