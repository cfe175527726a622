"""In: a predicate about source code, and the facts of a tree. Out: an outcome with the lines that it rests on.

Whatever `expect` says, the plain claim is decided first; only verified and refuted change places. That calls lead to a
function does not refute that a run never comes to it: there the outcome is inconclusive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from kb.errors import CheckError
from kb.records import Outcome, Strength, Verdict
from sim_hooks.predicates import (
    ArgumentHas,
    CallerCount,
    CallersAre,
    Calls,
    Chain,
    ConfigIs,
    ConstantIs,
    DefaultIs,
    DefinedIn,
    HasField,
    Installs,
    IsExported,
    IsStatic,
    MaskHas,
    OnlyFrom,
    PathExists,
    Predicate,
    Reaches,
    ReturnsError,
    SystemCallExists,
    TakesLock,
)
from sim_hooks.source.arguments import decide_calls
from sim_hooks.source.chains import decide_chain, decide_reaches
from sim_hooks.source.closed import decide_callers, decide_defined, decide_only_from, decide_path
from sim_hooks.source.configured import decide_config
from sim_hooks.source.counted import decide_count
from sim_hooks.source.declared import (
    decide_exported,
    decide_field,
    decide_installs,
    decide_static,
    decide_system_call,
)
from sim_hooks.source.facts import Facts
from sim_hooks.source.flags import decide_argument
from sim_hooks.source.locks import decide_lock
from sim_hooks.source.meant import by_file
from sim_hooks.source.reach import Reach
from sim_hooks.source.returns import decide_returns
from sim_hooks.source.values import decide_constant, decide_default, decide_mask

_TURNED = {Verdict.VERIFIED: Verdict.REFUTED, Verdict.REFUTED: Verdict.VERIFIED}


def decide(predicate: Predicate, facts: Facts) -> Outcome:
    """Decides a predicate about source code; CheckError for one that no source tree can decide."""
    plain = _plain(predicate, _reach(facts))
    plain = replace(plain, evidence=tuple(dict.fromkeys(plain.evidence)))
    plain = _of_whole_tree(plain, facts)
    assumed = tuple(_assumptions(predicate, facts, plain))
    if not predicate.expect and plain.verdict is Verdict.VERIFIED and plain.strength is Strength.PATH:
        said = f"{plain.summary}, as far as calls tell; whether a run ever does is not known"
        return replace(plain, verdict=Verdict.INCONCLUSIVE, strength=Strength.NONE, summary=said, assumptions=assumed)
    turned = _TURNED.get(plain.verdict)
    if not predicate.expect and turned is not None:
        return replace(plain, verdict=turned, assumptions=assumed)
    return replace(plain, assumptions=assumed)


def _of_whole_tree(found: Outcome, facts: Facts) -> Outcome:
    """What rests on all of a tree is open where the index was given a folder of one."""
    if found.strength is not Strength.CLOSED_WORLD or facts.version:
        return found
    said = f"{found.summary}, in {facts.name}, which is no whole tree: its top Makefile names no version"
    return replace(found, verdict=Verdict.INCONCLUSIVE, strength=Strength.NONE, summary=said)


@lru_cache(maxsize=2)
def _reach(facts: Facts) -> Reach:
    return Reach(facts)


_DECIDERS: dict[type[Any], Callable[[Reach, Any], Outcome]] = {
    Calls: decide_calls,
    Chain: decide_chain,
    Reaches: decide_reaches,
    OnlyFrom: decide_only_from,
    CallersAre: decide_callers,
    CallerCount: decide_count,
    DefinedIn: decide_defined,
    PathExists: decide_path,
    ArgumentHas: decide_argument,
    ReturnsError: decide_returns,
    TakesLock: decide_lock,
    ConstantIs: decide_constant,
    MaskHas: decide_mask,
    DefaultIs: decide_default,
    IsExported: decide_exported,
    IsStatic: decide_static,
    HasField: decide_field,
    Installs: decide_installs,
    SystemCallExists: decide_system_call,
    ConfigIs: decide_config,
}


def _plain(predicate: Predicate, reach: Reach) -> Outcome:
    decider = _DECIDERS.get(type(predicate))
    if decider is None:
        raise CheckError(
            "source hook", f"{type(predicate).__name__} is not about source code", "give it to another hook"
        )
    return decider(reach, predicate)


def _assumptions(predicate: Predicate, facts: Facts, found: Outcome) -> list[str]:
    out = [f"the source is {facts.name}, not the tree of the thread"]
    if isinstance(predicate, PathExists):
        return out
    out.append("no configuration is chosen: both sides of #ifdef are seen")
    out.append(f"parsed: {', '.join(facts.dirs) or 'the whole tree'}; calls that lead out of it are not followed")
    if found.strength is Strength.CONSTANT_SENSITIVE:
        out.append("a field keeps its constant until a function is called that can assign it")
        out.append("data, locks and time decide nothing")
    if isinstance(predicate, (Chain, Reaches)):
        start = predicate.functions[0] if isinstance(predicate, Chain) and predicate.functions else ""
        start = predicate.start if isinstance(predicate, Reaches) else start
        files = sorted({one.file for group in by_file(facts, start) for one in group})
        if len(files) > 1:
            out.append(f"{start} is defined in {' and in '.join(files)}; the evidence says which was taken")
    if found.strength is Strength.CLOSED_WORLD:
        out.append(f"{facts.scanned} files of the kernel looked through for names; names pasted by macros are not seen")
    if found.strength is Strength.PATH or isinstance(predicate, (Chain, Reaches)):
        out.append("a call through a pointer is taken as 'may call', and only where no plain call leads on")
    return out
