"""In: which items. Out: their checks run, the verdicts shown as they come."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import click

from kb.errors import Exit, UsageError
from kb.reading import Reader, reading
from kb.records import Run, Verdict
from kb.views import RunView
from tui.cli import narration
from tui.cli.itemlines import counted
from tui.cli.layout import Role, wrap
from tui.cli.naming import named, named_thread, shortener
from tui.cli.narration import Progress
from tui.cli.options import Command, Settings, in_thread, with_json
from tui.cli.output import Output

FINDINGS = (Verdict.REFUTED, Verdict.ERROR)
"""Verdicts that make `verify` end with 1."""
_MOST_JOBS = 4


@click.command(
    cls=Command,
    short_help="Run the checks that have no fresh run, and show what came out.",
    examples=(
        ("threadkb verify", "what was never run, or whose hook, facts or predicate changed"),
        ("threadkb verify c-7kq2m", "one claim, again"),
        ("threadkb verify --all --jobs 4 --json", "everything again, as JSON"),
    ),
    exits={
        0: "done; no check in scope refutes its claim or ends in an error.",
        1: "some check in scope, run now or before, refutes its claim or ended in an error; or a failure.",
    },
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@in_thread
@click.option("--stale", is_flag=True, help="Only checks without a fresh run (what happens without --all).")
@click.option("--all", "everything", is_flag=True, help="Checks with a fresh run, too.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=lambda: min(os.cpu_count() or 1, _MOST_JOBS),
    metavar="N",
    help=f"How many checks run at once.  [default: one a processor, at most {_MOST_JOBS}]",
)
@with_json
@click.pass_obj
def verify(
    settings: Settings,
    ids: tuple[str, ...],
    thread: str | None,
    stale: bool,
    everything: bool,
    jobs: int,
    as_json: bool,
) -> int:
    """Run the checks that have no fresh run, and show what came out and why each was run.

    With IDs (of items, mails or threads), their checks are run in any case. Piped, one line a run: id, verdict,
    strength, hook, reason, seconds, summary, quote, set off by tabs.

    --json prints the latest verdict of every checked item in scope, an array of: id, message_id, quote, check,
    predicate, bound_by, verdict, strength, summary, evidence, assumptions, seconds, fingerprint, reason, at, and `ran`,
    true for what was run just now.
    """
    from tui import workspace

    if stale and everything:
        raise UsageError("verify", "--stale and --all exclude each other", "give one of them")
    out = settings.output()
    with reading(settings.path) as reader:
        full = [named(reader, each)[1] for each in ids]
        within = named_thread(reader, thread)
        short = shortener(reader)
    with Progress(verbose=settings.verbose) as progress:
        teller = Teller(progress, None if as_json else out, short)
        report = workspace.verify(
            settings.path,
            given=full,
            thread=within,
            everything=everything,
            jobs=jobs,
            on_plan=teller.planned,
            on_run=teller.ran,
        )
    with reading(settings.path) as reader:
        latest = [run for run in reader.latest_runs(within) if not full or _is_among(reader, run, full)]
    if as_json:
        out.json(verdict_rows(latest, report.runs))
    narration.say(
        f"{counted(len(report.runs), 'check')} run in {report.seconds:.1f} s, {report.fresh} fresh, "
        f"{counted(report.unbound, 'claim')} without a check; verdicts: {tally(latest)}"
    )
    if settings.verbose:
        for words in report.unattached:
            narration.say(f"no item has the words of the binding {words}")
    elif report.unattached:
        count = counted(len(report.unattached), "binding")
        narration.say(f"{count} written by hand without an item here; -v names them")
    return Exit.FAILURE if any(run.verdict in FINDINGS for run in latest) else Exit.OK


def _is_among(reader: Reader, run: RunView, wanted: Sequence[str]) -> bool:
    item = reader.item(run.item_id)
    return item is not None and not {item.id, item.message_id, item.thread_id}.isdisjoint(wanted)


def verdict_rows(latest: Sequence[RunView], ran: Sequence[Run]) -> list[dict[str, Any]]:
    """Latest runs as plain objects, each saying whether it was run just now."""
    from kb.export.verdicts import row

    now = {run.item_id for run in ran}
    return [{**row(run), "ran": run.item_id in now} for run in latest]


def tally(runs: Sequence[RunView]) -> str:
    """`20 verified, 3 refuted`, in the order of the verdicts."""
    counts = Counter(run.verdict for run in runs)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]) or "none"


class Teller:
    """Tells of checks as they end: progress on stderr, and results on stdout where `out` is given."""

    def __init__(self, progress: Progress, out: Output | None, short: Callable[[str], str]) -> None:
        self._progress, self._out, self._short = progress, out, short
        self._planned = self._done = 0

    def planned(self, count: int) -> None:
        """`count` checks are due."""
        self._planned = count
        self._progress(f"{counted(count, 'check')} to run")

    def ran(self, run: Run) -> None:
        """One check has ended."""
        self._done += 1
        outcome = run.outcome
        if self._out is not None:
            self._progress.clear()
            self._show(self._out, run)
        name = self._short(run.item_id)
        why = f"{run.reason}, {run.seconds:.1f} s"
        self._progress.step(f"{self._done} of {self._planned}: {name} {outcome.verdict} ({why})")

    def _show(self, out: Output, run: Run) -> None:
        outcome = run.outcome
        if not out.tty:
            rest = (outcome.verdict, outcome.strength, run.check, run.reason, f"{run.seconds:.2f}", outcome.summary)
            out.fields(self._short(run.item_id), *rest, run.quote)
            return
        head = f"{out.paint.word(outcome.verdict)}  {out.paint(self._short(run.item_id), Role.NAME)}"
        out.line(f"{head}  {run.check}, {outcome.strength}; {run.reason}; {run.seconds:.1f} s")
        out.lines(wrap(f'"{run.quote}"', out.width, indent="    ", limit=2))
        out.lines(wrap(outcome.summary, out.width, indent="    ", limit=3))
