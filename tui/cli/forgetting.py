"""In: a Message-ID or a person. Out: the database without them, after asking, and what was done."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from kb.errors import UsageError
from kb.visible import one_line
from kb.whom import Whom, whom
from tui.cli import narration
from tui.cli.itemlines import counted
from tui.cli.options import Command, Settings, with_json

if TYPE_CHECKING:
    from ingest.forgetting import ForgetReport


@click.command(
    cls=Command,
    short_help="Remove a mail, or a person's name and address, from all that is kept.",
    examples=(
        ("threadkb forget 20240506.1-ada@example.org", "a mail, its items and what was said of them"),
        ("threadkb forget 'Ada Example' --dry-run", "which names and addresses would go"),
        ("threadkb forget ada@example.org --also 'Ada' --yes", "another spelling too, without asking"),
    ),
    exits={
        0: "done, or with --dry-run nothing was done.",
        1: "the database cannot be read or written; or the rows are gone, and the file may still hold traces.",
        2: "no mail and nobody is meant, or the question was not answered with yes.",
    },
)
@click.argument("given", metavar="MSGID|PERSON")
@click.option("--also", multiple=True, metavar="WORDS", help="Another name or address of the person; may be repeated.")
@click.option("--anyway", is_flag=True, help="A name or address under which nobody here writes mail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@with_json
@click.pass_obj
def forget(
    settings: Settings, given: str, also: tuple[str, ...], anyway: bool, yes: bool, dry_run: bool, as_json: bool
) -> None:
    """Remove a mail by its Message-ID, or a person by the name or address that they write under.

    A mail goes with its items, their corrections, runs and journal entries. What other people quoted of it in their
    mails is theirs and stays. A person's mails stay in the discussion: a label such as [removed person 7kq2m] takes the
    place of every name and address, in headers, bodies, corrections, runs and the journal. A first name alone ("Hi
    Ada,") goes only with --also; pictures and other attachments are not looked into.

    Afterwards the file is written anew, so that it holds no trace. A digest is kept, by which mail that comes again
    is known. Dumps, backups and a reader's cache that were made before are not touched.
    """
    meant = whom(settings.path, given, anyway=anyway)
    if also and meant.message_id:
        raise UsageError("--also", "names a person, and a mail is to be forgotten", "leave it out")
    more = {text for each in also if (text := " ".join(each.split()))}
    meant = replace(
        meant,
        names=tuple(sorted({*meant.names, *(text for text in more if "@" not in text)})),
        addresses=tuple(sorted({*meant.addresses, *(text for text in more if "@" in text)})),
    )
    out = settings.output()
    if dry_run:
        if as_json:
            out.json({**asdict(meant), "done": False})
        else:
            out.lines(_told(meant))
        return
    if not yes:
        _ask(meant)
    report = _forgotten(settings, meant)
    if as_json:
        out.json({**asdict(meant), "done": True, "label": report.label, "rows": report.rows})
        return
    rows = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in sorted(report.rows.items()))
    done = f"rewritten with {report.label} in their place" if report.label else "deleted"
    out.line(f"{done}: {rows or 'nothing'}; the file holds no trace")
    if meant.repeated:
        narration.say(f"{counted(meant.repeated, 'mail')} by others quote it; their words stay")


def _forgotten(settings: Settings, meant: Whom) -> ForgetReport:
    from ingest import forgetting

    if meant.message_id:
        return forgetting.forget_mail(settings.path, meant.message_id)
    return forgetting.forget_person(settings.path, meant.names, meant.addresses)


def _told(meant: Whom) -> list[str]:
    if meant.message_id:
        return [f"the mail <{one_line(meant.message_id)}>, kept {counted(meant.mails, 'time')}"]
    names = [f"the name “{one_line(name)}”" for name in meant.names]
    addresses = [f"the address {one_line(address)}" for address in meant.addresses]
    return [*names, *addresses, f"wherever they stand; they wrote {counted(meant.mails, 'mail')} here"]


def _ask(meant: Whom) -> None:
    for line in _told(meant):
        narration.say(line)
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("forget", "nobody can be asked here", "give --yes")
    answer = click.prompt("Forget this for ever? Type yes", default="no", err=True)
    if str(answer).strip().casefold() != "yes":
        raise UsageError("forget", "was not answered with yes", "nothing was changed")
