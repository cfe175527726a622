"""What a second verification reads, and what it makes of verdicts whose bindings were not given again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import StoreError
from kb.records import Verdict
from kb.runs import brought_by
from kb.store.checked import marks
from kb.store.writing import writing
from tests.support.command_line import here
from tests.support.own_hooks import CLAIM, claim_base, write_binding, write_hook
from tests.support.threads import run
from tui import verification

Capture = pytest.CaptureFixture[str]
FIGURES = "Before  100 MiB/s\nAfter   110 MiB/s\n% diff   10%"


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("THREADKB_HOOKS", "THREADKB_FACTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise AssertionError("items were read into predicates")

    monkeypatch.setattr(verification, "bound", read)


def test_where_all_is_fresh_no_mail_is_read(capsys: Capture, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES)
    first = here(capsys, "verify", "--db", path)
    assert "1 check run" in first.err
    request.getfixturevalue("nothing_is_read")
    again = here(capsys, "verify", "--db", path)
    assert (again.code, again.out) == (0, "")
    assert "0 checks run" in again.err and "1 fresh" in again.err
    assert first.err.partition("fresh, ")[2] == again.err.partition("fresh, ")[2]
    with pytest.raises(AssertionError, match="were read"):
        verification.verify(path, everything=True)


def test_a_run_kept_meanwhile_or_other_facts_or_a_binding_make_it_read_again(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", FIGURES)
    here(capsys, "verify", "--db", path)
    (marked,) = marks(path).values()
    with writing(path) as writer:
        writer.add_run(run(named[FIGURES], Verdict.REFUTED))
    assert not marks(path)
    assert "1 check run" in here(capsys, "verify", "--db", path).err
    assert list(marks(path).values()) == [marked]
    own = tmp_path / "data" / "threadkb" / "bindings"
    own.mkdir(parents=True)
    hooks = ("--hooks", write_hook(tmp_path / "hooks"))
    write_binding(own / "mine.toml", number=3)
    assert "1 check run" in here(capsys, "verify", "--db", path, *hooks).err
    assert "0 checks run" in here(capsys, "verify", "--db", path, *hooks).err
    (tmp_path / "hooks" / "even.py").write_text(
        (tmp_path / "hooks" / "even.py").read_text(encoding="utf-8") + "# more\n", encoding="utf-8"
    )
    assert "hook changed" in here(capsys, "verify", "--db", path, *hooks).out
    monkeypatch.setattr("tui.verification._digest", lambda facts: "other facts")
    assert marks(path)
    assert "0 checks run" in here(capsys, "verify", "--db", path, *hooks).err


def test_a_rewritten_thread_is_read_again(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", FIGURES)
    here(capsys, "verify", "--db", path)
    assert marks(path)
    with writing(path) as writer:
        (thread,) = writer.threads_of([named[FIGURES].quote.message_id])
        writer.drop_threads([thread])
    assert not marks(path)


def test_a_verdict_of_bindings_not_given_again_stays(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", FIGURES)
    hooks = ("--hooks", write_hook(tmp_path / "hooks"))
    mine = tmp_path / "mine.toml"
    write_binding(mine, number=3)
    assert "\trefuted\t" in here(capsys, "verify", "--db", path, *hooks, "--bindings", mine).out
    for options in ((), hooks, ("--all",), (named[CLAIM].id,)):
        again = here(capsys, "verify", "--db", path, *options)
        assert "withdrawn" not in again.err
        assert "1 verdict of bindings or hooks that were not given kept" in again.err
    (row,) = [
        each
        for each in json.loads(here(capsys, "export", "verdicts", "--json", "--db", path).out)
        if each["id"] == named[CLAIM].id
    ]
    assert row["verdict"] == "refuted"
    assert brought_by(row["bound_by"]) == "mine.toml"
    mine.write_text("", encoding="utf-8")
    gone = here(capsys, "verify", "--db", path, *hooks, "--bindings", mine)
    assert "1 verdict withdrawn: binding gone" in gone.err


def test_a_binding_that_cannot_be_read_takes_back_no_verdict(capsys: Capture, tmp_path: Path) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES)
    own = tmp_path / "data" / "threadkb" / "bindings"
    own.mkdir(parents=True)
    hooks = ("--hooks", write_hook(tmp_path / "hooks"))
    write_binding(own / "mine.toml", number=2)
    assert "\tverified\t" in here(capsys, "verify", "--db", path, *hooks).out
    (own / "mine.toml").write_text("this is no TOML", encoding="utf-8")
    assert "withdrawn" not in here(capsys, "verify", "--db", path, *hooks).err


@pytest.mark.parametrize(
    ("bound_by", "name"),
    [
        ("hand: [mine.toml] so it says (me)", "mine.toml"),
        ("rule: [even] names a number", "even"),
        ("hand: [sic] so it says (me)", ""),
        ("hand: so it says (me)", ""),
        ("rule: writes out a chain", ""),
    ],
)
def test_what_was_brought_is_named_in_the_reason(bound_by: str, name: str) -> None:
    assert brought_by(bound_by) == name


def test_a_check_may_take_longer_where_the_facts_are_those_of_a_whole_tree(tmp_path: Path) -> None:
    facts = tmp_path / "some.facts"
    for size, seconds in ((1_000_000, 20), (15_000_000, 60), (90_000_000, 120)):
        with facts.open("wb") as file:
            file.truncate(size)
        assert verification._patience(facts) == seconds
    assert verification._patience(None) == 20


def test_a_database_that_cannot_be_written_to_is_as_good_without_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES)
    verification.verify(path)
    with writing(path) as writer:
        writer.mark_checked({thread: replace(one, basis="older") for thread, one in marks(path).items()})

    def refused(*_: object, **__: object) -> None:
        raise StoreError(str(path), "cannot be written", "check the rights")

    monkeypatch.setattr("kb.store.writing.writing", refused)
    assert verification.verify(path).fresh == 1
