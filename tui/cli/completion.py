"""In: the name of a shell. Out: the script that lets this shell complete commands and options."""

from __future__ import annotations

import click

from tui.cli.options import Command, Settings, with_json

_SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=Command,
    short_help="Print the script that completes commands and options in a shell.",
    examples=(
        ('eval "$(threadkb completion bash)"', "in ~/.bashrc"),
        ("threadkb completion fish > ~/.config/fish/completions/threadkb.fish", "once, for fish"),
    ),
    exits={},
)
@click.argument("shell", type=click.Choice(_SHELLS))
@with_json
@click.pass_obj
def completion(settings: Settings, shell: str, as_json: bool) -> None:
    """Print the script that completes commands and options in a shell.

    bash needs version 4.4 or newer.
    """
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    kinds = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
    complete = kinds[shell](click.Command("threadkb"), {}, "threadkb", "_THREADKB_COMPLETE")
    # the template itself, because `source()` runs a shell to ask for its version
    script = complete.source_template % complete.source_vars()
    out = settings.output()
    if as_json:
        out.json({"shell": shell, "script": script})
    else:
        out.lines(script.strip("\n").split("\n"))
