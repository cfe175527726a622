"""In: a small review, some of it hostile. Out: proof of what show, why and search print."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb.records import Item, ItemKind
from kb.store.writing import writing
from tests.support.command_line import here, on_terminal
from tests.support.threads import derived, item, message, small_base

Capture = pytest.CaptureFixture[str]
Base = tuple[Path, dict[str, Item]]


@pytest.fixture
def base(tmp_path: Path) -> Base:
    path = tmp_path / "review.sqlite"
    return path, small_base(path)


def test_show_item_has_words_state_reason_links_both_ways_and_check(capsys: Capture, base: Base) -> None:
    out = here(capsys, "show", base[1]["holds"].id[:7], "--db", base[0]).out
    assert '"the caller holds it already."' in out
    assert "disputed: 'The caller never holds it on error paths.' in #3 by Cleo Sample" in out
    assert "answers  q-" in out
    assert "disputes it  c-" in out
    out = here(capsys, "show", base[1]["never"].id, "--db", base[0]).out
    assert "Check: refuted" in out
    assert "it holds it" in out
    assert "SumIs(parts=[1, 2], total=3)" in out


def test_show_item_as_json_has_runs_and_links(capsys: Capture, base: Base) -> None:
    row = json.loads(here(capsys, "show", base[1]["holds"].id, "--db", base[0], "--json").out)
    assert row["linked_from"] == [{"from": base[1]["never"].id, "rel": "disputes", "confidence": 0.8}]
    assert row["runs"] == []
    row = json.loads(here(capsys, "show", base[1]["never"].id, "--db", base[0], "--json").out)
    assert row["runs"][0]["verdict"] == "refuted"


@pytest.mark.parametrize("name", ["1", "#1", "m1@example.org", "<m1@example.org>"])
def test_show_message_marks_its_items(capsys: Capture, base: Base, name: str) -> None:
    out = here(capsys, "show", name, "--db", base[0]).out
    assert "Message-ID: m1@example.org" in out
    lines = out.splitlines()
    at = lines.index("┃ Is the second one needed?")
    assert lines[at + 1].startswith("┗ q-")
    assert lines[at + 1].endswith("question, answered")


def test_show_thread_has_series_trailers_people_and_counts(capsys: Capture, base: Base) -> None:
    out = here(capsys, "show", "t-", "--db", base[0]).out
    for words in ("Series v1: 1 of 1 patch", "Acked-by: Cleo Sample", "2 mails,   4 items  Ada Example", "3 claims"):
        assert words in out
    row = json.loads(here(capsys, "show", "t-", "--db", base[0], "--json").out)
    assert [mail["number"] for mail in row["mails"]] == [0, 1, 2, 3]
    assert row["trailers"][0]["name"] == "Acked-by"


def test_why_shows_the_trail(capsys: Capture, base: Base) -> None:
    out = here(capsys, "why", base[1]["drop"].id, "--db", base[0]).out
    assert out.index("Moved by") < out.index("The lock is taken twice.") < out.index("Agreed")
    assert "check verified: ran" in out
    trail = json.loads(here(capsys, "why", base[1]["drop"].id, "--db", base[0], "--json").out)
    assert [step["item"]["quote"] for step in trail["moved_by"]] == ["The lock is taken twice."]


def test_why_of_an_item_without_links_says_so(capsys: Capture, base: Base) -> None:
    assert "Nothing in the thread is linked to it." in here(capsys, "why", base[1]["test"].id, "--db", base[0]).out


def test_search_prints_a_line_a_hit_and_paints_it_on_a_terminal(capsys: Capture, base: Base) -> None:
    lines = here(capsys, "search", "caller", "never", "--db", base[0]).out.splitlines()
    assert [line.split("\t")[4] for line in lines] == ["claim", "message"]
    assert "\x1b[1;33mcaller\x1b[0m" in on_terminal("search", "caller", "--db", base[0])
    hits = json.loads(here(capsys, "search", "caller", "--db", base[0], "--json").out)
    assert {hit["kind"] for hit in hits} == {"claim", "message"}
    assert not any("\x02" in hit["snippet"] for hit in hits)


def test_search_that_finds_nothing_says_so_and_ends_well(capsys: Capture, base: Base) -> None:
    ran = here(capsys, "search", "zebra", "--db", base[0])
    assert (ran.code, ran.out) == (0, "")
    assert "nothing holds" in ran.err
    assert here(capsys, "search", "***", "--db", base[0]).code == 2


EVIL = "Ev\x1b]0;x\x07il \u202egpj.exe\u2066 \x9b31m"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "hostile.sqlite"
    mail = replace(message(0, f"It is \x1b[2Jbroken\u202e here\x85. {EVIL} \x02\x03 too.\n", author=EVIL), subject=EVIL)
    claim = item(ItemKind.CLAIM, mail, "It is \x1b[2Jbroken\u202e here\x85.", topics=[EVIL])
    with writing(path) as writer:
        writer.add_thread(derived([mail], [claim]))
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ["threads"],
        ["claims"],
        ["claims", "--topic", "zzz"],
        ["show", "c-"],
        ["show", "0"],
        ["show", "t-"],
        ["why", "c-"],
        ["search", "too"],
        ["export", "items"],
        ["export", "report"],
    ],
    ids=lambda each: " ".join(each),
)
@pytest.mark.parametrize("json_flag", [[], ["--json"]], ids=["text", "json"])
def test_nothing_raw_reaches_the_terminal(
    capsys: Capture, hostile: Path, arguments: list[str], json_flag: list[str]
) -> None:
    ran = here(capsys, *arguments, *json_flag, "--db", hostile, "--color", "never")
    assert ran.code == 0
    shown = ran.out + ran.err
    assert shown
    for char in "\x1b\x07\x9b\x85\u202e\u2066\x02\x03":
        assert char not in shown, repr(char)
    if json_flag and ran.out:
        json.loads(ran.out)


def test_nothing_raw_reaches_a_real_terminal(hostile: Path) -> None:
    for arguments in (["threads"], ["claims"], ["show", "0"], ["search", "too"]):
        seen = on_terminal(*arguments, "--db", hostile, "--color", "never")
        assert "<U+001B>" in seen
        assert "\x1b" not in seen
