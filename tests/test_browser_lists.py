"""In: keys on the screens of threads and items. Out: which are shown, in which order, and where Enter leads."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from kb.choosing import Order
from kb.listing import Listing
from kb.records import Item
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
from tests.support.filled import fill
from tui.app import BrowseApp
from tui.screens.choosing import Question
from tui.screens.help import HelpScreen
from tui.screens.items import ItemsScreen
from tui.screens.thread import ThreadScreen
from tui.screens.threads import ThreadsScreen
from tui.widgets.thread_list import ThreadOrder


@pytest.fixture
def two(tmp_path: Path) -> Path:
    two_threads(tmp_path / "kb.sqlite")
    return tmp_path / "kb.sqlite"


@pytest.fixture
def named(tmp_path: Path) -> dict[str, Item]:
    return queue_base(tmp_path / "kb.sqlite")


def items(app: BrowseApp) -> ItemsScreen:
    assert isinstance(app.screen, ItemsScreen)
    return app.screen


def threads(app: BrowseApp) -> ThreadsScreen:
    assert isinstance(app.screen, ThreadsScreen)
    return app.screen


async def opened(pilot: Pilot[None], *keys: str) -> None:
    await settle(pilot)
    await press(pilot, ["I", *keys])


async def test_threads_walk_through_orders_both_ways_and_keep_the_cursor_on_its_thread(two: Path) -> None:
    app = BrowseApp(two)
    async with app.run_test() as pilot:
        await settle(pilot)
        table = threads(app).table
        assert str(table.order) == "what needs attention"
        assert "by what needs attention" in screen_text(app)
        assert table.current is not None
        here = table.current.id
        seen = []
        for _ in ThreadOrder:
            await press(pilot, ["greater_than_sign"])
            seen.append(table.order)
            assert table.current is not None
            assert table.current.id == here
        assert set(seen) == set(ThreadOrder)
        await press(pilot, ["less_than_sign"])
        assert str(table.order) == "subject"
        assert [t.subject for t in table.shown] == sorted(t.subject for t in table.shown)


async def test_the_order_of_threads_is_explained_in_the_help(two: Path) -> None:
    app = BrowseApp(two)
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, ["question_mark"])
        assert isinstance(app.screen, HelpScreen)
        assert "4 for each claim that a check refuted" in " ".join(screen_text(app).split())


async def test_a_thread_that_was_opened_is_no_longer_new(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from kb.journal import Change, What
    from kb.reading import reading
    from kb.store.writing import writing

    two_threads(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        known = [thread.id for thread in reader.threads()]
    with writing(tmp_path / "kb.sqlite") as writer:
        writer.write_journal([Change(What.MAIL, t, "m1@example.org", 1, "Ben", "") for t in known], datetime.now(UTC))
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await settle(pilot)
        assert [t.new for t in threads(app).table.shown] == [1, 1]
        current = threads(app).table.current
        assert current is not None
        await press(pilot, ["enter"])
        assert isinstance(app.screen, ThreadScreen)
        await press(pilot, ["escape"])
        assert {t.id: t.new for t in threads(app).table.shown}[current.id] == 0
        assert threads(app).table.shown[0].new == 1
        await press(pilot, ["M"])
        assert [t.new for t in threads(app).table.shown] == [0, 0]
    again = BrowseApp(tmp_path / "kb.sqlite")
    async with again.run_test() as pilot:
        await settle(pilot)
        assert [t.new for t in threads(again).table.shown] == [0, 0]


async def test_i_on_a_thread_lists_its_items(two: Path) -> None:
    app = BrowseApp(two)
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, ["slash", *"queue", "enter", "i"])
        assert items(app).table.count() == 8


@pytest.mark.parametrize("size", SIZES)
async def test_items_of_all_threads_are_shown_and_enter_opens_one(two: Path, size: tuple[int, int]) -> None:
    app = BrowseApp(two)
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        assert "10 items in all threads" in screen_text(app)
        current = items(app).current
        assert current is not None
        await press(pilot, ["enter"])
        assert item_screen(app).item_id == current.id
        await press(pilot, ["escape"])
        assert isinstance(app.screen, ItemsScreen)


async def test_items_of_the_thread_on_the_screen_and_star_shows_all(two: Path) -> None:
    app = BrowseApp(two, thread="queue")
    async with app.run_test() as pilot:
        await opened(pilot)
        assert items(app).base.order is Order.THREAD
        assert "8 items in [PATCH] queue" in screen_text(app)
        await press(pilot, ["asterisk"])
        assert items(app).table.count() == 10
        await press(pilot, ["asterisk"])
        assert items(app).table.count() in (2, 8)


@pytest.mark.parametrize(
    ("keys", "count"),
    [("1", 4), ("2", 1), ("3", 2), ("4", 1), ("s", 3), ("vv", 1), ("11ss", 1), ("+++++++", 8), ("3s0", 8)],
)
async def test_keys_choose_kinds_states_verdicts_and_confidence(
    named: dict[str, Item], tmp_path: Path, keys: str, count: int
) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot)
        for key in keys:
            await press(pilot, [{"+": "plus"}.get(key, key)])
        assert items(app).table.count() == count


async def test_p_shows_one_person_and_a_one_topic_after_the_other(named: dict[str, Item], tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot, "G", "p")
        assert items(app).table.count() == 1
        await press(pilot, ["p", "slash", *"topic:locking", "enter"])
        assert items(app).table.count() == 1
        await press(pilot, ["escape"])
        items(app).table.go_to(named["drops"].id)
        await press(pilot, ["a"])
        assert items(app).base.topic == "locking"
        await press(pilot, ["a"])
        assert items(app).base.topic == "readers"
        await press(pilot, ["a"])
        assert items(app).table.count() == 8


async def test_slash_filters_while_one_types_and_names_fields(named: dict[str, Item], tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot, "slash", *"by:ben kind:act")
        assert [row.split()[3] for row in shown_rows(items(app).table)] == ["please"]
        await press(pilot, ["enter", "escape"])
        assert items(app).table.count() == 8
        await press(pilot, ["slash", *"zebra", "enter", "enter", "G", "n", "N", "p", "a", "c", "f"])
        assert "no item fits" in screen_text(app)


async def test_orders_are_walked_and_n_goes_on(named: dict[str, Item], tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot)
        for order in [*list(Order)[2:], *list(Order)[:2]]:
            await press(pilot, ["greater_than_sign"])
            assert items(app).base.order is order
            assert order.words in screen_text(app)
        await press(pilot, ["less_than_sign", "g", "n", "n", "N"])
        assert items(app).table.cursor == 1


async def test_t_groups_by_topic_and_topics_fold(named: dict[str, Item], tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot, "t")
        table = items(app).table
        heads = [row for row in shown_rows(table) if row.startswith("▾")]
        assert heads == ["▾ locking · 1", "▾ readers · 1", "▾ no topic · 7"]
        await press(pilot, ["g", "enter"])
        assert table.count() == 11
        assert shown_rows(table)[0] == "▸ locking · 1"
        await press(pilot, ["right_curly_bracket"])
        assert table.cursor == 1
        await press(pilot, ["left_curly_bracket", "f"])
        assert table.count() == 12
        await press(pilot, ["F"])
        assert table.count() == 3
        await press(pilot, ["F", "t"])
        assert table.count() == 8


async def test_c_goes_to_the_words_in_their_thread_and_back(two: Path) -> None:
    app = BrowseApp(two)
    async with app.run_test() as pilot:
        await opened(pilot, "G")
        current = items(app).current
        assert current is not None
        await press(pilot, ["c"])
        await settle(pilot)
        assert thread_screen(app).thread_id == current.thread_id
        await press(pilot, ["escape"])
        assert isinstance(app.screen, ItemsScreen)


async def test_a_table_of_a_hundred_thousand_rows_reads_only_what_is_in_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "kb.sqlite", 10)
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot)
        screen = items(app)
        found = screen.table.listing
        assert found is not None
        known = list(found.ids)
        read: list[int] = []
        before = type(screen.table).read_some

        def counted(table: object, ids: list[str]) -> object:
            read.append(len(ids))
            return before(screen.table, ids)

        monkeypatch.setattr(type(screen.table), "read_some", counted)
        ids = tuple(f"gone{n}" for n in range(100_000 - len(known))) + tuple(known)
        screen.table.show(Listing(found.wanted, ids))
        await press(pilot, ["G"])
        assert screen.table.cursor == 99_999
        assert screen.current is not None
        await press(pilot, ["pageup", "ctrl+u", "k", "g", "pagedown"])
        assert "this item is gone" in screen_text(app)
        assert max(read) <= 96
        assert sum(read) < 1000


async def test_keys_are_answered_while_a_long_reading_goes_on_and_the_latest_question_counts(
    named: dict[str, Item], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, asked = threading.Event(), []
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await opened(pilot)
        screen = items(app)
        before = screen.read

        def slow(question: Question) -> Listing:
            asked.append(question.wanted.kind)
            assert go.wait(30)
            return before(question)

        monkeypatch.setattr(screen, "read", slow)
        for key in ("1", "2", "3", "4", "j", "j"):
            app.post_message(events.Key(key, key))
        await pilot.pause()
        while screen.table.cursor != 2 or not asked:
            await pilot.pause(0.005)
        assert screen.is_reading
        go.set()
        await settle(pilot)
        assert asked == ["claim", "action"]
        assert screen.table.count() == 1


async def test_a_database_that_vanishes_is_said_and_not_a_traceback(named: dict[str, Item], tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(size=(160, 30), notifications=True) as pilot:
        await opened(pilot)
        for file in tmp_path.glob("kb.sqlite*"):
            file.unlink()
        await press(pilot, ["R"])
        assert "could not be read; R tries again" in screen_text(app)
        assert any("no knowledge base here" in notice.message for notice in app._notifications)
        items(app).table.show(Listing(items(app).wanted, ("c-gone",)))
        await settle(pilot)
        assert "this item is gone" in screen_text(app)
