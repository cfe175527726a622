"""In: the bundled thread. Out: proof that the whole path runs: ingest, verify, summary, and quickly the second time."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.support.command_line import Ran, apart, here
from tui import workspace

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    return path, apart("demo", "--db", path)


def test_demo_prints_a_summary_and_what_to_type_next(ran: tuple[Path, Ran]) -> None:
    path, first = ran
    assert first.code == 0, first.err
    out = first.out
    assert "57 mails by 5 people, 2024-10-14 to 2024-11-06" in out
    order = [out.index(title) for title in ("Decisions (", "Still open (", "Checked by running something (", "Next")]
    assert order == sorted(order)
    assert f"\n  export THREADKB_DB={path}\n" in out
    assert "\x1b" not in out


def test_demo_lines_fit_eighty_columns(ran: tuple[Path, Ran]) -> None:
    long = [line for line in ran[1].out.splitlines() if len(line) > 80 and "export " not in line]
    assert long == []


def test_demo_again_changes_nothing_and_is_quick(ran: tuple[Path, Ran], capsys: Capture) -> None:
    path, first = ran
    began = time.monotonic()
    again = here(capsys, "demo", "--db", path)
    assert time.monotonic() - began < 10
    assert again.out == first.out
    assert "0 new mails, 57 known already" in again.err
    assert "0 checks run" in again.err


def test_demo_as_json_has_the_groups_of_the_summary(ran: tuple[Path, Ran], capsys: Capture) -> None:
    path, _ = ran
    row = json.loads(here(capsys, "demo", "--db", path, "--json").out)
    assert row["db"] == str(path)
    assert row["thread"]["mails"] == 57
    assert row["ingest"]["added"] == 0
    assert row["verify"]["run"] == 0
    assert set(row["decisions"]) <= {"accepted", "proposed", "rejected", "superseded"}
    assert sum(len(found) for found in row["checked"].values()) > 10


def test_commands_that_the_demo_names_work(
    ran: tuple[Path, Ran], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADKB_DB", str(ran[0]))
    lines = [line for line in ran[1].out.splitlines() if " threadkb " in line and "browse" not in line]
    assert len(lines) >= 8
    for line in lines:
        words = line.split(" threadkb ", 1)[1].split("  ")[0].split(", and ")[0].split()
        done = here(capsys, *words)
        assert done.code == 0, line
        assert done.out, line


def test_ingest_of_the_bundled_thread_twice_finds_it_known(ran: tuple[Path, Ran], capsys: Capture) -> None:
    again = here(capsys, "ingest", workspace.bundled_thread(), "--db", ran[0])
    assert again.code == 0
    assert "0 new mails, 57 known already" in again.out
    row = json.loads(here(capsys, "ingest", workspace.bundled_thread(), "--db", ran[0], "--json").out)
    assert (row["added"], row["known"]) == (0, 57)


def test_rebuild_gives_the_same_items(ran: tuple[Path, Ran], capsys: Capture) -> None:
    before = here(capsys, "export", "items", "--db", ran[0]).out
    rebuilt = here(capsys, "rebuild", "--db", ran[0])
    assert rebuilt.code == 0
    assert here(capsys, "export", "items", "--db", ran[0]).out == before


def test_demo_without_a_database_goes_into_the_cache_not_into_the_persons_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tui.cli.demonstrating import demo_path
    from tui.cli.options import Settings

    monkeypatch.delenv("THREADKB_DB", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert demo_path(Settings()) == tmp_path / "cache" / "threadkb" / "demo.sqlite"
    assert demo_path(Settings()) != Settings().path
    monkeypatch.setenv("THREADKB_DB", "mine.sqlite")
    assert demo_path(Settings()) == Path("mine.sqlite")
    assert demo_path(Settings(db="given.sqlite")) == Path("given.sqlite")
