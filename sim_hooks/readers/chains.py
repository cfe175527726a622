"""In: words with call chains such as `a() -> b() -> c()`. Out: a predicate for each chain.

An ellipsis says that steps are left out, and so do names without brackets; there a path is looked for, not an edge. A
comment that holds constants and nothing else says what the call it stands at passes: the chain up to it, that call and
the whole are then three statements. Any other comment that names a constant says more than can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim_hooks.predicates import Calls, Chain, Predicate, Reaches, all_of
from sim_hooks.readers.wording import CONSTANT, FUNCTION, PLAIN, Binding, Wording, name, names_function

_TOKEN = re.compile(
    rf"(?P<comment>/\*[^*]{{0,200}}\*/)|(?P<arrow>(?<!\S)(?:-{{1,3}}>|=>|→)(?!\S))|(?P<dots>\.\.\.|…)"
    rf"|(?P<function>{FUNCTION})|(?P<plain>{PLAIN})"
)
_CONSTANT = re.compile(CONSTANT)
_ONLY_CONSTANTS = re.compile(
    rf"/\*\s{{0,9}}(?:mode:? )?{CONSTANT}(?:\s?(?:,|/|\||\bor\b)\s?{CONSTANT}){{0,5}}\s{{0,9}}\*/"
)
_TURNED = re.compile(
    r"\b(?:not|never|no|neither|nor|cannot|can't|doesn't|don't|isn't|instead of|rather than|"
    r"fix(?:es|ed)?|identical|goto)"
    r"\b[^.]{0,60}$"
)
_LOCK = re.compile(r"(?:_|^)(?:lock|mutex|sem|rwsem|wq|key|class)$")
"""How locks and queues are named, of whose dependencies arrows tell."""
_NAMED_BEFORE = re.compile(r"\b([a-z_]\w{2,60})(?:\(\))? ?\($")
_ABOVE = 12
"""Lines above a quote in which the beginning of its chain is looked for."""
_LEAST_OF_PLAIN = 3
"""Names that a chain must have in which some have no brackets; two may be a pointer and its member."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def read(words: Wording) -> Iterator[Binding]:
    """The chains that the words assert, each as one binding, or as three where a call is said to pass constants."""
    for run in _chains(words.text):
        start, end = run[0].start, run[-1].end
        if not words.asserts(start, end) or _TURNED.search(words.text[max(0, start - 80) : start]):
            continue
        if start == 0 and _names_constant(_cut_off(words)):
            continue
        if not _names_constant(run):
            named = _NAMED_BEFORE.search(words.text, max(0, start - 70), start)
            told = bool(named and run[-1].kind in ("plain", "function") and name(run[-1].text) == named[1])
            if (binding := _binding(run, told=told)) is not None:
                yield binding
        else:
            yield from _with_constants(run, words.text)


def _names_constant(run: Sequence[_Token]) -> bool:
    return any(token.kind == "comment" and _CONSTANT.search(token.text) for token in run)


def _cut_off(words: Wording) -> Sequence[_Token]:
    """The part of a chain that stands above the quote, where the quote begins in the middle of it."""
    above = " ".join(words.before[-_ABOVE:])
    for run in _chains(f"{above} {words.text}"):
        if run[0].start < len(above) < run[-1].end:
            return run
    return ()


def _with_constants(run: Sequence[_Token], text: str) -> Iterator[Binding]:
    """The chain up to the only comment, the call at which it stands, and the whole chain."""
    comments = [token for token in run if token.kind == "comment"]
    names = [token for token in run if token.kind == "function"]
    if len(comments) != 1 or any(token.kind in ("dots", "plain") for token in run):
        return
    only = _ONLY_CONSTANTS.fullmatch(comments[0].text)
    first = sum(token.start < comments[0].start for token in names) - 1
    if only is None or not 0 <= first < len(names) - 1 or not all(names_function(name(token.text)) for token in names):
        return
    said = [name(token.text) for token in names]
    constants = _CONSTANT.findall(comments[0].text)
    shown = " -> ".join(said)
    if first:
        upto = text[run[0].start : names[first].end]
        yield Binding(Chain(tuple(said[: first + 1])), 0.95, f"begins the chain of calls {shown}", words=upto)
    calls: list[Predicate] = [Calls(said[first], said[first + 1], constant) for constant in constants]
    here = text[names[first].start : comments[0].end]
    why = f"says that {said[first]}() calls {said[first + 1]}() with {' or '.join(constants)}"
    yield Binding(_all(calls), 0.9, why, words=here)
    rest = text[names[first].start : run[-1].end]
    yield Binding(Chain(tuple(said)), 0.95, f"writes out the chain of calls {shown}", words=rest if first else "")


def _chains(text: str) -> Iterator[list[_Token]]:
    """Stretches of names with arrows between them, comments and dots inside, and nothing else."""
    run: list[_Token] = []
    for found in (*_TOKEN.finditer(text), None):
        kind = found.lastgroup if found else None
        touches = bool(found and run and not text[run[-1].end : found.start()].strip())
        if run and not (touches and found and _goes_on(run, kind or "")):
            if any(token.kind == "arrow" for token in run):
                yield run
            run = []
        if found is None or (not run and kind in ("comment", "arrow")):
            continue
        run.append(_Token(kind or "", found[0], found.start(), found.end()))


def _goes_on(run: Sequence[_Token], kind: str) -> bool:
    """Whether a token of `kind` can follow: names and dots only after an arrow, an arrow only after a name or dots."""
    last = next((token.kind for token in reversed(run) if token.kind != "comment"), "")
    if kind == "comment":
        return True
    if kind == "arrow":
        return last in ("function", "plain", "dots")
    return last == "arrow"


def _binding(run: Sequence[_Token], *, told: bool) -> Binding | None:
    """The chain; `told` where the sentence names its last function before the brackets that it stands in."""
    segments: list[list[str]] = [[]]
    plain = False
    for token in run:
        if token.kind == "dots":
            segments.append([])
        elif token.kind in ("function", "plain"):
            plain = plain or token.kind == "plain"
            segments[-1].append(name(token.text))
    segments = [segment for segment in segments if segment]
    names = [word for segment in segments for word in segment]
    if len(names) < 2 or not all(names_function(word) for word in names) or any(map(_LOCK.search, names)):
        return None
    shown = " -> ".join(names)
    if plain:
        if len(names) < _LEAST_OF_PLAIN:
            return None
        return Binding(
            _all(_steps(names)), 0.9 if told else 0.7, f"names a chain in short, steps may be left out: {shown}"
        )
    parts: list[Predicate] = []
    for before, after in pairwise([*segments, []]):
        if len(before) > 1:
            parts.append(Chain(tuple(before)))
        if after:
            parts.append(Reaches(before[-1], after[0]))
    return Binding(_all(parts), 0.95, f"writes out the chain of calls {shown}")


def _steps(names: list[str]) -> list[Predicate]:
    return [Reaches(before, after) for before, after in pairwise(names)]


def _all(parts: list[Predicate]) -> Predicate:
    return all_of(parts)
