"""In: nothing, or a hook's name. Out: the hooks that can check something, and the predicates that each decides."""

from __future__ import annotations

from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from kb.errors import UsageError
from kb.visible import one_line
from tui.cli.layout import Role, wrap
from tui.cli.options import Command, Family, Settings, with_json

if TYPE_CHECKING:
    from sim_hooks.catalog import Hook

hooks = Family(
    "hooks",
    help="List the hooks that can check a claim, or show one.",
    examples=(
        ("threadkb hooks list", "which there are, and what each decides"),
        ("threadkb hooks show arithmetic", "one of them, with the predicates it decides"),
    ),
    exits={},
)


@hooks.command(
    "list",
    cls=Command,
    short_help="The hooks, and what each decides.",
    examples=(
        ("threadkb hooks list", "which there are"),
        ("threadkb hooks list --json | jq '.[].kinds[]'", "every kind of predicate that can be decided"),
    ),
    exits={},
)
@with_json
@click.pass_obj
def hooks_list(settings: Settings, as_json: bool) -> None:
    """List the hooks: name, kind of evidence, what it needs, the kinds of predicate it decides, what it does."""
    from sim_hooks.catalog import catalog

    out = settings.output()
    found = list(catalog())
    if as_json:
        out.json([_hook_row(hook) for hook in found])
        return
    rows = [
        (h.name, h.evidence_kind, h.needs or "-", f"{', '.join(k.__name__ for k in h.kinds)}: {h.what}") for h in found
    ]
    out.table(("hook", "evidence", "needs", "decides"), rows)


@hooks.command(
    "show",
    cls=Command,
    short_help="One hook, and the predicates it decides.",
    examples=(
        ("threadkb hooks show arithmetic", "what it decides, with which fields"),
        ("threadkb hooks show source --json", "the same as JSON"),
    ),
    exits={2: "no hook has this name."},
)
@click.argument("name")
@with_json
@click.pass_obj
def hooks_show(settings: Settings, name: str, as_json: bool) -> None:
    """Show one hook: its evidence, what it needs, and each kind of predicate it decides with its fields."""
    from sim_hooks.catalog import catalog

    out = settings.output()
    known = {hook.name: hook for hook in catalog()}
    hook = known.get(name)
    if hook is None:
        close = get_close_matches(name, known, n=3)
        todo = f"did you mean {' or '.join(close)}?" if close else f"hooks are {', '.join(known)}"
        raise UsageError(name, "no hook has this name", todo)
    if as_json:
        out.json(_hook_row(hook))
        return
    out.line(f"{out.paint(hook.name, Role.NAME)}  {hook.evidence_kind}, in {hook.module}")
    out.lines(wrap(hook.what, out.width, indent="    "))
    if hook.needs:
        out.line(f"    needs {hook.needs}")
    for kind in hook.kinds:
        out.line()
        out.line(f"{out.paint(kind.__name__, Role.STRONG)}({', '.join(spec.name for spec in fields(kind))})")
        out.lines(wrap(kind.__doc__ or "", out.width, indent="    "))


def _hook_row(hook: Hook) -> dict[str, Any]:
    return {
        "name": hook.name,
        "evidence": hook.evidence_kind,
        "needs": hook.needs or None,
        "what": one_line(hook.what),
        "module": hook.module,
        "kinds": [
            {"kind": k.__name__, "fields": [spec.name for spec in fields(k)], "says": one_line(k.__doc__ or "")}
            for k in hook.kinds
        ],
    }
