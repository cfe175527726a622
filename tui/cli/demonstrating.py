"""In: nothing. Out: the bundled thread taken in and checked, and a summary to read.

It goes into a database of its own, so that a person's own knowledge base stays as it is.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from kb.location import VARIABLE
from kb.reading import Filter, reading
from tui.cli import narration, summary
from tui.cli.checking import Teller
from tui.cli.itemlines import counted
from tui.cli.naming import shortener
from tui.cli.narration import Progress
from tui.cli.options import Command, Settings, with_json
from tui.cli.pages import Page
from tui.cli.taking import row as ingest_row

_PAPER = 80
"""Cells of a line where no terminal says how wide it is: what fits on a mail or a sheet."""


@click.command(
    cls=Command,
    short_help="Take in the bundled thread, check its claims, and print a summary.",
    examples=(
        ("threadkb demo", "into a database of its own in your cache directory"),
        ("threadkb demo --db demo.sqlite", "into a file of your choice"),
    ),
    exits={0: "done, whatever the checks showed.", 1: "the database cannot be written, or a part is missing."},
)
@with_json
@click.pass_obj
def demo(settings: Settings, as_json: bool) -> None:
    """Take in the bundled thread, check its claims, and print a summary: decisions, what is open, what checks showed.

    Without --db or THREADKB_DB, a database in your cache directory is used, not your own. A second run is quick: only
    what has no fresh run is run.
    """
    from tui import workspace

    out = settings.output()
    path = demo_path(settings)
    source = workspace.bundled_thread()
    with Progress(verbose=settings.verbose) as progress:
        progress(f"reading {source.name}")
        taken = workspace.ingest(path, [str(source)], progress=progress)
        thread = taken.threads[0]
        with reading(path) as reader:
            short = shortener(reader)
        teller = Teller(progress, None, short)
        checked = workspace.verify(path, thread=thread, on_plan=teller.planned, on_run=teller.ran)
    with reading(path) as reader:
        view = reader.threads(thread)[0]
        items, links, runs = reader.items(Filter(thread=thread)), reader.links(thread), reader.latest_runs(thread)
    if as_json:
        done = {
            "run": len(checked.runs),
            "fresh": checked.fresh,
            "unbound": checked.unbound,
            "seconds": checked.seconds,
        }
        out.json({"db": str(path), "ingest": ingest_row(path, taken), "verify": done, **summary.row(view, items)})
        return
    narration.say(
        f"{counted(taken.added, 'new mail')}, {taken.known} known already, in {taken.seconds:.1f} s; "
        f"{counted(len(checked.runs), 'check')} run, {checked.fresh} fresh, in {checked.seconds:.1f} s"
    )
    known = settings.db is None and os.environ.get(VARIABLE)
    reach = "" if known else f"export {VARIABLE}={shlex.quote(str(path.absolute()))}"
    page = Page(short, out.paint, out.width if out.tty else _PAPER)
    out.lines(summary.summary(page, view, items, links, runs))
    out.lines(summary.hints(page, items, links, typed_first=reach))


def demo_path(settings: Settings) -> Path:
    """Where the demonstration goes: `--db`, THREADKB_DB, or `demo.sqlite` in the user's cache directory."""
    if settings.db or os.environ.get(VARIABLE):
        return settings.path
    import platformdirs

    return Path(platformdirs.user_cache_dir("threadkb")) / "demo.sqlite"
