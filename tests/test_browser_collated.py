"""In: keys in the collated conversation. Out: passages with replies beneath, folds, jumps, what was read, raw mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support.browser import hostile_base, press, queue_base, screen_text, settle, shown_rows, thread_screen
from tui.app import BrowseApp
from tui.read_marks import ReadMarks
from tui.screens.raw import RawScreen
from tui.widgets.mail_pieces import diff_look
from tui.widgets.raw_lines import RawLines, text_of
from tui.widgets.words import wrap


@pytest.fixture
def base(tmp_path: Path) -> Path:
    queue_base(tmp_path / "kb.sqlite")
    return tmp_path / "kb.sqlite"


def _row(app: BrowseApp, words: str) -> int:
    return next(n for n, row in enumerate(shown_rows(thread_screen(app).conversation)) if words in row)


async def test_collated_thread_shows_replies_right_below_the_passage_and_repeats_no_quote(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await settle(pilot)
        rows = shown_rows(thread_screen(app).conversation)
        order = [
            "so that a reader is never",
            "▾ #1 Ben",
            "Can a reader still",
            "▾ #2 Ada",
            "▾ #3 Cleo",
            "#0 Ada Example goes",
        ]
        places = [_row(app, words) for words in order]
        assert places == sorted(places)
        assert not any("> " in row for row in rows)
        assert rows[places[1]].startswith("│ ▾ #1 Ben Sample")
        assert "4 mails collated" in screen_text(app)


async def test_collated_thread_shows_every_item_with_its_state(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await settle(pilot)
        text = "\n".join(shown_rows(thread_screen(app).conversation))
        assert "C disputed✗▸the entry" in text
        assert "Q answered▸Can a reader" in text
        assert "D accepted▸I" in text


async def test_m_shows_the_same_words_mail_by_mail_and_back(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        talk = thread_screen(app).conversation
        await press(pilot, ["slash", *"barrier", "enter"])
        spot = talk.spot
        await press(pilot, ["m"])
        assert "mails by replies" in screen_text(app)
        assert talk.spot == spot
        assert any(row.startswith("#1 Ben Sample") for row in shown_rows(talk))
        await press(pilot, ["m"])
        assert "mails collated" in screen_text(app)
        assert talk.spot == spot


async def test_z_keys_fold_turns_as_in_vim(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await settle(pilot)
        talk = thread_screen(app).conversation
        talk.cursor = _row(app, "▾ #1 Ben")
        before = talk.count()
        await press(pilot, ["z", "c"])
        assert shown_rows(talk)[talk.cursor].startswith("│ ▸ #1 Ben Sample")
        assert talk.count() < before
        await press(pilot, ["z", "c"])
        assert shown_rows(talk)[talk.cursor].startswith("│ ▸ #1 Ben Sample")
        await press(pilot, ["z", "o"])
        assert talk.count() == before
        await press(pilot, ["z", "a", "enter"])
        assert talk.count() == before
        await press(pilot, ["z", "M"])
        assert shown_rows(talk) == ["▸ #0 Ada Example, 3 replies: The queue is walked under the lock. This patch…"]
        await press(pilot, ["z", "R", "z", "j"])
        assert talk.count() == before
        assert talk.cursor == 0


async def test_a_folded_turn_tells_its_replies_and_a_jump_opens_it(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await settle(pilot)
        talk = thread_screen(app).conversation
        await press(pilot, ["z", "M", "G", "right_square_bracket"])
        assert talk.chosen is not None
        assert talk.chosen.quote in " ".join(talk.mails[0].message.body.split())
        assert talk.count() > 1


async def test_w_and_x_jump_to_open_questions_and_disagreements(tmp_path: Path) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    hostile_base(tmp_path / "other.sqlite")
    app = BrowseApp(tmp_path / "kb.sqlite")
    async with app.run_test() as pilot:
        await settle(pilot)
        talk = thread_screen(app).conversation
        await press(pilot, ["x"])
        assert talk.chosen is not None
        assert talk.chosen.id == named["full"].id
        await press(pilot, ["x", "X", "W"])
        assert talk.chosen.id == named["full"].id
        await press(pilot, ["g", "w"])
        assert talk.cursor == 0  # no question is open here


async def test_u_jumps_to_unread_mails_and_what_was_on_the_screen_counts_as_read(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test(size=(80, 14)) as pilot:
        await settle(pilot, times=2)
        talk = thread_screen(app).conversation
        assert len(talk.seeing.unread) == 4
        await press(pilot, ["u"])
        assert talk.spot == ("m1@example.org", -1)
        assert talk.mark(talk.cursor) == "●"
        await press(pilot, ["u", "u"])
        assert talk.spot == ("m3@example.org", -1)
        await press(pilot, ["U"])
        assert talk.spot == ("m0@example.org", -1)  # the others have left the screen, so they are read
        await press(pilot, ["G"])
        await settle(pilot, times=2)
    names = [f"m{n}@example.org" for n in range(4)]
    left = ReadMarks(base).unread(names)
    assert "m1@example.org" not in left
    again = BrowseApp(base)
    async with again.run_test() as pilot:
        await settle(pilot)
        assert thread_screen(again).conversation.seeing.unread <= left


async def test_i_shows_the_reply_tree_and_enter_goes_to_a_mail(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test(size=(140, 40)) as pilot:
        await press(pilot, ["i"])
        await settle(pilot, times=2)
        screen = thread_screen(app)
        assert screen.replies.display
        assert not screen.items.display
        rows = shown_rows(screen.replies)
        assert rows[2].startswith("●   └ #2 Ada Example  2▸")
        await press(pilot, ["tab", "j", "j", "enter"])
        assert screen.conversation.has_focus
        assert screen.conversation.spot == ("m2@example.org", -1)
        await press(pilot, ["i"])
        await settle(pilot, times=2)
        assert screen.items.display


async def test_upper_case_h_shows_the_mail_as_it_came(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["H"])
        await settle(pilot)
        assert isinstance(app.screen, RawScreen)
        assert "#0 Ada Example, as it came" in screen_text(app)
        await press(pilot, ["escape"])
        assert thread_screen(app)


async def test_raw_mail_shows_headers_bytes_and_escapes_as_visible_text(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await press(pilot, ["H"])
        await settle(pilot)
        lines = app.screen.query_one(RawLines)
        lines.show(b"Subject: [red]x[/red]\r\nX-Odd: \x1b[31m\xff\xe2\x80\xae\r\n\r\n" + b"y" * 10_000_000 + b"\n")
        await settle(pilot)
        rows = [lines.pieces(row, lines.text_width)[0] for row in range(6)]
        text = "".join(words for row in rows for words, _ in row)
        assert "Subject: [red]x[/red]" in text
        assert "<U+001B>[31m" in text
        assert "<0xFF>" in text
        assert "<U+202E>" in text
        await press(pilot, ["G"])
        assert "yyyy" in screen_text(app)
        lines.show("\U0010ffff\u3164漢".encode() * 30)
        shown = shown_rows(lines)
        assert max(map(cell_len, shown)) <= lines.text_width
        assert "".join(shown) == "<U+10FFFF><U+3164>漢" * 30


def test_raw_text_keeps_every_byte() -> None:
    assert text_of(b"a\xfe\n\tb\r\nc") == "a<0xFE>\n    b\nc"


@pytest.mark.parametrize(
    ("line", "look"),
    [("+new", "added"), ("-old", "removed"), ("@@ -1 +1 @@", "hunk"), ("+++ b/x.c", "label"), (" same", "")],
)
def test_a_line_of_a_patch_has_the_look_of_its_sign(line: str, look: str) -> None:
    assert diff_look(line) == look


async def test_a_patch_shows_its_signs_and_its_looks(base: Path) -> None:
    app = BrowseApp(base)
    async with app.run_test() as pilot:
        await settle(pilot)
        talk = thread_screen(app).conversation
        talk.cursor = _row(app, "┊ patch")
        await press(pilot, ["enter"])
        looks = {words: look for row in range(talk.count()) for words, look in talk.pieces(row, talk.text_width)[0]}
        assert looks["-       lock(q);"] == "removed"
        assert looks["@@ -1,5 +1,3 @@"] == "hunk"


def test_a_line_of_ten_million_letters_is_wrapped_at_once() -> None:
    body = "word " * 2_000_000
    pieces = wrap(body, 0, len(body), 80)
    assert len(pieces) == 125_000
    assert pieces[0] == (0, 80)
