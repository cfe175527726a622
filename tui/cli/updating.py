"""In: a database whose threads go on. Out: what is new in them taken in, and what that changed, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from kb.arrivals import changes_in, last_arrival, sources_in
from kb.errors import Exit
from kb.journal import Change, What
from kb.journal_words import sentence
from kb.reading import Reader, reading
from kb.records import SourceKind
from kb.visible import one_line
from tui.cli import narration
from tui.cli.itemlines import counted
from tui.cli.layout import Role, wrap
from tui.cli.naming import named_thread, shortener
from tui.cli.narration import Progress
from tui.cli.options import Command, Settings, Since, with_json
from tui.cli.output import Output
from tui.cli.reader_options import reader_of, with_reader

if TYPE_CHECKING:
    from ingest.updating import Failure
    from tui.updating import UpdateReport

_BULK = " (what `ingest` takes from a whole archive is not written into it)"


@click.command(
    cls=Command,
    short_help="Fetch new replies, and say what they change.",
    examples=(
        ("threadkb update", "ask every source again: lore, files, Maildirs, archives"),
        ("threadkb update t-4mfkq", "only where this thread came from"),
        ("threadkb update 'rb tree' --json", "a thread by words of its subject; the changes as JSON"),
    ),
    exits={
        0: "done, also where nothing was new.",
        1: "a source could not be asked; what the others had was taken in.",
    },
)
@click.argument("threads", nargs=-1, metavar="[THREAD...]")
@click.option("--no-check", is_flag=True, help="Leave checks that the new mail made stale as they are.")
@with_reader
@with_json
@click.pass_obj
def update(
    settings: Settings, threads: tuple[str, ...], no_check: bool, reader: str, reader_model: str, as_json: bool
) -> int:
    """Fetch new replies from where each thread came, and say what they change, newest first.

    A thread from lore is fetched again; an mbox, a mail or a Maildir is read again; of an archive in git the commits
    since the last time are read. Only new mail is parsed. In a thread that was verified before, checks that went stale
    are run again. THREAD is an id, a Message-ID or words of a subject; without one, every source is asked.

    What changed is kept: `threadkb changes` shows it again. Piped, tab-separated: what, id, thread, #message, author,
    before, after, sentence.
    """
    from tui import updating

    out = settings.output()
    with reading(settings.path) as base:
        wanted = tuple(full for given in threads if (full := named_thread(base, given)) is not None)
    with Progress(verbose=settings.verbose) as progress:
        report = updating.update(
            settings.path,
            wanted,
            progress=progress,
            reader=reader_of(reader, reader_model, progress.step),
            check=not no_check,
        )
    with reading(settings.path) as base:
        short = shortener(base)
        if as_json:
            out.json(row(report, short))
        else:
            show(out, base, report)
        tell(report, short)
    return Exit.FAILURE if report.failures else Exit.OK


@click.command(
    cls=Command,
    short_help="Show again what new replies changed.",
    examples=(
        ("threadkb changes", "what the last mail that came changed"),
        ("threadkb changes --since 2w", "the changes of two weeks"),
        ("threadkb changes --since 2024-10-20 t-4mfkq --json", "one thread's, as JSON"),
    ),
    exits={0: "done, also where nothing changed.", 1: "the database cannot be read."},
)
@click.argument("thread", required=False, metavar="[THREAD]")
@click.option(
    "--since",
    type=Since(last=True),
    metavar="DATE|LAST",
    default="last",
    show_default="LAST",
    help="What changed since then: 2024-10-20, 3d, 2w; LAST is the last arrival of mail that changed something.",
)
@with_json
@click.pass_obj
def changes(settings: Settings, thread: str | None, since: str, as_json: bool) -> None:
    """Show what new mail changed, newest first: new mails and items, states that moved, verdicts that turned.

    Whatever took the mail in, `update` or `ingest`, wrote it into the journal, which is only ever added to; only what
    `ingest` takes from a whole archive is not written there, but what `update` then finds new in it is. The time is
    that at which threadkb learnt of it. Piped, tab-separated as with `update`.
    """
    out = settings.output()
    with reading(settings.path) as base:
        within = named_thread(base, thread)
        if since == Since.LAST:
            found = changes_in(base, batch=last_arrival(base)[0], thread=within)
        else:
            found = changes_in(base, since=since, thread=within)
        short = shortener(base)
        if as_json:
            from tui.updating import row as row_of

            out.json([row_of(change, short) for change in found])
            return
        out.lines(lines(out, base, found))
        if not found:
            what = "the journal holds no change" if since == Since.LAST else "nothing changed since then"
            bulk = any(known.source.kind is SourceKind.PUBLICINBOX for known in sources_in(base, within))
            narration.say(f"{what}{_BULK if bulk else ''}; `threadkb update` asks for new replies")


def row(report: UpdateReport, short: Callable[[str], str]) -> dict[str, Any]:
    """An update's report as a plain object."""
    from tui.updating import row as row_of

    return {
        "changes": [row_of(change, short) for change in report.changes],
        "threads": list(report.threads),
        "added": report.added,
        "withdrawn": report.withdrawn,
        "asked": report.asked,
        "checked": report.checked,
        "arrival": report.batch,
        "failures": [_failure_row(failure) for failure in report.failures],
        "seconds": round(report.seconds, 2),
    }


def _failure_row(failure: Failure) -> dict[str, Any]:
    return {
        "kind": str(failure.source.kind),
        "source": failure.source.address,
        "threads": list(failure.threads),
        "error": str(failure.error),
    }


def show(out: Output, base: Reader, report: UpdateReport) -> None:
    """Print what an update changed, or that nothing did."""
    out.lines(lines(out, base, report.changes))
    new = sum(change.what is What.MAIL for change in report.changes)
    if not report.changes and not report.added and (report.asked or not report.failures):
        narration.say(f"nothing is new; {counted(report.asked, 'source')} asked")
    elif out.tty:
        told = [counted(new, "new mail"), f"{counted(report.checked, 'check')} run again"] if new else []
        out.line(f"{', '.join([*told, counted(len(report.changes), 'change')])}; {report.seconds:.1f} s")
    if report.added > len({c.message_id for c in report.changes if c.what in (What.MAIL, What.THREAD)}):
        again = report.added - new
        if again > 0 and not any(change.what is What.THREAD for change in report.changes):
            narration.say(f"{counted(again, 'mail')} came again with other bytes; both are kept, one is read")


def tell(report: UpdateReport, short: Callable[[str], str]) -> None:
    """Say what could not be done, and which threads that leaves as they were."""
    for name in report.without:
        narration.say(
            f"items read by {name} were found anew without it; `threadkb rebuild --reader URL` brings them back"
        )
    for problem in report.problems:
        narration.say(problem)
    if report.left:
        narration.say(f"{counted(report.left, 'source')} cannot be asked again: standard input")
    for failure in report.failures:
        narration.error(failure.error)
        if failure.threads:
            narration.say(f"  as they were: {', '.join(map(short, failure.threads))}")


def lines(out: Output, base: Reader, found: Sequence[Change]) -> Iterator[str]:
    """Changes as people read them: a thread's name, and its sentences under it; piped, a record each."""
    short = shortener(base)
    if not out.tty:
        for c in found:
            out.fields(
                c.what, short(c.item_id), short(c.thread_id), f"#{c.number}", c.author, c.before, c.after,
                sentence(c, short),
            )  # fmt: skip
        return
    subjects = {view.id: view.subject for t in {c.thread_id for c in found} for view in base.threads(t)}
    last = ""
    for c in found:
        head = f"{c.thread_id} {c.at}"
        if head != last:
            name = out.paint(short(c.thread_id), Role.NAME)
            yield f"{name}  {c.at[:16].replace('T', ' ')}  {one_line(subjects.get(c.thread_id, ''))}"
            last = head
        yield from wrap(sentence(c, short), out.width, indent="  ", limit=3)
