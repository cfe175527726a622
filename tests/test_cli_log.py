"""The history of a check: every run of an item, every flip of a verdict, and what had changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.records import Item, Run, Strength, Verdict
from kb.runs import BINDING_GONE, tree_of, what_changed
from kb.store.writing import writing
from tests.support.command_line import here, on_terminal
from tests.support.threads import run, small_base

Capture = pytest.CaptureFixture[str]
FIRST = datetime(2024, 6, 1, 9, 0, tzinfo=UTC)


def _ran(of: Item, day: int, verdict: Verdict, fingerprint: str, *, reason: str = "asked for", tree: str = "") -> Run:
    made = run(of, verdict, at=FIRST + timedelta(days=day), summary=f"on day {day}")
    assumed = (f"the source is {tree}, not the tree of the thread",) if tree else ()
    outcome = replace(made.outcome, assumptions=assumed, strength=Strength.CLOSED_WORLD)
    return replace(made, fingerprint=fingerprint, reason=reason, outcome=outcome)


@pytest.fixture
def base(tmp_path: Path) -> tuple[Path, dict[str, Item]]:
    path = tmp_path / "kb.sqlite"
    named = small_base(path)
    with writing(path) as writer:
        for one in (
            _ran(named["holds"], 0, Verdict.VERIFIED, "p.h.f", reason="never run", tree="linux-6.12"),
            _ran(named["holds"], 1, Verdict.VERIFIED, "p.h.f"),
            _ran(named["holds"], 2, Verdict.REFUTED, "p.h2.f2", reason="hook changed", tree="linux-6.13"),
            _ran(named["twice"], 3, Verdict.PARTLY, "p2.h.f", reason="predicate changed"),
            replace(_ran(named["holds"], 4, Verdict.NOT_RUN, ""), reason=BINDING_GONE),
        ):
            writer.add_run(one)
    return path, named


Base = tuple[Path, dict[str, Item]]


def test_log_lists_each_flip_newest_first_with_what_changed(capsys: Capture, base: Base) -> None:
    rows = [line.split("\t") for line in here(capsys, "log", "--db", base[0]).out.splitlines()]
    holds, twice = base[1]["holds"].id[:7], base[1]["twice"].id[:7]
    assert [(row[0][:10], row[1], row[2], row[3], row[6], row[7]) for row in rows] == [
        ("2024-06-05", holds, "refuted", "not-run", "binding gone", "predicate"),
        ("2024-06-04", twice, "verified", "partly", "predicate changed", "predicate"),
        ("2024-06-03", holds, "verified", "refuted", "hook changed", "hook, facts"),
    ]
    assert rows[2][8:] == ["#2", "Ada Example", "the caller holds it already.", "on day 2"]


def test_log_of_an_item_lists_every_run_with_why_and_whose_tree(capsys: Capture, base: Base) -> None:
    rows = [line.split("\t") for line in here(capsys, "log", base[1]["holds"].id, "--db", base[0]).out.splitlines()]
    assert [(row[1], row[4], row[5], row[7], row[8]) for row in rows] == [
        ("not-run", "binding gone", "-", "was refuted", "predicate"),
        ("refuted", "hook changed", "linux-6.13", "was verified", "hook, facts"),
        ("verified", "asked for", "-", "other evidence", "-"),
        ("verified", "never run", "linux-6.12", "first", "-"),
    ]


def test_log_as_json_has_the_whole_run(capsys: Capture, base: Base) -> None:
    runs = json.loads(here(capsys, "log", base[1]["holds"].id, "--db", base[0], "--json").out)
    assert [(one["verdict"], one["tree"], one["changed"]) for one in runs][1] == (
        "refuted",
        "linux-6.13",
        ["hook", "facts"],
    )
    assert {"evidence", "assumptions", "fingerprint", "at", "reason", "predicate"} <= set(runs[0])
    flips = json.loads(here(capsys, "log", "--db", base[0], "--json").out)
    assert [(one["id"], one["before"], one["verdict"]) for one in flips][2] == (
        base[1]["holds"].id,
        "verified",
        "refuted",
    )


def test_log_keeps_to_a_day_a_number_a_thread_and_a_mail(capsys: Capture, base: Base) -> None:
    def flips(*options: object) -> int:
        return len(here(capsys, "log", "--db", base[0], *options).out.splitlines())

    assert flips("--since", "2024-06-04") == 2
    assert flips("--limit", "1") == 1
    assert flips("--thread", "[PATCH] a") == 3
    assert flips("2") == 2
    assert flips("0") == 1
    assert flips(base[1]["holds"].id, "--since", "2024-06-03", "--limit", "9") == 2


def test_log_says_so_where_there_is_nothing(capsys: Capture, tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    none = here(capsys, "log", "--db", tmp_path / "kb.sqlite")
    assert (none.code, none.out) == (0, "")
    assert "no verdict came out otherwise" in none.err
    unchecked = here(capsys, "log", named["holds"].id, "--db", tmp_path / "kb.sqlite")
    assert (unchecked.code, unchecked.out) == (0, "")
    assert "was never checked" in unchecked.err
    assert here(capsys, "log", "c-zzzzz", "--db", tmp_path / "kb.sqlite").code == 2


def test_log_on_a_terminal_reads_as_a_story(base: Base) -> None:
    seen = on_terminal("log", base[1]["holds"].id, "--db", base[0], "--color", "never")
    assert '    "the caller holds it already."' in seen
    assert "2024-06-03 09:00  refuted  closed-world; arithmetic; hook changed; linux-6.13; 0.0 s" in seen
    assert "    was verified; hook and facts changed\n    on day 2" in seen
    flips = on_terminal("log", "--db", base[0], "--color", "never")
    assert (
        f"2024-06-03 09:00  {base[1]['holds'].id[:7]}  verified → refuted  arithmetic; hook and facts changed" in flips
    )


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("a.b.c", "a.b.c", ()),
        ("a.b.c", "x.b.c", ("predicate",)),
        ("a.b.c", "a.x.y", ("hook", "facts")),
        ("a.b.-", "a.b.c", ("facts",)),
        ("a.b.c", "", ("predicate",)),
        ("f", "f", ()),
    ],
)
def test_what_changed_names_the_parts_of_the_fingerprint_that_differ(
    before: str, after: str, changed: tuple[str, ...]
) -> None:
    assert what_changed(before, after) == changed


def test_the_tree_of_a_run_is_what_its_assumptions_name() -> None:
    assert tree_of(("one thing", "the source is linux-6.12.117, not the tree of the thread")) == "linux-6.12.117"
    assert tree_of(("nothing is said of a source",)) == ""
