"""In: the command line. Out: its reference in Markdown: what every command's `--help` prints, in order.

The README holds this text, put there by a tool that runs `markdown()`, so that it cannot differ from the program.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from tui.cli import PROGRAM, root
from tui.cli.options import Settings

_WIDTH = 100


def commands() -> Iterator[tuple[str, click.Command, str]]:
    """(what to type, command, what `--help` prints) of the program and every command in it, families before members."""
    yield from _under(root(), PROGRAM, None)


def _under(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, click.Command, str]]:
    wanted = {**command.context_settings, "terminal_width": _WIDTH}
    ctx = click.Context(command, info_name=name, parent=parent, obj=Settings(), **wanted)
    yield ctx.command_path, command, command.get_help(ctx)
    if isinstance(command, click.Group):
        for member in command.list_commands(ctx):
            found = command.get_command(ctx, member)
            if found is not None:
                yield from _under(found, member, ctx)


def markdown() -> str:
    """The reference: a heading and the help of each command."""
    parts = []
    for path, _, text in commands():
        lines = "\n".join(line.rstrip() for line in text.splitlines())
        parts.append(f"### `{path}`\n\n```text\n{lines}\n```\n")
    return "\n".join(parts)
