"""In: a predicate about source code, and the facts of a tree. Out: an outcome with the lines that it rests on.

Whatever `expect` says, the plain claim is decided first; only verified and refuted change places. That calls lead to a
function does not refute that a run never comes to it: there the outcome is inconclusive.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from kb.errors import CheckError
from kb.records import Outcome, Strength, Verdict
from sim_hooks.predicates import (
    ArgumentHas,
    CallersAre,
    Calls,
    Chain,
    DefinedIn,
    OnlyFrom,
    PathExists,
    Predicate,
    Reaches,
)
from sim_hooks.source.arguments import decide_argument, decide_calls
from sim_hooks.source.chains import decide_chain, decide_reaches
from sim_hooks.source.closed import decide_callers, decide_defined, decide_only_from, decide_path
from sim_hooks.source.facts import Facts
from sim_hooks.source.reach import Reach

_TURNED = {Verdict.VERIFIED: Verdict.REFUTED, Verdict.REFUTED: Verdict.VERIFIED}


def decide(predicate: Predicate, facts: Facts) -> Outcome:
    """Decides a predicate about source code; CheckError for one that no source tree can decide."""
    plain = _plain(predicate, _reach(facts))
    plain = replace(plain, evidence=tuple(dict.fromkeys(plain.evidence)))
    assumed = tuple(_assumptions(predicate, facts, plain))
    if not predicate.expect and plain.verdict is Verdict.VERIFIED and plain.strength is Strength.PATH:
        said = f"{plain.summary}, as far as calls tell; whether a run ever does is not known"
        return replace(plain, verdict=Verdict.INCONCLUSIVE, strength=Strength.NONE, summary=said, assumptions=assumed)
    turned = _TURNED.get(plain.verdict)
    if not predicate.expect and turned is not None:
        return replace(plain, verdict=turned, assumptions=assumed)
    return replace(plain, assumptions=assumed)


@lru_cache(maxsize=2)
def _reach(facts: Facts) -> Reach:
    return Reach(facts)


def _plain(predicate: Predicate, reach: Reach) -> Outcome:
    match predicate:
        case Calls():
            return decide_calls(reach, predicate)
        case Chain():
            return decide_chain(reach, predicate)
        case Reaches():
            return decide_reaches(reach, predicate)
        case OnlyFrom():
            return decide_only_from(reach, predicate)
        case CallersAre():
            return decide_callers(reach, predicate)
        case DefinedIn():
            return decide_defined(reach, predicate)
        case PathExists():
            return decide_path(reach, predicate)
        case ArgumentHas():
            return decide_argument(reach, predicate)
    raise CheckError("source hook", f"{type(predicate).__name__} is not about source code", "give it to another hook")


def _assumptions(predicate: Predicate, facts: Facts, found: Outcome) -> list[str]:
    out = [f"the source is {facts.name}, not the tree of the thread"]
    if isinstance(predicate, PathExists):
        return out
    out.append("no configuration is chosen: both sides of #ifdef are seen")
    out.append(f"parsed: {', '.join(facts.dirs) or 'the whole tree'}; calls that lead out of it are not followed")
    if found.strength is Strength.CONSTANT_SENSITIVE:
        out.append("a field keeps its constant until a function is called that can assign it")
        out.append("data, locks and time decide nothing")
    if found.strength is Strength.CLOSED_WORLD:
        out.append(f"{facts.scanned} files of the kernel looked through for names; names pasted by macros are not seen")
    if found.strength is Strength.PATH or isinstance(predicate, (Chain, Reaches)):
        out.append("a call through a pointer is taken as 'may call', and only where no plain call leads on")
    return out
