"""In: checks as JSON lines on standard input. Out: one JSON line a check on standard output, and nothing else there.

This is the child process: it imports hooks and loads the facts once, then forks for each check. The fork runs the hook
under limits of processor time, memory and files, and hands back one JSON value through a pipe of its own, so that a
hook can neither speak to the parent nor harm the next check. When the parent goes away, so does the child.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from kb.errors import CheckError
from kb.records import Outcome
from sim_hooks.combine import combine
from sim_hooks.predicates import AllOf, Predicate, from_json

CAP = 1 << 20
"""Bytes that the result of one check may have."""
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_TRIES = 50
"""How often processes that a check left behind are looked for before they are given up."""


def main() -> None:
    """Answer one line after another until standard input ends. Arguments: facts file or "", and the three limits."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    facts_path, seconds, memory_mib = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    protocol = os.dup(1)
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    gc.disable()  # nothing here is thrown away, and collecting while facts are loaded takes as long as loading them
    zygote = _Zygote(facts_path, seconds, memory_mib, quiet, protocol)
    with os.fdopen(0, "rb", buffering=0, closefd=False) as lines:
        while line := _read_line(lines.fileno()):
            answer = json.dumps(zygote.answer(json.loads(line)), separators=(",", ":"))
            _write(protocol, answer.encode("ascii") + b"\n")


class _Zygote:
    """What is imported and loaded once, and the limits of each check."""

    def __init__(self, facts_path: str, seconds: float, memory_mib: int, quiet: int, protocol: int) -> None:
        self.facts_path, self.seconds, self.memory_mib = facts_path, seconds, memory_mib
        self.quiet, self.protocol = quiet, protocol
        self.facts: Any = None
        self.unpacked = False
        self.decide: dict[str, Any] = {}

    def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What one check came to: `outcome`, or `end` with what stopped it; always with `seconds`."""
        start = time.monotonic()
        try:
            self._prepare(asked)
            predicate = from_json(asked["predicate"])
        except CheckError as wrong:
            return {"end": "unusable", "what": str(wrong), "seconds": time.monotonic() - start}
        except Exception as wrong:
            return {"end": "raised", "what": _last_line(wrong), "seconds": time.monotonic() - start}
        return self._fork(asked["modules"], predicate)

    def _prepare(self, asked: Mapping[str, Any]) -> None:
        before = len(self.decide), self.facts is None, self.unpacked
        for module in asked["modules"].values():
            if module not in self.decide:
                self.decide[module] = importlib.import_module(module).decide
        if asked["needs_facts"] and self.facts is None:
            from sim_hooks.source.facts import Facts

            self.facts = Facts.load(Path(self.facts_path))
        elif asked["needs_facts"] and not self.unpacked:
            _unpack(self.facts)
            self.unpacked = True
        if before != (len(self.decide), self.facts is None, self.unpacked):
            gc.freeze()

    def _fork(self, modules: Mapping[str, str], predicate: Predicate) -> dict[str, Any]:
        start = time.monotonic()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            os.dup2(self.quiet, 0)
            os.dup2(self.quiet, self.protocol)
            self._decide_and_exit(modules, predicate, writing)
        os.close(writing)
        content = _collect(reading, pid, start + self.seconds)
        os.close(reading)
        _, status = os.waitpid(pid, 0)
        _end_strays()
        ended = {"end": "time"} if content is None else _ended(content, status)
        return ended | {"seconds": time.monotonic() - start}

    def _decide_and_exit(self, modules: Mapping[str, str], predicate: Predicate, writing: int) -> None:
        """In the fork: decide under limits, write one JSON value, and leave without cleaning up after the parent."""
        result: dict[str, Any]
        try:
            gc.enable()
            _limit(self.seconds, self.memory_mib)
            result = {"outcome": asdict(_decide(predicate, self.decide, modules, self.facts))}
        except MemoryError:
            result = {"end": "memory"}
        except BaseException as wrong:
            result = {"end": "raised", "what": _last_line(wrong)}
        try:
            _write(writing, json.dumps(result).encode("ascii"))
        except BaseException as wrong:
            _write(writing, json.dumps({"end": "raised", "what": _last_line(wrong)}).encode("ascii"))
        os._exit(0)


def _unpack(facts: Any) -> None:
    """Unpack all that facts keep packed, so that no fork has to; a lone check needs little of it and goes without."""
    for function in facts.functions():
        facts.inside(function.number)
    for name, value in vars(type(facts)).items():
        if isinstance(value, cached_property):
            getattr(facts, name)


def _decide(predicate: Predicate, decide: Mapping[str, Any], modules: Mapping[str, str], facts: Any) -> Outcome:
    if isinstance(predicate, AllOf):
        parts = [_decide(part, decide, modules, facts) for part in predicate.parts]
        return combine(parts, expect=predicate.expect)
    found = decide[modules[type(predicate).__name__]](predicate, facts)
    if not isinstance(found, Outcome):
        raise TypeError(f"the hook gave {type(found).__name__} for an Outcome")
    return found


def _limit(seconds: float, memory_mib: int) -> None:
    """The limits of one check; memory counts from what the process has already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + (memory_mib << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    processor = max(1, int(seconds) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _collect(reading: int, pid: int, deadline: float) -> bytes | None:
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


def _end_strays() -> None:
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


def _ended(content: bytes, status: int) -> dict[str, Any]:
    if len(content) > CAP:
        return {"end": "too large", "what": f"a result of more than {CAP >> 10} KiB"}
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return {"end": "time"}
        return {"end": "raised", "what": f"the check was ended by {signal.Signals(number).name}"}
    try:
        result = json.loads(content)
    except ValueError:
        result = None
    if isinstance(result, dict):
        return result
    return {"end": "raised", "what": f"the check ended with status {os.waitstatus_to_exitcode(status)} and no result"}


def _last_line(wrong: BaseException) -> str:
    words = " ".join(str(wrong).split())[:400]
    return f"{type(wrong).__name__}: {words}" if words else type(wrong).__name__


def _read_line(fd: int) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = os.read(fd, 1 << 16)
        if not piece:
            return b""
        line += piece
    return bytes(line)


def _write(fd: int, content: bytes) -> None:
    while content:
        content = content[os.write(fd, content) :]


if __name__ == "__main__":
    main()
