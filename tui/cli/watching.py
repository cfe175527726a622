"""In: a database whose threads go on, and how often to look. Out: what changes in them, as it comes, until stopped."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import random
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from kb.errors import Exit, ThreadkbError, UsageError
from kb.reading import reading
from tui.cli import narration
from tui.cli.layout import Role
from tui.cli.naming import named_thread, shortener
from tui.cli.narration import Progress
from tui.cli.options import Command, Settings, with_json
from tui.cli.output import Output, finish
from tui.watching import Round

if TYPE_CHECKING:
    from tui.updating import UpdateReport

_EVERY = re.compile(r"(\d{1,6})\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LEAST_FOR_COMMAND = 60.0


class Every(click.ParamType[float]):
    """A span of time, such as 90s, 15m or 2h; comes out in seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        found = _EVERY.fullmatch(str(value).strip().casefold())
        seconds = int(found[1]) * _SECONDS[(found[2] or "m")[0]] if found else 0
        if not 1 <= seconds <= 366 * 86400:
            self.fail(f"'{value}' is no span of time; write 90s, 15m, 2h or 1d", param, ctx)
        return float(seconds)


@click.command(
    cls=Command,
    short_help="Fetch new replies regularly, and say what they change as they come.",
    examples=(
        ("threadkb watch --every 15m", "ask every source four times an hour, until Ctrl-C"),
        ("threadkb watch t-4mfkq --every 1h", "only one thread"),
        ("threadkb watch --exec 'notify-send \"the review moved\"'", "run a command whenever something changes"),
        ("threadkb watch --json --exec ./on-change", "the command gets the same JSON on its standard input"),
        ("threadkb watch --every 30m --print-systemd", "a timer for systemd instead of a program that stays"),
    ),
    exits={
        0: "stopped by Ctrl-C or SIGTERM; with --once, done.",
        1: "the database cannot be read; with --once, also: a source could not be asked.",
        130: "stopped for good by a second Ctrl-C, in the middle of a round.",
    },
)
@click.argument("threads", nargs=-1, metavar="[THREAD...]")
@click.option(
    "--every", type=Every(), default="15m", show_default=True, metavar="TIME", help="How long to wait between rounds."
)
@click.option("--once", is_flag=True, help="One round, then end: for cron and timers.")
@click.option("--exec", "command", metavar="CMD", help="Run CMD when something changed, with the JSON on its stdin.")
@click.option("--no-check", is_flag=True, help="Leave checks that the new mail made stale as they are.")
@click.option("--print-systemd", is_flag=True, help="Print a systemd user service and timer that do this, and end.")
@with_json
@click.pass_obj
def watch(
    settings: Settings,
    threads: tuple[str, ...],
    every: float,
    once: bool,
    command: str | None,
    no_check: bool,
    print_systemd: bool,
    as_json: bool,
) -> None:
    """Do what `threadkb update` does again and again, and print what changes, newest first.

    After a round in which a server failed the pause doubles, up to six hours; where a server says for how long it wants
    to be left alone (Retry-After), it is. Every pause is up to a tenth shorter or longer by chance. On Ctrl-C or
    SIGTERM a round that has begun is finished first; a second Ctrl-C stops it, and nothing of it is kept.

    CMD is cut into words as a shell does, but no shell runs it. Its standard input is the JSON that `update --json`
    prints, its output goes to stderr, THREADKB_DB names the database. It may take as long as the pause between rounds,
    at least a minute. How it ends changes nothing here, but is told.

    With --json each change-bringing round is one line of JSON.
    """
    out = settings.output()
    words = _words(command)
    if print_systemd:
        out.line(_units(settings, threads, every, command, no_check))
        return
    with reading(settings.path) as base:
        watched = tuple(full for given in threads if (full := named_thread(base, given)) is not None)
    watcher = _Watcher(settings, out, watched, words, max(every, _LEAST_FOR_COMMAND), not no_check, as_json)
    if once:
        watcher.run(forgiving=False)
        if watcher.failed:
            raise click.exceptions.Exit(Exit.FAILURE)
        return
    from tui.watching import keep_on

    with _stopping() as wait:
        keep_on(watcher.run, every=every, wait=wait, chance=random, told=_next if settings.verbose else _worse)


class _Watcher:
    """Runs one round after the other and prints what each brought."""

    def __init__(
        self,
        settings: Settings,
        out: Output,
        watched: tuple[str, ...],
        words: list[str],
        patience: float,
        check: bool,
        as_json: bool,
    ) -> None:
        self._settings, self._out, self._watched, self._words = settings, out, watched, words
        self._patience, self._check, self._as_json = patience, check, as_json
        self.failed = False
        """Something went wrong in the last round."""

    def run(self, *, forgiving: bool = True) -> Round:
        """One round; what goes wrong is told, and raised only where this is not `forgiving`."""
        from tui import updating
        from tui.watching import round_of

        try:
            wanted = self._wanted()
            with Progress(verbose=self._settings.verbose) as progress:
                report = updating.update(
                    self._settings.path,
                    wanted,
                    progress=progress if self._settings.verbose else progress.step,
                    check=self._check,
                )
            self._tell(report)
        except ThreadkbError as wrong:
            if not forgiving:
                raise
            narration.error(wrong)
            self.failed = True
            return Round(failed=True)
        self.failed = bool(report.failures)
        return round_of((failure.source.kind, failure.error) for failure in report.failures)

    def _wanted(self) -> tuple[str, ...]:
        """The threads that hold the messages which the given ones began with: a late mail may have joined two."""
        found: dict[str, None] = {}
        with reading(self._settings.path) as base:
            for root in self._watched:
                try:
                    found |= dict.fromkeys(full for full in [named_thread(base, root)] if full is not None)
                except UsageError as wrong:
                    gone = wrong
                    narration.error(wrong)
        if self._watched and not found:
            raise gone
        return tuple(found)

    def _tell(self, report: UpdateReport) -> None:
        from tui.cli.updating import lines, row, tell

        with reading(self._settings.path) as base:
            short = shortener(base)
            content = row(report, short)
            if report.changes and self._as_json:
                self._out.json_lines([content])
            elif report.changes:
                if self._out.tty:
                    self._out.line(self._out.paint(_clock(), Role.STRONG))
                self._out.lines(lines(self._out, base, report.changes))
            finish()
            tell(report, short)
        if report.changes and self._words:
            _run_command(self._words, content, self._settings.path, self._patience)


def _run_command(words: list[str], content: Mapping[str, Any], path: Path, seconds: float) -> None:
    """Run a person's command with `content` as JSON on its standard input; tell how it ended if not well."""
    name = words[0]
    try:
        done = subprocess.run(
            words,
            input=json.dumps(content, default=str).encode(),
            stdout=2,
            env={**os.environ, "THREADKB_DB": str(path)},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        narration.say(f"--exec: {name} took longer than {seconds:.0f} s and was ended")
    except OSError as wrong:
        narration.say(f"--exec: {name} cannot be run ({wrong.strerror})")
    else:
        if done.returncode:
            narration.say(f"--exec: {name} ended with {done.returncode}")


def _words(command: str | None) -> list[str]:
    if command is None:
        return []
    try:
        words = shlex.split(command)
    except ValueError as wrong:
        raise UsageError("--exec", f"“{command}” cannot be cut into words ({wrong})", "check its quotes") from wrong
    if not words or shutil.which(words[0]) is None:
        raise UsageError("--exec", f"“{command}” names no program", "give one that can be run")
    return words


def _units(settings: Settings, threads: tuple[str, ...], every: float, command: str | None, no_check: bool) -> str:
    from tui.watching import units

    program = shutil.which("threadkb") or str(Path(sys.argv[0]).absolute())
    words = [program, "watch", "--once", "--db", str(settings.path.absolute())]
    words += ["--exec", command] if command is not None else []
    words += ["--no-check"] if no_check else []
    words += ["--", *threads] if threads else []
    if any(not word.isprintable() for word in words):
        raise UsageError("--print-systemd", "a unit cannot hold control characters", "name things without them")
    return units(words, every).rstrip("\n")


def _clock(pause: float = 0.0) -> str:
    return (datetime.now().astimezone() + timedelta(seconds=pause)).strftime("%Y-%m-%d %H:%M")


def _next(pause: float, _failures: int) -> None:
    narration.say(f"next round at {_clock(pause)}")


def _worse(pause: float, failures: int) -> None:
    if failures:
        narration.say(f"next round at {_clock(pause)}, {failures} failed in a row")


@contextmanager
def _stopping() -> Iterator[Callable[[float], bool]]:
    """How to wait for so many seconds, and whether to stop then, because of SIGINT or SIGTERM."""
    stop = threading.Event()
    waiting = False

    def wait(seconds: float) -> bool:
        nonlocal waiting
        waiting = True
        try:
            return stop.wait(min(seconds, threading.TIMEOUT_MAX))
        finally:
            waiting = False

    def asked(number: int, _frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()
        if not waiting:
            with suppress(RuntimeError):  # stderr is being written to at this very moment
                narration.say("stopping when this round is done; Ctrl-C again stops it")

    kept = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wait
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
