"""In: keys in the conversation. Out: where the cursor stands, what is folded, what is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.browser import (
    SIZES,
    item_screen,
    pane_title,
    press,
    queue_base,
    screen_text,
    settle,
    shown_rows,
    thread_screen,
)
from tui.app import BrowseApp


@pytest.fixture
def base(tmp_path: Path) -> Path:
    queue_base(tmp_path / "kb.sqlite")
    return tmp_path / "kb.sqlite"


@pytest.mark.parametrize("size", SIZES)
async def test_thread_screen_shows_conversation_and_items_at_any_size(base: Path, size: tuple[int, int]) -> None:
    app = BrowseApp(base)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        text = screen_text(app)
        assert "C▸The queue is walked under the lock." in text
        assert "8 items" in text
        assert "disputed" in text
        assert thread_screen(app).items.size.height >= 5


async def test_conversation_shows_number_author_date_and_what_is_answered(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["m"])
        rows = shown_rows(thread_screen(app).conversation)
        assert any(row.startswith("#1 Ben Sample  2024-05-01 13:00  ↳ #0") for row in rows)
        assert "readers (was: queue: drop the lock)" in rows


async def test_conversation_marks_each_kind_with_its_letter(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await settle(pilot)
        text = "\n".join(shown_rows(thread_screen(app).conversation))
        for mark in ("C▸The queue", "D▸This patch", "Q answered▸Can a reader", "A▸please"):
            assert mark in text


async def test_j_k_arrows_g_and_upper_case_g_move_the_cursor(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        talk = thread_screen(app).conversation
        for keys, row in ((["j", "down"], 2), (["k"], 1), (["up"], 0), (["G"], talk.count() - 1), (["g"], 0)):
            await press(pilot, keys)
            assert talk.cursor == row
        await press(pilot, ["end"])
        assert talk.cursor == talk.count() - 1
        assert talk.shows(talk.cursor)
        await press(pilot, ["home", "k"])
        assert talk.cursor == 0


async def test_page_keys_move_by_pages_and_half_pages(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test(size=(80, 20)) as pilot:
        await settle(pilot)
        talk = thread_screen(app).conversation
        page = talk.scrollable_content_region.height - 1
        await press(pilot, ["space"])
        assert talk.cursor == page
        await press(pilot, ["b"])
        assert talk.cursor == 0
        await press(pilot, ["ctrl+d"])
        assert 0 < talk.cursor <= page // 2 + 1
        await press(pilot, ["ctrl+u", "pagedown", "pageup"])
        assert talk.cursor == 0


async def test_enter_on_a_fold_opens_it_and_closes_it_again(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        talk = thread_screen(app).conversation
        await press(pilot, ["m"])
        talk.cursor = next(n for n, row in enumerate(shown_rows(talk)) if row.startswith("┊ quotes #0"))
        before = talk.count()
        await press(pilot, ["enter"])
        assert any(row.startswith("> The queue is walked") for row in shown_rows(talk))
        assert shown_rows(talk)[talk.cursor].startswith("╎ quotes #0")
        await press(pilot, ["f"])
        assert talk.count() == before


async def test_upper_case_f_opens_all_quotes_and_closes_them_again(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        talk = thread_screen(app).conversation
        await press(pilot, ["m"])
        before = shown_rows(talk)
        await press(pilot, ["F"])
        opened = shown_rows(talk)
        assert sum(row.startswith("> ") for row in opened) == 5
        assert any(row.startswith("┊ patch") for row in opened)
        await press(pilot, ["F"])
        assert shown_rows(talk) == before


async def test_brackets_go_from_item_to_item_and_enter_opens_it(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        talk = thread_screen(app).conversation
        seen = []
        for _ in range(9):
            await press(pilot, ["right_square_bracket"])
            assert talk.chosen is not None
            seen.append(talk.chosen.quote)
        assert len(set(seen)) == 8
        assert talk.chosen is not None
        chosen = talk.chosen.id
        await press(pilot, ["left_square_bracket", "right_square_bracket", "enter"])
        assert item_screen(app).item_id == chosen


async def test_braces_go_from_message_to_message(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        talk = thread_screen(app).conversation
        await press(pilot, ["m"])
        await press(pilot, ["right_curly_bracket", "right_curly_bracket"])
        assert talk.spot == ("m2@example.org", -1)
        await press(pilot, ["j", "left_curly_bracket"])
        assert talk.spot == ("m2@example.org", -1)
        await press(pilot, ["left_curly_bracket"])
        assert talk.spot == ("m1@example.org", -1)


async def test_slash_finds_words_in_the_conversation_and_n_goes_on(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        talk = thread_screen(app).conversation
        await press(pilot, ["slash", *"reader", "enter"])
        assert "hit 1 of" in pane_title(app, "#conversation")
        hits = list(talk.hits)
        assert len(hits) >= 3
        await press(pilot, ["n"])
        assert talk.cursor == hits[1]
        await press(pilot, ["N", "N"])
        assert talk.cursor == hits[-1]
        await press(pilot, ["escape"])
        assert talk.needle is None
        await press(pilot, ["n"])
        assert talk.cursor == hits[-1]


async def test_slash_finds_a_phrase_across_the_end_of_a_line(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["slash", *"run the stress", "enter"])
        assert "hit 1 of 1" in pane_title(app, "#conversation")


async def test_escape_in_the_prompt_brings_the_search_before_back(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        talk = thread_screen(app).conversation
        await press(pilot, ["slash", *"barrier", "enter", "slash", *"zzz", "escape"])
        assert talk.needle_words == "barrier"
        assert talk.has_focus


async def test_t_orders_by_date_and_by_replies(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["t"])
        assert "by date" in pane_title(app, "#conversation")
        await press(pilot, ["t"])
        assert "by date" not in pane_title(app, "#conversation")


@pytest.mark.parametrize("size", SIZES)
async def test_upper_case_z_shows_the_pane_alone(base: Path, size: tuple[int, int]) -> None:
    app = BrowseApp(base)
    async with app.run_test(size=size) as pilot:
        await press(pilot, ["Z"])
        assert thread_screen(app).conversation.size.width >= size[0] - 2
        assert not thread_screen(app).items.display
        await press(pilot, ["Z"])
        assert thread_screen(app).items.display


async def test_resizing_keeps_the_cursor_in_its_words(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test(size=(80, 24)) as pilot:
        talk = thread_screen(app).conversation
        await press(pilot, ["slash", *"barrier", "enter"])
        before, wide = talk.spot, shown_rows(talk)[talk.cursor]
        await pilot.resize_terminal(50, 24)
        await settle(pilot)
        assert before is not None
        assert talk.spot == before
        assert wide.startswith(shown_rows(talk)[talk.cursor].strip())
