"""In: where mail is, or a database that has some. Out: the mail kept, items and links made, and what was new."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from kb.errors import SourceError
from kb.reading import reading
from kb.visible import one_line
from tui.cli.itemlines import counted, still_open
from tui.cli.layout import Role
from tui.cli.naming import shortener
from tui.cli.narration import Progress, say
from tui.cli.options import Command, Settings, with_json
from tui.cli.output import Output
from tui.cli.reader_options import reader_of, told, with_reader

if TYPE_CHECKING:
    from ingest.pipeline import IngestReport

_KINDS = ("claim", "question", "decision", "action")


@click.command(
    cls=Command,
    short_help="Take in mail: a Message-ID, a URL, a file, a folder, or - for standard input.",
    examples=(
        ("threadkb ingest review.mbox.gz", "an mbox, packed or not"),
        ("threadkb ingest 20240506.1-ada@example.org", "a thread from lore, by b4"),
        ("threadkb ingest - < review.mbox", "standard input"),
        ("threadkb ingest review.mbox --reader http://localhost:8080", "a model of your own finds the items"),
    ),
    exits={0: "done, also when nothing was new.", 1: "a source could not be read; nothing was changed."},
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@with_reader
@with_json
@click.pass_obj
def ingest(settings: Settings, sources: tuple[str, ...], reader: str, reader_model: str, as_json: bool) -> None:
    """Take in mail, and find claims, questions, decisions and actions in the threads it belongs to.

    SOURCE is a Message-ID, a lore URL, an mbox (also .gz), a mail, a Maildir, a saved patchwork page or answer of its
    API, or - for standard input. The same mail twice changes nothing.

    With --reader a language model is asked first: what it finds is kept only where its words stand in the mail, and
    what it cannot read threadkb reads itself. Its answers are kept, so that `rebuild --reader` asks nothing twice.
    """
    from tui import workspace

    out = settings.output()
    if "-" in sources and (sys.stdin is None or sys.stdin.isatty()):
        raise SourceError("-", "standard input is closed or a terminal", "pipe mail into it")
    with Progress(verbose=settings.verbose) as progress:
        report = workspace.ingest(
            settings.path,
            sources,
            stdin=sys.stdin.buffer if sys.stdin else None,
            progress=progress,
            reader=reader_of(reader, reader_model, progress.step),
        )
    _report(settings, out, report, as_json)


@click.command(
    cls=Command,
    short_help="Make everything derived again from the mail that is kept.",
    examples=(
        ("threadkb rebuild", "after an update of threadkb"),
        ("threadkb rebuild -v --db review.sqlite", "another database, a line a step"),
        ("threadkb rebuild --reader http://localhost:8080", "a model of your own finds the items"),
    ),
    exits={1: "the database cannot be read or written; it is as it was."},
)
@with_reader
@with_json
@click.pass_obj
def rebuild(settings: Settings, reader: str, reader_model: str, as_json: bool) -> None:
    """Make everything derived (items, links, states, the search index) again from the mail that is kept.

    Mail, corrections and runs stay as they are. Items that a reader found are found again only with --reader, which
    asks about nothing that it was asked before.
    """
    from tui import workspace

    out = settings.output()
    with Progress(verbose=settings.verbose) as progress:
        report = workspace.rebuild(
            settings.path, progress=progress, reader=reader_of(reader, reader_model, progress.step)
        )
    _report(settings, out, report, as_json)


def row(report: IngestReport) -> dict[str, Any]:
    """An ingest's report as a plain object."""
    return {**asdict(report), "items": dict(report.items), "threads": list(report.threads)}


def _report(settings: Settings, out: Output, report: IngestReport, as_json: bool) -> None:
    for line in told(report.reader) if report.reader is not None else ():
        say(line)
    for name in report.without:
        say(f"items read by {name} were found anew without it; `threadkb rebuild --reader URL` brings them back")
    for conflict in report.conflicts:
        say(f"correction {conflict.correction_id[:7]}: {one_line(conflict.what)}; `threadkb correct list` shows it")
    if as_json:
        out.json(row(report))
        return
    parts = [f"{counted(report.added, 'new mail')}", f"{report.known} known already"]
    if report.replaced:
        parts.append(f"{report.replaced} took the place of a page's")
    out.line(f"{', '.join(parts)}; {report.seconds:.1f} s")
    if report.items:
        kinds = ", ".join(counted(report.items.get(kind, 0), kind) for kind in _KINDS)
        problems = f"; {counted(report.problems, 'problem')} in the mails" if report.problems else ""
        out.line(f"{kinds}; {counted(report.links, 'link')}{problems}")
    with reading(settings.path) as reader:
        short = shortener(reader)
        for thread in report.threads:
            for view in reader.threads(thread):
                name = out.paint(short(thread), Role.NAME)
                out.line(f"{name}  {counted(view.messages, 'mail')}, {still_open(view)}: {one_line(view.subject)}")
