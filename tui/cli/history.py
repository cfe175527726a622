"""In: an item, or none. Out: every run of its check, or each verdict that came out otherwise than before.

Nothing that was ever run is left out but by --since and --limit; the newest comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click

from kb.reading import Reader, reading
from kb.runs import BINDING_GONE, tree_of, what_changed
from kb.views import FlipView, RunView
from kb.visible import one_line
from tui.as_records import run_of
from tui.cli import narration
from tui.cli.checking import comparison
from tui.cli.itemlines import counted
from tui.cli.layout import Role, wrap
from tui.cli.naming import named, named_thread, shortener
from tui.cli.options import Command, Settings, Since, in_thread, with_json
from tui.cli.output import Output


@dataclass(frozen=True, slots=True)
class _Step:
    """A run beside the run of the same item before."""

    run: RunView
    before: RunView | None

    @property
    def tree(self) -> str:
        return tree_of(self.run.assumptions)

    @property
    def changed(self) -> tuple[str, ...]:
        """What changed since the run before."""
        return () if self.before is None else what_changed(self.before.fingerprint, self.run.fingerprint)

    @property
    def compared(self) -> str:
        """How it came out beside the run before, in words."""
        before = None if self.before is None else run_of(self.before)
        return comparison(run_of(self.run), before) or "first"


@click.command(
    cls=Command,
    short_help="Show how verdicts changed: every run of an item, or every flip.",
    examples=(
        ("threadkb log", "each verdict that came out otherwise than before"),
        ("threadkb log c-7kq2m", "every run of one claim's check: when, why, what came out"),
        ("threadkb log --since 2w --json", "the flips of two weeks, as JSON"),
    ),
    exits={0: "done, also where nothing flipped.", 1: "the database cannot be read.", 2: "nothing has this id."},
)
@click.argument("id", metavar="[ID]", required=False)
@in_thread
@click.option("--since", type=Since(), metavar="DATE", help="Only what was run since: 2024-10-20, 3d, 2w.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, metavar="N", help="At most N.")
@with_json
@click.pass_obj
def log(
    settings: Settings,
    id: str | None,  # noqa: A002 - the word in the help
    thread: str | None,
    since: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show how verdicts changed: every run of an item, or every flip.

    With the ID of an item, all runs of its check, the newest first: when, verdict, strength, why it was run, the
    source tree, and what changed since the run before. Without, or with a thread's or a mail's ID, each flip: a verdict
    that came out otherwise than the one before, and whether the predicate, the hook or the facts had changed.

    Piped, tab-separated. A run: time, verdict, strength, hook, reason, tree, seconds, compared with the run before,
    what changed, summary. A flip: time, id, verdict before, verdict, strength, hook, reason, what changed, #message,
    author, quote, summary.
    """
    out = settings.output()
    with reading(settings.path) as reader:
        within = named_thread(reader, thread)
        what, full = named(reader, id, thread=within) if id else ("", "")
        if what in ("item", "words"):
            _show_runs(reader, full, since, limit, out, as_json)
            return
        within = full if what == "thread" else within
        found = reader.flips(thread=within, since=since, limit=None if what == "message" else limit)
        if what == "message":
            found = tuple(flip for flip in found if flip.message_id == full)[:limit]
        _show_flips(reader, found, out, as_json)


def _show_runs(reader: Reader, item: str, since: str | None, limit: int, out: Output, as_json: bool) -> None:
    from kb.export.verdicts import row

    runs = reader.runs_of(item)
    steps = [_Step(run, before) for run, before in zip(runs, [*runs[1:], None], strict=False)]
    shown = [step for step in steps if since is None or step.run.at >= since][:limit]
    if as_json:
        out.json([{**row(s.run), "tree": s.tree, "compared": s.compared, "changed": list(s.changed)} for s in shown])
        return
    if not out.tty:
        for step in shown:
            run = step.run
            out.fields(
                run.at, run.verdict, run.strength, run.check, run.reason, step.tree, f"{run.seconds:.2f}",
                step.compared, ", ".join(step.changed), run.summary,
            )  # fmt: skip
    elif runs:
        out.lines(_head(reader, runs[0], len(runs), out))
        for step in shown:
            out.lines(_step_lines(step, out))
    if not runs:
        narration.say(f"{shortener(reader)(item)} was never checked; `threadkb verify` checks what can be")


def _head(reader: Reader, run: RunView, count: int, out: Output) -> Iterator[str]:
    name = out.paint(shortener(reader)(run.item_id), Role.NAME)
    yield f"{name}  #{run.number} {run.date[:10]} {one_line(run.author)}: {counted(count, 'run')}"
    yield from wrap(f'"{run.quote}"', out.width, indent="    ", limit=3)


def _step_lines(step: _Step, out: Output) -> Iterator[str]:
    run = step.run
    yield ""
    rest = [run.strength, one_line(run.check), run.reason]
    rest += [one_line(step.tree)] * bool(step.tree)
    yield f"{_when(run.at)}  {out.paint.word(run.verdict)}  {'; '.join(rest)}; {run.seconds:.1f} s"
    if step.before is not None:
        yield f"    {_flipped(step, out)}"
    yield from wrap(run.summary, out.width, indent="    ", limit=3)


def _flipped(step: _Step, out: Output) -> str:
    """`was refuted; hook changed`."""
    role = Role.STRONG if step.compared.startswith("was ") else Role.FAINT
    return out.paint(step.compared, role) + _because(step.changed, step.run.reason)


def _because(changed: Sequence[str], reason: str) -> str:
    if reason == BINDING_GONE:
        return ""
    return f"; {' and '.join(changed)} changed" if changed else "; nothing changed but the time"


def _show_flips(reader: Reader, flips: Sequence[FlipView], out: Output, as_json: bool) -> None:
    short = shortener(reader)
    if as_json:
        out.json([_flip_row(flip) for flip in flips])
        return
    for flip in flips:
        changed = what_changed(flip.before_fingerprint, flip.fingerprint)
        if not out.tty:
            out.fields(
                flip.at, short(flip.item_id), flip.before, flip.verdict, flip.strength, flip.check, flip.reason,
                ", ".join(changed), f"#{flip.number}", flip.author, flip.quote, flip.summary,
            )  # fmt: skip
            continue
        name = out.paint(short(flip.item_id), Role.NAME)
        turned = f"{out.paint.word(flip.before)} → {out.paint.word(flip.verdict)}"
        why = f"; {flip.reason}" if flip.reason == BINDING_GONE else _because(changed, flip.reason)
        out.line(f"{_when(flip.at)}  {name}  {turned}  {one_line(flip.check)}{why}")
        out.lines(wrap(f'#{flip.number} {flip.author}: "{flip.quote}"', out.width, indent="    ", limit=2))
        out.lines(wrap(flip.summary, out.width, indent="    ", limit=2))
    if not flips:
        narration.say("no verdict came out otherwise than before; `threadkb log ID` shows the runs of one item")


def _flip_row(flip: FlipView) -> dict[str, Any]:
    values = asdict(flip)
    values["id"] = values.pop("item_id")
    return {"id": values["id"], **values, "changed": list(what_changed(flip.before_fingerprint, flip.fingerprint))}


def _when(at: str) -> str:
    """A time as people read it, UTC."""
    return at[:16].replace("T", " ")
