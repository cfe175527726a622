"""In: the key that runs a check. Out: a screen that stays alive, and the verdict on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from kb.errors import CheckError
from kb.reading import reading
from kb.records import Verdict
from kb.store.writing import writing
from tests.support.browser import (
    item_screen,
    open_item,
    press,
    queue_base,
    screen_text,
    settle,
)
from tests.support.threads import run
from tui.app import BrowseApp


@pytest.fixture
def base(tmp_path: Path) -> Path:
    queue_base(tmp_path / "kb.sqlite")
    return tmp_path / "kb.sqlite"


Verify = Callable[..., SimpleNamespace]


def _stand_in(monkeypatch: pytest.MonkeyPatch, verify: Verify) -> None:
    """Let `verify` be run in place of the real checks, which have their own tests."""
    monkeypatch.setattr("tui.workspace.verify", verify)


async def test_r_runs_the_check_without_freezing_and_shows_its_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kb.sqlite"
    named = queue_base(path)
    go = threading.Event()

    def verify(at: Path, *, given: list[str]) -> SimpleNamespace:
        assert go.wait(10)
        with writing(at) as writer:
            writer.add_run(run(named["barrier"], Verdict.PARTLY, summary="one half holds"))
        return SimpleNamespace(runs=(given,))

    _stand_in(monkeypatch, verify)
    app = BrowseApp(path)
    async with app.run_test() as pilot:
        await open_item(app, pilot, named["barrier"].id)
        await press(pilot, ["r"])
        assert "running its check" in screen_text(app)
        cursor = item_screen(app).facts.cursor
        await press(pilot, ["j", "j"])
        assert item_screen(app).facts.cursor == cursor + 2
        await press(pilot, ["r"])
        assert len(app.running) == 1
        go.set()
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert not app.running
        assert "◐ partly" in screen_text(app)
        assert any("one half holds" in str(n.message) for n in app._notifications)


async def test_r_shows_why_a_check_cannot_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = queue_base(tmp_path / "kb.sqlite")

    def verify(at: Path, *, given: list[str]) -> SimpleNamespace:
        raise CheckError("facts", "are [bold]missing[/bold]", "build them")

    _stand_in(monkeypatch, verify)
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(notifications=True) as pilot:
        await open_item(app, pilot, named["barrier"].id)
        await press(pilot, ["r"])
        await app.workers.wait_for_complete()
        await settle(pilot, times=2)
        assert "[bold]missing[/bold]" in screen_text(app)
        assert "r runs its check" in screen_text(app)


async def test_r_says_so_where_nothing_can_be_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    _stand_in(monkeypatch, lambda at, *, given: SimpleNamespace(runs=()))
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await open_item(app, pilot, named["barrier"].id)
        await press(pilot, ["r"])
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert any("nothing here that a machine can check" in str(n.message) for n in app._notifications)


async def test_r_does_nothing_where_the_browser_is_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    asked: list[str] = []

    def verify(at: Path, *, given: list[str]) -> SimpleNamespace:
        asked.extend(given)
        return SimpleNamespace(runs=())

    _stand_in(monkeypatch, verify)
    app = BrowseApp(tmp_path / "kb.sqlite", read_only=True)
    async with app.run_test() as pilot:
        await open_item(app, pilot, named["barrier"].id)
        await press(pilot, ["r"])
        app.run_check(named["barrier"].id)
        await app.workers.wait_for_complete()
        assert asked == []
        assert "read-only" in screen_text(app)


async def test_browser_holds_no_lock_between_keys(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["right_square_bracket", "enter"])
        began = time.monotonic()
        with writing(base) as writer:
            writer.drop_derived()
        assert time.monotonic() - began < 5
        await press(pilot, ["R", "escape", "R"])
        assert "no longer in the database" in screen_text(app)
        with reading(base) as reader:
            assert reader.threads() == ()
