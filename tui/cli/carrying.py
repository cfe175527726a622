"""In: two versions of a series, or a mark by hand. Out: what was open in the old one, what the new one says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from kb.carry_reading import Carried, Scope
from kb.carry_reading import carry as carried_over
from kb.carrying import Mark
from kb.errors import Exit, UsageError
from kb.ids import fold
from kb.marks import UNDO, Marked
from kb.reading import Reader, reading
from kb.review_reading import roles
from tui.cli import narration
from tui.cli.author import signer
from tui.cli.carried_page import carried_page, record, row
from tui.cli.groups import SURE
from tui.cli.itemlines import counted
from tui.cli.naming import shortener
from tui.cli.options import Command, Confidence, Settings, with_json
from tui.cli.pages import Page
from tui.cli.people import with_maintainers
from tui.cli.versions import named_scope


@click.command(
    "carry",
    cls=Command,
    short_help="Show what a new version says of what was open in an old one.",
    examples=(
        ("threadkb carry t-4hx2p t-9kq3m", "from one thread's version to the next"),
        ("threadkb carry s-7kq2m@v2 s-7kq2m@v3", "by series and version"),
        ("threadkb carry v2 v3 --only silent", "what was forgotten, where there is one series"),
        ("threadkb carry v2 v3 --mark q-9ab3d addressed --why 'in 2/4'", "say it by hand; it counts from now on"),
        ("threadkb carry v2 v3 --undo q-9ab3d", "take the latest mark of it back"),
    ),
    exits={
        0: "nothing is silent, or the marks were kept.",
        1: "the new version is silent about something; or the database cannot be read or written.",
    },
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--mark",
    "given",
    nargs=2,
    type=(str, click.Choice([str(mark) for mark in Mark])),
    multiple=True,
    metavar="ITEM MARK",
    help="Say what NEW makes of ITEM: addressed, mentioned, silent or dropped. May be given again.",
)
@click.option("--undo", multiple=True, metavar="ITEM", help="Take the latest mark of ITEM back. May be given again.")
@click.option("--only", type=click.Choice([str(mark) for mark in Mark]), help="Show only these.")
@click.option(
    "--min-confidence",
    type=Confidence(),
    default=SURE,
    show_default=True,
    help="Leave out items that were found with less confidence than this.",
)
@click.option("--why", default="", metavar="WORDS", help="Why, in your words; kept with the mark.")
@click.option("--who", default="", metavar="NAME", help="Who says so.  [default: git's user.name and user.email]")
@with_maintainers
@with_json
@click.pass_obj
def carry(
    settings: Settings,
    old: str,
    new: str,
    given: Sequence[tuple[str, str]],
    undo: Sequence[str],
    only: str | None,
    min_confidence: float,
    why: str,
    who: str,
    maintainers: Path | None,
    as_json: bool,
) -> int:
    """Show what was open in OLD, and what NEW's mails say of each: addressed (with the place), mentioned, or silent.

    OLD and NEW are threads, patches' Message-IDs, or versions: ID@v2, or v2 where there is one series. Open are
    questions nobody answered, objections that stand, decisions that were accepted, actions promised. Addressed needs
    NEW's changelog, code or an answer to speak of just this, and says why and how sure; silence never means addressed.
    A mark by hand comes before what was found.

    Piped, one line an item: id, why it was open, mark, how sure, by whom, mail, author, quote, reason, set off by tabs.
    """
    out = settings.output()
    with reading(settings.path) as reader:
        before, after = named_scope(reader, old), named_scope(reader, new)
        if before.id == after.id:
            raise UsageError(new, "is the same version", "give an older one and a newer one")
        if before.date > after.date:
            narration.say(f"{before.label} was sent after {after.label}; OLD comes first")
        every = carried_over(reader, before, after, confidence=min_confidence)
        unsure = len(carried_over(reader, before, after)) - len(every)
        marks = _marks(reader, every, after, given, undo, fold(who), fold(why))
    if marks:
        from kb.store.marking import keep_marks

        keep_marks(settings.path, marks)
    with reading(settings.path) as reader:
        every = carried_over(reader, before, after, confidence=min_confidence) if marks else every
        touched = {(mark.message_id, mark.quote) for mark in marks}
        shown = [one for one in every if not touched or _key(one) in touched]
        shown = [one for one in shown if only is None or one.mark == only]
        names = roles(reader, before.thread_id, given=maintainers)
        if as_json:
            out.json(row(before, after, shown, names))
        elif out.tty:
            page = Page(shortener(reader), out.paint, out.width)
            out.lines(carried_page(page, before, after, shown, names))
        else:
            for one in shown:
                out.fields(*record(one, shortener(reader)))
    if unsure:
        narration.say(
            f"{counted(unsure, 'item')} found with less than {min_confidence:.2f} left out; see --min-confidence"
        )
    elif not every:
        narration.say(f"nothing was open in {before.label}")
    silent = any(one.mark is Mark.SILENT for one in every)
    return Exit.FAILURE if silent and not marks else Exit.OK


def _key(one: Carried) -> tuple[str, str]:
    return one.found.open.item.message_id, one.found.open.item.quote


def _marks(
    reader: Reader,
    every: Sequence[Carried],
    new: Scope,
    given: Sequence[tuple[str, str]],
    undo: Sequence[str],
    who: str,
    why: str,
) -> list[Marked]:
    if not (given or undo):
        return []
    at, by = datetime.now(UTC).isoformat(timespec="microseconds"), signer(who)
    out = []
    for name, mark in [*given, *((name, UNDO) for name in undo)]:
        found = [one for one in every if name and one.found.open.item.id.startswith(name.strip())]
        if len(found) != 1:
            what = "is the beginning of several ids" if found else "is not among what was open"
            raise UsageError(name, what, "the first column lists them")
        if mark == UNDO and found[0].by_hand is None:
            raise UsageError(name, "has no mark by hand to take back", "without --undo, they are shown")
        item = found[0].found.open.item
        out.append(Marked(item.id, item.kind, item.message_id, item.quote, new.id, mark, by, at, why))
    return out
