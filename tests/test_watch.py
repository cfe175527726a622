"""`threadkb watch`: its rhythm without a clock, its units, and a real process beside a real public-inbox."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import IO

import pytest

from kb.errors import SourceError, StoreError
from kb.records import SourceKind
from tests.support.command_line import ROOT, here
from tests.support.failing_server import Answer, failing_server
from tests.support.git_settings import git_settings
from tests.support.mails import PATCH, mail, mboxrd
from tests.support.publicinbox import MISSING, PublicInbox, installed, public_inbox
from tui.cli import watching as command
from tui.watching import JITTER, LONGEST, Round, keep_on, pause_after, quoted, round_of, units

SUBJECT = "Re: [PATCH] queue: take the lock once"


def busy(retry_after: float | None = None) -> SourceError:
    wrong = SourceError("https://lists.example.org/l/a@b/", "the server fails (503)", "try again later")
    wrong.retry_after = retry_after
    return wrong


def absent() -> SourceError:
    wrong = SourceError("https://lists.example.org/l/a@b/", "there is no such message", "check the Message-ID")
    wrong.absent = True
    return wrong


def test_pause_is_the_one_asked_for_give_or_take_a_tenth() -> None:
    assert pause_after(900, 0, None, 0.5) == 900
    assert pause_after(900, 0, None, 0.0) == pytest.approx(900 * (1 - JITTER))
    assert pause_after(900, 0, None, 1.0) == pytest.approx(900 * (1 + JITTER))


def test_pause_doubles_with_each_failure_up_to_a_limit() -> None:
    assert [pause_after(900, n, None, 0.5) for n in range(4)] == [900, 1800, 3600, 7200]
    assert pause_after(900, 1000, None, 0.5) == LONGEST


def test_pause_longer_than_the_limit_is_left_as_it_is() -> None:
    assert pause_after(10 * LONGEST, 5, None, 0.5) == 10 * LONGEST


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_pause_is_never_shorter_than_what_a_server_asks_for(chance: float) -> None:
    assert pause_after(60, 1, 5000, chance) >= 5000


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        ([], Round()),
        ([(SourceKind.LORE, busy())], Round(failed=True)),
        ([(SourceKind.LORE, busy(30)), (SourceKind.LORE, busy(90))], Round(failed=True, retry_after=90)),
        ([(SourceKind.LORE, absent())], Round()),
        ([(SourceKind.FILE, SourceError("a.mbox", "no such file or folder"))], Round()),
        ([(SourceKind.LORE, busy()), (SourceKind.FILE, SourceError("a.mbox", "no"))], Round(failed=True)),
    ],
)
def test_only_a_server_that_fails_makes_a_round_fail(
    failures: list[tuple[SourceKind, SourceError]], expected: Round
) -> None:
    assert round_of(failures) == expected


def test_rounds_go_on_until_waiting_says_stop_and_a_good_one_ends_the_back_off() -> None:
    rounds = iter([Round(), Round(failed=True), Round(failed=True, retry_after=7200), Round(), Round()])
    pauses: list[float] = []

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 5

    keep_on(lambda: next(rounds), every=600, wait=wait, chance=lambda: 0.5)
    assert pauses == [600, 1200, pytest.approx(7200 * 1.05), 600, 600]


@pytest.mark.parametrize(
    ("word", "as_written"),
    [
        ("plain", "plain"),
        ("two words", '"two words"'),
        ("", '""'),
        ("100%", "100%%"),
        ("$HOME", "$$HOME"),
        ('say "x"', '"say \\"x\\""'),
        ("back\\slash", '"back\\\\slash"'),
    ],
)
def test_word_of_a_unit_means_nothing_to_systemd(word: str, as_written: str) -> None:
    assert quoted(word) == as_written


def test_units_run_the_command_once_at_the_interval() -> None:
    text = units(["/opt/threadkb", "watch", "--once"], 900)
    assert "\nExecStart=/opt/threadkb watch --once\n" in text
    assert "\nOnUnitInactiveSec=900s\n" in text
    assert "\nRandomizedDelaySec=90s\n" in text


def test_units_are_printed_with_the_database_and_what_was_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["--every", "2h", "--exec", "true 1", "t-4mfkq", "--print-systemd", "--db", tmp_path / "kb.sqlite"]
    ran = here(capsys, "watch", *arguments)
    assert ran.code == 0
    (line,) = [line for line in ran.out.splitlines() if line.startswith("ExecStart=")]
    assert line.endswith(f' watch --once --db {tmp_path / "kb.sqlite"} --exec "true 1" -- t-4mfkq')
    assert "OnUnitInactiveSec=7200s" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--every", "soon"], "'soon' is no span of time; write 90s, 15m, 2h or 1d"),
        (["--every", "0s"], "'0s' is no span of time"),
        (["--every", "-5m"], "is no span of time"),
        (["--exec", "no-such-program-here x"], "names no program"),
        (["--exec", "'unbalanced"], "cannot be cut into words"),
        (["--exec", ""], "names no program"),
        (["--exec", "echo a\nb", "--print-systemd"], "a unit cannot hold control characters"),
    ],
)
def test_what_cannot_be_watched_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], said: str
) -> None:
    ran = here(capsys, "watch", "--db", tmp_path / "kb.sqlite", *arguments)
    assert ran.code == 2
    assert said in ran.one_line()


def test_database_that_is_not_there_ends_the_watch_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ran = here(capsys, "watch", "--db", tmp_path / "none.sqlite")
    assert ran.code == StoreError.code
    ran.one_line()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicInbox]:
    if not installed():
        pytest.skip(MISSING)
    with public_inbox(tmp_path_factory.mktemp("public-inbox"), {"list": [mail(1, PATCH, subject=SUBJECT[4:])]}) as one:
        yield one


class Watching:
    """A `threadkb watch` that runs, with what it prints."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui.cli", "watch", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.readers: list[threading.Thread] = []
        self.out: Queue[str] = Queue()
        self.err: Queue[str] = Queue()
        for stream, queue in ((self.process.stdout, self.out), (self.process.stderr, self.err)):
            assert stream is not None
            reader = threading.Thread(target=self._read, args=(stream, queue), daemon=True)
            reader.start()
            self.readers.append(reader)

    @staticmethod
    def _read(stream: IO[str], queue: Queue[str]) -> None:
        with stream:
            for line in stream:
                queue.put(line)

    def line(self, queue: Queue[str], holding: str = "") -> str:
        """The next line that holds these words."""
        seen = []
        try:
            while holding not in (line := queue.get(timeout=60)):
                seen.append(line)
        except Empty:
            raise AssertionError(f"no line with {holding!r} came, only {seen}") from None
        return line

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()


@pytest.mark.server
def test_reply_that_comes_in_is_printed_and_given_to_the_command_until_a_signal_ends_the_watch(
    server: PublicInbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git_settings(monkeypatch, tmp_path, [("b4.midmask", f"{server.url}/list/%s")])
    base = tmp_path / "kb.sqlite"
    assert here(capsys, "ingest", f"{server.url}/list/m1@example.org/", "--db", base).code == 0
    script = tmp_path / "on-change"
    script.write_text(
        f'#!/bin/sh\ncat > "{tmp_path}/given"; echo "$THREADKB_DB" > "{tmp_path}/base"; echo told\nexit 3\n'
    )
    script.chmod(0o755)
    watching = Watching("--db", base, "--every", "1s", "--json", "--exec", script, "-v")
    try:
        watching.line(watching.err, "next round at")
        server.add("list", [mail(2, "Does it hold the lock?\n", parent=1, subject=SUBJECT)])
        found = json.loads(watching.line(watching.out))
        assert "m2@example.org" in {change["message_id"] for change in found["changes"]}
        watching.line(watching.err, "told")
        assert "--exec" in watching.line(watching.err, "ended with 3")
        assert json.loads((tmp_path / "given").read_text()) == found
        assert (tmp_path / "base").read_text() == f"{base}\n"
        assert watching.stop(signal.SIGTERM) == 0
    finally:
        watching.end()


def test_interrupt_ends_the_watch_while_it_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.eml").write_bytes(mail(1, PATCH, subject="[PATCH] a"))
    base = tmp_path / "kb.sqlite"
    assert here(capsys, "ingest", tmp_path / "a.eml", "--db", base).code == 0
    watching = Watching("--db", base, "--every", "1d", "-v")
    try:
        watching.line(watching.err, "next round at")
        assert watching.stop(signal.SIGINT) == 0
    finally:
        watching.end()


def test_server_that_asks_to_be_left_alone_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = Answer(body=gzip.compress(mboxrd([mail(1, PATCH, subject="[PATCH] a")]), mtime=0))
    git_settings(monkeypatch, tmp_path, [])
    base = tmp_path / "kb.sqlite"
    with failing_server([good, Answer(429, headers={"Retry-After": "120"}), good]) as (url, asked):
        assert here(capsys, "ingest", f"{url}/list/m1@example.org/", "--db", base).code == 0
        pauses: list[float] = []

        def wait(seconds: float) -> bool:
            pauses.append(seconds)
            return len(pauses) == 2

        @contextmanager
        def stopping() -> Iterator[object]:
            yield wait

        monkeypatch.setattr(command, "_stopping", stopping)
        ran = here(capsys, "watch", "--db", base, "--every", "10s")
        assert ran.code == 0
        assert len(asked) == 3
    assert 120 <= pauses[0] <= 132
    assert pauses[1] <= 11
    assert "the server asks to be left alone for a while (429); try again in 2 min" in ran.err


def test_watch_once_says_by_its_exit_code_that_a_source_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.eml").write_bytes(mail(1, PATCH, subject="[PATCH] a"))
    base = tmp_path / "kb.sqlite"
    assert here(capsys, "ingest", tmp_path / "a.eml", "--db", base).code == 0
    assert here(capsys, "watch", "--once", "--db", base).code == 0
    (tmp_path / "a.eml").unlink()
    assert here(capsys, "watch", "--once", "--db", base).code == 1
