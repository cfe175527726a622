"""In: a database. Out: the first screen, and the ways back and out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import StoreError, UsageError
from kb.store.writing import writing
from tests.support.browser import (
    item_screen,
    pane_title,
    press,
    queue_base,
    screen_text,
    settle,
    thread_screen,
    two_threads,
)
from tui.app import BrowseApp
from tui.screens.thread import ThreadScreen
from tui.screens.threads import ThreadsScreen


@pytest.fixture
def base(tmp_path: Path) -> Path:
    queue_base(tmp_path / "kb.sqlite")
    return tmp_path / "kb.sqlite"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    two_threads(tmp_path / "kb.sqlite")
    return tmp_path / "kb.sqlite"


async def test_browser_opens_the_only_thread_at_once(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test():
        assert isinstance(app.screen, ThreadScreen)


async def test_browser_lists_several_threads_and_enter_opens_one(two: Path) -> None:
    app = BrowseApp(two)
    async with app.run_test() as pilot:
        assert isinstance(app.screen, ThreadsScreen)
        await press(pilot, ["j", "enter"])
        assert thread_screen(app).page is not None
        assert "[PATCH] a" in screen_text(app)
        await press(pilot, ["escape"])
        assert isinstance(app.screen, ThreadsScreen)


async def test_browser_opens_the_thread_that_is_asked_for(two: Path) -> None:
    app = BrowseApp(two, thread="queue")
    async with app.run_test():
        assert "queue: drop the lock" in pane_title(app, "#conversation")


def test_browser_refuses_a_thread_that_is_not_there(two: Path) -> None:
    with pytest.raises(UsageError, match="no thread has this id"):
        BrowseApp(two, thread="elephants")


def test_browser_refuses_a_path_without_a_knowledge_base(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no knowledge base here"):
        BrowseApp(tmp_path / "none.sqlite")


async def test_browser_of_an_empty_base_says_what_to_do(tmp_path: Path) -> None:
    with writing(tmp_path / "kb.sqlite"):
        pass
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await press(pilot, ["j", "G", "enter", "slash", "x", "enter", "n"])
        assert "threadkb ingest SOURCE" in screen_text(app)


async def test_upper_case_q_quits_from_any_screen(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["right_square_bracket", "enter"])
        await pilot.press("Q")
        await pilot.pause()
        assert not app.is_running or app._exit


async def test_q_closes_a_view_and_quits_on_the_last(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["right_square_bracket", "enter"])
        assert item_screen(app).page is not None
        await press(pilot, ["q"])
        assert thread_screen(app).page is not None
        assert not app._exit
        await pilot.press("q")
        await pilot.pause()
        assert app._exit


async def test_escape_on_the_last_view_stays(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["escape", "backspace"])
        assert isinstance(app.screen, ThreadScreen)
        assert not app._exit


async def test_threads_screen_shows_what_needs_attention(two: Path) -> None:
    app = BrowseApp(two)
    async with app.run_test() as pilot:
        await settle(pilot)
        row = next(line for line in screen_text(app).splitlines() if "queue: drop" in line)
        assert row.split()[:8] == ["›", "2024-05-01", "4", "·", "·", "2", "·", "4"]


async def test_slash_on_the_threads_screen_shows_threads_with_the_words(two: Path) -> None:
    app = BrowseApp(two)
    async with app.run_test() as pilot:
        await press(pilot, ["slash", *"lock"])
        assert isinstance(app.screen, ThreadsScreen)
        assert len(app.screen.table.shown) == 1
        await press(pilot, ["enter", "escape"])
        assert len(app.screen.table.shown) == 2
