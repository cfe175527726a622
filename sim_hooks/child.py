"""In: checks as JSON lines on standard input. Out: one JSON line a check on standard output, and nothing else there.

This is the child process: it imports hooks and loads the facts once, then forks for each check. The fork runs the hook
fenced in (`fence.py`) and hands back one JSON value through a pipe of its own, so that a hook can neither speak to the
parent nor harm the next check. Hooks of somebody's own are imported in the fork alone, each time anew. When the parent
goes away, so does the child.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from kb.errors import CheckError
from kb.records import Outcome
from sim_hooks.catalog import OWN
from sim_hooks.combine import combine
from sim_hooks.fence import ALL, NOT_FENCED, fence, forbid_processes, limit
from sim_hooks.forked import collected, end_strays, ended
from sim_hooks.predicates import AllOf, Predicate, from_json

_PR_SET_CHILD_SUBREAPER = 36
_ALONE = "a check may read and compute; it may not write files, start programs, signal others or use the network"


def main() -> None:
    """Answer one line after another until standard input ends.

    Arguments: facts file or "", seconds and MiB that a check may take, `fenced` or `open`.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    facts_path, seconds, memory_mib = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    protocol = os.dup(1)
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    gc.disable()  # nothing here is thrown away, and collecting while facts are loaded takes as long as loading them
    zygote = _Zygote(facts_path, seconds, memory_mib, quiet, protocol, fenced=sys.argv[4] == "fenced")
    with os.fdopen(0, "rb", buffering=0, closefd=False) as lines:
        while line := _read_line(lines.fileno()):
            answer = json.dumps(zygote.answer(json.loads(line)), separators=(",", ":"))
            _write(protocol, answer.encode("ascii") + b"\n")


class _Zygote:
    """What is imported and loaded once, and the limits of each check."""

    def __init__(
        self, facts_path: str, seconds: float, memory_mib: int, quiet: int, protocol: int, *, fenced: bool
    ) -> None:
        self.facts_path, self.seconds, self.memory_mib, self.fenced = facts_path, seconds, memory_mib, fenced
        self.quiet, self.protocol = quiet, protocol
        self.facts: Any = None
        self.unpacked = False
        self.decide: dict[str, Any] = {}

    def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What one check came to: `outcome`, or `end` with what stopped it; always with `seconds`.

        `describe` and `bind` ask a hook of one's own what it is, and what it reads items as: `description`, `bound`.
        """
        start = time.monotonic()
        try:
            work = self._work(asked)
        except CheckError as wrong:
            return {"end": "unusable", "what": str(wrong), "seconds": time.monotonic() - start}
        except Exception as wrong:
            return {"end": "raised", "what": _last_line(wrong), "seconds": time.monotonic() - start}
        return self._fork(work, min(self.seconds, float(asked.get("seconds", self.seconds))))

    def _work(self, asked: Mapping[str, Any]) -> Callable[[tuple[str, ...]], dict[str, Any]]:
        """What the fork has to do, given what could not be fenced off; all that it shares with others is made here."""
        if (place := asked.get("describe")) is not None:
            return lambda _: {"description": _own().described(place)}
        if (place := asked.get("bind")) is not None:
            return lambda _: {"bound": _own().bound(place, asked["items"])}
        own = {kind: module[len(OWN) :] for kind, module in asked["modules"].items() if module.startswith(OWN)}
        self._prepare({module for kind, module in asked["modules"].items() if kind not in own}, asked["needs_facts"])
        decide = {kind: self.decide[module] for kind, module in asked["modules"].items() if kind not in own}
        if not own:
            predicate = from_json(asked["predicate"])
            return lambda _: {"outcome": asdict(_decide(predicate, decide, self.facts))}

        def work(unfenced: tuple[str, ...]) -> dict[str, Any]:
            modules = {place: _own().load(place) for place in dict.fromkeys(own.values())}
            predicate = _own().predicate_of(asked["predicate"], modules.values())
            decide.update({kind: modules[place].decide for kind, place in own.items()})
            outcome = _decide(predicate, decide, self.facts)
            return {"outcome": asdict(replace(outcome, assumptions=(*outcome.assumptions, *unfenced)))}

        return work

    def _prepare(self, modules: set[str], needs_facts: bool) -> None:
        before = len(self.decide), self.facts is None, self.unpacked
        for module in modules:
            if module not in self.decide:
                self.decide[module] = importlib.import_module(module).decide
        if needs_facts and self.facts is None:
            from sim_hooks.source.facts import Facts

            self.facts = Facts.load(Path(self.facts_path))
        elif needs_facts and not self.unpacked:
            _unpack(self.facts)
            self.unpacked = True
        if before != (len(self.decide), self.facts is None, self.unpacked):
            gc.freeze()

    def _fork(self, work: Callable[[tuple[str, ...]], dict[str, Any]], seconds: float) -> dict[str, Any]:
        start = time.monotonic()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            os.dup2(self.quiet, 0)
            os.dup2(self.quiet, self.protocol)
            self._work_and_exit(work, seconds, writing)
        os.close(writing)
        content = collected(reading, pid, start + seconds)
        os.close(reading)
        _, status = os.waitpid(pid, 0)
        end_strays()
        found = {"end": "time"} if content is None else ended(content, status)
        return found | {"seconds": time.monotonic() - start}

    def _work_and_exit(self, work: Callable[[tuple[str, ...]], dict[str, Any]], seconds: float, writing: int) -> None:
        """In the fork: work under limits, write one JSON value, and leave without cleaning up after the parent."""
        result: dict[str, Any]
        try:
            gc.enable()
            limit(seconds, self.memory_mib)
            unfenced = fence() if self.fenced else (NOT_FENCED.format(ALL),)
            if unfenced:
                forbid_processes()
            result = work(unfenced)
        except MemoryError:
            result = {"end": "memory"}
        except BaseException as wrong:
            result = {"end": "raised", "what": _last_line(wrong)}
        try:
            _write(writing, json.dumps(result).encode("ascii"))
        except BaseException as wrong:
            _write(writing, json.dumps({"end": "raised", "what": _last_line(wrong)}).encode("ascii"))
        os._exit(0)


def _own() -> Any:
    """What reads hooks of somebody's own; imported where there are any."""
    return importlib.import_module("sim_hooks.own_modules")


def _unpack(facts: Any) -> None:
    """Unpack all that facts keep packed, so that no fork has to; a lone check needs little of it and goes without."""
    for function in facts.functions():
        facts.inside(function.number)
    for name, value in vars(type(facts)).items():
        if isinstance(value, cached_property):
            getattr(facts, name)


def _decide(predicate: Predicate, decide: Mapping[str, Any], facts: Any) -> Outcome:
    if isinstance(predicate, AllOf):
        parts = [_decide(part, decide, facts) for part in predicate.parts]
        return combine(parts, expect=predicate.expect)
    found = decide[type(predicate).__name__](predicate, facts)
    if not isinstance(found, Outcome):
        raise TypeError(f"the hook gave {type(found).__name__} for an Outcome")
    return found


def _last_line(wrong: BaseException) -> str:
    words = " ".join(str(wrong).split())[:400]
    if isinstance(wrong, CheckError):
        return words
    if isinstance(wrong, PermissionError):
        words += f" ({_ALONE})"
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
