"""In: filters. Out: items, verdicts or a report on stdout, in a format that other programs or people read."""

from __future__ import annotations

import click

from kb.errors import UsageError
from kb.reading import Filter, Reader, reading
from kb.records import ItemKind
from tui.cli.naming import named_thread, shortener
from tui.cli.options import Command, Family, Settings, in_thread, with_json, with_min_confidence

_READS = {1: "the database cannot be read."}
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
    help="Write items, verdicts or a report to stdout.",
    examples=(
        ("threadkb export items --thread t-4hx2p > items.jsonl", "every item, a line each"),
        ("threadkb export report > review.md", "to read, or to send"),
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
    ),
    exits=_READS,
)
@in_thread
@click.option("--kind", type=click.Choice([str(kind) for kind in ItemKind]), help="Only this kind.")
@with_min_confidence
@_FORMAT
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


@export.command(
    "report",
    cls=Command,
    short_help="A thread as a Markdown report.",
    examples=(
        ("threadkb export report > review.md", "of the only thread"),
        ("threadkb export report --thread 'double lock'", "of the thread with these words in its subject"),
    ),
    exits=_READS,
)
@in_thread
@with_json
@click.pass_obj
def export_report(settings: Settings, thread: str | None, as_json: bool) -> None:
    """Write a Markdown report of one thread.

    What a check and the thread disagree on comes first ("accepted in the thread, refuted by source"); then decisions,
    what is open, and what was checked, by the kind of evidence: arithmetic, models, source. Each verdict has the words,
    who wrote them, how strong it is, what it rests on and what it assumes. Words of a mail are escaped.

    --json prints the same as an object: thread, subject, messages, checked, disagreements, decisions by state, open,
    by_evidence, problems, and the report itself as markdown.
    """
    from kb.export.report import text
    from kb.export.review import review, rows
    from sim_hooks.catalog import catalog
    from tui.evidence import essential

    out = settings.output()
    kinds = {hook.name: hook.evidence_kind for hook in catalog()}
    with reading(settings.path) as reader:
        full = named_thread(reader, thread) or only_thread(reader)
        found = review(reader, full, kinds=kinds, essential=essential)
        written = text(found, shortener(reader))
        if as_json:
            out.json({**rows(found), "markdown": written})
        else:
            out.lines(written.rstrip("\n").split("\n"))


def only_thread(reader: Reader) -> str:
    """The full id of the only thread; UsageError where there are several or none."""
    threads = reader.threads()
    if len(threads) != 1:
        there = f"there are {len(threads)} threads" if threads else "there is no thread"
        todo = "name one with --thread; `threadkb threads` lists them" if threads else "`threadkb ingest` takes one in"
        raise UsageError("--thread", there, todo)
    return threads[0].id
