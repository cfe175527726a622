"""In: a database. Out: the full-screen browser on it, until its reader leaves it."""

from __future__ import annotations

import sys

import click

from kb.errors import UsageError
from kb.reading import reading
from tui.cli.naming import named_thread
from tui.cli.options import Command, Settings, in_thread, with_min_confidence


@click.command(
    cls=Command,
    short_help="Read threads and items full-screen.",
    examples=(
        ("threadkb browse", "the list of threads, or the only thread"),
        ("threadkb browse --thread 'double lock'", "one thread"),
    ),
    exits={0: "left.", 1: "the database cannot be read."},
)
@in_thread
@click.option("--read-only", is_flag=True, help="Offer nothing that changes the database.")
@with_min_confidence
@click.pass_obj
def browse(settings: Settings, thread: str | None, read_only: bool, min_confidence: float | None) -> None:
    """Read threads and items full-screen; `?` shows the keys, and `+` and `-` hide what is less sure."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("browse", "needs a terminal", "`threadkb show` prints pages that can be piped")
    with reading(settings.path) as reader:
        full = named_thread(reader, thread)
    from tui.app import BrowseApp

    BrowseApp(settings.path, thread=full, read_only=read_only, least=min_confidence or 0.0).run()
