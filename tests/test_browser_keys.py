"""In: the bindings in force. Out: the help page and the palette made from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.browser import (
    SIZES,
    press,
    queue_base,
    screen_text,
    settle,
    thread_screen,
)
from tui.app import BrowseApp
from tui.screens.help import HelpScreen
from tui.screens.thread import ThreadScreen


@pytest.fixture
def base(tmp_path: Path) -> Path:
    queue_base(tmp_path / "kb.sqlite")
    return tmp_path / "kb.sqlite"


@pytest.mark.parametrize("size", SIZES)
async def test_question_mark_shows_every_key_of_the_screen(base: Path, size: tuple[int, int]) -> None:
    app = BrowseApp(base)
    async with app.run_test(size=size) as pilot:
        await press(pilot, ["question_mark"])
        assert isinstance(app.screen, HelpScreen)
        told = {what for _, what, _ in app.screen.keys}
        assert {"Down", "Next item", "Claims", "Search", "Quit", "Keys", "Next hit", "Open or close all folds"} <= told
        await press(pilot, ["j", "k", "escape"])
        assert isinstance(app.screen, ThreadScreen)


async def test_help_says_that_a_check_cannot_be_run_in_read_only(base: Path) -> None:
    app = BrowseApp(base, read_only=True)
    async with app.run_test() as pilot:
        await press(pilot, ["right_square_bracket", "enter", "question_mark"])
        assert isinstance(app.screen, HelpScreen)
        works = {what: works for _, what, works in app.screen.keys}
        assert works["Check"] is False
        assert works["Thread"] is True


async def test_palette_has_every_action_and_runs_it(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        names = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Claims", "Next item", "Search", "Quit", "Theme"} <= names
        await press(pilot, ["ctrl+p", *"Questions"])
        await app.workers.wait_for_complete()
        await settle(pilot)
        await press(pilot, ["enter", "enter"])
        await settle(pilot, times=2)
        assert thread_screen(app).items.choice.kind == "question"


@pytest.mark.parametrize("opens", [[], ["right_square_bracket", "enter"], ["T"], ["I"], ["D"], ["C"]])
async def test_every_key_of_a_screen_leaves_it_standing(base: Path, opens: list[str]) -> None:
    app = BrowseApp(base, read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, opens)
        screen = app.screen
        leaving = {"q", "Q", "ctrl+q", "ctrl+c", "escape", "backspace", "c"}
        for key in [key for key in screen.active_bindings if key not in leaving]:
            await pilot.press(key)
            if screen.has_class("-asking"):
                await pilot.press("escape")
            while app.screen is not screen:
                app.pop_screen()
            assert screen_text(app).strip()
        assert app.is_running
