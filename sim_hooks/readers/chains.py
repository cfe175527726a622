"""In: words with call chains such as `a() -> b() -> c()`. Out: a predicate for each chain.

An ellipsis says that steps are left out, and so do names without brackets; there a path is looked for, not an edge. A
chain with a comment that names a constant is left alone: it says with which value the rest is run, which the chain
alone does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from sim_hooks.predicates import AllOf, Chain, Predicate, Reaches
from sim_hooks.readers.wording import CONSTANT, FUNCTION, PLAIN, Binding, Wording, name, names_function

_TOKEN = re.compile(
    rf"(?P<comment>/\*[^*]{{0,200}}\*/)|(?P<arrow>(?<!\S)(?:-{{1,3}}>|=>|→)(?!\S))|(?P<dots>\.\.\.|…)"
    rf"|(?P<function>{FUNCTION})|(?P<plain>{PLAIN})"
)
_CONSTANT = re.compile(CONSTANT)
_TURNED = re.compile(
    r"\b(?:not|never|no|neither|nor|cannot|can't|doesn't|don't|isn't|instead of|rather than)\b[^.]{0,60}$"
)
_ABOVE = 12
"""Lines above a quote in which the beginning of its chain is looked for."""
_LEAST_OF_PLAIN = 3
"""Names that a chain without any brackets must have: two may be a pointer and its member, or a change of state."""


def read(words: Wording) -> Iterator[Binding]:
    """One binding for each chain that the words assert."""
    for start, end, tokens in _chains(words.text):
        if not words.asserts(start, end) or _TURNED.search(words.text[max(0, start - 80) : start]):
            continue
        if _names_constant(tokens) or (start == 0 and _names_constant(_cut_off(words))):
            continue
        binding = _binding(tokens)
        if binding is not None:
            yield binding


def _names_constant(tokens: list[tuple[str, str]]) -> bool:
    return any(kind == "comment" and _CONSTANT.search(text) for kind, text in tokens)


def _cut_off(words: Wording) -> list[tuple[str, str]]:
    """The part of a chain that stands above the quote, where the quote begins in the middle of it."""
    above = " ".join(words.before[-_ABOVE:])
    for start, end, tokens in _chains(f"{above} {words.text}"):
        if start < len(above) < end:
            return tokens
    return []


def _chains(text: str) -> Iterator[tuple[int, int, list[tuple[str, str]]]]:
    """Stretches of names with arrows between them, comments and dots inside, and nothing else."""
    run: list[tuple[str, str]] = []
    start = end = 0
    for found in (*_TOKEN.finditer(text), None):
        kind = found.lastgroup if found else None
        touches = bool(found and run and not text[end : found.start()].strip())
        if run and not (touches and found and _goes_on(run, kind or "")):
            if any(part == "arrow" for part, _ in run):
                yield start, end, run
            run = []
        if found is None or (not run and kind in ("comment", "arrow")):
            continue
        if not run:
            start = found.start()
        run.append((kind or "", found[0]))
        end = found.end()


def _goes_on(run: list[tuple[str, str]], kind: str) -> bool:
    """Whether a token of `kind` can follow: names and dots only after an arrow, an arrow only after a name or dots."""
    last = next((part for part, _ in reversed(run) if part != "comment"), "")
    if kind == "comment":
        return True
    if kind == "arrow":
        return last in ("function", "plain", "dots")
    return last == "arrow"


def _binding(tokens: list[tuple[str, str]]) -> Binding | None:
    segments: list[list[str]] = [[]]
    plain = False
    for kind, text in tokens:
        if kind == "dots":
            segments.append([])
        elif kind in ("function", "plain"):
            plain = plain or kind == "plain"
            segments[-1].append(name(text))
    segments = [segment for segment in segments if segment]
    names = [word for segment in segments for word in segment]
    if len(names) < 2 or not all(names_function(word) for word in names):
        return None
    shown = " -> ".join(names)
    if plain:
        if all(kind != "function" for kind, _ in tokens) and len(names) < _LEAST_OF_PLAIN:
            return None
        return Binding(_all(_steps(names)), 0.7, f"names a chain in short, steps may be left out: {shown}")
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
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))
