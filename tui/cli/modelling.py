"""In: a model's name and a setting. Out: what the model says, explored on the spot, or its text in Promela."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from tui.cli.layout import Role, wrap
from tui.cli.model_words import explored_model, findings_of, known_models, model_named, row_of, setting_of, way_of
from tui.cli.options import Command, Family, Settings, with_json
from tui.cli.output import Output

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
    known = known_models()
    if as_json:
        out.json([row_of(spec) for spec in known.values()])
    else:
        out.table(("model", "checked by", "about"), [(name, way_of(spec), spec.about) for name, spec in known.items()])


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
    row = row_of(model_named(name))
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
    spec = explored_model(name)
    chosen = setting_of(spec.parameters, given)
    model, setting = spec.model(chosen)
    explored = explore(model)
    found = findings_of(explored)
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
    spec = explored_model(name)
    text = promela(spec.system(setting_of(spec.parameters, given)), watched=deadlock)
    if as_json:
        out.json({"model": name, "promela": text})
    else:
        out.lines(text.rstrip("\n").split("\n"))


def _steps(out: Output, steps: Sequence[str], between: str, loop: Sequence[str]) -> None:
    for line in (*steps, *((between, *loop) if loop else ())):
        out.lines(wrap(line, out.width, indent="    "))
