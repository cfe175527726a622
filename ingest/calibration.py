"""In: probabilities and what came of them. Out: a map from a probability to the confidence that is reported.

The map is Platt's, a straight line through the log odds, with one slope below and one above a fixed point: the value at
which a confidence decides something. So the reported confidence comes near the share that is right, a higher
probability never gets a lower one, and what is decided at that value is decided as the probability itself would.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.states import DECIDES

ITEMS_FIXED = 0.5
"""Items below it are not put before a reader unasked (`tui.cli.groups.SURE`; a test compares)."""
LINKS_FIXED = DECIDES
LEAST = 60
"""Outcomes on one side of the fixed point below which that side keeps its probabilities."""
_STEEPEST = 2.0
_DIGITS = 3
_STEP = 10.0**-_DIGITS


@dataclass(frozen=True, slots=True)
class Calibration:
    """What probabilities are worth."""

    fixed: float
    below: float = 1.0
    """The slope below `fixed`; 1 leaves probabilities as they are, less draws them towards it."""
    above: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.fixed < 1 and 0 <= self.below <= _STEEPEST and 0 <= self.above <= _STEEPEST):
            raise ValueError("no calibration")

    def confidence(self, probability: float) -> float:
        """What `probability` is worth, with three digits; on the same side of `fixed`."""
        given = round(probability, _DIGITS)
        slope = self.above if given >= self.fixed else self.below
        worth = round(_chance(_odds(self.fixed) + slope * (_odds(given) - _odds(self.fixed))), _DIGITS)
        if given >= self.fixed:
            return max(worth, self.fixed)
        return min(worth, round(self.fixed - _STEP, _DIGITS))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A confidence that was given, and what came of it."""

    confidence: float
    right: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of the confidences of an extraction."""

    items: tuple[Outcome, ...]
    """Of items: right where an annotated item of the kind overlaps by half; what one annotator had is left out."""
    links: tuple[Outcome, ...]
    """Of links between right items: right where the relation was annotated."""


def together(some: Iterable[Outcomes]) -> Outcomes:
    """The outcomes of several extractions as one."""
    every = list(some)
    return Outcomes(
        tuple(one for each in every for one in each.items), tuple(one for each in every for one in each.links)
    )


def calibration(outcomes: Sequence[Outcome], fixed: float) -> Calibration:
    """The likeliest slopes by `outcomes` of plain probabilities."""
    below = [one for one in outcomes if one.confidence < fixed]
    above = [one for one in outcomes if one.confidence > fixed]
    return Calibration(fixed, _slope(below, fixed), _slope(above, fixed))


def _slope(outcomes: Sequence[Outcome], fixed: float) -> float:
    """The likeliest slope from 0 to 2, to three digits: the likelihood has one peak, bounds are halved around it."""
    if len(outcomes) < LEAST:
        return 1.0
    base = _odds(fixed)
    away = [(_odds(one.confidence) - base, float(one.right)) for one in outcomes]
    low, high = 0.0, _STEEPEST
    while high - low > _STEP / 4:
        middle = (low + high) / 2
        if math.fsum((right - _chance(base + middle * far)) * far for far, right in away) > 0:
            low = middle
        else:
            high = middle
    return round((low + high) / 2, _DIGITS)


def _odds(chance: float) -> float:
    kept = min(max(chance, _STEP), 1 - _STEP)
    return math.log(kept / (1 - kept))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
