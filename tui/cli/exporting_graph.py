"""In: filters. Out: the graph of items on stdout, and decisions as a folder of decision records."""

from __future__ import annotations

from pathlib import Path

import click

from kb.errors import StoreError, UsageError
from kb.reading import Filter, reading
from kb.records import STATES, ItemKind
from tui.cli import narration
from tui.cli.naming import named_thread, shortener
from tui.cli.options import Command, Settings, in_thread, with_json, with_min_confidence

_READS = {1: "the database cannot be read."}


@click.command(
    "graph",
    cls=Command,
    short_help="Items and links as DOT, GraphML or JSON-LD.",
    examples=(
        ("threadkb export graph --linked | dot -Tsvg > review.svg", "a drawing, by Graphviz"),
        ("threadkb export graph --format graphml > review.graphml", "for Gephi, yEd or networkx"),
        ("threadkb export graph --format json-ld > review.jsonld", "linked data"),
    ),
    exits=_READS,
)
@in_thread
@click.option(
    "--format",
    "layout",
    type=click.Choice(["dot", "graphml", "json-ld"]),
    default="dot",
    show_default=True,
    help="Graphviz, GraphML or JSON-LD.",
)
@click.option("--kind", type=click.Choice([str(kind) for kind in ItemKind]), help="Only this kind.")
@click.option("--linked", is_flag=True, help="Leave out items that no link touches.")
@with_min_confidence
@with_json
@click.pass_obj
def graph(
    settings: Settings,
    thread: str | None,
    layout: str,
    kind: str | None,
    linked: bool,
    min_confidence: float | None,
    as_json: bool,
) -> None:
    """Write items as nodes and links as edges.

    Each node has its kind, state, words, author, date, place and verdict, each edge its relation, confidence and
    reason; a drawing has the words, who said them and where they stand. --min-confidence holds for items and links. A
    link is there where both its ends are. --json is --format json-ld.
    """
    from kb.export import graph as graphs

    out = settings.output()
    with reading(settings.path) as reader:
        wanted = Filter(thread=named_thread(reader, thread), kind=kind, confidence=min_confidence)
        found = graphs.graph(reader, wanted, linked=linked, confidence=min_confidence or 0.0)
    if as_json or layout == "json-ld":
        out.json(graphs.json_ld(found))
    else:
        out.lines(graphs.dot(found) if layout == "dot" else graphs.graphml(found))


@click.command(
    "decisions",
    cls=Command,
    short_help="Decision records (ADR), a file each.",
    examples=(
        ("threadkb export decisions --out doc/decisions", "a record of every decision"),
        (
            "threadkb export decisions --state accepted --out doc/adr --thread t-4hx2p",
            "of what was agreed in one thread",
        ),
    ),
    exits={1: "the database cannot be read, or a file cannot be written."},
)
@in_thread
@click.option(
    "--format", "layout", type=click.Choice(["adr"]), default="adr", show_default=True, help="MADR 4 records."
)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder to write to; made if absent.",
)
@click.option(
    "--state", type=click.Choice([str(s) for s in STATES[ItemKind.DECISION]]), help="Only decisions that stand so."
)
@with_min_confidence
@with_json
@click.pass_obj
def decisions(
    settings: Settings,
    thread: str | None,
    layout: str,
    folder: Path,
    state: str | None,
    min_confidence: float | None,
    as_json: bool,
) -> None:
    """Write a Markdown record of each decision into a folder, and the files' names to stdout.

    A record (MADR 4) has status, date and people; the question and claims behind the decision; the other options that
    were on the table; its words, who agreed and who objected; what follows from it. Few words that only agree or object
    ("Sounds good") are told in the record of what they settle. A file's name has the date, the first words and the id
    of the decision and stays the same; written again it is replaced. Files of decisions that are there no more are
    named on stderr and left alone.

    --json prints an array of objects: file, id, state, title, changed (whether the file was not the same before).
    """
    from kb.export.adr import is_ours, records

    assert layout == "adr"
    out = settings.output()
    with reading(settings.path) as reader:
        wanted = Filter(thread=named_thread(reader, thread), state=state, confidence=min_confidence)
        made = list(records(reader, wanted, shortener(reader)))
    _make(folder)
    told = [
        {
            "file": str(folder / record.name),
            "id": record.decision.id,
            "state": record.decision.state,
            "title": record.decision.says,
            "changed": _write(folder / record.name, record.text),
        }
        for record in made
    ]
    names = {record.name for record in made}
    for path in _there(folder):
        if is_ours(path.name) and path.name not in names:
            narration.say(f"threadkb: {path}: was not written this time; remove it if it is out of date")
    if as_json:
        out.json(told)
    else:
        for row in told:
            out.fields(row["file"])


def _make(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError("--out", f"'{folder}' is a file", "name a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise StoreError(str(folder), f"cannot be made: {wrong.strerror}", "name another folder with --out") from None


def _there(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as wrong:
        raise StoreError(str(folder), f"cannot be read: {wrong.strerror}", "name another folder with --out") from None


def _write(path: Path, text: str) -> bool:
    """Put `text` in the file, all of it or nothing; whether it was not the same before."""
    content = text.encode("utf-8", "backslashreplace")
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
    except OSError as wrong:
        raise StoreError(str(path), f"cannot be written: {wrong.strerror}", "make room or write elsewhere") from None
    return True
