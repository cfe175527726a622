"""In: claims with figures that are right and wrong. Out: proof of what verify and hooks print, keep and return."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.records import Item, ItemKind
from kb.store.writing import writing
from tests.support.command_line import here, on_terminal
from tests.support.threads import derived, item, message

Capture = pytest.CaptureFixture[str]
RIGHT = "Before  100 MiB/s\nAfter   110 MiB/s\n% diff   10%"
WRONG = "Before  200 MiB/s\nAfter   220 MiB/s\n% diff   50%"
PROSE = "It is faster."


@pytest.fixture
def base(tmp_path: Path) -> tuple[Path, dict[str, Item]]:
    path = tmp_path / "figures.sqlite"
    mails = [message(0, f"Numbers:\n\n{RIGHT}\n\n{PROSE}\n"), message(1, f"Mine:\n\n{WRONG}\n", author="Ben Sample")]
    named = {
        "right": item(ItemKind.CLAIM, mails[0], RIGHT),
        "prose": item(ItemKind.CLAIM, mails[0], PROSE),
        "wrong": item(ItemKind.CLAIM, mails[1], WRONG),
    }
    with writing(path) as writer:
        writer.add_thread(derived(mails, list(named.values())))
    return path, named


Base = tuple[Path, dict[str, Item]]


def test_verify_prints_a_line_a_run_with_its_reason_and_ends_with_one_for_a_refutation(
    capsys: Capture, base: Base
) -> None:
    ran = here(capsys, "verify", "--db", base[0])
    assert ran.code == 1
    rows = {line.split("\t")[0]: line.split("\t") for line in ran.out.splitlines()}
    verdicts = {base[1][name].id[:7]: verdict for name, verdict in (("right", "verified"), ("wrong", "refuted"))}
    assert {key: row[1] for key, row in rows.items()} == verdicts
    assert {row[4] for row in rows.values()} == {"never run"}
    assert "2 checks run" in ran.err
    assert "1 claim without a check; verdicts: 1 verified, 1 refuted" in ran.err


def test_verify_again_runs_nothing_and_still_ends_with_one(capsys: Capture, base: Base) -> None:
    here(capsys, "verify", "--db", base[0])
    ran = here(capsys, "verify", "--db", base[0])
    assert (ran.code, ran.out) == (1, "")
    assert "0 checks run" in ran.err
    assert "2 fresh" in ran.err


def test_verify_of_one_id_runs_it_in_any_case_and_judges_by_it_alone(capsys: Capture, base: Base) -> None:
    here(capsys, "verify", "--db", base[0])
    ran = here(capsys, "verify", base[1]["right"].id[:8], "--db", base[0])
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 1
    assert "asked for" in ran.out
    assert here(capsys, "verify", "1", "--db", base[0]).code == 1


def test_verify_all_runs_everything_again(capsys: Capture, base: Base) -> None:
    here(capsys, "verify", "--db", base[0])
    ran = here(capsys, "verify", "--all", "--jobs", "1", "--db", base[0])
    assert len(ran.out.splitlines()) == 2


def test_verify_as_json_has_the_latest_verdict_of_all_in_scope(capsys: Capture, base: Base) -> None:
    first = json.loads(here(capsys, "verify", "--db", base[0], "--json").out)
    again = json.loads(here(capsys, "verify", "--db", base[0], "--json").out)
    assert [row["ran"] for row in first] == [True, True]
    assert [row["ran"] for row in again] == [False, False]
    assert [row["verdict"] for row in again] == ["verified", "refuted"]
    wanted = "id message_id quote check predicate verdict strength evidence assumptions seconds fingerprint"
    assert set(wanted.split()) <= set(again[0])


def test_verify_on_a_terminal_shows_quote_and_summary(base: Base) -> None:
    seen = on_terminal("verify", "--db", base[0], "--color", "never")
    assert "refuted  c-" in seen
    assert "never run" in seen
    assert '"Before 200 MiB/s After 220 MiB/s % diff 50%"' in seen


def test_claims_show_the_verdict_after_verify(capsys: Capture, base: Base) -> None:
    here(capsys, "verify", "--db", base[0])
    out = here(capsys, "claims", "--verdict", "refuted", "--db", base[0]).out
    assert out.split("\t")[5] == "refuted"
    assert "Check: refuted" in here(capsys, "show", base[1]["wrong"].id, "--db", base[0]).out


def test_hooks_list_names_what_each_decides(capsys: Capture) -> None:
    lines = here(capsys, "hooks", "list").out.splitlines()
    by_name = {line.split("\t")[0]: line.split("\t") for line in lines}
    assert by_name["arithmetic"][1:3] == ["arithmetic", "-"]
    assert "PercentChanges" in by_name["arithmetic"][3]
    assert by_name["source"][2] == "facts"
    rows = json.loads(here(capsys, "hooks", "list", "--json").out)
    assert {row["name"] for row in rows} == set(by_name)


def test_hooks_show_has_the_fields_of_each_predicate(capsys: Capture) -> None:
    out = here(capsys, "hooks", "show", "arithmetic").out
    assert "PercentChanges(before, after, quoted, expect)" in out
    row = json.loads(here(capsys, "hooks", "show", "arithmetic", "--json").out)
    assert row["kinds"][0]["kind"] == "PercentChanges"
