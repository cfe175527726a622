"""In: keys on the time line of decisions. Out: who proposed what, what moved it, and where Enter leads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kb.choosing import Order
from kb.records import Item, ItemKind, Relation
from kb.store.writing import writing
from tests.support.browser import (
    SIZES,
    item_screen,
    press,
    queue_base,
    screen_text,
    settle,
    shown_rows,
    thread_screen,
    two_threads,
)
from tests.support.threads import derived, item, link, message
from tui.app import BrowseApp
from tui.screens.decisions import DecisionsScreen


@pytest.fixture
def named(tmp_path: Path) -> dict[str, Item]:
    return queue_base(tmp_path / "kb.sqlite")


def decisions(app: BrowseApp) -> DecisionsScreen:
    assert isinstance(app.screen, DecisionsScreen)
    return app.screen


async def opened(pilot: Pilot[None], *keys: str) -> None:
    await settle(pilot)
    await press(pilot, ["D", *keys])


@pytest.mark.parametrize("size", SIZES)
async def test_a_decision_stands_with_what_moved_it_and_who_said_so(
    named: dict[str, Item], tmp_path: Path, size: tuple[int, int]
) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        rows = shown_rows(decisions(app).table)
        assert rows[0].startswith("2024-05-01 D proposed")
        assert [row.split()[1:4] for row in rows[1:4]] == [
            ["←", "moved", "by"],
            ["←", "moved", "by"],
            ["✗", "objected", "C"],
        ]
        assert "#3 Cleo Sample" in rows[3]
        assert "2 decisions in [PATCH] queue" in screen_text(app)


async def test_people_stand_with_their_roles_once_these_are_read(tmp_path: Path) -> None:
    from kb.reading import reading
    from kb.review_reading import roles

    queue_base(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(size=(160, 50)) as pilot:
        await opened(pilot)
        table = decisions(app).table
        while not table._roles:
            await pilot.pause(0.005)
        with reading(tmp_path / "kb.sqlite") as reader:
            thread = reader.threads()[0].id
            held = roles(reader, thread)
        assert table._roles == {thread: held}


async def test_enter_opens_a_decision_and_what_moved_it(named: dict[str, Item], tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot, "enter")
        assert item_screen(app).item_id == named["drops"].id
        await press(pilot, ["escape", "j", "j", "j", "enter"])
        assert item_screen(app).item_id == named["barrier"].id
        await press(pilot, ["escape", "c"])
        await settle(pilot)
        chosen = thread_screen(app).conversation.chosen
        assert chosen is not None
        assert chosen.id == named["barrier"].id


async def test_brackets_go_from_decision_to_decision_and_steps_fold(named: dict[str, Item], tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot, "right_square_bracket")
        table = decisions(app).table
        assert table.cursor == 4
        await press(pilot, ["left_square_bracket", "j", "f"])
        assert (table.cursor, table.count()) == (0, 3)
        assert shown_rows(table)[0].endswith("+3")
        await press(pilot, ["F"])
        assert table.count() == 2
        await press(pilot, ["F"])
        assert table.count() == 6


async def test_the_time_line_of_all_threads_hides_steps_at_first_and_star_shows_one_thread(tmp_path: Path) -> None:
    two_threads(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot)
        assert "2 decisions in all threads" in screen_text(app)
        assert decisions(app).table.count() == 2
        await press(pilot, ["asterisk"])
        assert decisions(app).table.count() == 6
        await press(pilot, ["asterisk"])
        assert decisions(app).table.count() == 2


async def test_decisions_are_filtered_by_words_state_person_and_zero_shows_all(
    named: dict[str, Item], tmp_path: Path
) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot, "slash", *"changelog", "enter")
        assert [m.decisions for m in decisions(app).table.timeline.matters] == [  # type: ignore[union-attr]
            (named["changelog"].id,)
        ]
        await press(pilot, ["escape", "s", "s"])
        assert decisions(app).base.state == "accepted"
        assert "1 decision in" in screen_text(app)
        await press(pilot, ["0"])
        assert "2 decisions in" in screen_text(app)
        await press(pilot, ["p", "v", "v", "v", "v", "v", "v"])
        assert "no decision fits" in screen_text(app)
        await press(pilot, ["0", "a"])
        assert "about locking" in screen_text(app)
        await press(pilot, ["0", "greater_than_sign", "less_than_sign", "less_than_sign"])
        assert decisions(app).base.order is Order.NEWEST


async def test_what_replaced_a_decision_stands_below_it_whatever_came_between(tmp_path: Path) -> None:
    mails = [
        message(0, "We should take the lock once.\n"),
        message(1, "We should rename the lock.\n", author="Ben Sample"),
        message(2, "Let us drop the lock instead.\n"),
    ]
    made = [item(ItemKind.DECISION, mail, mail.body.strip()) for mail in mails]
    with writing(tmp_path / "kb.sqlite") as writer:
        writer.add_thread(derived(mails, made, [replace(link(made[2], Relation.SUPERSEDES, made[0]), confidence=0.9)]))
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        rows = [" ".join(row.split()[1:4]) for row in shown_rows(decisions(app).table)]
        assert rows == [
            "D superseded #0",
            "⇒ replaced by",
            "↳ D proposed",
            "⇐ replaces D",
            "D proposed #1",
        ]
