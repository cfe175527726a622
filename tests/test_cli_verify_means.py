"""What verify keeps when it is stopped, what it says of a run that came out as before, and whose facts it asked."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb.reading import reading
from kb.records import Item, Verdict
from kb.store.writing import writing
from tests.support.checks import gone
from tests.support.command_line import ROOT, here
from tests.support.own_hooks import CLAIM, GOOD, claim_base, write_binding, write_hook
from tests.support.threads import run
from tui.cli.bar import bar
from tui.keeping import keeping

Capture = pytest.CaptureFixture[str]

SLOW = (
    GOOD.replace("KINDS", "import os, time\nfrom sim_hooks.readers.wording import Binding\nKINDS")
    .replace("    verdict =", "    time.sleep(60 * (predicate.number == 3))\n    verdict =")
    .replace("is looked at.", "is looked at in a child of {os.getppid()}.")
    + "\ndef bind(item):\n    yield Binding(Even(3 if 'odd' in item.quote.text else 2), 0.9, 'a test')\n"
)
"""The good hook, which takes a minute over odd numbers."""
ODD_VALUE = """
[[binding]]
message_id = "m0@example.org"
quote = "nothing that is there"
who = "a tester"
why = "so"
predicate = { kind = "PathExists", path = VALUE }
"""
FIGURES = "Before  100 MiB/s\nAfter   110 MiB/s\n% diff   10%"


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("THREADKB_HOOKS", "THREADKB_FACTS"):
        monkeypatch.delenv(name, raising=False)


def _started(*arguments: object, stderr: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "80"}
    command = [sys.executable, "-u", "-m", "tui.cli", *(str(each) for each in arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, env=environment)


def test_ctrl_c_keeps_what_has_ended_says_how_much_and_ends_with_130(tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", "The count is odd.")
    folder = write_hook(tmp_path / "hooks", SLOW)
    with _started("verify", "--db", path, "--hooks", folder, "--jobs", "1") as process:
        assert process.stdout is not None and process.stderr is not None
        first = process.stdout.readline().decode()
        child = int(first.partition("in a child of ")[2].partition(".")[0])
        assert Path(f"/proc/{child}").exists()
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        said = process.stderr.read().decode()
        assert process.wait(timeout=20) == 130
        assert time.monotonic() - start < 10
    assert gone(child)
    assert first.startswith(named[CLAIM].id[:7] + "\tverified")
    assert "stopped: 1 run of 2 kept; `threadkb verify` runs the rest" in said
    assert "Traceback" not in said
    with reading(path) as reader:
        assert [(kept.item_id, kept.verdict) for kept in reader.latest_runs()] == [(named[CLAIM].id, "verified")]


def test_runs_are_kept_once_each_however_often_ctrl_c_is_pressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite")
    ended = run(named[CLAIM], Verdict.VERIFIED)

    def impatient(*given: object, **more: object) -> object:
        signal.raise_signal(signal.SIGINT)
        return writing(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("kb.store.writing.writing", impatient)
    with pytest.raises(KeyboardInterrupt), keeping(path, lambda _: None) as keep:
        keep(ended)
    with reading(path) as reader:
        assert len(reader.runs_of(named[CLAIM].id)) == 1


def test_a_terminal_sees_a_bar_with_counts(tmp_path: Path) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES, "The count is huge.")
    folder = write_hook(tmp_path / "hooks", SLOW)
    master, slave = pty.openpty()
    with _started("verify", "--db", path, "--hooks", folder, "--jobs", "1", "--json", stderr=slave) as process:
        os.close(slave)
        seen = b""
        while True:
            try:
                seen += os.read(master, 65536)
            except OSError:
                break
        process.communicate(timeout=30)
    os.close(master)
    steps = [part.replace("\x1b[K", "") for part in seen.decode().split("\r") if "] " in part]
    assert [step.split("]")[1].strip() for step in steps] == [
        "0 of 3",
        "1 of 3: 1 verified",
        "2 of 3: 2 verified",
        "3 of 3: 3 verified",
    ]
    assert "\r\x1b[K3 checks run in" in seen.decode()


@pytest.mark.parametrize(
    ("done", "total", "seconds", "shown"),
    [
        (0, 8, 0.0, "[....................] 0 of 8"),
        (4, 8, 66.0, "[##########..........] 4 of 8, 1:06 left: 3 verified, 1 refuted"),
        (8, 8, 9.0, "[####################] 8 of 8: 3 verified, 1 refuted"),
    ],
)
def test_a_bar_shows_how_many_how_they_ended_and_the_time_left(
    done: int, total: int, seconds: float, shown: str
) -> None:
    counts = {"refuted": 1, "verified": 3} if done else {}
    assert bar(done, total, counts, seconds) == shown


def test_a_run_that_comes_out_as_before_says_unchanged(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", FIGURES)
    assert here(capsys, "verify", "--db", path).out.rstrip().endswith("\t-")
    again = here(capsys, "verify", "--all", "--db", path)
    assert again.out.rstrip().endswith("\tunchanged")
    assert "1 check run" in again.err and "(1 unchanged)" in again.err
    row = json.loads(here(capsys, "verify", "--all", "--json", "--db", path).out)[0]
    assert (row["ran"], row["unchanged"]) == (True, True)
    assert json.loads(here(capsys, "verify", "--json", "--db", path).out)[0]["unchanged"] is None
    _kept(path, named[FIGURES], Verdict.REFUTED)
    assert here(capsys, "verify", "--all", "--db", path).out.rstrip().endswith("\twas refuted")


def _kept(path: Path, of: Item, verdict: Verdict) -> None:
    with writing(path) as writer:
        writer.add_run(run(of, verdict))


def test_a_verdict_whose_binding_is_gone_is_withdrawn_and_stays_in_the_history(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", FIGURES)
    own = tmp_path / "data" / "threadkb" / "bindings"
    own.mkdir(parents=True)
    hooks = ("--hooks", write_hook(tmp_path / "hooks"))
    write_binding(own / "mine.toml", number=3)
    assert "\trefuted\t" in here(capsys, "verify", "--db", path, *hooks).out
    assert here(capsys, "claims", "--verdict", "refuted", "--db", path).out
    (own / "mine.toml").unlink()
    ran = here(capsys, "verify", "--db", path)
    assert (ran.code, ran.out) == (0, "")
    assert "1 verdict withdrawn: binding gone" in ran.err
    assert here(capsys, "claims", "--verdict", "refuted", "--db", path).out == ""
    assert [row["quote"] for row in json.loads(here(capsys, "export", "verdicts", "--json", "--db", path).out)] == [
        " ".join(FIGURES.split())
    ]
    with reading(path) as reader:
        reasons = [kept.reason for kept in reader.runs_of(named[CLAIM].id)]
        assert reasons == ["binding gone", "never run"]
    assert "Withdrawn: nothing reads these words" in here(capsys, "show", named[CLAIM].id, "--db", path).out
    again = here(capsys, "verify", "--db", path)
    assert "withdrawn" not in again.err
    write_binding(own / "mine.toml", number=2)
    assert "\tverified\t" in here(capsys, "verify", "--db", path, *hooks).out
    assert here(capsys, "claims", "--verdict", "verified", "--db", path).out.count("\n") == 2


def test_verify_of_one_item_withdraws_nothing_of_another(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", FIGURES)
    _kept(path, named[CLAIM], Verdict.VERIFIED)
    assert "withdrawn" not in here(capsys, "verify", named[FIGURES].id, "--db", path).err
    assert "1 verdict withdrawn" in here(capsys, "verify", named[CLAIM].id, "--db", path).err


@pytest.mark.parametrize("by", ["option", "environment"])
def test_checks_ask_the_facts_file_that_is_named(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    words = "The function add_one() calls check_one()."
    path, _ = claim_base(tmp_path / "kb.sqlite", words)
    verdicts = []
    for name, body in (("linux-1.0", "check_one();"), ("linux-2.0", "")):
        tree = tmp_path / name
        (tree / "mm").mkdir(parents=True)
        (tree / "mm" / "one.c").write_text(
            f"void check_one(void)\n{{\n}}\n\nvoid add_one(void)\n{{\n\t{body}\n}}\n", encoding="utf-8"
        )
        facts = tmp_path / f"{name}.facts"
        assert here(capsys, "source", "index", tree, "--out", facts).code == 0
        options: tuple[object, ...] = ("--facts", facts)
        if by == "environment":
            monkeypatch.setenv("THREADKB_FACTS", str(facts))
            options = ()
        ran = here(capsys, "verify", "--db", path, "--json", *options)
        (row,) = json.loads(ran.out)
        verdicts.append((row["verdict"], row["reason"]))
        assert any(name in words for words in row["assumptions"])
    assert verdicts == [("verified", "never run"), ("refuted", "facts changed")]
    flips = json.loads(here(capsys, "log", "--db", path, "--json").out)
    assert [(flip["before"], flip["verdict"], flip["changed"]) for flip in flips] == [
        ("verified", "refuted", ["facts"])
    ]


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [(None, 2, "--facts: there is no facts file"), (b"no facts", 1, "is no facts file; build it with")],
)
def test_a_facts_file_that_is_none_is_an_error_before_anything_runs(
    capsys: Capture, tmp_path: Path, content: bytes | None, code: int, said: str
) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES)
    facts = tmp_path / "some.facts"
    if content is not None:
        facts.write_bytes(content)
    ran = here(capsys, "verify", "--db", path, "--facts", facts)
    assert ran.code == code
    assert said in ran.one_line()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[binding]]\nwho = 'x'\n", "own.toml:1: lacks 'message_id'"),
        ("\n\nthis is no TOML\n", "own.toml:3: is no TOML"),
        ("# a\nother = 1\n", "own.toml:1: holds 'other'"),
        (ODD_VALUE.replace("VALUE", "2024-01-01"), "own.toml:2: the predicate cannot be read"),
        (ODD_VALUE.replace("VALUE", "[" * 40 + "]" * 40), ""),
        (ODD_VALUE.replace("path = VALUE", "path = 'a', parts = 7"), "PathExists has no field 'parts'"),
        (ODD_VALUE.replace('"PathExists", path = VALUE', '"AllOf", parts = [7]'), "own.toml:2: the predicate cannot"),
    ],
)
def test_what_is_wrong_with_ones_own_bindings_is_told_with_its_line_and_stops_nothing(
    capsys: Capture, tmp_path: Path, content: str, said: str
) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.toml").write_text(content, encoding="utf-8")
    write_binding(tmp_path / "own" / "good.toml")
    hooks = write_hook(tmp_path / "hooks")
    ran = here(capsys, "verify", "--db", path, "--bindings", tmp_path / "own", "--hooks", hooks)
    assert ran.code == bool(said)
    assert said in ran.err
    assert len(ran.out.splitlines()) == 2
