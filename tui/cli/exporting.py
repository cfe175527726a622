"""In: filters. Out: items and verdicts on stdout, in formats that other programs read; the family of exports."""

from __future__ import annotations

import click

from kb.reading import Filter, reading
from kb.records import ItemKind
from tui.cli.exporting_graph import decisions, graph
from tui.cli.exporting_pages import collated, report
from tui.cli.naming import named_thread
from tui.cli.options import Command, Family, Settings, in_thread, with_json, with_min_confidence

_READS = {1: "the database cannot be read."}
_CSV_TOO = click.option(
    "--format",
    "layout",
    type=click.Choice(["jsonl", "json", "csv"]),
    default="jsonl",
    show_default=True,
    help="JSON Lines, one object a line; one JSON array; or CSV whose cells no spreadsheet calculates.",
)
_FORMAT = click.option(
    "--format",
    "layout",
    type=click.Choice(["jsonl", "json"]),
    default="jsonl",
    show_default=True,
    help="JSON Lines, one object a line, or one JSON array.",
)

export = Family(
    "export",
    help="Write items, verdicts, a report or the thread itself in formats that other programs and people read.",
    examples=(
        ("threadkb export items --thread t-4hx2p > items.jsonl", "every item, a line each"),
        ("threadkb export report --format html > review.html", "to read, or to send"),
        ("threadkb export collated | less", "the thread read once, replies in their places"),
        ("threadkb export decisions --out doc/decisions", "a decision record each"),
        ("threadkb export graph --linked | dot -Tsvg > review.svg", "what stands on what"),
    ),
    exits=_READS,
)


@export.command(
    "items",
    cls=Command,
    short_help="Items with their states and links.",
    examples=(
        ("threadkb export items --thread t-4hx2p", "one thread's items, JSON Lines"),
        ("threadkb export items --kind decision --format json", "all decisions, one array"),
        ("threadkb export items --format csv > items.csv", "for a spreadsheet"),
    ),
    exits=_READS,
)
@in_thread
@click.option("--kind", type=click.Choice([str(kind) for kind in ItemKind]), help="Only this kind.")
@with_min_confidence
@_CSV_TOO
@with_json
@click.pass_obj
def export_items(
    settings: Settings,
    thread: str | None,
    kind: str | None,
    min_confidence: float | None,
    layout: str,
    as_json: bool,
) -> None:
    """Write items with their words, states and links, one object each.

    Fields: id, thread, message_id, number, kind, quote, start, end, says, state, because, topics, entities,
    links (to, rel, confidence), confidence, author, date, verdict. --json is --format json.
    """
    from kb.export.items import rows

    out = settings.output()
    with reading(settings.path) as reader:
        found = rows(reader, Filter(thread=named_thread(reader, thread), kind=kind, confidence=min_confidence))
        if as_json or layout == "json":
            out.json(list(found))
        elif layout == "csv":
            from kb.export.table import lines

            out.lines(lines(found))
        else:
            out.json_lines(found)


@export.command(
    "verdicts",
    cls=Command,
    short_help="The latest verdict of each checked item.",
    examples=(
        ("threadkb export verdicts | jq -r 'select(.verdict==\"refuted\").quote'", "what checks contradict"),
        ("threadkb export verdicts --thread t-4hx2p --json", "one thread's, one array"),
    ),
    exits=_READS,
)
@in_thread
@_FORMAT
@with_json
@click.pass_obj
def export_verdicts(settings: Settings, thread: str | None, layout: str, as_json: bool) -> None:
    """Write the latest verdict of each checked item with its evidence, one object each.

    Fields: id, message_id, quote, check, predicate, bound_by, verdict, strength, summary, evidence (kind, text, place),
    assumptions, seconds, fingerprint, reason, at, extracted (false for words that a binding names and no item has).
    --json is --format json.
    """
    from kb.export.verdicts import rows

    out = settings.output()
    with reading(settings.path) as reader:
        found = rows(reader, named_thread(reader, thread))
        if as_json or layout == "json":
            out.json(list(found))
        else:
            out.json_lines(found)


for _command in (report, collated, decisions, graph):
    export.add_command(_command)
