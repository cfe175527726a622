"""In: `wording.toml`. Out: the words by which a sentence speaks about a model, as expressions.

The words are of mechanisms, never of a person or of one thread.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """Words that settle a parameter of a model."""

    parameter: str
    value: int | str | bool
    words: re.Pattern[str]
    near: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """Words that tell of a situation of a model, and what must be settled for it."""

    name: str
    words: re.Pattern[str]
    needs: tuple[str, ...]
    given: Mapping[str, int | str | bool]


@dataclass(frozen=True, slots=True)
class Terms:
    """What one model speaks about, and in which words."""

    name: str
    about: str
    scope: tuple[re.Pattern[str], ...]
    near: tuple[re.Pattern[str], ...]
    without: tuple[re.Pattern[str], ...]
    settings: tuple[Choice, ...]
    needs: tuple[str, ...]
    open: tuple[str, ...]
    situations: tuple[Scene, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of all models."""

    models: tuple[Terms, ...]
    timed: Terms
    waiters: re.Pattern[str]
    stops: re.Pattern[str]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words of `wording.toml`, as expressions."""
    read = tomllib.loads(files("sim_hooks.readers").joinpath("wording.toml").read_text(encoding="utf-8"))
    terms: Mapping[str, str] = read["terms"]

    def pattern(text: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", lambda term: f"(?:{terms[term[1]]})", text), re.IGNORECASE)

    def model(given: Mapping[str, Any]) -> Terms:
        return Terms(
            given["name"],
            given["about"],
            tuple(map(pattern, given.get("scope", ()))),
            tuple(map(pattern, given.get("near", ()))),
            tuple(map(pattern, given.get("not", ()))),
            tuple(
                Choice(one["parameter"], one["value"], pattern(one["words"]), one.get("near", False))
                for one in given.get("settings", ())
            ),
            tuple(given.get("needs", ())),
            tuple(given.get("open", ())),
            tuple(
                Scene(one["situation"], pattern(one["words"]), tuple(one.get("needs", ())), one.get("given", {}))
                for one in given.get("situations", ())
            ),
        )

    (timed,) = read["timed"]
    return Vocabulary(
        tuple(map(model, read["model"])), model(timed), pattern(timed["waiters"]), pattern(terms["stops"])
    )
