"""In: a model's name and the words of a setting, as a person types them. Out: the model, typed values, plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from kb.errors import UsageError

if TYPE_CHECKING:
    from sim_hooks.explore import Explored, Trace
    from sim_hooks.models.spec import ModelSpec, Parameter, TimedSpec
    from sim_hooks.predicates import Parameters


def known_models() -> dict[str, ModelSpec | TimedSpec]:
    """All models by name, those in simulated time last."""
    from sim_hooks.models import models as explored
    from sim_hooks.models import timed_models

    return {**explored(), **timed_models()}


def model_named(name: str) -> ModelSpec | TimedSpec:
    """The model of this name; UsageError names those that are near it."""
    known = known_models()
    if name in known:
        return known[name]
    close = get_close_matches(name, known, n=3)
    todo = f"did you mean {' or '.join(close)}?" if close else f"models are {', '.join(known)}"
    raise UsageError(name, "no model has this name", todo)


def explored_model(name: str) -> ModelSpec:
    """The model of this name, whose states can be explored; UsageError for another."""
    from sim_hooks.models.spec import ModelSpec

    spec = model_named(name)
    if not isinstance(spec, ModelSpec):
        raise UsageError(name, "runs in simulated time and has no states to explore", "bind a StallsAtMost to it")
    return spec


def way_of(spec: ModelSpec | TimedSpec) -> str:
    """How a model is checked."""
    return "simulated time" if hasattr(spec, "simulate") else "every interleaving"


def _values(parameter: Parameter) -> str:
    if isinstance(parameter.default, bool):
        return "true or false"
    return " | ".join(parameter.choices) or f"{parameter.least} to {parameter.most}"


def row_of(spec: ModelSpec | TimedSpec) -> dict[str, Any]:
    """A model as a plain object."""
    from sim_hooks.models.spec import ModelSpec

    situations = spec.model(())[0].situations if isinstance(spec, ModelSpec) else ()
    return {
        "name": spec.name,
        "about": spec.about,
        "checked_by": way_of(spec),
        "parameters": [
            {
                "name": one.name,
                "default": str(one.default).lower() if isinstance(one.default, bool) else one.default,
                "values": _values(one),
                "meaning": one.meaning,
            }
            for one in spec.parameters
        ],
        "situations": [f"{one.name}: {one.meaning}" for one in situations],
        "assumptions": list(spec.assumptions),
    }


def setting_of(declared: Sequence[Parameter], given: Sequence[str]) -> Parameters:
    """The `NAME=VALUE` words as typed values; UsageError for what is no such pair, an unknown name or value."""
    from kb.errors import CheckError

    known = {one.name: one for one in declared}
    values: dict[str, int | str | bool] = {}
    for each in given:
        name, _, word = each.partition("=")
        if name not in known or not word:
            raise UsageError(f"--set {each}", "is no parameter of this model", f"parameters are {', '.join(known)}")
        parameter = known[name]
        yes_or_no = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        value: int | str | bool = word
        if isinstance(parameter.default, bool):
            value = yes_or_no.get(word.lower(), word)
        elif isinstance(parameter.default, int) and word.isdecimal():
            value = int(word)
        try:
            values[name] = parameter.read("--set", value)
        except CheckError as wrong:
            raise UsageError(wrong.place, wrong.what, wrong.todo) from None
    return tuple(sorted(values.items()))


def findings_of(explored: Explored[Any]) -> list[dict[str, Any]]:
    """Each question with its answer (None where the part looked at does not tell) and the run that shows it."""
    from sim_hooks.explore import find_deadlock, find_state
    from sim_hooks.fairness import find_endless

    def row(asked: str, trace: Trace | None, *, holds_if_found: bool) -> dict[str, Any]:
        known = trace is not None or explored.exhaustive
        return {
            "asked": asked,
            "holds": ((trace is not None) == holds_if_found) if known else None,
            "steps": [str(step) for step in trace.steps] if trace else [],
            "loop": [str(step) for step in trace.loop] if trace else [],
        }

    return [
        row("can deadlock", find_deadlock(explored), holds_if_found=True),
        row("every fair run ends", find_endless(explored), holds_if_found=False),
        *(
            row(f"can happen: {one.meaning}", find_state(explored, one.holds), holds_if_found=True)
            for one in explored.model.situations
        ),
    ]
