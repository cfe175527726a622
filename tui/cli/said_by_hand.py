"""In: a verb's name, help and arguments, and what it says. Out: the command under `correct` that keeps what it says.

Every verb is made here, so that all have who, why and JSON, read in one snapshot and write once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from kb.reading import reading
from tui import saying
from tui.cli.author import signer
from tui.cli.by_hand import keep
from tui.cli.options import Command, Family, Settings, with_json
from tui.saying import Said

DONE = {0: "done; it counts at once.", 1: "the database cannot be read or written; it is as it was."}

Says = Callable[..., Sequence[Said]]
"""What a verb says of what was typed: called with a reader and the command's arguments by name."""


def verb(
    family: Family,
    name: str,
    *parameters: click.Parameter,
    short_help: str,
    examples: tuple[tuple[str, str], ...],
    refused: str = "nothing has this id.",
) -> Callable[[Says], Says]:
    """Make the command `name` of `family` of a function; its docstring is the help, `refused` when it exits with 2."""

    def made(says: Says) -> Says:
        @click.option("--why", default="", metavar="WORDS", help="Why, in your words; kept with it.")
        @click.option("--who", default="", metavar="NAME", help="Who says so.  [default: git's user.name, user.email]")
        @with_json
        @click.pass_obj
        def run(settings: Settings, /, who: str, why: str, as_json: bool, **given: Any) -> None:
            with reading(settings.path) as reader:
                said = says(reader, **given)
            keep(settings, saying.signed(said, signer(who), why), as_json)

        made_of = family.command(
            name, cls=Command, help=says.__doc__, short_help=short_help, examples=examples, exits={**DONE, 2: refused}
        )
        command = made_of(run)
        command.params = [*parameters, *command.params]
        return says

    return made
