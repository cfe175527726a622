"""In: `ingest/cues/*.jsonl`. Out: wording that marks a kind of item or a stance, as values that can be tried on text.

A cue is data: a regular expression over lower-case text, a kind, a weight and a note for people. Patterns hold no
nested repetition, so that each takes time linear in the text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Cue:
    """One piece of wording and what it marks."""

    name: str
    kind: str
    """An item's kind, `none`, or for a stance `agrees`, `disagrees`, `refutes`, `supersedes` or `motivates`."""
    weight: float
    pattern: re.Pattern[str]
    note: str


@lru_cache(maxsize=8)
def cues(name: str) -> tuple[Cue, ...]:
    """The cues of `ingest/cues/NAME.jsonl`, in the file's order."""
    text = files("ingest").joinpath("cues", f"{name}.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return tuple(
        Cue(r["name"], r["kind"], float(r["weight"]), re.compile(r["pattern"], re.IGNORECASE), r["note"]) for r in rows
    )


def found_cues(name: str, text: str) -> tuple[Cue, ...]:
    """The cues of the set `name` whose wording stands in `text` (apostrophes may be typographic)."""
    plain = text[:1200].replace("’", "'")
    return tuple(cue for cue in cues(name) if cue.pattern.search(plain))


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
