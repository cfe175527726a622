"""In: a database, or a dump of one. Out: its dump, made for git; a database with what a dump holds."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from kb.corrections import id_of
from kb.errors import Exit, SourceError, StoreError
from kb.reading import reading
from kb.visible import one_line
from tui.cli import narration
from tui.cli.corrections_page import records, told
from tui.cli.itemlines import counted
from tui.cli.naming import shortener
from tui.cli.narration import Progress
from tui.cli.options import Command, Settings, with_json

if TYPE_CHECKING:
    from ingest.restoring import RestoreReport
    from kb.disagreeing import Disagreement

_STEP = 1000
"""Lines between two words on how far it is."""


@click.command(
    cls=Command,
    short_help="Write what cannot be made again, but the mail, as JSON lines made for git.",
    examples=(
        ("threadkb dump --out review.jsonl", "what people said and what checks showed, for git"),
        ("threadkb dump --mail --out all.jsonl", "with every mail: a whole backup"),
        ("threadkb dump | grep '\"corrections\"'", "one line each"),
    ),
    exits={1: "the database cannot be read, or the file cannot be written; an old file is as it was."},
)
@click.option("--out", default="-", metavar="FILE|-", help="Where to; - is standard output.  [default: -]")
@click.option("--mail", is_flag=True, help="Every mail's bytes too.")
@with_json
@click.pass_obj
def dump(settings: Settings, out: str, mail: bool, as_json: bool) -> None:
    """Write corrections, runs, the journal and whatever else cannot be made again, one JSON object a line.

    The same contents always give the same lines in the same order, so that git shows what changed. `threadkb restore`
    reads it back. With --json and a file, how many rows of each table were written is printed.
    """
    from kb.store.dumping import dumped

    lines = dumped(settings.path, mail=mail)
    counts: Counter[str] = Counter()
    with Progress(verbose=settings.verbose) as progress, _writing(out) as file:
        for number, line in enumerate(lines):
            file.write(line)
            counts[line.partition(": ")[2].partition(",")[0].strip('"')] += bool(number)
            if number % _STEP == 0 and number:
                progress.step(f"{number} lines")
    counts = +counts
    if out == "-":
        return
    printed = settings.output()
    if as_json:
        printed.json({"file": out, "rows": dict(counts)})
    else:
        printed.line(f"{_listed(counts) or 'nothing'} written to {one_line(out)}")


@contextmanager
def _writing(out: str) -> Iterator[TextIO]:
    """stdout, or a file that takes the place of the old one when all of it is written."""
    if out == "-":
        yield sys.stdout
        return
    place = Path(out)
    fresh = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        fresh.replace(place)
    except OSError as wrong:
        raise StoreError(out, f"cannot be written: {wrong.strerror}", "give another file with --out") from None
    finally:
        fresh.unlink(missing_ok=True)


@click.command(
    cls=Command,
    short_help="Read back what `threadkb dump` wrote, or merge another person's.",
    examples=(
        ("threadkb restore review.jsonl", "into a new database, or beside the mail of this one"),
        ("threadkb restore --merge ben.jsonl", "what Ben said too, and where you disagree"),
        ("threadkb restore - < review.jsonl", "from standard input"),
    ),
    exits={
        0: "done.",
        1: "a line is wrong and nothing was written; or, with --merge, two people say different things.",
    },
)
@click.argument("file", metavar="FILE|-")
@click.option("--merge", is_flag=True, help="Add to what is here; the later of two words on one matter counts.")
@with_json
@click.pass_obj
def restore(settings: Settings, file: str, merge: bool, as_json: bool) -> int:
    """Read a dump into the database, in one transaction. Corrections count at once.

    Without --merge the database may hold no correction, run or mark that the dump lacks. Corrections of mail that is
    not here wait for it: `threadkb correct list --conflicts` shows them.

    Merging lists where people disagree: both words stay on record, the later one counts. A correction that both have is
    there once. Every run stays; the same check with another verdict is listed. What happened in one database
    (the journal) is not mixed with another one's.
    """
    from tui import workspace

    with Progress(verbose=settings.verbose) as progress, _reading(file) as lines:

        def step(number: int) -> None:
            if number % _STEP == 0:
                progress.step(f"{number} lines")

        report = workspace.restore(settings.path, lines, file, merge=merge, progress=step)
    _show(settings, report, as_json)
    apart = report.restored.disagreements or report.restored.runs_apart
    return Exit.FAILURE if apart else Exit.OK


@contextmanager
def _reading(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise SourceError("-", "standard input is closed or a terminal", "pipe a dump into it")
        yield sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as opened:
            yield opened
    except OSError as wrong:
        raise SourceError(file, f"cannot be read: {wrong.strerror}", "give a file that `threadkb dump` wrote") from None


def _show(settings: Settings, report: RestoreReport, as_json: bool) -> None:
    done, out = report.restored, settings.output()
    with reading(settings.path) as reader:
        short = shortener(reader)
        waiting = {own: what for own, what in reader.conflicts().items() if own in done.corrections}
    if as_json:
        out.json(
            {
                "added": done.added,
                "known": done.known,
                "left_out": done.left_out,
                "threads": report.threads,
                "disagreements": [_row(one) for one in done.disagreements],
                "runs_apart": [
                    {"item": r.item_id, "quote": r.quote, "fingerprint": r.fingerprint, "verdicts": list(r.verdicts)}
                    for r in done.runs_apart
                ],
                "waiting": waiting,
            }
        )
        return
    out.line(f"new: {_listed(done.added) or 'nothing'}; known already: {_listed(done.known) or 'nothing'}")
    for name, number in done.left_out.items():
        narration.say(f"{number} {name} rows are left out: they tell what happened in the other database")
    for one in done.disagreements:
        earlier, later = (told(each, short) for each in (one.earlier, one.later))
        quote = one_line(one.later.named[0].quote, width=out.width - 4)
        out.line(f'conflict: "{quote}"')
        out.line(f"    {earlier[1]}  {one_line(earlier[2])}: {one_line(earlier[3])}  ({earlier[0]})")
        out.line(f"    {later[1]}  {one_line(later[2])}: {one_line(later[3])}  ({later[0]}), which counts")
    for run in done.runs_apart:
        verdicts = " and ".join(run.verdicts)
        words = one_line(run.quote, width=out.width)
        out.line(f'conflict: {short(run.item_id)} checked alike, and found {one_line(verdicts)}: "{words}"')
    for own, what in waiting.items():
        narration.say(f"correction {short(own)} waits: {one_line(what)}")


def _row(one: Disagreement) -> dict[str, object]:
    earlier, later = records([one.earlier, one.later])
    return {"earlier": earlier, "later": later, "counts": id_of(one.later)}


def _listed(counts: dict[str, int] | Counter[str]) -> str:
    names = {"journal": "journal row", "forgotten": "tombstone", "carried": "mark"}
    return ", ".join(
        counted(number, names.get(name, name.removesuffix("s").replace("_", " ")))
        for name, number in sorted(counts.items())
        if number
    )
