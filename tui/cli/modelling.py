"""In: a model's name and a setting. Out: what the model says, explored on the spot, or its text in Promela."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from kb.errors import UsageError
from tui.cli.layout import Role, wrap
from tui.cli.options import Command, Family, Settings, with_json
from tui.cli.output import Output

if TYPE_CHECKING:
    from sim_hooks.explore import Explored, Trace
    from sim_hooks.models.spec import ModelSpec, Parameter, TimedSpec
    from sim_hooks.predicates import Parameters

models = Family(
    "models",
    help="List the models that checks explore, run one with a setting of your own, or print it for SPIN.",
    examples=(
        ("threadkb models list", "which there are, and what each is about"),
        ("threadkb models show reclaim", "its parameters, and what it leaves out"),
        ("threadkb models run reclaim --set threads=2", "does it deadlock, does it always end?"),
        ("threadkb models promela reclaim > reclaim.pml", "the same model for SPIN"),
    ),
    exits={},
)
_UNKNOWN = {2: "no model has this name, or it has no such parameter or value."}


@models.command(
    "list",
    cls=Command,
    short_help="The models, and what each is about.",
    examples=(("threadkb models list", "which there are"), ("threadkb models list --json", "with their parameters")),
    exits={},
)
@with_json
@click.pass_obj
def models_list(settings: Settings, as_json: bool) -> None:
    """List the models: name, how it is checked, what it is about."""
    out = settings.output()
    known = _known()
    if as_json:
        out.json([_row(spec) for spec in known.values()])
    else:
        out.table(("model", "checked by", "about"), [(name, _way(spec), spec.about) for name, spec in known.items()])


@models.command(
    "show",
    cls=Command,
    short_help="One model: its parameters, situations and what it leaves out.",
    examples=(("threadkb models show sync", "to read"), ("threadkb models show sync --json", "as JSON")),
    exits=_UNKNOWN,
)
@click.argument("name")
@with_json
@click.pass_obj
def models_show(settings: Settings, name: str, as_json: bool) -> None:
    """Show one model: each parameter with its default and its values, the situations, what is left out."""
    out = settings.output()
    row = _row(_named(name))
    if as_json:
        out.json(row)
        return
    out.line(f"{out.paint(name, Role.NAME)}  {row['about']}")
    for parameter in row["parameters"]:
        out.line()
        out.line(f"{out.paint(parameter['name'], Role.STRONG)} = {parameter['default']}  ({parameter['values']})")
        out.lines(wrap(parameter["meaning"], out.width, indent="    "))
    for heading, lines in (("situations", row["situations"]), ("leaves out or takes for granted", row["assumptions"])):
        if lines:
            out.line()
            out.line(out.paint(heading, Role.STRONG))
            for line in lines:
                out.lines(wrap(line, out.width, indent="    "))


def with_setting(function: Any) -> Any:
    """The `--set` option."""
    return click.option(
        "--set",
        "given",
        multiple=True,
        metavar="NAME=VALUE",
        help="A parameter; may be given again. Others have their default.",
    )(function)


@models.command(
    "run",
    cls=Command,
    short_help="Explore a model in every interleaving.",
    examples=(
        ("threadkb models run reclaim", "with its defaults"),
        ("threadkb models run sync --set design=skip --set malicious=true", "with a setting"),
    ),
    exits=_UNKNOWN,
)
@click.argument("name")
@with_setting
@with_json
@click.pass_obj
def models_run(settings: Settings, name: str, given: tuple[str, ...], as_json: bool) -> None:
    """Explore a model: whether it can deadlock, whether every fair run ends, and which situations happen.

    What is shown of a run is a shortest one. It holds in the model and was not measured on a kernel.
    """
    from sim_hooks.explore import explore
    from sim_hooks.models.spec import worded

    out = settings.output()
    spec = _explored_spec(name)
    chosen = _setting(spec.parameters, given)
    model, setting = spec.model(chosen)
    explored = explore(model)
    found = _findings(explored)
    if as_json:
        counts = {"states": explored.states, "transitions": explored.transitions, "exhaustive": explored.exhaustive}
        out.json({"model": name, "setting": dict(setting), **counts, "findings": found})
        return
    out.lines(wrap(f"{name}: {worded(spec.parameters, (), setting)}", out.width))
    all_of_it = "all" if explored.exhaustive else "not all"
    out.line(f"{explored.states} states ({all_of_it}), {explored.transitions} transitions")
    for finding in found:
        out.line()
        answer = "unknown" if finding["holds"] is None else "yes" if finding["holds"] else "no"
        out.line(f"{out.paint(finding['asked'], Role.STRONG)}  {answer}")
        _steps(out, finding["steps"], "then over and over:", finding["loop"])


@models.command(
    "promela",
    cls=Command,
    short_help="Print a model in Promela, for SPIN.",
    examples=(
        ("threadkb models promela reclaim > reclaim.pml", "then: spin -run -f -a reclaim.pml (does every run end?)"),
        ("threadkb models promela reclaim --deadlock > reclaim.pml", "then: spin -run reclaim.pml"),
    ),
    exits=_UNKNOWN,
)
@click.argument("name")
@with_setting
@click.option("--deadlock", is_flag=True, help="Ask for a deadlock, by an assertion, in place of `ltl ends`.")
@with_json
@click.pass_obj
def models_promela(settings: Settings, name: str, given: tuple[str, ...], deadlock: bool, as_json: bool) -> None:
    """Print a model as Promela, so that another model checker can be asked; the states are the same ones."""
    from sim_hooks.promela import promela

    out = settings.output()
    spec = _explored_spec(name)
    text = promela(spec.system(_setting(spec.parameters, given)), watched=deadlock)
    if as_json:
        out.json({"model": name, "promela": text})
    else:
        out.lines(text.rstrip("\n").split("\n"))


def _known() -> dict[str, ModelSpec | TimedSpec]:
    from sim_hooks.models import models as explored
    from sim_hooks.models import timed_models

    return {**explored(), **timed_models()}


def _named(name: str) -> ModelSpec | TimedSpec:
    known = _known()
    if name in known:
        return known[name]
    close = get_close_matches(name, known, n=3)
    todo = f"did you mean {' or '.join(close)}?" if close else f"models are {', '.join(known)}"
    raise UsageError(name, "no model has this name", todo)


def _explored_spec(name: str) -> ModelSpec:
    from sim_hooks.models.spec import ModelSpec

    spec = _named(name)
    if not isinstance(spec, ModelSpec):
        raise UsageError(name, "runs in simulated time and has no states to explore", "bind a StallsAtMost to it")
    return spec


def _way(spec: ModelSpec | TimedSpec) -> str:
    return "simulated time" if hasattr(spec, "simulate") else "every interleaving"


def _values(parameter: Parameter) -> str:
    if isinstance(parameter.default, bool):
        return "true or false"
    return " | ".join(parameter.choices) or f"{parameter.least} to {parameter.most}"


def _row(spec: ModelSpec | TimedSpec) -> dict[str, Any]:
    from sim_hooks.models.spec import ModelSpec

    situations = spec.model(())[0].situations if isinstance(spec, ModelSpec) else ()
    return {
        "name": spec.name,
        "about": spec.about,
        "checked_by": _way(spec),
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


def _setting(declared: Sequence[Parameter], given: Sequence[str]) -> Parameters:
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


def _findings(explored: Explored[Any]) -> list[dict[str, Any]]:
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


def _steps(out: Output, steps: Sequence[str], between: str, loop: Sequence[str]) -> None:
    for line in (*steps, *((between, *loop) if loop else ())):
        out.lines(wrap(line, out.width, indent="    "))
