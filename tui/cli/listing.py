"""In: filters. Out: the threads, claims, questions, decisions or actions that pass them, one a line or as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from kb.reading import Filter, Reader, reading
from kb.records import STATES, ItemKind, Verdict
from kb.review_reading import having
from kb.views import ThreadView
from tui.cli import itemlines, narration
from tui.cli.naming import named_thread, shortener
from tui.cli.options import Command, Confidence, Settings, Since, with_json
from tui.cli.people import maintainers_option, role_option

_NAMED = 5
"""Topics or people that are named where none matches."""
_VERDICTS = [*(str(verdict) for verdict in Verdict), "unchecked"]


def _options(states: list[str]) -> list[click.Option]:
    return [
        click.Option(
            ["--thread"], metavar="ID|WORDS", help="Only this thread: an id, a Message-ID or words of its subject."
        ),
        click.Option(["--topic"], metavar="WORD", help="Only with a topic that holds WORD."),
        click.Option(["--state"], type=click.Choice(states), help="Only in this state."),
        click.Option(["--by"], metavar="NAME", help="Only by people whose name or address holds NAME."),
        role_option(),
        maintainers_option(),
        click.Option(["--about"], metavar="WORDS", help="Only where the quote or a named entity holds WORDS."),
        click.Option(["--since"], type=Since(), help="Only in mails since then: 2024-10-20, 3d, 2w, '3 days ago'."),
        click.Option(["--verdict"], type=click.Choice(_VERDICTS), help="Only with this latest verdict."),
        click.Option(["--min-confidence"], type=Confidence(), help="Only found with at least this confidence."),
        click.Option(["--limit"], type=click.IntRange(min=1), metavar="N", help="At most N."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print JSON instead of text."),
    ]


def _lister(kind: ItemKind, says: str, examples: tuple[tuple[str, str], ...]) -> Command:
    plural = f"{kind}s"

    @click.pass_obj
    def run(settings: Settings, /, as_json: bool, **given: Any) -> None:
        _list(settings, kind, as_json, **given)

    fields = "Piped, one line an item: id, thread, #message, day, state, verdict, author, quote, set off by tabs."
    return Command(
        plural,
        callback=run,
        params=list(_options([str(state) for state in STATES[kind]])),
        help=f"{says}\n\n{fields}",
        short_help=says,
        examples=examples,
        exits={0: "done, also when nothing matches.", 1: "the database cannot be read."},
    )


claims = _lister(
    ItemKind.CLAIM,
    "List what people claimed, with where it stands and what a check showed.",
    (
        ("threadkb claims --state disputed", "what is contested"),
        ("threadkb claims --verdict refuted --by ada", "what a check contradicts, by one person"),
    ),
)
questions = _lister(
    ItemKind.QUESTION,
    "List what people asked, and whether it was answered.",
    (
        ("threadkb questions --state open", "what nobody has answered yet"),
        ("threadkb questions --since '3 days ago' --json", "the latest, as JSON"),
    ),
)
decisions = _lister(
    ItemKind.DECISION,
    "List what was proposed and decided, and where each decision stands.",
    (
        ("threadkb decisions --state accepted", "what was agreed"),
        ("threadkb decisions --role maintainer", "what maintainers of the files said"),
        ("threadkb decisions --about timeout | cut -f1,5,8", "id, state and words of those about timeouts"),
    ),
)
actions = _lister(
    ItemKind.ACTION,
    "List what people promised or were asked to do, and whether it is done.",
    (
        ("threadkb actions --state open", "what must not be forgotten"),
        ("threadkb actions --by ada@example.org --thread 'double lock'", "one person's, in one thread"),
    ),
)


def _list(
    settings: Settings,
    kind: ItemKind,
    as_json: bool,
    *,
    thread: str | None,
    min_confidence: float | None,
    role: str | None,
    maintainers: Path | None,
    **given: Any,
) -> None:
    out = settings.output()
    with reading(settings.path) as reader:
        within = named_thread(reader, thread)
        among = having(reader, role, within, given=maintainers) if role is not None else None
        wanted = Filter(kind=kind, thread=within, confidence=min_confidence, among=among, **given)
        if as_json:
            from kb.export.items import rows

            out.json(list(rows(reader, wanted)))
            return
        items = reader.items(wanted)
        short = shortener(reader)
        if out.tty:
            ids = {item.thread_id for item in items}
            subjects = {t.id: t.subject for t in reader.threads() if t.id in ids}
            out.lines(itemlines.listing(items, subjects, short, out.paint, out.width))
        else:
            for item in items:
                out.fields(*itemlines.record(item, short))
        if not items:
            narration.say(_nothing(reader, wanted))


def _nothing(reader: Reader, wanted: Filter) -> str:
    everything = reader.items(Filter(kind=wanted.kind, thread=wanted.thread))
    if not everything:
        return f"there is no {wanted.kind} here"
    line = f"none of {len(everything)} {wanted.kind}s matches"
    topics = {topic for item in everything for topic in item.topics}
    people = {item.author for item in everything}
    if wanted.among is not None and not wanted.among:
        return f"{line}; nobody has this role: `threadkb roles` shows who has which"
    for name, word, known in (("topics", wanted.topic, topics), ("people", wanted.by, people)):
        if word and not any(word.casefold() in each.casefold() for each in known):
            close = get_close_matches(word, sorted(known), n=3, cutoff=0.5) or sorted(known)[:_NAMED]
            return f"{line}; {name} are {', '.join(close)}{', …' if len(close) < len(known) else ''}"
    return line


@click.command(
    "threads",
    cls=Command,
    short_help="List the threads in the database, last written first.",
    examples=(
        ("threadkb threads", "what is here, and what is open in each"),
        ("threadkb threads --json | jq '.[].root_id'", "their first mails' Message-IDs"),
    ),
    exits={0: "done, also when there is none.", 1: "the database cannot be read."},
)
@with_json
@click.pass_obj
def threads(settings: Settings, as_json: bool) -> None:
    """List the threads in the database, last written first.

    Piped, one line a thread: id, last day, mails, people, items, open questions, disputed claims, open actions,
    subject, set off by tabs.
    """
    out = settings.output()
    with reading(settings.path) as reader:
        found = reader.threads()
        if as_json:
            out.json([asdict(thread) for thread in found])
            return
        short = shortener(reader)
        if out.tty:
            for thread in found:
                out.lines(itemlines.thread_block(thread, short, out.paint, out.width))
        else:
            for thread in found:
                out.fields(*_thread_record(thread, short))
        if not found:
            narration.say("no thread yet; `threadkb ingest SOURCE` takes one in")


def _thread_record(thread: ThreadView, short: Callable[[str], str]) -> tuple[str, ...]:
    return (
        short(thread.id),
        thread.last_date[:10],
        str(thread.messages),
        str(thread.people),
        str(thread.items),
        str(thread.open_questions),
        str(thread.disputed),
        str(thread.open_actions),
        thread.subject,
    )
