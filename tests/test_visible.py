"""Nothing that a stranger wrote reaches a terminal raw."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.visible import one_line, visible


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain words", "plain words"),
        ("naïve – 漢字", "naïve – 漢字"),
        ("a\x1b[31mred", "a<U+001B>[31mred"),
        ("a\x1b]8;;http://x\x07b", "a<U+001B>]8;;http://x<U+0007>b"),
        ("abc\u202ecba", "abc<U+202E>cba"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("nul\x00", "nul<U+0000>"),
        ("c1\x9b31m", "c1<U+009B>31m"),
        ("lone\ud800", "lone<U+D800>"),
        ("carriage\rreturn", "carriage<U+000D>return"),
        ("line\nfeed\ttab", "line\nfeed\ttab"),
    ],
)
def test_visible_names_each_hidden_character(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@given(st.text())
def test_visible_leaves_no_control_character(raw: str) -> None:
    left = {c for c in visible(raw) if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert left <= {"\n", "\t"}


@given(st.text(), st.integers(1, 40))
def test_one_line_is_one_line_of_that_width(raw: str, width: int) -> None:
    line = one_line(raw, width=width)
    assert len(line) <= width
    assert "\n" not in line
