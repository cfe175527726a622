"""In: mails full of markup, escape sequences and hidden characters. Out: a screen that shows them and obeys none."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len

from kb.records import Item
from tests.support.browser import (
    HOSTILE,
    hostile_base,
    open_item,
    press,
    screen_text,
    settle,
    shown_rows,
    thread_screen,
)
from tui.app import BrowseApp
from tui.picture import picture
from tui.widgets.lines import LineView

SIZES = [(80, 24), (160, 50)]


@pytest.fixture
def asked(tmp_path: Path) -> Item:
    return hostile_base(tmp_path / "kb.sqlite")


def assert_harmless(app: BrowseApp) -> str:
    """The screen's text, which holds no character that a terminal would act on and no link made from a mail."""
    text = screen_text(app)
    bad = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co")}
    assert not bad
    strips = app.screen._compositor.render_strips()
    assert not any(segment.style and segment.style.link for strip in strips for segment in strip)
    return text


@pytest.mark.parametrize("size", SIZES)
async def test_thread_screen_shows_hostile_mail_as_text(asked: Item, tmp_path: Path, size: tuple[int, int]) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        text = assert_harmless(app)
        assert "[bold]loud[/bold]" in text
        assert "[link=https://example.org]here[/link]" in text
        rows = shown_rows(thread_screen(app).conversation)
        assert any("<U+001B>[31mred<U+001B>[0m" in row for row in rows)
        assert any("<U+202E>gnp.exe<U+202C>" in row for row in rows)
        assert any("z<U+200B>w 漢字" in row for row in rows)


async def test_every_line_of_a_hostile_mail_fits_the_screen(asked: Item, tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(size=(80, 24)) as pilot:
        talk = thread_screen(app).conversation
        for keys in (["j"], ["F"], ["F", "m"], ["F"]):
            await press(pilot, keys)
            assert max(cell_len(row) for row in shown_rows(talk)) <= talk.text_width
        assert "".join(shown_rows(talk)).count("x") >= 5000


@pytest.mark.parametrize("size", SIZES)
async def test_item_screen_shows_hostile_facts_as_text(asked: Item, tmp_path: Path, size: tuple[int, int]) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(size=size) as pilot:
        await open_item(app, pilot, asked.id)
        assert_harmless(app)
        for _ in range(3):
            await press(pilot, ["pagedown"])
            assert "<U+" in assert_harmless(app)
        await press(pilot, ["tab", "G"])
        assert_harmless(app)


async def test_reply_tree_and_raw_mail_show_hostile_mail_as_text(asked: Item, tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await press(pilot, ["i"])
        await settle(pilot, times=2)
        assert_harmless(app)
        await press(pilot, ["z", "M"])
        assert_harmless(app)
        await press(pilot, ["H"])
        await settle(pilot)
        assert "[bold]loud" in assert_harmless(app)


async def test_questions_about_a_hostile_item_are_text(asked: Item, tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await open_item(app, pilot, asked.id)
        for key in "KsliMA":
            await press(pilot, [key])
            await settle(pilot)
            assert_harmless(app)
            await press(pilot, ["escape"])


async def test_searching_for_hostile_words_finds_them(asked: Item, tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await press(pilot, ["slash", *"[bold]loud[/", "enter"])
        assert len(thread_screen(app).conversation.hits) >= 3
        assert_harmless(app)
        await press(pilot, ["tab", "slash", *"[link=", "enter"])
        assert len(thread_screen(app).items.shown) == 3
        assert '"[link="' in assert_harmless(app)


async def test_threads_screen_help_and_palette_show_no_markup(asked: Item, tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    app.first_thread = None
    async with app.run_test() as pilot:
        await settle(pilot)
        assert "[bold]loud[/bold]" in assert_harmless(app)
        await press(pilot, ["question_mark"])
        assert_harmless(app)
        await press(pilot, ["escape", "ctrl+p"])
        assert_harmless(app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "keys",
    ["", ">>", "I", "It", "ItF", "Iap", "IG", "I*", "D", "DF", "Dj", "D*G", "Dap", "C", "Cj", "Cjj", "Cssss", "CF"],
)
async def test_lists_show_hostile_words_as_text(asked: Item, tmp_path: Path, size: tuple[int, int], keys: str) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    app.first_thread = None
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, [{">": "greater_than_sign", "*": "asterisk"}.get(key, key) for key in keys])
        assert "[bold]loud[/bold]" in assert_harmless(app)
        pane = app.screen.query_one("LineView:focus")
        assert isinstance(pane, LineView)
        rows = shown_rows(pane)
        assert max(map(cell_len, rows)) <= pane.text_width
        assert not any(unicodedata.category(c) in ("Cc", "Cf") for row in rows for c in row)


async def test_filters_of_lists_take_hostile_words(asked: Item, tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    app.first_thread = None
    async with app.run_test() as pilot:
        for screen in "IDC":
            await settle(pilot)
            await press(pilot, [screen, "slash", *"by:[link= [bold]loud[/", "enter"])
            assert '"[bold]loud[/"' in assert_harmless(app) or screen == "C"
            await press(pilot, ["slash", *"'; DROP TABLE items; -- %_\\", "enter"])
            assert_harmless(app)


async def test_a_notice_about_a_hostile_item_is_text(asked: Item, tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(notifications=True) as pilot:
        app.running[asked.id] = 0.0
        app._checked(asked.id, None)
        await settle(pilot, times=2)
        assert "[bold]loud[/bold]" in assert_harmless(app)


def test_picture_of_a_hostile_thread_is_well_formed(asked: Item, tmp_path: Path) -> None:
    from xml.etree import ElementTree as ET

    picture(tmp_path / "kb.sqlite", tmp_path / "out.svg", item=asked.id, size=(80, 24))
    svg = (tmp_path / "out.svg").read_text(encoding="utf-8")
    assert ET.fromstring(svg).tag.endswith("svg")
    assert HOSTILE not in svg
    assert "\x1b" not in svg
    assert "\u202e" not in svg
