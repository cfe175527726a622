"""In: mail that came since the last look. Out: what it changed, by thread, until it was looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from kb.journal import Change, What
from kb.needing import Looks
from kb.news import Since, news_in
from kb.reading import reading
from kb.records import Item, Verdict
from kb.store.writing import writing
from tests.support.browser import (
    SIZES,
    item_screen,
    press,
    queue_base,
    queue_review,
    screen_text,
    settle,
    shown_rows,
    thread_screen,
    two_threads,
)
from tests.support.threads import run
from tui.app import BrowseApp
from tui.looks import LooksKept
from tui.screens.changes import ChangesScreen
from tui.screens.threads import ThreadsScreen


def _journal(path: Path, changes: list[Change], *, days: float = 0) -> None:
    with writing(path) as writer:
        writer.write_journal(changes, datetime.now(UTC) - timedelta(days=days))


@pytest.fixture
def named(tmp_path: Path) -> dict[str, Item]:
    """The queue review: a week ago it was new, an hour ago two mails came."""
    path = tmp_path / "kb.sqlite"
    review, named = queue_review()
    with writing(path) as writer:
        writer.add_thread(review)
    thread = _thread(path)
    half, full = named["half"], named["full"]
    told = {"date": "2024-05-01T14:00:00+00:00"}
    new = Change(What.THREAD, thread, "m0@example.org", 0, "Ada", told["date"], quote="queue", after="1 mail, 3 items")
    _journal(path, [new], days=10)
    mail = Change(What.MAIL, thread, "m2@example.org", 2, "Ada Example", told["date"])
    moved = Change(
        What.STATE,
        thread,
        "m1@example.org",
        1,
        "Ben Sample",
        told["date"],
        item_id=half.id,
        kind="question",
        quote=half.quote.text,
        before="open",
        after="answered",
        by_item=full.id,
        by_number=2,
        by_author="Ada Example",
    )
    gone = Change(
        What.VANISHED, thread, "m1@example.org", 1, "Ben", told["date"], item_id="c-gone", kind="claim", quote="was"
    )
    _journal(path, [mail, moved, gone], days=1 / 24)
    return named


def _thread(path: Path) -> str:
    with reading(path) as reader:
        return reader.threads()[0].id


def changes(app: BrowseApp) -> ChangesScreen:
    assert isinstance(app.screen, ChangesScreen)
    return app.screen


def _seen_until(path: Path, days: float) -> None:
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    LooksKept(path).saw_all(at)


@pytest.mark.parametrize("size", SIZES)
async def test_changes_since_the_last_look_stand_under_their_thread(
    named: dict[str, Item], tmp_path: Path, size: tuple[int, int]
) -> None:
    _seen_until(tmp_path / "kb.sqlite", 2)
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, ["C"])
        assert "3 changes since your last look · in 1 thread" in screen_text(app)
        rows = shown_rows(changes(app).table)
        assert rows[0].startswith("[PATCH] queue: drop the lock before waiting")
        assert "answered in #2 by Ada Example" in rows[1]
        assert "new mail #2 Ada Example" in rows[2]
        assert "claim c-gone vanished" in rows[3]


async def test_enter_goes_to_the_item_the_mail_or_the_thread(named: dict[str, Item], tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, ["C", "j", "enter"])
        assert item_screen(app).item_id == named["half"].id
        await press(pilot, ["escape", "j", "enter"])
        await settle(pilot)
        assert thread_screen(app).thread_id == _thread(tmp_path / "kb.sqlite")
        await press(pilot, ["C", "g", "enter"])
        assert thread_screen(app).page is not None
        await press(pilot, ["C", "j", "c"])
        await settle(pilot)
        assert thread_screen(app).conversation.has_focus


async def test_since_walks_from_the_last_look_to_all_time(named: dict[str, Item], tmp_path: Path) -> None:
    _seen_until(tmp_path / "kb.sqlite", 0)
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, ["C"])
        assert "nothing since your last look; s shows what came before" in screen_text(app)
        counts = []
        for _ in Since:
            await press(pilot, ["s"])
            news = changes(app).table.news
            assert news is not None
            counts.append(news.count)
        assert counts == [3, 3, 3, 4, 0]


async def test_upper_case_m_marks_all_as_seen_for_this_and_later_sessions(
    named: dict[str, Item], tmp_path: Path
) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, ["C"])
        assert changes(app).table.count() == 5
        await press(pilot, ["M"])
        assert changes(app).table.count() == 0
    again = BrowseApp(tmp_path / "kb.sqlite")
    async with again.run_test() as pilot:
        await settle(pilot)
        await press(pilot, ["C"])
        assert changes(again).table.count() == 0
    with reading(tmp_path / "kb.sqlite") as reader:
        _journal(
            tmp_path / "kb.sqlite", [Change(What.GONE, _thread(reader.path), "m1@example.org", 1, "B", "")], days=-1
        )
    later = BrowseApp(tmp_path / "kb.sqlite")
    async with later.run_test() as pilot:
        await settle(pilot)
        await press(pilot, ["C"])
        assert "was taken back" in screen_text(later)


async def test_changes_of_a_thread_that_was_opened_stay_in_the_session_and_are_gone_in_the_next(
    named: dict[str, Item], tmp_path: Path
) -> None:
    for count, marks in ((5, "    "), (0, "")):
        app = BrowseApp(tmp_path / "kb.sqlite")  # opens the only thread
        async with app.run_test() as pilot:
            await settle(pilot)
            await press(pilot, ["C"])
            table = changes(app).table
            assert table.count() == count
            assert "".join(table.mark(row) for row in range(1, count)) == marks


async def test_slash_shows_changes_with_the_words_and_threads_fold(named: dict[str, Item], tmp_path: Path) -> None:
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, ["C", "slash", *"answered", "enter"])
        assert changes(app).table.count() == 2
        await press(pilot, ["n", "N", "escape", "f"])
        assert changes(app).table.count() == 1
        await press(pilot, ["f", "F"])
        assert changes(app).table.count() == 1
        await press(pilot, ["F", "right_curly_bracket", "left_curly_bracket", "slash", *"zebra", "enter", "enter", "c"])
        assert "no change has these words" in screen_text(app)


async def test_screens_are_reached_from_anywhere_and_stand_once_on_the_stack(tmp_path: Path) -> None:
    two_threads(tmp_path / "kb.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await settle(pilot)
        for key in "ICDICDT":
            await press(pilot, [key])
        assert isinstance(app.screen, ThreadsScreen)
        assert len(app.screen_stack) == 1
        await press(pilot, ["enter", "I", "enter", "D", "T"])
        assert len(app.screen_stack) == 1
        names = {command.title for command in app.get_system_commands(cast(Any, app.screen))}
        assert {"Threads", "Items", "Decisions", "Changes"} <= names


def test_verdicts_that_turned_are_news(tmp_path: Path) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    now = datetime.now(UTC)
    with writing(tmp_path / "kb.sqlite") as writer:
        writer.add_run(run(named["faster"], Verdict.REFUTED, at=now))
    with reading(tmp_path / "kb.sqlite") as reader:
        news = news_in(reader, Since.LOOK, Looks((now - timedelta(hours=1)).isoformat(timespec="seconds")))
        assert [(c.what, c.before, c.after) for t in news.threads for c in t.changes] == [
            (What.VERDICT, "verified", "refuted")
        ]
        assert news_in(reader, Since.LOOK, Looks(news.until)).count == 0


def test_looks_survive_a_damaged_file_and_two_browsers_at_once(tmp_path: Path, own_state: Path) -> None:
    one, other = LooksKept(tmp_path / "a"), LooksKept(tmp_path / "a")
    assert one.saw("t-1", "2024-01-02")
    assert not one.saw("t-1", "2024-01-01")
    other.saw("t-2", "2024-01-03")
    assert LooksKept(tmp_path / "a").now == Looks("", {"t-1": "2024-01-02", "t-2": "2024-01-03"})
    assert LooksKept(tmp_path / "b").now == Looks()
    (file,) = own_state.rglob("looks/*.json")
    for content in ("", "[]", '{"all": 3, "threads": []}', "\udcff"):
        file.write_text(content, errors="surrogateescape")
        assert LooksKept(tmp_path / "a").now == Looks()


def test_a_state_directory_that_cannot_be_made_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    kept = LooksKept(tmp_path / "a")
    assert kept.saw("t-1", "2024-01-02")
    assert kept.now.of("t-1") == "2024-01-02"
