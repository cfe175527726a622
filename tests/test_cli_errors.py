"""In: everything a person can get wrong. Out: proof of one plain line, the right exit, and the database as it was."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from kb.identify import APPLICATION_ID, VERSION
from tests.support.command_line import ROOT, Ran, apart, here
from tests.support.threads import small_base

Capture = pytest.CaptureFixture[str]

READERS = [["threads"], ["claims"], ["show", "1"], ["why", "c-8"], ["search", "x"], ["export", "items"], ["verify"]]
WRITERS = [["ingest"], ["demo"], ["rebuild"]]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "review.sqlite"
    small_base(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("arguments", READERS, ids=lambda each: each[0])
def test_reading_where_there_is_no_base_says_what_to_do(capsys: Capture, tmp_path: Path, arguments: list[str]) -> None:
    ran = here(capsys, *arguments, "--db", tmp_path / "none.sqlite")
    assert (ran.code, ran.out) == (1, "")
    assert "run `threadkb ingest SOURCE` or `threadkb demo` first" in ran.one_line()
    assert list(tmp_path.iterdir()) == []


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE contacts (name TEXT)")
    connection.close()


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE threads (id TEXT)")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()


def _text(path: Path) -> None:
    path.write_text("Dear diary, " * 40)


@pytest.mark.parametrize("arguments", [*READERS, *WRITERS], ids=lambda each: each[0])
@pytest.mark.parametrize(
    ("make", "words"),
    [(_foreign, "another program"), (_newer, "newer threadkb"), (_text, "is no SQLite database")],
    ids=["foreign", "newer", "text"],
)
def test_file_that_is_not_ours_is_left_as_it_was(
    capsys: Capture, tmp_path: Path, arguments: list[str], make: object, words: str
) -> None:
    path = tmp_path / "other.sqlite"
    assert callable(make)
    make(path)
    before = _digest(path)
    mbox = tmp_path / "one.mbox"
    mbox.write_bytes(MAIL)
    more = [str(mbox)] if arguments == ["ingest"] else []
    ran = here(capsys, *arguments, *more, "--db", path)
    assert ran.code == 1
    assert words in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err
    assert _digest(path) == before


MAIL = b"""From a@example.org Mon May  6 10:00:00 2024
From: Ada Example <a@example.org>
Date: Mon, 6 May 2024 10:00:00 +0000
Subject: [RFC] a lock
Message-ID: <one@example.org>

We should drop the lock.
"""


def _nothing_there(tmp_path: Path) -> list[str]:
    return [str(tmp_path / "absent.mbox")]


def _empty(tmp_path: Path) -> list[str]:
    (tmp_path / "empty.mbox").write_bytes(b"")
    return [str(tmp_path / "empty.mbox")]


def _no_mail(tmp_path: Path) -> list[str]:
    (tmp_path / "prose.txt").write_text("This is a shopping list.\n\n- milk\n- bread\n")
    return [str(tmp_path / "prose.txt")]


def _empty_folder(tmp_path: Path) -> list[str]:
    (tmp_path / "folder").mkdir()
    return [str(tmp_path / "folder")]


def _second_is_absent(tmp_path: Path) -> list[str]:
    (tmp_path / "one.mbox").write_bytes(MAIL)
    return [str(tmp_path / "one.mbox"), str(tmp_path / "absent.mbox")]


@pytest.mark.parametrize("make", [_nothing_there, _empty, _no_mail, _empty_folder, _second_is_absent])
def test_source_that_cannot_be_read_changes_nothing(tmp_path: Path, base: Path, make: object) -> None:
    assert callable(make)
    sources = make(tmp_path)
    before = _digest(base)
    ran = apart("ingest", *sources, "--db", base)
    assert ran.code in (1, 2)
    assert Path(sources[-1]).name in _last(ran)
    assert _digest(base) == before
    new = tmp_path / "new" / "base.sqlite"
    ran = apart("ingest", *sources, "--db", new)
    assert ran.code in (1, 2)
    assert not new.exists()


def test_empty_standard_input_is_no_mail(base: Path) -> None:
    before = _digest(base)
    ran = apart("ingest", "-", "--db", base)
    assert ran.code == 1
    _last(ran)
    assert _digest(base) == before


def test_server_that_is_down_is_one_line(tmp_path: Path, base: Path) -> None:
    before = _digest(base)
    ran = apart("ingest", "http://127.0.0.1:9/all/some-id@example.org/", "--db", base, HOME=str(tmp_path))
    assert ran.code == 1
    assert "127.0.0.1" in _last(ran)
    assert _digest(base) == before


def _last(ran: Ran) -> str:
    assert "Traceback" not in ran.err, ran.err
    last = ran.err.splitlines()[-1]
    assert last.startswith("threadkb: "), ran.err
    assert sum(line.startswith("threadkb: ") for line in ran.err.splitlines()) == 1
    return last


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["clams"], "there is no command 'clams'; did you mean `claims`?"),
        (["frobnicate"], "there is no command 'frobnicate'; `threadkb --help` lists them"),
        (["claims", "--stat", "open"], "--state"),
        (["claims", "--state", "done"], "'uncontested'"),
        (["claims", "--limit", "0"], "--limit"),
        (["claims", "--min-confidence", "2"], "--min-confidence"),
        (["show"], "Missing argument 'ID'"),
        (["search"], "Missing argument"),
        (["--color", "mauve", "claims"], "mauve"),
        (["verify", "--stale", "--all"], "exclude each other"),
        (["hooks", "show", "arithmetik"], "did you mean arithmetic"),
        (["hooks", "lost"], "list"),
        (["claims", "--db", "postgresql://host/base"], "'postgresql://' databases are not supported"),
        (["claims", "--db", "sqlite:///base.sqlite?mode=ro"], "'?mode=ro' is not understood"),
        (["claims", "--db", "~no-such-user/base.sqlite"], "no home directory"),
        (["completion", "tcsh"], "tcsh"),
        (["browse"], "needs a terminal"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_wrong_command_line_is_one_line_and_two(capsys: Capture, arguments: list[str], words: str) -> None:
    ran = here(capsys, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.one_line()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "c-zzzzz"], "no item, thread or message has this id"),
        (["show", "c-86wnj"], "did you mean c-86wnh?"),
        (["show", "m1@example.orf"], "did you mean m1@example.org"),
        (["show", "no-such-mail@example.com"], "no item, thread or message has this id"),
        (["show", "c-"], "is the beginning of several ids"),
        (["show", "99"], "ends with #3"),
        (["why", "1"], "names a message, not an item"),
        (["claims", "--thread", "zebra"], "no thread has this id or these words"),
        (["verify", "c-zzzzz"], "no item, thread or message has this id"),
        (["export", "report", "--thread", "zebra"], "no thread has this id"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_unknown_name_is_one_line_with_what_is_near(
    capsys: Capture, base: Path, arguments: list[str], words: str
) -> None:
    ran = here(capsys, *arguments, "--db", base)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.one_line()


@pytest.mark.parametrize("arguments", [["ingest", "one.mbox"], ["demo"]], ids=lambda each: each[0])
@pytest.mark.parametrize("place", ["file.txt/base.sqlite", "/proc/threadkb/base.sqlite"])
def test_place_where_nothing_can_be_written_is_one_line(tmp_path: Path, arguments: list[str], place: str) -> None:
    (tmp_path / "file.txt").write_text("a file, not a directory")
    (tmp_path / "one.mbox").write_bytes(MAIL)
    given = [str(tmp_path / each) if each.endswith(".mbox") else each for each in arguments]
    ran = apart(*given, "--db", tmp_path / place)
    assert ran.code == 1
    _last(ran)


@pytest.mark.parametrize("arguments", [["claims"], ["ingest", "one.mbox"]], ids=lambda each: each[0])
@pytest.mark.parametrize("place", ["/dev/null", "/dev/zero", "pipe"])
def test_database_that_is_no_plain_file_is_one_line(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.mbox").write_bytes(MAIL)
    os.mkfifo("pipe")
    ran = here(capsys, *arguments, "--db", place)
    assert (ran.code, ran.out) == (1, "")
    assert f"{place}: is no file; give another file with --db" in ran.one_line()


@pytest.mark.parametrize("arguments", [["claims"], ["ingest", "-"]], ids=lambda each: each[0])
def test_folder_that_is_gone_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    program = (
        f"mkdir {tmp_path}/gone && cd {tmp_path}/gone && rmdir {tmp_path}/gone && "
        f"PYTHONPATH={ROOT} {sys.executable} -m tui.cli {' '.join(arguments)} --db relative.sqlite"
    )
    done = subprocess.run(["bash", "-c", program], input=MAIL, capture_output=True, check=False)
    assert done.returncode == 1
    assert "relative.sqlite" in _last(Ran(done.returncode, done.stdout.decode(), done.stderr.decode()))


def test_database_whose_name_is_no_text_is_read_and_written(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "one.mbox").write_bytes(MAIL)
    path = os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff.sqlite")
    assert here(capsys, "ingest", tmp_path / "one.mbox", "--db", path).code == 0
    assert "a lock" in here(capsys, "threads", "--db", path).out


def test_directory_as_database_is_one_line(capsys: Capture, tmp_path: Path) -> None:
    ran = here(capsys, "claims", "--db", tmp_path)
    assert ran.code == 1
    assert "cannot be read" in ran.one_line()


def test_reader_that_goes_away_is_silent(base: Path) -> None:
    program = f"{sys.executable} -m tui.cli export items --db {base} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "141")


def test_full_output_is_one_line(base: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tui.cli", "claims", "--db", str(base)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("threadkb: stdout: cannot be written: No space left on device")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("closed", "code"), [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0), ("<&-", 0)])
def test_closed_stream_is_no_error(base: Path, closed: str, code: int) -> None:
    program = f"{sys.executable} -m tui.cli claims --topic none --db {base} {closed}"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_closed_standard_input_has_no_mail(base: Path) -> None:
    program = f"{sys.executable} -m tui.cli ingest - --db {base} <&-"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("threadkb: -: standard input is closed")


def test_interrupt_ends_with_130(tmp_path: Path) -> None:
    program = (
        "import sys, time; from tui import cli, workspace\n"
        "def slow(*given, **named): print('ready', flush=True); time.sleep(60)\n"
        f"workspace.rebuild = slow; sys.exit(cli.main(['rebuild', '--db', {str(tmp_path / 'new.sqlite')!r}]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.strip() == "threadkb: stopped"


def test_bug_keeps_its_traceback(base: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    from tui.cli import listing

    def broken(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(listing, "reading", broken)
    with pytest.raises(ZeroDivisionError):
        here(capsys, "claims", "--db", base)
