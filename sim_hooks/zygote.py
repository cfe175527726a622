"""In: a line to send to a child process. Out: the line it answers; the child and all that it started can be killed.

The child stands in a process group of its own, in an empty working folder, with a scrubbed environment, and hears of
this process's end by the end of its standard input. No call here waits for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sim_hooks.forked import CAP

_ROOT = Path(__file__).resolve().parent.parent


class Zygote:
    """One child process that answers lines, and the line it works on."""

    def __init__(self, arguments: Sequence[str], *, folder: Path, import_from: Iterable[Path]) -> None:
        path = os.pathsep.join(str(part.resolve()) for part in (*import_from, _ROOT))
        self._process = subprocess.Popen(
            (sys.executable, "-P", "-s", "-m", "sim_hooks.child", *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONPATH": path, "PYTHONHASHSEED": "0"},
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._stdin, self.stdout = self._process.stdin, self._process.stdout
        os.set_blocking(self._stdin.fileno(), False)
        os.set_blocking(self.stdout.fileno(), False)
        self._received = bytearray()
        self.deadline = 0.0
        """When what it works on has taken too long, on the monotonic clock."""
        self.complete = False
        """Whether it has answered, or will never."""
        self.answers = 0

    def send(self, line: bytes, *, deadline: float) -> bool:
        """Give it `line` to answer until `deadline`; False where it is dead or does not take the line in."""
        self.deadline, self.complete = deadline, False
        self._received.clear()
        while line and time.monotonic() < deadline:
            if not select.select([], [self._stdin], [], max(0.0, deadline - time.monotonic()))[1]:
                return False
            try:
                line = line[self._stdin.write(line) or 0 :]
            except OSError:
                return False
        return not line

    def receive(self) -> None:
        """Take in what it has written so far."""
        with contextlib.suppress(BlockingIOError):
            piece = os.read(self.stdout.fileno(), 1 << 16)
            self._received += piece
            self.complete = not piece or piece.endswith(b"\n") or len(self._received) > 2 * CAP

    def answer(self) -> dict[str, Any] | None:
        """The JSON object it answered, or None where there is none that can be read."""
        if not self._received.endswith(b"\n"):
            return None
        try:
            read = json.loads(self._received)
        except (ValueError, RecursionError):
            return None
        self.answers += 1
        return read if isinstance(read, dict) else None

    def kill(self) -> int:
        """End it and all of its process group; its exit status, negative for a signal."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._stdin.close()
        self.stdout.close()
        return self._process.wait()
