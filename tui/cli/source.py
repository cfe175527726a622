"""In: a kernel source tree. Out: a facts file of it, which the source checks read instead of the tree."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from kb.errors import UsageError
from tui.cli.narration import Progress
from tui.cli.options import Command, Family, Settings, with_json

source = Family(
    "source",
    help="Work with source trees.",
    examples=(
        ("threadkb source index ~/src/linux", "facts of a whole tree"),
        ("threadkb source index ~/src/linux --dirs mm,fs", "of two folders"),
    ),
    exits={1: "the tree cannot be read, or the facts file cannot be written."},
)


@source.command(
    "index",
    cls=Command,
    short_help="Read a source tree into a facts file.",
    examples=(
        ("threadkb source index ~/src/linux --dirs mm,fs", "the folders that matter, in about a minute"),
        ("threadkb source index ~/src/linux -o linux.facts", "into a file of your choice"),
        ("threadkb source index linux-source-6.12_6.12.117-1_all.deb", "Debian's package, as it was fetched"),
        ("threadkb source index /usr/src/linux-source-6.12.tar.xz", "the same where it is installed"),
    ),
    exits={1: "the tree cannot be read, or the facts file cannot be written."},
)
@click.argument("tree", type=click.Path(path_type=Path))
@click.option("--dirs", metavar="A,B", default="", help="Only these folders of the tree.")
@click.option(
    "-o",
    "--out",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The facts file.  [default: NAME.facts in the current directory]",
)
@with_json
@click.pass_obj
def source_index(settings: Settings, tree: Path, dirs: str, target: Path | None, as_json: bool) -> None:
    """Read a source tree into a facts file: functions, calls with the constants they pass, and where each stands.

    TREE is a directory, a .tar (.gz, .xz) or a linux-source .deb. Only facts are kept, no source text. The file is
    written whole or not at all; where --dirs leaves folders out, "only" and "all" are answered as far as the whole tree
    names nothing else.
    """
    if not tree.exists():
        raise UsageError(str(tree), "there is no such tree", "give a directory, a .tar or a linux-source .deb")
    folders = tuple(part.strip().strip("/") for part in dirs.split(",") if part.strip())
    from sim_hooks.source.indexing import index

    out = settings.output()
    path = target or Path(f"{tree.resolve().name}.facts")
    with Progress(verbose=settings.verbose) as progress:
        report = index(tree, dirs=folders, out=path, progress=progress, step=progress.step)
    values = {**asdict(report), "path": str(report.path)}
    if as_json:
        out.json(values)
    else:
        for field, value in values.items():
            out.fields(field, value)
