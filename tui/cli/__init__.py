"""In: the command line. Out: one command carried out, and the exit code that says how it went.

A command's module is loaded when the command is asked for, and loads what is heavy when it runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from kb.errors import Exit, ThreadkbError, UsageError
from tui.cli import narration, output
from tui.cli.options import Family, Settings

PROGRAM = "threadkb"
_COMPLETE = "_THREADKB_COMPLETE"
_BROKEN_PIPE = 141
"""What a shell reports of a program that SIGPIPE ended (128 + 13)."""

COMMANDS = {
    "demo": "demonstrating",
    "ingest": "taking",
    "update": "updating",
    "watch": "watching",
    "changes": "updating",
    "threads": "listing",
    "show": "showing",
    "why": "showing",
    "claims": "listing",
    "questions": "listing",
    "decisions": "listing",
    "actions": "listing",
    "search": "showing",
    "series": "serial",
    "carry": "carrying",
    "roles": "people",
    "verify": "checking",
    "correct": "correcting",
    "learn": "learning",
    "log": "history",
    "hooks": "hooks",
    "models": "modelling",
    "export": "exporting",
    "b4-check": "b4_checking",
    "browse": "browsing",
    "dump": "dumping",
    "restore": "dumping",
    "forget": "forgetting",
    "rebuild": "taking",
    "doctor": "doctor",
    "eval": "evaluating",
    "source": "source",
    "completion": "completion",
}
"""Each command and the module of `tui.cli` that holds it, in the order of the help."""


class Commands(Family):
    """The commands, each loaded when it is named."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"tui.cli.{COMMANDS[cmd_name]}")
        command = getattr(module, cmd_name.replace("eval", "evaluate").replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise UsageError("", f"there is no command '{args[0]}'", _did_you_mean(args[0]))
        return super().resolve_command(ctx, args)


def root() -> Commands:
    """The whole command line as a click command."""
    return Commands(
        PROGRAM,
        help="Find what was claimed, asked, decided and promised in a mailing-list review, and check the claims.",
        examples=(
            ("threadkb demo", "the bundled thread, read and checked"),
            ("threadkb ingest review.mbox", "take in a thread of your own"),
            ("threadkb questions --state open", "what nobody has answered yet"),
            ("threadkb why ID", "how a decision came about"),
        ),
        exits={1: "findings or failure; each command's help says which."},
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line; the exit code. Only bugs leave as exceptions."""
    output.prepare()
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        output.finish()
        return code
    except BrokenPipeError:
        output.abandon()
        return _BROKEN_PIPE
    except (KeyboardInterrupt, click.Abort):
        narration.say("\nthreadkb: stopped")
        return Exit.INTERRUPTED
    except ThreadkbError as wrong:
        narration.error(wrong)
        return wrong.code


def _run(arguments: list[str]) -> int:
    command = root()
    if _COMPLETE in os.environ:
        from click.shell_completion import shell_complete

        return shell_complete(command, {"obj": Settings()}, PROGRAM, _COMPLETE, os.environ[_COMPLETE])
    try:
        with command.make_context(PROGRAM, arguments, obj=Settings()) as ctx:
            result = command.invoke(ctx)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as bare:
        narration.say(bare.ctx.get_help() if bare.ctx else "")
        return Exit.USAGE
    except click.UsageError as wrong:
        path = wrong.ctx.command_path if wrong.ctx else PROGRAM
        narration.usage(
            f"{path.removeprefix(PROGRAM).strip() or 'usage'}: {wrong.format_message()}", f"see `{path} --help`"
        )
        return Exit.USAGE
    return result if isinstance(result, int) else Exit.OK


def _did_you_mean(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, COMMANDS, n=3)
    return f"did you mean {' or '.join(f'`{each}`' for each in close)}?" if close else "`threadkb --help` lists them"
