"""Words that a binding names and no item has: their verdict is found, shown and exported; lists stay as they are."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb import ids
from kb.reading import reading
from kb.records import ItemKind, Verdict
from kb.store.writing import writing
from tests.support.command_line import here
from tests.support.threads import derived, item, message, run, small_base

Capture = pytest.CaptureFixture[str]
WORDS = "I will drop"


@pytest.fixture
def base(tmp_path: Path) -> tuple[Path, str]:
    """The small review, and a run of words in its third mail that are no item; the id of these words."""
    path = tmp_path / "kb.sqlite"
    named = small_base(path)
    made = run(named["holds"], Verdict.REFUTED, summary="he does not")
    full = ids.item_id("m2@example.org", ItemKind.CLAIM, WORDS)
    why = "hand: It is a promise (as such). (the testers)"
    with writing(path) as writer:
        writer.add_run(replace(made, item_id=full, message_id="m2@example.org", quote=WORDS, bound_by=why))
    return path, full


Base = tuple[Path, str]


def test_show_has_a_page_for_words_that_no_item_has(capsys: Capture, base: Base) -> None:
    out = here(capsys, "show", base[1][:8], "--db", base[0]).out
    assert out.splitlines()[:2] == [
        f"{base[1][:7]}  #2 2024-05-01 Ada Example: words, check: refuted",
        f'    "{WORDS}"',
    ]
    assert "found       no item of the extraction; named by a binding of the testers" in out
    assert "mail        #2 m2@example.org" in out
    assert "he does not" in out
    row = json.loads(here(capsys, "show", base[1], "--json", "--db", base[0]).out)
    assert (row["id"], row["extracted"], row["verdict"], len(row["runs"])) == (base[1], False, "refuted", 1)


def test_words_are_among_the_verdicts_in_reading_order_and_in_the_report(capsys: Capture, base: Base) -> None:
    rows = [json.loads(line) for line in here(capsys, "export", "verdicts", "--db", base[0]).out.splitlines()]
    assert [(row["message_id"], row["extracted"]) for row in rows] == [
        ("m0@example.org", True),
        ("m2@example.org", False),
        ("m3@example.org", True),
    ]
    assert "no item has these words" in here(capsys, "export", "report", "--db", base[0]).out


@pytest.mark.parametrize("kind", ["claims", "decisions", "questions", "actions"])
def test_lists_are_as_they_were(capsys: Capture, base: Base, tmp_path: Path, kind: str) -> None:
    small_base(tmp_path / "other.sqlite")
    assert here(capsys, kind, "--db", base[0]).out == here(capsys, kind, "--db", tmp_path / "other.sqlite").out


def test_commands_for_items_say_that_these_are_words(capsys: Capture, base: Base) -> None:
    ran = here(capsys, "why", base[1], "--db", base[0])
    assert ran.code == 2
    assert "names words that a binding checks, not an item" in ran.one_line()


def test_log_has_the_runs_of_words(capsys: Capture, base: Base) -> None:
    assert here(capsys, "log", base[1][:8], "--db", base[0]).out.split("\t")[1] == "refuted"


def test_a_thread_is_found_by_words_in_it(base: Base) -> None:
    with reading(base[0]) as reader:
        assert reader.resolve(base[1][:8]) == ("words", base[1])
        assert reader.thread(base[1]) == reader.threads()[0].id


def test_verify_checks_words_of_a_mail_that_no_item_has_and_only_those(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = tmp_path / "kb.sqlite"
    mail = message(0, "Numbers: 28 files and\n294 more make 322 files.\n\nIt is so.\n")
    with writing(path) as writer:
        writer.add_thread(derived([mail], [item(ItemKind.CLAIM, mail, "It is so.")]))
    own = tmp_path / "own.toml"
    table = (
        '[[binding]]\nmessage_id = "m0@example.org"\nquote = "{}"\nwho = "the testers"\nwhy = "It adds up."\n'
        'predicate = {{ kind = "SumIs", parts = ["28", "294"], total = "322" }}\n'
    )
    said = "28 files and 294 more make 322 files."
    own.write_text(table.format(said) + table.format("This stands nowhere in it."), encoding="utf-8")
    ran = here(capsys, "verify", "--db", path, "--bindings", own)
    full = ids.item_id("m0@example.org", ItemKind.CLAIM, said)
    assert [line.split("\t")[:2] for line in ran.out.splitlines()] == [[full[:7], "verified"]]
    assert "1 claim without a check" in ran.err
    assert "1 binding written by hand without an item here" in ran.err
    assert "named by a binding of the testers" in here(capsys, "show", full[:8], "--db", path).out
    assert "1 fresh" in here(capsys, "verify", "--db", path, "--bindings", own).err
    again = here(capsys, "verify", full[:8], "--db", path, "--bindings", own)
    assert "\tasked for\t" in again.out
    assert "1 verdict of bindings or hooks that were not given kept" in here(capsys, "verify", "--db", path).err
    own.write_text("", encoding="utf-8")
    assert "1 verdict withdrawn" in here(capsys, "verify", "--db", path, "--bindings", own).err


def test_verify_withdraws_the_verdict_of_words_that_nothing_names(capsys: Capture, base: Base) -> None:
    ran = here(capsys, "verify", base[1][:9], "--db", base[0])
    assert "1 verdict withdrawn" in ran.err
    with reading(base[0]) as reader:
        assert all(kept.extracted for kept in reader.latest_runs())
        assert reader.runs_of(base[1])[0].summary.startswith("Withdrawn: no item has these words any more")
