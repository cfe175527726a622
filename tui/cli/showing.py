"""In: an id, a Message-ID or words. Out: the page of that item, message or thread; the trail to it; search hits."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import click

from kb.errors import UsageError
from kb.export import items as item_rows
from kb.export import verdicts as verdict_rows
from kb.reading import Filter, Reader, reading
from kb.review_reading import having, roles
from kb.views import HitView, ItemView, LinkView
from kb.visible import one_line
from kb.why import why as trail_of
from tui.cli import narration
from tui.cli.layout import Role
from tui.cli.naming import named, named_item, named_thread, shortener
from tui.cli.options import Command, Settings, in_thread, with_json, with_min_confidence
from tui.cli.output import Output
from tui.cli.pages import Page, item_page, trail_page
from tui.cli.people import with_maintainers, with_role
from tui.cli.thread_pages import message_page, thread_page
from tui.cli.words_page import words_page, words_row

_LOOKED_UP = {0: "done.", 1: "the database cannot be read.", 2: "nothing has this id, or more than one thing has."}


@click.command(
    cls=Command,
    short_help="Show an item, a message or a whole thread.",
    examples=(
        ("threadkb show c-7kq2m", "a claim: its words, state, links and evidence"),
        ("threadkb show t-4hx2p", "a thread: series, trailers, people, counts"),
        ("threadkb show 56", "mail #56 of the only thread, items marked"),
    ),
    exits=_LOOKED_UP,
)
@click.argument("id", metavar="ID")
@in_thread
@with_maintainers
@with_json
@click.pass_obj
def show(
    settings: Settings,
    id: str,  # noqa: A002 - the word in the help
    thread: str | None,
    maintainers: Path | None,
    as_json: bool,
) -> None:
    """Show an item, a message or a whole thread.

    ID is the beginning of an id as the lists show it, a Message-ID, or a mail's number where one thread is meant. Of
    long evidence the lines that decided are shown; with -v, all.
    """
    out = settings.output()
    with reading(settings.path) as reader:
        what, full = named(reader, id, thread=named_thread(reader, thread))
        page = Page(shortener(reader), out.paint, out.width, settings.verbose)
        if what == "item":
            _show_item(reader, full, out, page, as_json, maintainers)
        elif what == "words":
            _show_words(reader, full, out, page, as_json)
        elif what == "message":
            _show_message(reader, full, out, page, as_json)
        else:
            _show_thread(reader, full, out, page, as_json)


def _found(reader: Reader, item_id: str) -> ItemView:
    item = reader.item(item_id)
    if item is None:
        raise UsageError(item_id, "no item has this id", "`threadkb claims` lists claims")
    return item


def _show_item(
    reader: Reader, full: str, out: Output, page: Page, as_json: bool, maintainers: Path | None = None
) -> None:
    item = _found(reader, full)
    known = roles(reader, item.thread_id, given=maintainers)
    trail = trail_of(reader, full, known)
    links = reader.links_of(full)
    runs = reader.runs_of(full)
    if as_json:
        out.json(
            {
                **item_rows.row(item, [link for link in links if link.source == full]),
                "address": item.address,
                "cue": item.cue,
                "by_item": item.by_item,
                "roles": [held.role for held in known.of(item.thread_id, item.address)],
                "agreed_by": [asdict(one) for one in trail.agreed_by],
                "objected_by": [asdict(one) for one in trail.objected_by],
                "linked_from": [
                    {"from": k.source, "rel": k.relation, "confidence": k.confidence} for k in links if k.target == full
                ],
                "runs": [verdict_rows.row(run) for run in runs],
            }
        )
        return
    pairs = [(link, other) for link in links if (other := reader.item(_other(link, full))) is not None]
    pairs.sort(key=lambda pair: (pair[1].number, pair[1].start))
    subject = "".join(thread.subject for thread in reader.threads(item.thread_id))
    out.lines(item_page(replace(page, roles=known), item, subject, pairs, runs, trail))


def _show_words(reader: Reader, full: str, out: Output, page: Page, as_json: bool) -> None:
    runs = reader.runs_of(full)
    if as_json:
        out.json(words_row(runs))
        return
    subject = "".join(thread.subject for thread in reader.threads(runs[0].thread_id))
    out.lines(words_page(page, runs, subject))


def _other(link: LinkView, item_id: str) -> str:
    return link.target if link.source == item_id else link.source


def _show_message(reader: Reader, full: str, out: Output, page: Page, as_json: bool) -> None:
    message = reader.message(full)
    assert message is not None
    items = reader.items(Filter(message=full))
    problems = [f"{place}: {what}" for place, what in reader.problems(message.thread_id) if place.startswith(full)]
    if as_json:
        rows = list(item_rows.rows(reader, Filter(message=full)))
        out.json({**asdict(message), "items": rows, "problems": problems})
        return
    out.lines(message_page(page, message, items, reader.zones(full), problems))


def _show_thread(reader: Reader, full: str, out: Output, page: Page, as_json: bool) -> None:
    view = reader.threads(full)[0]
    messages, items = reader.messages(full), reader.items(Filter(thread=full))
    series, trailers, problems = reader.series(full), reader.trailers(full), reader.problems(full)
    if as_json:
        out.json(
            {
                **asdict(view),
                "series": [asdict(one) for one in series],
                "trailers": [asdict(one) for one in trailers],
                "mails": [
                    {"number": m.number, "message_id": m.message_id, "author": m.author, "date": m.date}
                    for m in messages
                ],
                "problems": [{"place": place, "what": what} for place, what in problems],
            }
        )
        return
    out.lines(thread_page(page, view, messages, items, series, trailers, problems))


@click.command(
    cls=Command,
    short_help="Show how a decision, or any item, came to stand where it stands.",
    examples=(
        ("threadkb why d-7kq2m", "the question, the claims and the voices behind it"),
        ("threadkb why d-7kq2m --json | jq .objected", "who objected"),
    ),
    exits=_LOOKED_UP,
)
@click.argument("id", metavar="ID")
@with_maintainers
@with_json
@click.pass_obj
def why(settings: Settings, id: str, maintainers: Path | None, as_json: bool) -> None:  # noqa: A002 - the word in the help
    """Show how a decision, or any item, came to stand where it stands.

    The question it answers, the claims that moved it with their verdicts, who agreed and who objected, each with their
    role in the review, what it replaced.
    """
    out = settings.output()
    with reading(settings.path) as reader:
        full = named_item(reader, id)
        known = roles(reader, _found(reader, full).thread_id, given=maintainers)
        trail = trail_of(reader, full, known)
        if as_json:
            out.json(asdict(trail))
            return
        out.lines(trail_page(Page(shortener(reader), out.paint, out.width, roles=known), trail))


@click.command(
    cls=Command,
    short_help="Find messages and items that hold all the words.",
    examples=(
        ("threadkb search double lock", "both words, anywhere in one text"),
        ("threadkb search 'lock*' --thread t-4hx2p", "the beginning of a word, in one thread"),
        ("threadkb search '\"error path\"'", "a phrase"),
        ("threadkb search lock --by ada --role reviewer", "what one reviewer wrote of it"),
    ),
    exits={0: "done, also when nothing is found.", 1: "the database cannot be read."},
)
@click.argument("words", nargs=-1, required=True)
@in_thread
@click.option("--by", metavar="NAME", help="Only by people whose name or address holds NAME.")
@with_role
@with_maintainers
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, metavar="N", help="At most N.")
@with_min_confidence
@with_json
@click.pass_obj
def search(
    settings: Settings,
    words: tuple[str, ...],
    thread: str | None,
    by: str | None,
    role: str | None,
    maintainers: Path | None,
    limit: int,
    min_confidence: float | None,
    as_json: bool,
) -> None:
    """Find messages and items that hold all the words, best first.

    Piped, one line a hit: id or Message-ID, thread, #message, day, kind, state, author, words around it, set off by
    tabs.
    """
    out = settings.output()
    with reading(settings.path) as reader:
        within = named_thread(reader, thread)
        among = having(reader, role, within, given=maintainers) if role is not None else None
        hits = reader.search(" ".join(words), thread=within, limit=limit, confidence=min_confidence, by=by, among=among)
        if as_json:
            out.json([{**asdict(hit), "snippet": _unmarked(hit.snippet)} for hit in hits])
            return
        short = shortener(reader)
        for hit in hits:
            ref = hit.ref if hit.kind == "message" else short(hit.ref)
            if out.tty:
                out.line(_hit_head(out, hit, ref))
                out.line("    " + _marked(out, hit.snippet))
            else:
                fields = (hit.date[:10], hit.kind, hit.state or "-", hit.author, _unmarked(hit.snippet))
                out.fields(ref, short(hit.thread_id), f"#{hit.number}", *fields)
        if not hits:
            narration.say("nothing holds all these words; `word*` finds words that begin with it")


def _hit_head(out: Output, hit: HitView, ref: str) -> str:
    state = f", {out.paint.word(hit.state)}" if hit.state else ""
    where = f"#{hit.number} {hit.date[:10]} {one_line(hit.author)}"
    return f"{out.paint(one_line(ref), Role.NAME)}  {where}: {hit.kind}{state}"


def _unmarked(snippet: str) -> str:
    return snippet.replace("\x02", "").replace("\x03", "")


def _marked(out: Output, snippet: str) -> str:
    """A snippet with its hits painted; a stray mark from a mail changes colours at most."""
    text = ""
    for number, part in enumerate(snippet.split("\x02")):
        hit, _, rest = part.partition("\x03") if number else ("", "", part)
        text += out.paint(_flat(hit), Role.HIT) + _flat(rest.replace("\x03", ""))
    return text


def _flat(text: str) -> str:
    """`one_line`, with the blanks at both ends kept."""
    return one_line(f"|{text}|")[1:-1]
