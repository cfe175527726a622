"""In: where mail is, or a database that has some. Out: the mail kept, items and links made, and what was new."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.arrivals import changes_in
from kb.errors import SourceError, UsageError
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
    from ingest.bulk import BulkReport
    from ingest.pipeline import IngestReport

_FEW = 20
"""Threads that are listed one by one after a whole archive was taken in."""
_KINDS = ("claim", "question", "decision", "action")


@click.command(
    cls=Command,
    short_help="Take in mail: a Message-ID, a URL, a file, a folder, or - for standard input.",
    examples=(
        ("threadkb ingest review.mbox.gz", "an mbox, packed or not"),
        ("threadkb ingest 20240506.1-ada@example.org", "a thread from lore, by b4"),
        ("threadkb ingest - < review.mbox", "standard input"),
        ("threadkb ingest - --fetch < one.mail", "the whole thread of a mail, as piped from mutt"),
        ("threadkb ingest linux-fsdevel/ --jobs 8", "a whole public-inbox archive; again: what is new in it"),
        ("threadkb ingest review.mbox --reader http://localhost:8080", "a model of your own finds the items"),
    ),
    exits={
        0: "done, also when nothing was new.",
        1: "a source could not be read; nothing was changed, but what was finished of a whole archive is kept.",
    },
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--fetch", is_flag=True, help="Fetch the whole thread of each mail on standard input from lore, or b4.midmask."
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="For a whole archive: how many processes read at once.  [default: as many as there are processors]",
)
@with_reader
@with_json
@click.pass_obj
def ingest(
    settings: Settings,
    sources: tuple[str, ...],
    fetch: bool,
    jobs: int | None,
    reader: str,
    reader_model: str,
    as_json: bool,
) -> None:
    """Take in mail, and find claims, questions, decisions and actions in the threads it belongs to.

    SOURCE is a Message-ID, a lore URL, an mbox (also .gz), a mail, a Maildir, a saved patchwork page or answer of its
    API, a public-inbox archive in git, or - for standard input. The same mail twice changes nothing.

    An archive is what public-inbox keeps, or a clone of it: one repository, the folder of its epochs (0.git, 1.git, …)
    or the folder above. It is taken in piece by piece: however it is stopped, what is finished stays, and the same
    command goes on from there; later it takes what is new. There, patches that nobody answers and the mail of programs
    are kept, threaded and searchable, but not read for items. What it brings is not written into the journal that
    `threadkb changes` shows; what `threadkb update` finds new in it later is.

    With --fetch a mail on standard input stands for its thread, which is fetched. A mail that the archive does not have
    yet is put to the thread of what it answers.

    With --reader a language model is asked first: what it finds is kept only where its words stand in the mail, and
    what it cannot read threadkb reads itself. Its answers are kept, so that `rebuild --reader` asks nothing twice.
    """
    from ingest.sources import archive_of
    from tui import workspace

    out = settings.output()
    archives = [archive for source in sources if source != "-" and (archive := archive_of(source))]
    others = [source for source in sources if source == "-" or archive_of(source) is None]
    if fetch and "-" not in sources:
        raise UsageError("--fetch", "there is no mail on standard input to fetch the thread of", "give - as SOURCE")
    if archives and reader:
        raise UsageError(
            "--reader",
            "a whole archive is taken in without a reader",
            "`threadkb rebuild --reader URL` asks afterwards",
        )
    if "-" in sources and (sys.stdin is None or sys.stdin.isatty()):
        raise SourceError("-", "standard input is closed or a terminal", "pipe mail into it")
    report = None
    with Progress(verbose=settings.verbose) as progress:
        if others:
            report = workspace.ingest(
                settings.path,
                others,
                stdin=sys.stdin.buffer if sys.stdin else None,
                progress=progress,
                reader=reader_of(reader, reader_model, progress.step),
                fetch=fetch,
            )
        bulk = [_taken(settings, archive, jobs, progress) for archive in archives]
    if as_json:
        plain = row(settings.path, report) if report is not None else {}
        out.json(plain | ({"archives": list(map(asdict, bulk))} if bulk else {}))
    else:
        if report is not None:
            _report(settings, out, report, as_json)
        for one in bulk:
            _bulk_report(settings, out, one)
    if any(one.unread for one in bulk):
        raise click.exceptions.Exit(1)


def _taken(settings: Settings, archive: Path, jobs: int | None, progress: Progress) -> BulkReport:
    from ingest.bulk import cores, ingest_archive

    try:
        return ingest_archive(settings.path, archive, jobs=jobs or cores(), progress=progress)
    except KeyboardInterrupt:
        progress(f"stopped; what is finished of {archive} is kept, and the same command goes on from there")
        raise


def _bulk_report(settings: Settings, out: Output, report: BulkReport) -> None:
    parts = [counted(report.added, "new mail"), f"{report.known} known already"]
    if report.removed:
        parts.append(f"{report.removed} that the archive removed")
    out.line(f"{', '.join(parts)}; {counted(len(report.threads), 'thread')} read; {report.seconds:.1f} s")
    if report.items:
        kinds = ", ".join(counted(report.items.get(kind, 0), kind) for kind in _KINDS)
        problems = f"; {counted(report.problems, 'problem')} in the mails" if report.problems else ""
        out.line(f"{kinds}; {counted(report.links, 'link')}{problems}")
    if report.unread:
        say(f"{counted(len(report.unread), 'mail')} could not be read, but is kept; `threadkb rebuild` tries again")
    if len(report.threads) <= _FEW:
        _thread_lines(settings, out, report.threads)


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


def row(path: Path, report: IngestReport) -> dict[str, Any]:
    """An ingest's report as a plain object; its changes are as `threadkb update` gives them."""
    from tui.updating import row as row_of

    plain = {**asdict(replace(report, changes=())), "items": dict(report.items), "threads": list(report.threads)}
    del plain["batch"]
    with reading(path) as reader:
        short = shortener(reader)
        found = changes_in(reader, batch=report.batch) if report.batch else ()
        return {**plain, "changes": [row_of(change, short) for change in found], "arrival": report.batch}


def _report(settings: Settings, out: Output, report: IngestReport, as_json: bool) -> None:
    for line in told(report.reader) if report.reader is not None else ():
        say(line)
    for name in report.without:
        say(f"items read by {name} were found anew without it; `threadkb rebuild --reader URL` brings them back")
    for conflict in report.conflicts:
        say(f"correction {conflict.correction_id[:7]}: {one_line(conflict.what)}; `threadkb correct list` shows it")
    if as_json:
        out.json(row(settings.path, report))
        return
    parts = [f"{counted(report.added, 'new mail')}", f"{report.known} known already"]
    if report.replaced:
        parts.append(f"{report.replaced} took the place of a page's")
    out.line(f"{', '.join(parts)}; {report.seconds:.1f} s")
    if report.items:
        kinds = ", ".join(counted(report.items.get(kind, 0), kind) for kind in _KINDS)
        problems = f"; {counted(report.problems, 'problem')} in the mails" if report.problems else ""
        out.line(f"{kinds}; {counted(report.links, 'link')}{problems}")
    _thread_lines(settings, out, report.threads)


def _thread_lines(settings: Settings, out: Output, threads: Iterable[str]) -> None:
    with reading(settings.path) as reader:
        short = shortener(reader)
        for thread in threads:
            for view in reader.threads(thread):
                name = out.paint(short(thread), Role.NAME)
                out.line(f"{name}  {counted(view.messages, 'mail')}, {still_open(view)}: {one_line(view.subject)}")
