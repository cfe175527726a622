"""In: nothing, a hook's name, or an item. Out: the hooks that can check something, and a binding to fill in.

Hooks of one's own are listed as well; those that cannot be read are named on stderr.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.errors import Exit, StoreError, UsageError
from kb.reading import reading
from kb.visible import one_line
from tui.cli import narration
from tui.cli.layout import Role, wrap
from tui.cli.naming import named_item, shortener
from tui.cli.options import Command, Family, Settings, with_hooks, with_json

if TYPE_CHECKING:
    from sim_hooks.catalog import Catalog, Hook

hooks = Family(
    "hooks",
    help="List the hooks that can check a claim, show one, or begin a binding or a hook of your own.",
    examples=(
        ("threadkb hooks list", "which there are, and what each decides"),
        ("threadkb hooks show arithmetic", "one of them, with the predicates it decides"),
        ("threadkb hooks new c-7kq2m > mine.toml", "say by hand what a claim means"),
        ("threadkb hooks example > ~/hooks/pages.py", "a hook of your own, to change"),
    ),
    exits={},
)
_BROKEN = {1: "a hook of your own cannot be read."}


@hooks.command(
    "list",
    cls=Command,
    short_help="The hooks, and what each decides.",
    examples=(
        ("threadkb hooks list", "which there are"),
        ("threadkb hooks list --json | jq '.[].kinds[]'", "every kind of predicate that can be decided"),
    ),
    exits=_BROKEN,
)
@with_hooks
@with_json
@click.pass_obj
def hooks_list(settings: Settings, hook_folders: tuple[Path, ...], as_json: bool) -> int:
    """List the hooks: name, kind of evidence, what it needs, the kinds of predicate it decides, what it does."""
    out = settings.output()
    found, code = _all(hook_folders)
    if as_json:
        out.json([_hook_row(hook) for hook in found])
        return code
    rows = [
        (h.name, h.evidence_kind, h.needs or "-", f"{', '.join(k.__name__ for k in h.kinds)}: {h.what}") for h in found
    ]
    out.table(("hook", "evidence", "needs", "decides"), rows)
    return code


def _all(folders: Sequence[Path]) -> tuple[Catalog, Exit]:
    """The hooks there are, one's own last, and how that went; what cannot be read is told."""
    from sim_hooks.catalog import Catalog, catalog
    from tui.means import own_hooks

    own = own_hooks(folders)
    for line in own.problems:
        narration.say(f"threadkb: {one_line(line)}")
    return Catalog((*catalog(), *own.hooks)), Exit.FAILURE if own.problems else Exit.OK


@hooks.command(
    "show",
    cls=Command,
    short_help="One hook, and the predicates it decides.",
    examples=(
        ("threadkb hooks show arithmetic", "what it decides, with which fields"),
        ("threadkb hooks show source --json", "the same as JSON"),
    ),
    exits={**_BROKEN, 2: "no hook has this name."},
)
@click.argument("name")
@with_hooks
@with_json
@click.pass_obj
def hooks_show(settings: Settings, name: str, hook_folders: tuple[Path, ...], as_json: bool) -> int:
    """Show one hook: its evidence, what it needs, and each kind of predicate it decides with its fields."""
    out = settings.output()
    found, code = _all(hook_folders)
    known = {hook.name: hook for hook in found}
    hook = known.get(name)
    if hook is None:
        close = get_close_matches(name, known, n=3)
        todo = f"did you mean {' or '.join(close)}?" if close else f"hooks are {', '.join(known)}"
        raise UsageError(name, "no hook has this name", todo)
    if as_json:
        out.json(_hook_row(hook))
        return code
    out.line(f"{out.paint(one_line(hook.name), Role.NAME)}  {one_line(hook.evidence_kind)}, in {one_line(hook.module)}")
    out.lines(wrap(hook.what, out.width, indent="    "))
    if hook.needs:
        out.line(f"    needs {hook.needs}")
    for kind in hook.kinds:
        out.line()
        out.line(f"{out.paint(kind.__name__, Role.STRONG)}({', '.join(spec.name for spec in fields(kind))})")
        out.lines(wrap(kind.__doc__ or "", out.width, indent="    "))
    return code


@hooks.command(
    "new",
    cls=Command,
    short_help="Begin a binding by hand: what an item means, as a predicate.",
    examples=(
        ("threadkb hooks new c-7kq2m", "to read"),
        ("threadkb hooks new c-7kq2m -o mine.toml", "into a file, after what is in it"),
    ),
    exits={1: "the file cannot be written, or a hook of your own cannot be read.", 2: "no item has this id."},
)
@click.argument("item", metavar="ITEM")
@click.option(
    "-o", "--out", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Add it to FILE."
)
@with_hooks
@with_json
@click.pass_obj
def hooks_new(settings: Settings, item: str, target: Path | None, hook_folders: tuple[Path, ...], as_json: bool) -> int:
    """Write the skeleton of a binding for ITEM: its words, who you are, and the kinds of predicate that could fit.

    Fill in `why` and one predicate. Bindings are read from the folder `bindings` of your data directory, and from what
    `threadkb verify --bindings` names; they win over what rules read.
    """
    from sim_hooks.skeleton import skeleton
    from tui.as_records import item_of
    from tui.cli.author import author
    from tui.means import bindings_folder

    out = settings.output()
    with reading(settings.path) as reader:
        view = reader.item(named_item(reader, item))
        assert view is not None
        heading = f"{shortener(reader)(view.id)}, #{view.number} {view.date[:10]} {view.author}"
    found, code = _all(hook_folders)
    text = skeleton(item_of(view), author(), heading, tuple(found), _models(), str(bindings_folder()))
    if target is not None:
        _append(target, text)
        narration.say(f"{target}: fill in `why` and a predicate, then `threadkb verify --bindings {target}`")
    if as_json:
        out.json({"item": view.id, "file": str(target) if target else None, "toml": text})
    elif target is None:
        out.lines(text.rstrip("\n").split("\n"))
    return code


def _models() -> dict[str, list[str]]:
    """The parameters of each model."""
    from sim_hooks.models import models, timed_models

    explored = {name: [each.name for each in spec.parameters] for name, spec in models().items()}
    return explored | {name: [each.name for each in spec.parameters] for name, spec in timed_models().items()}


def _append(path: Path, text: str) -> None:
    """Write `text` to the end of the bindings file at `path`, new or not."""
    from sim_hooks.bindings import content, entries

    held = ""
    if path.exists():
        entries(content(path), str(path))
        held = "\n"
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(held + text)
    except OSError as wrong:
        raise StoreError(str(path), f"cannot be written: {wrong.strerror}", "name another file") from None


@hooks.command(
    "example",
    cls=Command,
    short_help="A hook of one's own, to begin with.",
    examples=(
        ("threadkb hooks example", "to read"),
        ("threadkb hooks example > ~/hooks/pages.py", "to change; then `threadkb verify --hooks ~/hooks`"),
    ),
    exits={1: "this installation lacks it."},
)
@with_json
@click.pass_obj
def hooks_example(settings: Settings, as_json: bool) -> None:
    """Print a whole hook of one's own, which decides a predicate of its own and reads it in items.

    A hook is a Python file in a folder that --hooks or THREADKB_HOOKS names (one whose name begins with `_` is none),
    or a module that an installed package offers in the entry-point group `threadkb.hooks`. It has KINDS, a tuple of
    frozen dataclasses, and `decide(predicate, facts)`, which returns an Outcome. It may have EVIDENCE, one word;
    NEEDS_FACTS = True, to be given the facts of a source tree; and `bind(item)`, which yields a Binding for each
    predicate that it reads.

    It runs in a process of its own that can compute and read, and nothing else: no network, no other process, no file
    written, so much time and memory. So it starts no program either: run that beforehand, and let the hook read what it
    wrote. Whatever it does, the worst that comes of it is a verdict `error` or `inconclusive`.
    """
    from kb.bundled import bundled

    out = settings.output()
    text = bundled("hooks", "example.py").read_text(encoding="utf-8")
    if as_json:
        out.json({"python": text})
    else:
        out.lines(text.rstrip("\n").split("\n"))


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
