"""In: a predicate about a model. Out: an Outcome from exploring the model state by state.

A run that was found decides, however little was explored; that there is none is only said of the whole state space.
"""

from __future__ import annotations

from typing import Any

from kb.errors import CheckError
from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.explore import STATES_AT_MOST, Explored, Trace, explore, find_deadlock, find_state
from sim_hooks.fairness import find_endless
from sim_hooks.models import models
from sim_hooks.models.spec import unsaid, worded
from sim_hooks.predicates import AlwaysEnds, CanHappen, Deadlocks, Predicate

NOT_A_KERNEL = "holds in this model, not measured on a kernel"
FAIR = "whoever can go on for ever without pause goes on sooner or later, except an adversary"


def decide(predicate: Predicate, facts: object, *, limit: int = STATES_AT_MOST) -> Outcome:
    """Whether a model deadlocks, always ends or can come to a situation, as the predicate says.

    `facts` are not looked at; at most `limit` states are expanded. CheckError for an unknown model, parameter, value or
    situation, and for a predicate of another kind.
    """
    del facts
    if not isinstance(predicate, Deadlocks | AlwaysEnds | CanHappen):
        raise CheckError(
            "model", f"cannot decide {type(predicate).__name__}", "it decides Deadlocks, AlwaysEnds, CanHappen"
        )
    known = models()
    spec = known.get(predicate.model)
    if spec is None:
        raise CheckError("model", f"no model {predicate.model!r}", f"models are {', '.join(known)}")
    model, setting = spec.model(predicate.parameters)
    subject = f"the {spec.name} model ({worded(spec.parameters, predicate.parameters, setting)})"
    assumptions = (*spec.assumptions, *unsaid(spec.parameters, predicate.parameters, setting), NOT_A_KERNEL)
    if isinstance(predicate, CanHappen) and predicate.situation not in model.by_situation:
        raise CheckError(
            f"model {spec.name}",
            f"no situation {predicate.situation!r}",
            f"situations are {', '.join(model.by_situation)}",
        )
    explored = explore(model, limit=limit)
    if isinstance(predicate, Deadlocks):
        trace = find_deadlock(explored)
        yes = f"{subject} can come to a state in which nobody can move and not all is done"
        no = f"{subject} has no state in which nobody can move before all is done"
    elif isinstance(predicate, CanHappen):
        situation = model.by_situation[predicate.situation]
        trace = find_state(explored, situation.holds)
        yes = f"{subject} can come to this: {situation.meaning}"
        no = f"{subject} never comes to this: {situation.meaning}"
    else:
        trace = find_endless(explored)
        yes = f"{subject} {'can go round for ever' if trace and trace.loop else 'can be stuck for ever'}"
        no = f"every fair run of {subject} comes to its end"
        assumptions = (*assumptions, FAIR)
    found = trace is not None
    if not found and not explored.exhaustive:
        summary = f"in the {explored.expanded} states looked at nothing was found, and there are more of {subject}"
        return Outcome(Verdict.INCONCLUSIVE, Strength.BOUNDED, summary, _evidence(explored, None), assumptions)
    holds = found if not isinstance(predicate, AlwaysEnds) else not found
    return Outcome(
        Verdict.VERIFIED if holds == predicate.expect else Verdict.REFUTED,
        Strength.EXHAUSTIVE if explored.exhaustive else Strength.BOUNDED,
        yes if found else no,
        _evidence(explored, trace),
        assumptions,
    )


def _evidence(explored: Explored[Any], trace: Trace | None) -> tuple[Evidence, ...]:
    """The trace step by step, and how much was explored."""
    lines: list[Evidence] = []
    if trace is not None:
        lines += [Evidence("step", step.action, step.process) for step in trace.steps]
        if trace.loop:
            lines.append(Evidence("note", "and then over and over:"))
            lines += [Evidence("step", step.action, step.process) for step in trace.loop]
    all_of_it = "all" if explored.exhaustive else f"{explored.expanded} of them followed"
    counts = f"{explored.states} states ({all_of_it}), {explored.transitions} transitions, depth {explored.depth}"
    return (*lines, Evidence("figure", counts))
