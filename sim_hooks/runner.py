"""In: checks. Out: what each came to, decided in child processes under limits of time and memory.

Nothing that a hook does reaches the caller: a check that takes too long or too much memory is `inconclusive`, one that
crashes is an `error` with one line of what happened, and one whose facts are missing is `not-run` with what to do.
"""

from __future__ import annotations

import json
import selectors
import tempfile
import time
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from kb.errors import CheckError
from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.catalog import Check
from sim_hooks.predicates import to_json
from sim_hooks.zygote import Zygote

_PREPARING = 20.0
"""Seconds beside a check's own time in which a child must have imported the hook and loaded the facts; its own time is
kept by the child, and this is for a child that hangs itself."""


class Runner:
    """Up to `jobs` child processes that decide checks; a context manager, and gone with it.

    `facts` is the facts file of a source tree, or None. A check may take `seconds` of wall-clock and of processor time
    and `memory_mib` MiB beside what the interpreter and the facts need. `import_from` names folders from which the
    child imports as well. With `fenced=False` checks go without the kernel's fence, as on a system that has none.
    """

    def __init__(
        self,
        facts: Path | None,
        *,
        jobs: int = 2,
        seconds: float = 20.0,
        memory_mib: int = 1024,
        import_from: Iterable[Path] = (),
        fenced: bool = True,
    ) -> None:
        self.facts, self.jobs, self.seconds, self.memory_mib = facts, max(1, jobs), seconds, memory_mib
        self._import_from, self._fenced = tuple(import_from), fenced
        self._folder = tempfile.TemporaryDirectory(prefix="threadkb-check-")
        self._idle: list[Zygote] = []
        self._busy: list[Zygote] = []

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End every child, whatever it does."""
        for child in (*self._idle, *self._busy):
            child.kill()
        self._idle, self._busy = [], []
        self._folder.cleanup()

    def run(self, check: Check) -> tuple[Outcome, float]:
        """What `check` came to, and the seconds it took."""
        for _, outcome, seconds in self.run_all((check,)):
            return outcome, seconds
        raise AssertionError("one check gives one result")

    def ask(self, asked: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
        """What a child answers to something other than a check: an object with what was asked for.

        CheckError says in words why there is no answer: it took longer than `seconds`, it failed, it died.
        """
        child = self._hand_out(json.dumps({**asked, "seconds": seconds}).encode("ascii") + b"\n")
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ, child)
            while not self._ended(selector, {child: None}):
                pass
        self._busy.remove(child)
        answer = child.answer()
        if answer is None:
            child.kill()
            raise CheckError("", "the process that read it gave no answer")
        self._idle.append(child)
        match answer.get("end"):
            case None:
                return answer
            case "time":
                raise CheckError("", f"took more than {min(seconds, self.seconds):g} s")
            case "memory":
                raise CheckError("", f"needed more than {self.memory_mib} MiB")
            case _:
                raise CheckError("", str(answer.get("what")))

    def run_all(self, checks: Iterable[Check]) -> Generator[tuple[Check, Outcome, float], None, None]:
        """Each check with its outcome and its seconds, as they end; `jobs` at a time."""
        waiting = iter(checks)
        running: dict[Zygote, tuple[Check, float]] = {}
        try:
            with selectors.DefaultSelector() as selector:
                more = True
                while more or running:
                    while more and len(running) < self.jobs:
                        check = next(waiting, None)
                        if check is None:
                            more = False
                        elif (missing := self._missing(check)) is not None:
                            yield check, missing, 0.0
                        else:
                            child = self._hand_out(_line(check))
                            running[child] = (check, time.monotonic())
                            selector.register(child.stdout, selectors.EVENT_READ, child)
                    for child in self._ended(selector, running):
                        selector.unregister(child.stdout)
                        check, start = running.pop(child)
                        outcome, seconds = self._result(child, time.monotonic() - start)
                        yield check, outcome, seconds
        finally:
            for child in running:
                self._busy.remove(child)
                child.kill()

    def _missing(self, check: Check) -> Outcome | None:
        if not check.needs_facts or (self.facts is not None and self.facts.is_file()):
            return None
        where = f"there is no facts file {str(self.facts)!r}" if self.facts else "no facts file was given"
        todo = "make one from a source tree with `threadkb source index TREE`"
        return Outcome(Verdict.NOT_RUN, Strength.NONE, f"Not run: {where}; {todo}.")

    def _hand_out(self, line: bytes) -> Zygote:
        """A child that works on `line`; one that died while idle is replaced."""
        while True:
            child = self._idle.pop() if self._idle else self._start()
            fresh = child.answers == 0
            sent = child.send(line, deadline=time.monotonic() + self.seconds + _PREPARING)
            if sent or fresh:
                self._busy.append(child)
                return child
            child.kill()

    def _start(self) -> Zygote:
        facts = str(self.facts.resolve()) if self.facts else ""
        limits = (facts, str(self.seconds), str(self.memory_mib), "fenced" if self._fenced else "open")
        return Zygote(limits, folder=Path(self._folder.name), import_from=self._import_from)

    def _ended(self, selector: selectors.BaseSelector, running: Mapping[Zygote, object]) -> list[Zygote]:
        """Children that have answered, died or overrun their time; waits until there is one, if any runs."""
        if not running:
            return []
        left = min(child.deadline for child in running) - time.monotonic()
        for key, _ in selector.select(timeout=max(0.0, left)):
            key.data.receive()
        now = time.monotonic()
        return [child for child in running if child.complete or child.deadline <= now]

    def _result(self, child: Zygote, elapsed: float) -> tuple[Outcome, float]:
        self._busy.remove(child)
        answer = child.answer()
        if answer is None:
            overrun = not child.complete
            status = child.kill()
            if overrun:
                return self._too_long(), elapsed
            return _error(f"the child process ended with status {status} and gave no result"), elapsed
        self._idle.append(child)
        seconds = answer.get("seconds")
        return self._outcome(answer), seconds if isinstance(seconds, float) else elapsed

    def _outcome(self, answer: Mapping[str, Any]) -> Outcome:
        match answer.get("end"):
            case None:
                try:
                    return _read_outcome(answer["outcome"])
                except (KeyError, TypeError, ValueError) as wrong:
                    return _error(f"the hook's result cannot be read: {type(wrong).__name__}: {wrong}")
            case "time":
                return self._too_long()
            case "memory":
                return _undecided(f"Stopped: it needed more than {self.memory_mib} MiB.")
            case "unusable":
                return Outcome(Verdict.NOT_RUN, Strength.NONE, f"Not run: {answer.get('what')}.")
            case _:
                return _error(str(answer.get("what")))

    def _too_long(self) -> Outcome:
        return _undecided(f"Stopped: it took more than {self.seconds:g} s.")


def _line(check: Check) -> bytes:
    """What a child is told of a check."""
    asked = {
        "predicate": to_json(check.predicate),
        "modules": dict(check.modules),
        "needs_facts": check.needs_facts,
    }
    return json.dumps(asked).encode("ascii") + b"\n"


def _undecided(summary: str) -> Outcome:
    return Outcome(Verdict.INCONCLUSIVE, Strength.NONE, summary)


def _error(what: str) -> Outcome:
    return Outcome(Verdict.ERROR, Strength.NONE, f"The check failed: {what}")


def _read_outcome(given: Mapping[str, Any]) -> Outcome:
    evidence = tuple(
        Evidence(_text(line["kind"]), _text(line["text"]), _text(line.get("place", ""))) for line in given["evidence"]
    )
    return Outcome(
        verdict=Verdict(given["verdict"]),
        strength=Strength(given["strength"]),
        summary=_text(given["summary"]),
        evidence=evidence,
        assumptions=tuple(_text(words) for words in given["assumptions"]),
    )


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError(f"{given!r} is not text")
    return given.encode("utf-8", "replace").decode()
