"""In: a bound on how long a waiter is held up. Out: an Outcome from runs in simulated time.

One run above the bound refutes it; that no run was above it is said of these runs only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kb.errors import CheckError
from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.models import timed_models
from sim_hooks.models.spec import settle, unsaid, worded
from sim_hooks.predicates import Predicate, StallsAtMost

ROUNDING = 1e-6
"""Seconds by which sums of floating-point times may be off."""

STATED = ("runs", "seed")
"""Parameters that every outcome states anyway."""

NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def seconds(formula: str, symbols: Mapping[str, float]) -> float:
    """The value of a sum such as `X + P` or `5 + P`; CheckError for anything but symbols, numbers and +."""
    total = 0.0
    for term in formula.split("+"):
        word = term.strip()
        if word in symbols:
            total += symbols[word]
        elif NUMBER.fullmatch(word):
            total += float(word)
        else:
            raise CheckError(
                "bound", f"cannot read {word!r} in {formula!r}", f"write a sum of numbers and {', '.join(symbols)}"
            )
    return total


def decide(predicate: Predicate, facts: object) -> Outcome:
    """Whether no simulated run holds a waiter up for longer than the predicate says; `facts` are not looked at.

    CheckError for an unknown model, parameter or value, a bound that cannot be read, and another kind of predicate.
    """
    del facts
    if not isinstance(predicate, StallsAtMost):
        raise CheckError("timing", f"cannot decide {type(predicate).__name__}", "it decides StallsAtMost")
    known = timed_models()
    spec = known.get(predicate.model)
    if spec is None:
        raise CheckError("timing", f"no timed model {predicate.model!r}", f"timed models are {', '.join(known)}")
    setting = settle(spec.name, spec.parameters, predicate.parameters)
    bound = seconds(predicate.bound, {letter: setting[name] for letter, name in spec.symbols.items()})
    stalls = spec.simulate(setting)
    shown = tuple(one for one in spec.parameters if one.name not in STATED)
    kept = stalls.longest <= bound + ROUNDING
    figures = [
        f"bound {predicate.bound} = {bound:g} s",
        f"longest {stalls.longest:.2f} s, mean {stalls.mean:.2f} s, {stalls.waits} waits in {setting['runs']} runs",
    ]
    if stalls.share:
        figures.append(f"a waiter that comes again and again is held up {100 * stalls.share:.1f} % of the time")
    return Outcome(
        Verdict.VERIFIED if kept == predicate.expect else Verdict.REFUTED,
        Strength.SIMULATED,
        f"in simulated time ({worded(shown, predicate.parameters, setting)}) "
        f"the longest stall is {stalls.longest:.2f} s, the mean {stalls.mean:.2f} s, "
        f"{'within' if kept else 'above'} the bound of {bound:g} s",
        tuple(Evidence("figure", figure) for figure in figures),
        (
            *spec.assumptions,
            *unsaid(shown, predicate.parameters, setting),
            f"simulated, {setting['runs']} runs from seed {setting['seed']}, not measured on a kernel",
        ),
    )
