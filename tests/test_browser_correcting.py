"""In: keys on an item. Out: corrections that count at once and can be undone; none where the browser is read-only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ingest import pipeline
from kb.corrections import effective
from kb.reading import reading
from kb.views import ItemView
from tests.support.browser import item_screen, open_item, press, screen_text, settle, shown_rows
from tests.test_corrections import MAILS
from tui.app import BrowseApp
from tui.screens.asking import AskScreen, PickScreen

WHO = "Dora Example <dora@example.org>"


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tui.cli.author.author", lambda: WHO)
    pipeline.ingest(tmp_path / "kb.sqlite", MAILS)
    return tmp_path / "kb.sqlite"


def _item(base: Path, kind: str) -> ItemView:
    with reading(base) as reader:
        return next(item for item in reader.items() if item.kind == kind)


def _said(base: Path) -> list[tuple[str, str, str, str]]:
    with reading(base) as reader:
        return [(c.verb, c.value, c.who, c.why) for c in effective(reader.corrections())]


async def _keys(app: BrowseApp, pilot: Pilot[None], *groups: Sequence[str]) -> None:
    """Press groups of keys, each when what the one before asked for has been drawn and kept."""
    for keys in groups:
        await press(pilot, keys)
        await app.workers.wait_for_complete()
        await settle(pilot, times=2)


async def test_a_confirms_and_u_takes_it_back(base: Path) -> None:
    question = _item(base, "question")
    app = BrowseApp(base)
    async with app.run_test(notifications=True) as pilot:
        await open_item(app, pilot, question.id)
        await _keys(app, pilot, ["a"])
        assert _said(base) == [("confirm", "", WHO, "")]
        assert any("confirmed by Dora Example" in row for row in shown_rows(item_screen(app).facts))
        await _keys(app, pilot, ["u"])
        assert _said(base) == []
        await _keys(app, pilot, ["u"])
        assert any("nothing was said of this item by hand" in told.message for told in app._notifications)


async def test_upper_case_a_confirms_with_a_note(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await open_item(app, pilot, _item(base, "question").id)
        await _keys(app, pilot, ["A"], [*"I wrote it", "enter"])
        assert _said(base) == [("confirm", "", WHO, "I wrote it")]


async def test_x_rejects_and_u_brings_the_item_back(base: Path) -> None:
    question = _item(base, "question")
    app = BrowseApp(base)
    async with app.run_test(size=(120, 30)) as pilot:
        await open_item(app, pilot, question.id)
        await _keys(app, pilot, ["x"])
        assert "no longer in the database" in screen_text(app)
        with reading(base) as reader:
            assert reader.item(question.id) is None
        await _keys(app, pilot, ["u"])
        assert item_screen(app).page is not None
        with reading(base) as reader:
            assert reader.item(question.id) is not None


async def test_upper_case_k_gives_another_kind_and_the_screen_follows_the_item(base: Path) -> None:
    question = _item(base, "question")
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await open_item(app, pilot, question.id)
        await _keys(app, pilot, ["K"])
        assert isinstance(app.screen, PickScreen)
        await _keys(app, pilot, [*"act", "enter"])
        page = item_screen(app).page
        assert page is not None
        assert (page.item.kind, page.item.quote) == ("action", question.quote)
        await _keys(app, pilot, ["u"])
        assert item_screen(app).item_id == question.id


async def test_s_says_where_an_item_stands_and_why(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await open_item(app, pilot, _item(base, "question").id)
        await _keys(app, pilot, ["s"], ["down", "down", "enter"])
        assert isinstance(app.screen, AskScreen)
        await _keys(app, pilot, [*"no matter", "enter"])
        assert _said(base) == [("state", "dropped", WHO, "no matter")]
        page = item_screen(app).page
        assert page is not None
        assert page.item.state == "dropped"


async def test_i_says_what_an_item_says(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await open_item(app, pilot, _item(base, "question").id)
        await _keys(app, pilot, ["i"], ["ctrl+u", *"is it so", "enter"])
        assert any("is it so" in row for row in shown_rows(item_screen(app).facts))


async def test_l_links_two_items_and_upper_case_l_cuts_the_link(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await open_item(app, pilot, _item(base, "claim").id)
        before = len(item_screen(app).page.neighbours)  # type: ignore[union-attr]
        await _keys(app, pilot, ["l"], [*"answers", "enter"], ["enter"])
        page = item_screen(app).page
        assert page is not None
        assert [verb for verb, *_ in _said(base)] == ["link"]
        assert len(page.neighbours) >= before
        facts = item_screen(app).facts
        rows = shown_rows(facts)
        facts.cursor = next(n for n, row in enumerate(rows) if "─ answers ─▸" in row)
        await _keys(app, pilot, ["L"])
        assert "unlink" in [verb for verb, *_ in _said(base)]
        assert not any("─ answers ─▸" in row for row in shown_rows(facts))


async def test_upper_case_l_away_from_a_link_says_what_to_do(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test(notifications=True) as pilot:
        await open_item(app, pilot, _item(base, "claim").id)
        await _keys(app, pilot, ["g", "L"])
        assert "put the cursor on a link first" in screen_text(app)
        assert _said(base) == []


async def test_upper_case_m_merges_an_item_with_another(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await open_item(app, pilot, _item(base, "claim").id)
        await _keys(app, pilot, ["M"], ["enter"])
        assert [verb for verb, *_ in _said(base)] == ["merge"]


async def test_escape_leaves_a_question_and_says_nothing(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await open_item(app, pilot, _item(base, "question").id)
        await _keys(app, pilot, ["A"], ["escape"], ["K"], ["escape"], ["M"], [*"zzzz", "enter", "escape"])
        assert _said(base) == []
        assert item_screen(app)


async def test_read_only_corrects_nothing(base: Path) -> None:
    app = BrowseApp(base, read_only=True)
    async with app.run_test() as pilot:
        await open_item(app, pilot, _item(base, "question").id)
        for key in "aAxKsilLMu":
            await _keys(app, pilot, [key])
            assert item_screen(app)
        assert _said(base) == []
