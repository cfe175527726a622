"""In: arguments. Out: what the command line printed, said and returned, run in this process or in one of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.cli import main

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command went."""

    code: int
    out: str
    err: str

    def one_line(self) -> str:
        """What was said on stderr, which must be one line from threadkb and no traceback."""
        assert self.err.startswith("threadkb: "), self.err
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.strip()


def here(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    """Run a command line in this process."""
    capsys.readouterr()
    code = main([str(each) for each in arguments])
    said = capsys.readouterr()
    return Ran(code, said.out, said.err)


def _environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("THREADKB_DB", "NO_COLOR")}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **more}


def apart(*arguments: object, stdin: bytes = b"", **environment: str) -> Ran:
    """Run a command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tui.cli", *(str(each) for each in arguments)],
        input=stdin,
        capture_output=True,
        env=_environment(**environment),
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def on_terminal(*arguments: object, columns: int = 80, **environment: str) -> str:
    """What a command line prints on a terminal of so many columns, line ends folded to LF."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui.cli", *(str(each) for each in arguments)],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env=_environment(COLUMNS=str(columns), **environment),
    )
    os.close(slave)
    seen = b""
    try:
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # Linux answers EIO when the last writer has gone
                break
            if not part:
                break
            seen += part
    finally:
        os.close(master)
        process.wait(timeout=120)
    return seen.decode().replace("\r\n", "\n")
