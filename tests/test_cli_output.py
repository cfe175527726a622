"""In: texts of strangers, widths, encodings. Out: proof of how lines are cut, wrapped, painted and written as JSON."""

from __future__ import annotations

import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.visible import visible
from tests.support.command_line import apart
from tui.cli import narration
from tui.cli.layout import Paint, Role, cells, cut, pad, wrap
from tui.cli.output import Output


def test_cells_counts_wide_and_combining_characters() -> None:
    assert [cells(text) for text in ("abc", "漢字", "e\u0301", "…")] == [3, 4, 1, 1]


@given(st.text(), st.integers(1, 40))
def test_cut_never_exceeds_its_width(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= max(width, 1)


@given(st.text(), st.integers(12, 60), st.sampled_from(["", "    "]))
def test_wrap_keeps_all_words_within_the_width(text: str, width: int, indent: str) -> None:
    lines = wrap(text, width, indent=indent)
    assert all(cells(line) <= width for line in lines)
    kept = "".join(line.removeprefix(indent) for line in lines).replace(" ", "")
    whole = "".join(wrap(text, 100_000)).replace(" ", "")
    assert kept == whole


@given(st.text(min_size=30), st.integers(12, 30), st.integers(1, 3))
def test_wrap_with_a_limit_ends_in_an_ellipsis_where_words_are_left_out(text: str, width: int, limit: int) -> None:
    whole = wrap(text, width)
    short = wrap(text, width, limit=limit)
    assert len(short) == min(limit, len(whole))
    assert all(cells(line) <= width for line in short)
    if len(whole) > limit:
        assert short[-1].endswith("…")


def test_pad_fills_up_by_cells() -> None:
    assert pad("漢", 4) == "漢  "
    assert pad("abcde", 4) == "abcde"


def test_paint_is_off_unless_asked_for() -> None:
    assert Paint()("x", Role.BAD) == "x"
    assert Paint(on=True)("x", Role.BAD) == "\x1b[31mx\x1b[0m"
    assert Paint(on=True).word("disputed") == "\x1b[31mdisputed\x1b[0m"


@given(st.recursive(st.text() | st.integers() | st.none(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)))
def test_json_means_the_same_and_holds_nothing_that_a_terminal_acts_on(value: object) -> None:
    stream, before = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), sys.stdout
    sys.stdout = stream
    try:
        Output().json(value)
        stream.flush()
        buffer = stream.buffer
        assert isinstance(buffer, io.BytesIO)
        text = buffer.getvalue().decode()
    finally:
        sys.stdout = before
    assert json.loads(text) == value
    assert visible(text, keep="\n") == text


def test_json_list_has_one_element_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    Output().json([{"a": 1}, {"a": 2}])
    out = capsys.readouterr().out
    assert json.loads(out) == [{"a": 1}, {"a": 2}]
    assert len(out.splitlines()) == 2


def test_fields_cannot_be_broken_by_what_they_hold(capsys: pytest.CaptureFixture[str]) -> None:
    Output().fields("a\tb\nc", "", "d\x1b")
    assert capsys.readouterr().out == "a b c\t-\td<U+001B>\n"


def test_output_in_an_encoding_that_lacks_characters_is_no_error() -> None:
    ran = apart("hooks", "list", "--json", PYTHONIOENCODING="ascii")
    assert ran.code == 0
    json.loads(ran.out)
    ran = apart("completion", "bash", PYTHONIOENCODING="latin-1", LC_ALL="C")
    assert ran.code == 0


def test_progress_shows_stages_and_few_steps_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with narration.Progress(verbose=False) as progress:
        progress("stage\x1b")
        for number in range(50):
            progress.step(f"step {number}")
    assert capsys.readouterr().err == "stage<U+001B>\n"
    with narration.Progress(verbose=True) as progress:
        progress.step("step 1")
        progress.step("step 2")
    assert capsys.readouterr().err == "step 1\nstep 2\n"


def test_progress_writes_steps_over_each_other_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with narration.Progress(verbose=False) as progress:
        progress("stage")
        progress.step("one")
        progress.step("two")
        progress("next stage")
    assert capsys.readouterr().err == "stage\n\r\x1b[Kone\r\x1b[Ktwo\r\x1b[Knext stage\n"
