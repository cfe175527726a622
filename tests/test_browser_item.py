"""In: an item. Out: its words in their mail, its links walked, its facts searched."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.records import Verdict
from kb.store.writing import writing
from tests.support.browser import (
    SIZES,
    item_screen,
    open_item,
    press,
    queue_base,
    screen_text,
    settle,
    shown_rows,
    thread_screen,
)
from tests.support.threads import run
from tui.app import BrowseApp


@pytest.fixture
def base(tmp_path: Path) -> Path:
    queue_base(tmp_path / "kb.sqlite")
    return tmp_path / "kb.sqlite"


@pytest.mark.parametrize("size", SIZES)
async def test_item_screen_shows_the_quote_highlighted_in_its_mail(tmp_path: Path, size: tuple[int, int]) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(size=size) as pilot:
        app.open_item(named["full"].id)
        await settle(pilot, times=2)
        mail = item_screen(app).mail
        row = next(n for n, text in enumerate(shown_rows(mail)) if "published only when it is full" in text)
        assert mail.mark(row) == "┃"
        assert mail.shows(row)
        looks = dict(mail.pieces(row, mail.text_width)[0])
        assert "chosen" in looks["the entry is published only when it is full."]
        assert "✗ refuted" in screen_text(app)


async def test_item_screen_follows_links_and_comes_back(tmp_path: Path) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await open_item(app, pilot, named["full"].id)
        await press(pilot, ["right_square_bracket", "enter"])
        assert item_screen(app).item_id == named["barrier"].id
        await press(pilot, ["backspace"])
        assert item_screen(app).item_id == named["full"].id
        await press(pilot, ["right_square_bracket", "enter"])
        assert item_screen(app).item_id == named["half"].id
        await press(pilot, ["escape", "left_square_bracket", "enter"])
        assert item_screen(app).item_id == named["barrier"].id


async def test_item_screen_opens_another_item_of_the_same_mail(tmp_path: Path) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await open_item(app, pilot, named["full"].id)
        await press(pilot, ["tab", "right_square_bracket", "enter"])
        assert item_screen(app).item_id == named["changelog"].id


async def test_c_shows_the_item_in_its_thread(tmp_path: Path) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await open_item(app, pilot, named["half"].id)
        await press(pilot, ["right_square_bracket", "enter", "c"])
        await settle(pilot, times=2)
        talk = thread_screen(app).conversation
        assert talk.chosen is not None
        assert talk.chosen.id == named["full"].id
        assert talk.shows(talk.cursor)


async def test_slash_searches_the_facts_of_an_item(tmp_path: Path) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await open_item(app, pilot, named["full"].id)
        facts = item_screen(app).facts
        await press(pilot, ["slash", *"barrier", "enter", "n"])
        assert len(facts.hits) > 2
        assert "barrier" in shown_rows(facts)[facts.cursor]


async def test_item_screen_of_an_item_that_is_gone_says_so(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await open_item(app, pilot, "c-nosuchitem222")
        await press(pilot, ["r", "c", "tab", "enter"])
        assert "no longer in the database" in screen_text(app)


async def test_upper_case_r_reads_what_another_program_wrote(tmp_path: Path) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await open_item(app, pilot, named["barrier"].id)
        with writing(tmp_path / "kb.sqlite") as writer:
            writer.add_run(run(named["barrier"], Verdict.VERIFIED))
        await press(pilot, ["R"])
        assert "✓ verified" in screen_text(app)
