"""In: texts. Out: the terms that they hold and how much each tells: whether two texts speak of one thing. Pure.

A term is a name of the code as it stands (`a_b`, `f()`, `A_B`, `a->b`), or a word without its commonest ending. How
much a term tells falls with the number of texts that hold it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}(?:(?:->|\.)[A-Za-z_][A-Za-z0-9_]{1,60}){0,3}(?:\(\d?\))?")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]{2,80}")
_ENDING = re.compile(r"(?:ations?|ings?|ions?|edly|ed|ies|es|ly|s|e)$")
_TWICE = re.compile(r"([a-z])\1")
"""One letter of two alike: the doubling is what people spell differently most."""
_COMMON = Path(__file__).with_name("common_words.txt")


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far one text speaks of what another speaks of."""

    share: float
    """Of what the shorter of the two tells, 0 to 1."""
    terms: tuple[str, ...]
    """In both, the most telling first."""
    names: tuple[str, ...]
    """Those among them that are names of the code and not everywhere."""
    of_first: float = 0.0
    """Of what the first text tells, 0 to 1."""


def is_name(term: str) -> bool:
    """A name of the code rather than a word."""
    return "_" in term.strip("_") or "->" in term or term.endswith("()")


def terms_of(text: str) -> frozenset[str]:
    """The terms of a text."""
    out = set()
    for token in _TOKEN.findall(text):
        bare = token.rstrip("()0123456789") if token.endswith(")") else token
        if "_" in bare.strip("_") or "->" in bare:
            out.add(bare)
        elif token.endswith("()"):
            out.add(f"{bare}()")
        else:
            out.update(word for part in bare.split(".") if (word := _stem(part)))
    return frozenset(out)


@cache
def _common() -> frozenset[str]:
    """Words that tell nothing of what a text is about."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


def _stem(word: str) -> str:
    low = word.casefold()
    if low in _common() or len(low) < 3:
        return ""
    stem = _ENDING.sub("", low)
    return _TWICE.sub(r"\1", stem if len(stem) >= 3 else low)


def spelled(term: str, text: str) -> str:
    """A term as `text` writes it; the term itself where it does not."""
    if is_name(term):
        return term
    return next((word for word in _WORD.findall(text) if _stem(word) == term), term)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term tells among the texts that are compared."""

    texts: int
    held: Mapping[str, int]

    def of(self, term: str) -> float:
        """Of one term: more for a name of the code, and 0 for what nearly every text holds."""
        weight = math.log((1 + self.texts) / (1 + self.held.get(term, 0)))
        return weight * (1.5 if is_name(term) else 1.0)

    def total(self, terms: Collection[str]) -> float:
        return math.fsum(sorted(self.of(term) for term in terms))

    def overlap(self, first: Collection[str], second: Collection[str]) -> Overlap:
        """What two texts' terms have in common."""
        shared = sorted(set(first) & set(second), key=lambda term: (-self.of(term), term))
        whole, other, common = self.total(first), self.total(second), self.total(shared)
        least = min(whole, other)
        telling = tuple(t for t in shared if is_name(t) and self.held.get(t, 0) <= max(2, self.texts // 8))
        return Overlap(
            common / least if least > 0 else 0.0, tuple(shared), telling, common / whole if whole > 0 else 0.0
        )


def weights_of(texts: Iterable[Collection[str]]) -> Weights:
    """The weights of the terms among these texts, each given by its terms."""
    held: Counter[str] = Counter()
    count = 0
    for terms in texts:
        held.update(set(terms))
        count += 1
    return Weights(count, held)
