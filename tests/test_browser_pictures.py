"""In: a fixed made-up database. Out: pictures of the screens that stay the same, and files that name no other host."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kb.errors import UsageError
from tests.support.browser import open_item, press, queue_base, screen_text, settle, told_of, two_threads
from tui.app import BrowseApp
from tui.picture import picture

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")


def test_threads_screen_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    queue, _ = two_threads(tmp_path / "kb.sqlite")
    told_of(tmp_path / "kb.sqlite", queue)
    assert snap_compare(BrowseApp(tmp_path / "kb.sqlite"), run_before=_opened(), terminal_size=(80, 24))


def test_wide_threads_screen_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    queue, _ = two_threads(tmp_path / "kb.sqlite")
    told_of(tmp_path / "kb.sqlite", queue)
    assert snap_compare(BrowseApp(tmp_path / "kb.sqlite"), run_before=_opened("j"), terminal_size=(140, 24))


def test_thread_screen_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    assert snap_compare(app, press=["right_square_bracket"], terminal_size=(80, 24))


def test_wide_thread_screen_with_a_filter_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    assert snap_compare(app, press=["1", "tab", "j"], terminal_size=(140, 34))


def test_item_screen_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    named = queue_base(tmp_path / "kb.sqlite")

    async def opened(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, BrowseApp)
        await open_item(app, pilot, named["full"].id)

    assert snap_compare(BrowseApp(tmp_path / "kb.sqlite"), run_before=opened, terminal_size=(140, 40))


def _opened(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, keys)

    return before


def test_items_screen_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    two_threads(tmp_path / "kb.sqlite")
    before = _opened("I", "v", "0", "greater_than_sign", "greater_than_sign", "t", "j")
    assert snap_compare(BrowseApp(tmp_path / "kb.sqlite"), run_before=before, terminal_size=(80, 24))


def test_wide_items_screen_with_a_filter_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    queue_base(tmp_path / "kb.sqlite")
    before = _opened("I", "slash", *"lock", "enter")
    assert snap_compare(BrowseApp(tmp_path / "kb.sqlite"), run_before=before, terminal_size=(140, 24))


def test_decisions_screen_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    assert snap_compare(app, run_before=_opened("D", "j"), terminal_size=(80, 24))


def test_changes_screen_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    queue, _ = two_threads(tmp_path / "kb.sqlite")
    told_of(tmp_path / "kb.sqlite", queue)
    app = BrowseApp(tmp_path / "kb.sqlite")
    assert snap_compare(app, run_before=_opened("C", "j"), terminal_size=(80, 24))


def test_wide_thread_screen_with_the_reply_tree_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    assert snap_compare(app, press=["i", "right_curly_bracket", "z", "c"], terminal_size=(140, 34))


def test_narrow_item_screen_with_its_chart_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    named = queue_base(tmp_path / "kb.sqlite")

    async def opened(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, BrowseApp)
        await open_item(app, pilot, named["full"].id)
        await press(pilot, ["Z", "G"])

    assert snap_compare(BrowseApp(tmp_path / "kb.sqlite"), run_before=opened, terminal_size=(80, 40))


def test_picking_what_an_item_is_linked_to_looks_as_it_did(tmp_path: Path, snap_compare: Compare) -> None:
    named = queue_base(tmp_path / "kb.sqlite")

    async def opened(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, BrowseApp)
        await open_item(app, pilot, named["full"].id)
        await press(pilot, ["M"])
        await settle(pilot, times=2)

    assert snap_compare(BrowseApp(tmp_path / "kb.sqlite"), run_before=opened, terminal_size=(100, 30))


async def test_browser_honours_no_color(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await press(pilot, ["right_square_bracket"])
        await settle(pilot)
        strips = app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        colours = [colour.triplet for s in styles for colour in (s.color, s.bgcolor) if colour and colour.triplet]
        assert colours
        assert all(c.red == c.green == c.blue for c in colours)
        assert "C▸The queue" in screen_text(app)


@pytest.mark.parametrize("item", [False, True])
def test_picture_names_no_other_host(tmp_path: Path, item: bool) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    out = tmp_path / "out.svg"
    picture(tmp_path / "kb.sqlite", out, item=named["full"].id if item else None, size=(100, 30))
    svg = out.read_text(encoding="utf-8")
    assert svg.count("http") == svg.count('xmlns="http://www.w3.org/2000/svg"') == 1
    assert "@font-face" not in svg
    assert "DejaVu Sans Mono" in svg
    assert ("◂" in svg) is item


def test_picture_refuses_an_id_that_is_no_item(tmp_path: Path) -> None:
    queue_base(tmp_path / "kb.sqlite")
    with pytest.raises(UsageError, match="is a message"):
        picture(tmp_path / "kb.sqlite", tmp_path / "out.svg", item="m0@example.org")


def test_picture_is_made_from_the_command_line(tmp_path: Path) -> None:
    queue_base(tmp_path / "kb.sqlite")
    command = [sys.executable, "-m", "tui.picture", str(tmp_path / "kb.sqlite"), str(tmp_path / "o.svg"), "--size"]
    root = Path(__file__).parent.parent
    done = subprocess.run([*command, "80x24"], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "o.svg").read_text(encoding="utf-8").startswith("<svg")
    wrong = subprocess.run([*command, "big"], cwd=root, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "'big' is no size" in wrong.stderr


def test_theme_lies_inside_the_package() -> None:
    import tui

    assert (Path(tui.__path__[0]) / str(BrowseApp.CSS_PATH)).is_file()
