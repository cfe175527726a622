"""In: a regular expression. Out: texts on which it takes longest, derived from its own parts, and how long.

Backtracking costs where something that may be repeated is found over and over and then does not go on: so each text is
what leads to a repetition, then what is repeated, many times, then something that does not fit.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import islice, product
from types import FrameType
from typing import Any

from tests.support.patterns import Used

code: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_ALPHABET = " \ta0A_.-<>=?@\n:,;'\"()[]{}/\\|#*+~é\u3042"
"""Characters that one is taken of where a class of characters stands."""
_MOST_TEXTS = 60
_Node = tuple[Any, Any]


def _fits(name: object, char: str) -> bool:
    if name is code.CATEGORY_DIGIT:
        return char.isdigit()
    if name is code.CATEGORY_NOT_DIGIT:
        return not char.isdigit()
    if name is code.CATEGORY_SPACE:
        return char.isspace()
    if name is code.CATEGORY_NOT_SPACE:
        return not char.isspace()
    if name is code.CATEGORY_WORD:
        return char.isalnum() or char == "_"
    return not (char.isalnum() or char == "_")


def _in_class(parts: Sequence[_Node], char: str) -> bool:
    negated = any(op is code.NEGATE for op, _ in parts)
    hit = any(
        (op is code.LITERAL and given == ord(char))
        or (op is code.RANGE and given[0] <= ord(char) <= given[1])
        or (op is code.CATEGORY and _fits(given, char))
        for op, given in parts
    )
    return hit != negated


def _of_class(parts: Sequence[_Node]) -> list[str]:
    """Characters of different sorts that the class holds."""
    named = [chr(given if op is code.LITERAL else given[0]) for op, given in parts if op in (code.LITERAL, code.RANGE)]
    return [char for char in dict.fromkeys((*_ALPHABET, *named)) if _in_class(parts, char)]


def _shortest(nodes: Sequence[_Node]) -> str:
    """A short text that `nodes` match, looking around apart."""
    return "".join(_one(op, given) for op, given in nodes)


def _one(op: Any, given: Any) -> str:
    if op is code.LITERAL:
        return chr(given)
    if op is code.NOT_LITERAL:
        return next(char for char in _ALPHABET if ord(char) != given)
    if op is code.ANY:
        return "a"
    if op is code.IN:
        return next(iter(_of_class(given)), "")
    if op is code.BRANCH:
        return min((_shortest(part) for part in given[1]), key=len, default="")
    if op is code.SUBPATTERN:
        return _shortest(given[3])
    if op in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
        return _shortest(given[2]) * int(given[0])
    return _shortest(given) if op is code.ATOMIC_GROUP else ""


def _pumps(nodes: Sequence[_Node]) -> list[str]:
    """What may stand once in a repetition, in several ways."""
    found: list[str] = [_shortest(nodes)]
    if len(nodes) == 1:
        op, given = nodes[0]
        if op is code.IN:
            found += _of_class(given)
        elif op is code.ANY:
            found += ["a", " "]
        elif op is code.BRANCH:
            found += [_shortest(part) for part in given[1]]
        elif op is code.SUBPATTERN:
            found += _pumps(given[3])
    return [text for text in dict.fromkeys(found) if text]


def _repetitions(nodes: Sequence[_Node], before: str) -> Iterator[tuple[str, list[str], str]]:
    """What leads to each repetition, what it repeats, and what the pattern wants after it."""
    for place, (op, given) in enumerate(nodes):
        lead = before + _shortest(nodes[:place])
        if op in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
            if given[1] > 3:
                yield lead, _pumps(given[2]), _shortest(nodes[place + 1 :])
            yield from _repetitions(given[2], lead)
        elif op is code.BRANCH:
            for part in given[1]:
                yield from _repetitions(part, lead)
        elif op is code.SUBPATTERN:
            yield from _repetitions(given[3], lead)
        elif op in (code.ASSERT, code.ASSERT_NOT):
            yield from _repetitions(given[1], lead)
        elif op is code.ATOMIC_GROUP:
            yield from _repetitions(given, lead)


def pieces(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Beginnings, pieces to repeat and ends from which long texts for `pattern` are made."""
    source = pattern.pattern
    nodes = list(parser.parse(source, pattern.flags & ~re.DEBUG))
    found: dict[tuple[str, str, str], None] = {}
    whole = _shortest(nodes)
    for lead, pumps, rest in _repetitions(nodes, ""):
        for pump in pumps[:12]:
            found[lead, pump, "\x01"] = None
            found["", lead + pump, "\x01"] = None
            found[lead, pump + rest[:-1], "\x01"] = None
        for first, second in islice(product(pumps[:4], repeat=2), 8):
            if first != second:
                found[lead, first + second, "\x01"] = None
    for part in dict.fromkeys((whole, whole[:-1], whole[: len(whole) // 2], "a", " ", "\n", "a ", "<", ">")):
        if part:
            found["", part, "\x01"] = None
    return list(islice(found, _MOST_TEXTS))


def text_of(made: tuple[str, str, str], size: int) -> str:
    """A text of about `size` characters."""
    lead, pump, end = made
    return lead + pump * max((size - len(lead)) // len(pump), 1) + end


class TooLongError(Exception):
    """A pattern did not come to an end in the time that it was given."""


def seconds(used: Used, text: str, *, limit: float) -> float:
    """CPU seconds that `used` takes to be tried on `text` as it is used.

    Raises:
        TooLongError: more than `limit`.
    """
    given: Any = text.encode("utf-8", "replace") if isinstance(used.pattern.pattern, bytes) else text
    pattern: re.Pattern[Any] = used.pattern

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, limit)
    begun = time.process_time()
    try:
        if used.anchored:
            pattern.match(given)
            pattern.fullmatch(given)
        else:
            for _ in pattern.finditer(given):
                pass
        return time.process_time() - begun
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def worst(used: Used, *, sizes: Sequence[int], limit: float, keep: int = 3) -> tuple[float, int, str]:
    """How long `used` takes on the worst of its texts: seconds, the size at which, and the text's beginning.

    The texts are tried at the first size; only the `keep` that took longest are tried at the next. Where one takes
    longer than `limit` seconds, that is what comes out.
    """
    left = pieces(used.pattern)
    result = (0.0, 0, "")
    for size in sizes:
        timed = []
        for made in left:
            text = text_of(made, size)
            try:
                took = seconds(used, text, limit=limit)
            except TooLongError:
                return limit, size, text[:80]
            timed.append((took, made))
        timed.sort(key=lambda one: -one[0])
        left = [made for _, made in timed[:keep]]
        result = (timed[0][0], size, text_of(timed[0][1], size)[:80])
    return result
