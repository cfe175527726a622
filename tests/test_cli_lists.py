"""In: a small review. Out: proof of what the list commands print, filter and say when there is nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.records import Item
from tests.support.command_line import here, on_terminal
from tests.support.threads import small_base
from tui.cli.options import Since

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def base(tmp_path: Path) -> tuple[Path, dict[str, Item]]:
    path = tmp_path / "review.sqlite"
    return path, small_base(path)


def _quotes(capsys: Capture, base: tuple[Path, dict[str, Item]], *arguments: str) -> list[str]:
    ran = here(capsys, *arguments, "--db", base[0], "--json")
    assert ran.code == 0
    return [row["quote"] for row in json.loads(ran.out)]


def test_piped_list_is_one_line_an_item_with_tabs(capsys: Capture, base: tuple[Path, dict[str, Item]]) -> None:
    ran = here(capsys, "claims", "--db", base[0])
    assert (ran.code, ran.err) == (0, "")
    first = ran.out.splitlines()[0].split("\t")
    assert base[1]["twice"].id.startswith(first[0])
    assert first[1].startswith("t-")
    assert first[2:] == ["#0", "2024-05-01", "uncontested", "verified", "Ada Example", "The lock is taken twice."]
    assert len(ran.out.splitlines()) == 3


def test_list_on_a_terminal_fits_its_width_and_marks_a_disagreement(base: tuple[Path, dict[str, Item]]) -> None:
    seen = on_terminal("claims", "--db", base[0], "--color", "never", columns=60)
    assert "uncontested in the thread, refuted by the check" in seen
    assert "\x1b" not in seen
    assert max(len(line) for line in seen.splitlines()) <= 60


def test_colour_follows_terminal_environment_and_option(base: tuple[Path, dict[str, Item]], capsys: Capture) -> None:
    assert "\x1b[" in on_terminal("claims", "--db", base[0])
    assert "\x1b[" not in on_terminal("claims", "--db", base[0], NO_COLOR="1")
    assert "\x1b[" not in on_terminal("claims", "--db", base[0], TERM="dumb")
    assert "\x1b[" in on_terminal("claims", "--db", base[0], "--color", "always", NO_COLOR="1")
    assert "\x1b[" not in here(capsys, "threads", "--db", base[0]).out


@pytest.mark.parametrize(
    ("arguments", "quotes"),
    [
        (["claims", "--state", "disputed"], ["the caller holds it already."]),
        (["claims", "--verdict", "refuted"], ["The caller never holds it on error paths."]),
        (["claims", "--verdict", "unchecked"], ["the caller holds it already."]),
        (["claims", "--topic", "LOCK"], ["The lock is taken twice."]),
        (["claims", "--by", "cleo@"], ["The caller never holds it on error paths."]),
        (["claims", "--about", "error paths"], ["The caller never holds it on error paths."]),
        (["claims", "--since", "2024-05-01T14:30"], ["The caller never holds it on error paths."]),
        (["claims", "--limit", "1"], ["The lock is taken twice."]),
        (["claims", "--min-confidence", "0.95"], []),
        (["claims", "--thread", "m2@example.org", "--limit", "1"], ["The lock is taken twice."]),
        (["decisions", "--state", "proposed"], []),
        (["questions"], ["Is the second one needed?"]),
        (["actions", "--state", "open"], ["Please test this on arm64."]),
    ],
    ids=lambda each: " ".join(each),
)
def test_filter_keeps_what_matches(
    capsys: Capture, base: tuple[Path, dict[str, Item]], arguments: list[str], quotes: list[str]
) -> None:
    if arguments[0] == "decisions":
        quotes = _quotes(capsys, base, "decisions")[:1]
    assert _quotes(capsys, base, *arguments) == quotes


def test_filters_by_json_have_the_fields_that_the_scoring_reads(
    capsys: Capture, base: tuple[Path, dict[str, Item]]
) -> None:
    row = json.loads(here(capsys, "claims", "--db", base[0], "--json").out)[0]
    wanted = "id thread message_id kind quote start end state because topics entities links confidence author date"
    assert set(wanted.split()) | {"verdict"} <= set(row)
    assert row["links"] == [{"to": base[1]["drop"].id, "rel": "motivates", "confidence": 0.8}]


def test_empty_list_says_so_on_stderr_and_ends_well(capsys: Capture, base: tuple[Path, dict[str, Item]]) -> None:
    ran = here(capsys, "claims", "--db", base[0], "--topic", "lokking")
    assert (ran.code, ran.out) == (0, "")
    assert "none of 3 claims matches" in ran.err
    assert "locking" in ran.err
    ran = here(capsys, "claims", "--db", base[0], "--topic", "lokking", "--json")
    assert (ran.out, ran.err) == ("[]\n", "")


def test_options_that_hold_everywhere_stand_before_or_after(
    capsys: Capture, base: tuple[Path, dict[str, Item]]
) -> None:
    before = here(capsys, "--db", base[0], "claims")
    after = here(capsys, "claims", "--db", base[0])
    assert before == after
    both = here(capsys, "--db", "/nowhere/at/all", "claims", "--db", base[0])
    assert both == after


def test_database_is_taken_from_the_environment(
    capsys: Capture, base: tuple[Path, dict[str, Item]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADKB_DB", str(base[0]))
    assert here(capsys, "claims").out == here(capsys, "claims", "--db", base[0]).out != ""


def test_threads_lists_what_is_open_in_each(capsys: Capture, base: tuple[Path, dict[str, Item]]) -> None:
    fields = here(capsys, "threads", "--db", base[0]).out.rstrip("\n").split("\t")
    assert fields[1:] == ["2024-05-01", "4", "3", "8", "0", "1", "1", "[PATCH] a"]
    seen = on_terminal("threads", "--db", base[0], "--color", "never")
    assert "2024-05-01; 8 items; 1 disputed claim, 1 open action" in seen


@pytest.mark.parametrize(
    ("text", "ago"),
    [("3d", 3), ("2w", 14), ("3 days ago", 3), ("1 week ago", 7), ("48h", 2), ("1 month", 30), ("1y", 365)],
)
def test_since_counts_back_from_now(text: str, ago: int) -> None:
    when = datetime.fromisoformat(Since().convert(text, None, None))
    assert abs(datetime.now(UTC) - timedelta(days=ago) - when) < timedelta(minutes=1)


def test_since_takes_dates_as_utc() -> None:
    assert Since().convert("2024-10-20", None, None) == "2024-10-20T00:00:00+00:00"
    assert Since().convert("2024-10-20T12:00+02:00", None, None) == "2024-10-20T10:00:00+00:00"
    assert Since().convert("2024-10-20t12:00z", None, None) == "2024-10-20T12:00:00+00:00"


@pytest.mark.parametrize("text", ["", "soon", "99x", "2024-13-01", "99999y", "0000-01-01"])
def test_since_that_is_no_date_is_a_usage_error(text: str, capsys: Capture) -> None:
    ran = here(capsys, "claims", "--since", text)
    assert ran.code == 2
    assert "is no date" in ran.one_line()
