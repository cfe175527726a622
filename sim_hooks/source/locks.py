"""In: TakesLock. Out: an outcome for the plain claim, before `expect` turns it round.

A lock is known by the last name of the argument of a locking primitive. A wrapper in a header, or a macro, counts as
the primitive that it calls. Refuted: every lock that the function takes is named, and none has that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import TakesLock
from sim_hooks.source.functions import Edge, Function
from sim_hooks.source.meant import for_each_file
from sim_hooks.source.outcomes import inconclusive, missing
from sim_hooks.source.reach import Reach
from sim_hooks.source.shapes import Value, steps_of

_PRIMITIVE = re.compile(
    r"_*(?:raw_|arch_|rt_|ww_)?(?:spin|read|write|mutex)_(?:try)?lock"
    r"(?:_(?:irq|irqsave|bh|nested|nest|lock|interruptible|killable|io|slow|rcu|on|raw|common|single))*\Z"
    r"|_*down(?:_(?:read|write|trylock|interruptible|killable|nested|non|owner|timeout|nest|lock))*\Z"
    r"|percpu_down_(?:read|write)(?:_\w+)?\Z|bit_spin_(?:try)?lock\Z|local_lock(?:_(?:irq|irqsave|nested_bh))?\Z"
    r"|write_seqlock(?:_\w+)?\Z|read_seqlock_excl(?:_\w+)?\Z|srcu_read_lock(?:_\w+)?\Z|guard\Z|scoped_guard\Z"
)
_ARGUMENT = {"bit_spin_lock": 1, "bit_spin_trylock": 1, "scoped_guard": 1}
_LOCKING = re.compile(r"lock|down|guard|mutex", re.IGNORECASE)
_RELEASING = re.compile(
    r"unlock|locked\b|_locked|lockdep|lock_init|block|up_(?:read|write)|downgrade|shutdown", re.IGNORECASE
)
_WRAPPERS = 3
"""Wrappers in headers, one in another, that are looked through."""
_NEAR = 3
"""Calls within which a lock that a function does not take itself is taken for it."""
_MOST_FUNCTIONS = 300


@dataclass(frozen=True, slots=True)
class _Taken:
    """A lock taken, `path` as written (`inode.i_lock`), "" where its name is not known."""

    path: str
    line: int
    by: str
    struct: str = ""
    """The tag of the struct that the path starts in."""


class _Locks:
    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._wrapped: dict[int, list[_Taken]] = {}

    def taken(self, function: Function, depth: int = 0) -> Iterator[_Taken]:
        """The locks that a function takes itself, or by wrappers in headers."""
        facts = self._reach.facts
        inside = facts.inside(function.number)
        for step in steps_of(inside.body):
            if step[0] != "c":
                continue
            callee, line, arguments = step[2], step[1], step[3]
            if _PRIMITIVE.match(callee):
                place = _ARGUMENT.get(callee, 0)
                path = _path(arguments[place]) if place < len(arguments) else ""
                yield _Taken(path, line, callee, inside.structs.get(path.partition(".")[0], ""))
                continue
            wrappers = (
                [n for n in facts.meant(callee, function.file) if self._is_wrapper(n)] if depth < _WRAPPERS else []
            )
            for number in wrappers:
                if number not in self._wrapped:
                    self._wrapped[number] = []
                    self._wrapped[number] = list(self.taken(facts.function(number), depth + 1))
                parameters = facts.inside(number).parameters
                for inner in self._wrapped[number]:
                    yield self._passed(inner, parameters, arguments, line, callee, inside.structs)
            meant = facts.meant(callee, function.file)
            if not meant and _LOCKING.search(callee) and not _RELEASING.search(callee):
                yield _Taken("", line, callee)

    @staticmethod
    def _passed(
        inner: _Taken, parameters: Sequence[str], arguments: Sequence[Value], line: int, by: str, structs: object
    ) -> _Taken:
        base, dot, rest = inner.path.partition(".")
        if base not in parameters:
            return _Taken(inner.path, line, by, inner.struct)
        place = parameters.index(base)
        given = _path(arguments[place]) if place < len(arguments) else ""
        path = f"{given}{dot}{rest}" if given else rest if dot else ""
        return _Taken(path, line, by, inner.struct if dot else "")

    def _is_wrapper(self, number: int) -> bool:
        function = self._reach.facts.function(number)
        return function.macro or function.file.endswith(".h")

    def near(self, functions: Sequence[Function], wanted: str, calls: int) -> list[Evidence]:
        """How calls lead from the functions to one that takes the lock."""
        facts = self._reach.facts
        level: list[tuple[Function, tuple[Evidence, ...]]] = [(one, ()) for one in functions]
        seen = {one.number for one in functions}
        for _ in range(calls):
            further: list[tuple[Function, tuple[Evidence, ...]]] = []
            for one, way in level:
                for kind, number in facts.callees(one.number):
                    if number in seen or kind is not Edge.DIRECT or len(seen) > _MOST_FUNCTIONS:
                        continue
                    seen.add(number)
                    callee = facts.function(number)
                    if _PRIMITIVE.match(callee.name):
                        continue
                    own = facts.inside(number).parameters
                    onward = (*way, Evidence("fact", f"{one.name} calls {callee.name}", one.place))
                    named = (lock for lock in self.taken(callee) if lock.path not in own)
                    hit = next((lock for lock in named if matches(lock.path, lock.struct, wanted)), None)
                    if hit is not None:
                        return [*onward, _evidence(callee, hit)]
                    further.append((callee, onward))
            level = further
        return []


def _path(value: Value) -> str:
    if not isinstance(value, str) or value[:1] in ("=", ":", ".", ""):
        return ""
    return value[1:] if value[0] in "&@" else value


def _evidence(function: Function, lock: _Taken) -> Evidence:
    written = lock.path.replace("*.", "").replace(".", "->")
    return Evidence("fact", f"{function.name} takes {written} by {lock.by}", f"{function.file}:{lock.line}")


def plain(lock: str) -> str:
    """A lock as people write it (`&inode->i_lock`, `i_lock`) as a path."""
    return re.sub(r"->|::", ".", lock.strip().lstrip("&*(").rstrip(")")).strip()


def matches(path: str, struct: str, wanted: str) -> bool | None:
    """Whether a lock taken is the one that is meant; None where only its last name is the same."""
    if not path or path.rpartition(".")[2] != wanted.rpartition(".")[2]:
        return False
    base, dot, _ = wanted.rpartition(".")
    if not dot or path == wanted or path.endswith(f".{wanted}"):
        return True
    return True if struct and base == struct else None


def decide_lock(reach: Reach, asked: TakesLock) -> Outcome:
    """Whether the function takes that lock."""
    unknown = missing(reach.facts, (asked.function,))
    if unknown is not None:
        return unknown
    wanted, locks = plain(asked.lock), _Locks(reach)

    def decided(functions: Sequence[Function]) -> Outcome:
        taken = [(one, lock) for one in functions for lock in locks.taken(one)]
        answers = [(one, lock, matches(lock.path, lock.struct, wanted)) for one, lock in taken]
        found = tuple(_evidence(one, lock) for one, lock, answer in answers if answer)
        if found:
            return Outcome(Verdict.VERIFIED, Strength.EDGE, f"{asked.function} takes {asked.lock}", found)
        way = tuple(locks.near(functions, wanted, _NEAR))
        places = tuple(_evidence(one, lock) for one, lock in taken if lock.path)
        if way:
            verdict = Verdict.VERIFIED if asked.deep else Verdict.PARTLY
            said = f"{asked.function} takes {asked.lock} only through {way[-1].text.split()[0]}"
            return Outcome(verdict, Strength.PATH, said, way)
        alike = [_evidence(one, lock) for one, lock, answer in answers if answer is None]
        if alike:
            return inconclusive(f"{asked.function} takes a lock of that name, but of what cannot be told", tuple(alike))
        if not _is_known(reach, wanted):
            return inconclusive(f"no lock {asked.lock} is known in the folders parsed of {reach.facts.name}", places)
        unread = any(one.unsure for one in functions) or any(_nameless(reach, one, lock) for one, lock in taken)
        if asked.deep or unread:
            return inconclusive(f"{asked.function} was not seen to take {asked.lock}", places)
        places = places or tuple(Evidence("fact", f"{one.name} takes no lock itself", one.place) for one in functions)
        return Outcome(Verdict.REFUTED, Strength.EDGE, f"{asked.function} does not take {asked.lock} itself", places)

    return for_each_file(reach.facts, asked.function, decided)


def _nameless(reach: Reach, function: Function, lock: _Taken) -> bool:
    """Whether a lock is not known by name: a variable of the function can point to any."""
    if "." in lock.path or not lock.path:
        return not lock.path
    known = reach.facts.known
    return not (known.settings(lock.path, ("lock",)) or known.variables(lock.path))


def _is_known(reach: Reach, wanted: str) -> bool:
    last, known = wanted.rpartition(".")[2], reach.facts.known
    return bool(last in known.field_names or known.settings(last, ("lock",)) or known.variables(last))
