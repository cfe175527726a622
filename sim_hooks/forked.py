"""In: a forked check. Out: what it wrote, or what stopped it; and nothing that it started is left.

The process that forked it reads its own standard input's end as the end of the whole program, and goes with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from pathlib import Path
from typing import Any

CAP = 1 << 20
"""Bytes that the result of one check may have."""
_TRIES = 50
"""How often processes that a check left behind are looked for before they are given up."""


def collected(reading: int, pid: int, deadline: float) -> bytes | None:
    """What the fork writes; None where `deadline` (monotonic) passed.

    The fork is killed when that happens, when it writes more than CAP, and when the parent goes away.
    """
    content = bytearray()
    while True:
        ready, _, _ = select.select([reading, 0], [], [], max(0.0, deadline - time.monotonic()))
        if reading not in ready:
            os.kill(pid, signal.SIGKILL)
            if ready:
                os._exit(0)
            return None
        piece = os.read(reading, 1 << 16)
        content += piece
        if len(content) > CAP:
            os.kill(pid, signal.SIGKILL)
            return bytes(content)
        if not piece:
            return bytes(content)


def end_strays() -> None:
    """End what a check has started and left behind; it became a child of this process when the check was gone."""
    for _ in range(_TRIES):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                parent = int(
                    (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
                )
                if parent == os.getpid():
                    os.kill(int(folder.name), signal.SIGKILL)
        time.sleep(0.01)


def ended(content: bytes, status: int) -> dict[str, Any]:
    if len(content) > CAP:
        return {"end": "too large", "what": f"a result of more than {CAP >> 10} KiB"}
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return {"end": "time"}
        return {"end": "raised", "what": f"the check was ended by {signal.Signals(number).name}"}
    try:
        result = json.loads(content)
    except (ValueError, RecursionError):
        result = None
    if isinstance(result, dict):
        return result
    return {"end": "raised", "what": f"the check ended with status {os.waitstatus_to_exitcode(status)} and no result"}
