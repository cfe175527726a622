"""In: stretches of mails and widths. Out: lines broken so that nothing is lost and nothing raw is drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.words import drawn, fitted, lines, needle, wrap


def test_wrap_keeps_a_short_line_whole() -> None:
    assert wrap("a short line", 0, 12, 40) == [(0, 12)]


def test_wrap_breaks_after_the_last_blank_that_fits() -> None:
    text = "one two three four"
    assert [text[a:b] for a, b in wrap(text, 0, len(text), 9)] == ["one two ", "three ", "four"]


def test_wrap_breaks_a_word_that_is_wider_than_the_screen() -> None:
    assert [b - a for a, b in wrap("x" * 25, 0, 25, 10)] == [10, 10, 5]


def test_wrap_leaves_room_for_what_is_drawn_before_an_item() -> None:
    assert wrap("1234567890", 0, 10, 10) == [(0, 10)]
    assert wrap("1234567890", 0, 10, 10, marks={3: 2}) == [(0, 8), (8, 10)]


def test_wrap_counts_two_cells_for_a_wide_character_and_eight_for_a_hidden_one() -> None:
    assert wrap("漢字漢字", 0, 4, 4) == [(0, 2), (2, 4)]
    assert wrap("\x1b\x1b", 0, 2, 8) == [(0, 1), (1, 2)]


def test_lines_leaves_line_feeds_out() -> None:
    assert lines("ab\n\ncd\n", 0, 7) == [(0, 2), (3, 3), (4, 6)]


def test_drawn_widens_tabs_from_the_column_where_they_stand() -> None:
    assert drawn("a\tb") == "a       b"
    assert drawn("\tb", column=6) == "  b"


def test_drawn_shows_what_a_terminal_would_act_on() -> None:
    assert drawn("\x1b[2J\u202e") == "<U+001B>[2J<U+202E>"


@given(st.text(st.characters(exclude_characters="\n"), max_size=60), st.integers(8, 30), st.booleans())
def test_wrap_loses_no_character_and_fits_every_piece(text: str, width: int, by_word: bool) -> None:
    pieces = wrap(text, 0, len(text), width, by_word=by_word)
    assert "".join(text[a:b] for a, b in pieces) == text
    for a, b in pieces:
        assert b - a == 1 or sum(cell_len(drawn(c)) for c in text[a:b] if c != "\t") <= width


def test_needle_finds_words_across_the_end_of_a_line() -> None:
    pattern = needle("the  lock")
    assert pattern is not None
    assert pattern.search("drop the\nlock") is not None


def test_needle_minds_case_only_where_an_upper_case_letter_is_typed() -> None:
    small, large = needle("lock"), needle("Lock")
    assert small is not None
    assert large is not None
    assert small.search("Lock")
    assert not large.search("lock")


def test_needle_takes_every_character_as_itself() -> None:
    pattern = needle("(a+")
    assert pattern is not None
    assert pattern.search("f(a+b)")
    assert needle("  ") is None


def test_fitted_counts_cells_not_characters() -> None:
    assert fitted("漢字漢字", 5) == "漢字…"
    assert fitted("a \n b", 5) == "a b"
    assert fitted("\x1b" * 3, 9) == "<U+001B>…"
