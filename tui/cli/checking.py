"""In: which items. Out: their checks run, the verdicts shown as they come."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.errors import Exit, UsageError
from kb.reading import reading
from kb.records import Run, Verdict
from kb.views import RunView
from kb.visible import one_line
from tui.cli import narration
from tui.cli.bar import bar, tally
from tui.cli.itemlines import counted
from tui.cli.layout import Role, wrap
from tui.cli.naming import named, named_thread, shortener
from tui.cli.narration import Progress
from tui.cli.options import Command, Settings, in_thread, with_hooks, with_json
from tui.cli.output import Output
from tui.means import FACTS_VARIABLE

if TYPE_CHECKING:
    from tui.verification import VerifyReport

FINDINGS = (Verdict.REFUTED, Verdict.ERROR)
"""Verdicts that make `verify` end with 1."""
_MOST_JOBS = 4


@click.command(
    cls=Command,
    short_help="Run the checks that have no fresh run, and show what came out.",
    examples=(
        ("threadkb verify", "what was never run, or whose hook, facts or predicate changed"),
        ("threadkb verify c-7kq2m", "one claim, again"),
        ("threadkb verify --facts linux-next.facts", "against a source tree of your own"),
        ("threadkb verify --hooks ~/hooks --bindings mine.toml", "with hooks and bindings of your own"),
        ("threadkb verify --all --jobs 4 --json", "everything again, as JSON"),
    ),
    exits={
        0: "done; no check in scope refutes its claim or ends in an error.",
        1: "some check in scope, run now or before, refutes its claim or ended in an error; a hook or a binding of "
        "your own cannot be used; or a failure.",
        130: "stopped by Ctrl-C; what had ended is kept.",
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
@click.option(
    "--facts",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Check against the tree that `threadkb source index TREE -o FILE` read.  [env: {FACTS_VARIABLE}; default: "
    "the one that ships]",
)
@click.option(
    "--bindings",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR|FILE",
    help="Bindings of your own, too; may be given again. Those in the folder `bindings` of your data directory are "
    "read in any case.",
)
@with_hooks
@with_json
@click.pass_obj
def verify(
    settings: Settings,
    ids: tuple[str, ...],
    thread: str | None,
    stale: bool,
    everything: bool,
    jobs: int,
    facts: Path | None,
    bindings: tuple[Path, ...],
    hook_folders: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Run the checks that have no fresh run, and show what came out and why each was run.

    With IDs (of items, mails or threads), their checks are run in any case. Piped, one line a run: id, verdict,
    strength, hook, reason, seconds, summary, quote, and how it compares with the run before (`unchanged`,
    `was VERDICT`, `other evidence`), set off by tabs. A verdict whose binding is gone is withdrawn; `threadkb log`
    still shows it. One that came from --bindings or --hooks stays where these are not given again.

    --json prints the latest verdict of every checked item in scope, an array of: id, message_id, quote, check,
    predicate, bound_by, verdict, strength, summary, evidence, assumptions, seconds, fingerprint, reason, at,
    extracted (false for words that a binding names and no item has), `ran`, true for what was run just now, and
    `unchanged`, whether that came out as the run before (null for what was not run).
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
        try:
            report = workspace.verify(
                settings.path,
                given=full,
                thread=within,
                everything=everything,
                jobs=jobs,
                means=workspace.Means(facts, bindings, hook_folders),
                on_plan=teller.planned,
                on_run=teller.ran,
            )
        except KeyboardInterrupt:
            progress.clear()
            narration.say(teller.stopped())
            raise
    with reading(settings.path) as reader:
        latest = [run for run in reader.latest_runs(within) if not full or _is_among(run, full)]
    if as_json:
        out.json(verdict_rows(latest, report))
    _tell(report, latest, verbose=settings.verbose)
    failed = report.problems or any(run.verdict in FINDINGS for run in latest)
    return Exit.FAILURE if failed else Exit.OK


def _tell(report: VerifyReport, latest: Sequence[RunView], *, verbose: bool) -> None:
    """What a verification did, in a few lines."""
    for line in report.problems:
        narration.say(f"threadkb: {one_line(line)}")
    same = f" ({len(report.unchanged)} unchanged)" if report.unchanged else ""
    gone = f", {counted(report.withdrawn, 'verdict')} withdrawn: binding gone" if report.withdrawn else ""
    stay = f", {counted(report.kept, 'verdict')} of bindings or hooks that were not given kept" if report.kept else ""
    narration.say(
        f"{counted(len(report.runs), 'check')} run in {report.seconds:.1f} s{same}, {report.fresh} fresh{gone}{stay}, "
        f"{counted(report.unbound, 'claim')} without a check; verdicts: "
        f"{tally(Counter(run.verdict for run in latest)) or 'none'}"
    )
    if verbose:
        for words in report.unattached:
            narration.say(f"no item has the words of the binding {words}")
    elif report.unattached:
        count = counted(len(report.unattached), "binding")
        narration.say(f"{count} written by hand without an item here; -v names them")


def _is_among(run: RunView, wanted: Sequence[str]) -> bool:
    return not {run.item_id, run.message_id, run.thread_id}.isdisjoint(wanted)


def verdict_rows(latest: Sequence[RunView], report: VerifyReport) -> list[dict[str, Any]]:
    """Latest runs as plain objects, each saying whether it was run just now, and came out as before."""
    from kb.export.verdicts import row

    now = {run.item_id for run in report.runs}
    return [
        {
            **row(run),
            "ran": run.item_id in now,
            "unchanged": run.item_id in report.unchanged if run.item_id in now else None,
        }
        for run in latest
    ]


class Teller:
    """Tells of checks as they end: progress on stderr, and results on stdout where `out` is given."""

    def __init__(self, progress: Progress, out: Output | None, short: Callable[[str], str]) -> None:
        self._progress, self._out, self._short = progress, out, short
        self._planned = 0
        self._counts: Counter[str] = Counter()
        self._began = time.monotonic()

    def planned(self, count: int) -> None:
        """`count` checks are due."""
        self._planned, self._began = count, time.monotonic()
        self._progress(f"{counted(count, 'check')} to run")
        if count and self._progress.over:
            self._progress.step(bar(0, count, {}, 0.0))

    def ran(self, run: Run, before: Run | None = None) -> None:
        """One check has ended; `before` is the run of the same item before."""
        self._counts[run.outcome.verdict] += 1
        compared = comparison(run, before)
        if self._out is not None:
            self._progress.clear()
            self._show(self._out, run, compared)
        done = self._counts.total()
        if self._progress.over:
            self._progress.step(bar(done, self._planned, self._counts, time.monotonic() - self._began))
            return
        why = f"{run.reason}, {run.seconds:.1f} s" + (f", {compared}" if compared else "")
        self._progress.step(f"{done} of {self._planned}: {self._short(run.item_id)} {run.outcome.verdict} ({why})")

    def stopped(self) -> str:
        """What a person who stops it has got."""
        done = self._counts.total()
        kept = f"{counted(done, 'run')} of {self._planned} kept" if done else "no check had ended"
        return f"stopped: {kept}; `threadkb verify` runs the rest"

    def _show(self, out: Output, run: Run, compared: str) -> None:
        outcome = run.outcome
        if not out.tty:
            rest = (outcome.verdict, outcome.strength, run.check, run.reason, f"{run.seconds:.2f}", outcome.summary)
            out.fields(self._short(run.item_id), *rest, run.quote, compared)
            return
        head = f"{out.paint.word(outcome.verdict)}  {out.paint(self._short(run.item_id), Role.NAME)}"
        then = f"; {compared}" if compared else ""
        out.line(f"{head}  {one_line(run.check)}, {outcome.strength}; {run.reason}; {run.seconds:.1f} s{then}")
        out.lines(wrap(f'"{run.quote}"', out.width, indent="    ", limit=2))
        out.lines(wrap(outcome.summary, out.width, indent="    ", limit=3))


def comparison(run: Run, before: Run | None) -> str:
    """How a run came out beside the one before: `unchanged`, `was VERDICT`, `other evidence`; "" for the first."""
    if before is None:
        return ""
    if run.outcome == before.outcome:
        return "unchanged"
    if run.outcome.verdict != before.outcome.verdict:
        return f"was {before.outcome.verdict}"
    return "other evidence"
