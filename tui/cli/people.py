"""In: a thread, and a MAINTAINERS file. Out: who is what in its review and why; the file is remembered if asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from kb.errors import UsageError
from kb.reading import reading
from kb.review_reading import maintainers as maintainers_of
from kb.review_reading import roles as roles_in
from kb.review_reading import stances, standing, text_of
from kb.roles import Role
from kb.visible import one_line
from tui.cli import narration
from tui.cli.itemlines import counted
from tui.cli.layout import Role as Shade
from tui.cli.naming import named_thread, shortener
from tui.cli.options import Command, Settings, with_json

_F = TypeVar("_F", bound=Callable[..., Any])


def maintainers_option() -> click.Option:
    """The `--maintainers` option."""
    return click.Option(
        ["--maintainers"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A MAINTAINERS file to know maintainers by.  [env: THREADKB_MAINTAINERS; default: the one remembered]",
    )


def with_maintainers(function: _F) -> _F:
    """The `--maintainers` option."""
    option = maintainers_option()
    return click.option(*option.opts, type=option.type, metavar=option.metavar, help=option.help)(function)


def role_option() -> click.Option:
    """The `--role` option."""
    return click.Option(
        ["--role"],
        type=click.Choice([str(role) for role in Role]),
        help="Only by people with this role in the thread; `threadkb roles` tells them.",
    )


def with_role(function: _F) -> _F:
    """The `--role` option."""
    option = role_option()
    return click.option(*option.opts, type=option.type, help=option.help)(function)


@click.command(
    "roles",
    cls=Command,
    short_help="Show who is author, maintainer, reviewer or a bot in a review, and why.",
    examples=(
        ("threadkb roles", "everybody in the only thread"),
        ("threadkb roles t-4hx2p --maintainers linux/MAINTAINERS", "with the maintainers of the files it touches"),
        ("threadkb roles --maintainers linux/MAINTAINERS --remember", "know them from now on"),
    ),
    exits={1: "the database cannot be read or written.", 2: "nothing has this id, or the file is no MAINTAINERS file."},
)
@click.argument("thread", metavar="[THREAD]", required=False)
@click.option("--remember", is_flag=True, help="Keep the MAINTAINERS file in the database, for every later command.")
@with_maintainers
@with_json
@click.pass_obj
def roles(settings: Settings, thread: str | None, remember: bool, maintainers: Path | None, as_json: bool) -> None:
    """Show who is what in a review, and why.

    The author sent the patches. A maintainer is named by M: in a MAINTAINERS section about a file that they touch. A
    reviewer is named by R: there, gave Reviewed-by, Acked-by, Tested-by or a NACK, or quotes the patch to comment on
    it. A bot is known by its address, name or headers. Somebody may be several of these; who is none is other.

    Piped, one line a role: thread, role, name, address, mails, why, set off by tabs. Stances on patches are in --json
    and `threadkb series ID`.
    """
    out = settings.output()
    if remember:
        with reading(settings.path) as reader:
            kept, origin = maintainers_of(reader, maintainers)
        if maintainers is None:
            raise UsageError("--remember", "there is no file to remember", "give --maintainers FILE")
        from kb.store.marking import keep_maintainers

        keep_maintainers(settings.path, text_of(maintainers), str(maintainers.absolute()))
        narration.say(f"{counted(len(kept.sections) if kept else 0, 'section')} of {one_line(origin)} remembered")
        if thread is None:
            return
    with reading(settings.path) as reader:
        wanted = named_thread(reader, thread)
        shown = roles_in(reader, wanted, given=maintainers)
        _, origin = maintainers_of(reader, maintainers)
        people = reader.ask("people", thread=wanted)
        names = {(row["thread_id"], row["address"]): row["name"] for row in people}
        wrote = Counter((m.thread_id, m.address) for t in reader.threads(wanted) for m in reader.messages(t.id))
        if as_json:
            out.json(
                {
                    "maintainers": origin or None,
                    "people": [
                        {
                            "thread": key[0],
                            "name": names[key],
                            "address": key[1],
                            "mails": wrote[key],
                            "roles": [{"role": one.role, "because": one.because} for one in held],
                        }
                        for key, held in sorted(shown.held.items())
                    ],
                    "stances": [asdict(one) for one in standing(stances(reader, wanted))],
                }
            )
            return
        short = shortener(reader)
        order = sorted(shown.held.items(), key=lambda pair: (pair[0][0], list(Role).index(pair[1][0].role), pair[0][1]))
        rows = [
            (short(key[0]), str(one.role), names[key], key[1], str(wrote[key]), one.because)
            for key, held in order
            for one in held
        ]
        out.table(("thread", "role", "name", "address", "mails", "why"), rows)
        if out.tty and not origin:
            out.line(out.paint("no MAINTAINERS file is known: --maintainers FILE names one", Shade.FAINT))
