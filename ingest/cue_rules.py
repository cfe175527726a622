"""In: `ingest/cues/*.jsonl`. Out: wording that marks a kind of item or a stance, as values that can be tried on text.

A cue is data: a regular expression over lower-case text, a kind, a weight and a note for people. Patterns hold no
nested repetition, so that each takes time linear in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_LONGEST = 1200
"""Characters of a text that cues are tried on."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One piece of wording and what it marks."""

    name: str
    kind: str
    """An item's kind, `none`, or for a stance `agrees`, `disagrees`, `refutes`, `supersedes` or `motivates`."""
    weight: float
    pattern: re.Pattern[str]
    note: str
    words: frozenset[str]
    """Where the pattern matches stands one of these, as `_SIGNS` reads a text; none: it is not known which."""
    find: Callable[[str], re.Match[str] | None]
    """`pattern.search`; `pattern.match`, which is at its end sooner, where the pattern opens with `^`."""
    inside: bool
    """The pattern looks at nothing around the words that it matches but where a word begins or ends."""


_SIGNS = re.compile(r"[a-z]+|[0-9?:\[]")
"""Runs of letters, figures and some marks of a text in lower case."""
_FOLDED = re.compile("[\u017f\u0130\u0131\u212a]")
"""Letters that patterns without regard to case take for an `s`, `i` or `k`, and that `lower` does not."""
_AROUND = re.compile(r"\(\?[!=<]|(?<!\[)\^|\$")


def _cue(row: dict[str, str]) -> Cue:
    pattern = re.compile(row["pattern"], re.IGNORECASE)
    return Cue(
        name=row["name"],
        kind=row["kind"],
        weight=float(row["weight"]),
        pattern=pattern,
        note=row["note"],
        words=frozenset(row.get("words", "").split()),
        find=pattern.match if row["pattern"].startswith("^") else pattern.search,
        inside=not _AROUND.search(row["pattern"]),
    )


@lru_cache(maxsize=8)
def cues(name: str) -> tuple[Cue, ...]:
    """The cues of `ingest/cues/NAME.jsonl`, in the file's order."""
    text = files("ingest").joinpath("cues", f"{name}.jsonl").read_text("utf-8")
    return tuple(_cue(json.loads(line)) for line in text.splitlines() if line.strip())


def found_cues(name: str, text: str) -> tuple[Cue, ...]:
    """The cues of the set `name` whose wording stands in `text` (apostrophes may be typographic)."""
    plain = text[:_LONGEST].replace("’", "'")
    return tuple(cue for cue in _likely(name, plain) if cue.find(plain))


def _likely(name: str, text: str) -> tuple[Cue, ...]:
    """The cues of the set `name` that `text` has a word of: trying every pattern on it costs as much as parsing it."""
    if _FOLDED.search(text):
        return cues(name)
    signs = set(_SIGNS.findall(text.lower()))
    return tuple(cue for cue in cues(name) if not (cue.words and cue.words.isdisjoint(signs)))


class Wording:
    """A text in whose stretches the cues of one set are looked for: most of them stand nowhere in it."""

    def __init__(self, name: str, text: str) -> None:
        self._text = text.replace("’", "'")
        self._every = cues(name)
        likely = _likely(name, self._text)
        self._likely = tuple(cue for cue in likely if not cue.inside or cue.pattern.search(self._text))

    def found(self, start: int, end: int) -> tuple[Cue, ...]:
        """What `found_cues` finds in `text[start:end]`."""
        end = min(end, start + _LONGEST)
        tried = self._every if self._cuts(start) or self._cuts(end) else self._likely
        stretch = self._text[start:end]
        return tuple(cue for cue in tried if cue.find(stretch))

    def _cuts(self, place: int) -> bool:
        """A word goes on over `place`."""
        around = self._text[max(place - 1, 0) : place + 1].replace("_", "a")
        return len(around) == 2 and around[0].isalnum() and around[1].isalnum()


@lru_cache(maxsize=1)
def lexicon() -> dict[str, tuple[str, ...]]:
    """Word (a lemma) to the names of the word lists in `ingest/cues/lexicon.jsonl` that hold it."""
    text = files("ingest").joinpath("cues", "lexicon.jsonl").read_text("utf-8")
    out: dict[str, tuple[str, ...]] = {}
    for row in (json.loads(line) for line in text.splitlines() if line.strip()):
        for word in row["words"].split():
            out[word] = (*out.get(word, ()), row["name"])
    return out


@lru_cache(maxsize=8)
def word_list(name: str) -> frozenset[str]:
    """The words of the list `name` in `ingest/cues/words.jsonl`."""
    text = files("ingest").joinpath("cues", "words.jsonl").read_text("utf-8")
    rows = (json.loads(line) for line in text.splitlines() if line.strip())
    return frozenset(word for row in rows if row["name"] == name for word in row["words"].split())
