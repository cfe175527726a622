"""In: a thread. Out: pages for people on stdout: the report, and the thread read once with its replies in place."""

from __future__ import annotations

import click

from kb.errors import UsageError
from kb.reading import Filter, Reader, reading
from kb.records import ItemKind
from tui.cli.naming import named_thread, shortener
from tui.cli.options import Command, Settings, in_thread, with_json, with_min_confidence

_READS = {1: "the database cannot be read."}


@click.command(
    "report",
    cls=Command,
    short_help="A thread as a report, Markdown or HTML.",
    examples=(
        ("threadkb export report > review.md", "of the only thread"),
        ("threadkb export report --format html > review.html", "one file to send or to put on a server"),
        ("threadkb export report --thread 'double lock'", "of the thread with these words in its subject"),
    ),
    exits=_READS,
)
@in_thread
@click.option(
    "--format",
    "layout",
    type=click.Choice(["md", "html"]),
    default="md",
    show_default=True,
    help="Markdown, or one HTML file that needs no script and nothing from elsewhere.",
)
@with_json
@click.pass_obj
def report(settings: Settings, thread: str | None, layout: str, as_json: bool) -> None:
    """Write a report of one thread.

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
        short = shortener(reader)
        if as_json:
            out.json({**rows(found), "markdown": text(found, short)})
        elif layout == "html":
            from kb.export.report_html import page

            out.lines(page(found, short))
        else:
            out.lines(text(found, short).rstrip("\n").split("\n"))


@click.command(
    "collated",
    cls=Command,
    short_help="A thread read once, each passage with the replies to it.",
    examples=(
        ("threadkb export collated | less", "the only thread, as text"),
        ("threadkb export collated --format html > thread.html", "one file for the browser"),
        ("threadkb export collated --items --kind decision", "with the decisions marked in it"),
    ),
    exits=_READS,
)
@in_thread
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "md", "html"]),
    default="text",
    show_default=True,
    help="Text, Markdown, or one HTML file that needs no script and nothing from elsewhere.",
)
@click.option("--items", "marked", is_flag=True, help="Mark the items in it, each with its kind, id and state.")
@click.option("--kind", type=click.Choice([str(kind) for kind in ItemKind]), help="Mark only this kind.")
@with_min_confidence
@click.option("--signatures", is_flag=True, help="Leave signatures and closing phrases in.")
@with_json
@click.pass_obj
def collated(
    settings: Settings,
    thread: str | None,
    layout: str,
    marked: bool,
    kind: str | None,
    min_confidence: float | None,
    signatures: bool,
    as_json: bool,
) -> None:
    """Write a thread as one document, to be read once from top to bottom.

    Each passage of a message is followed by the replies to it, nested, with who and when; what they quote is not
    repeated. A passage is parted where a reply hooks in. A reply whose quotation is not found in the thread stands at
    the end of the message that it answers, below what it quotes; words before the first quotation lead the first
    answer, or stand at the end of the message where there is none. Code, tables, traces, trailers and patches are
    shown once. Signatures are left out unless asked for. --kind and --min-confidence mark items too.

    --json prints an object: thread, subject, turns (message_id, number, author, date, parent, depth, indent, answers),
    nodes in the order to read (turn, kind, start, end, text, children, items) and the items that are marked.
    """
    from kb.export.collated import page, rows

    out = settings.output()
    with reading(settings.path) as reader:
        full = named_thread(reader, thread) or only_thread(reader)
        wanted = Filter(thread=full, kind=kind, confidence=min_confidence)
        mark = marked or kind is not None or min_confidence is not None
        found = page(
            reader, full, marked=wanted if mark else None, signatures=signatures, flow=layout != "text" and not as_json
        )
        short = shortener(reader)
    if as_json:
        out.json(rows(found))
    elif layout == "html":
        from kb.export.collated_html import page as html_page

        out.lines(html_page(found, short))
    else:
        from kb.export.collated_words import markdown, text

        out.lines(text(found, short) if layout == "text" else markdown(found, short))


def only_thread(reader: Reader) -> str:
    """The full id of the only thread; UsageError where there are several or none."""
    threads = reader.threads()
    if len(threads) != 1:
        there = f"there are {len(threads)} threads" if threads else "there is no thread"
        todo = "name one with --thread; `threadkb threads` lists them" if threads else "`threadkb ingest` takes one in"
        raise UsageError("--thread", there, todo)
    return threads[0].id
