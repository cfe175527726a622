"""In: a message or a thread, as views. Out: the page that shows it, in lines; items are marked in a body. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from kb.found_by import readers_in
from kb.records import STATES, ItemKind, Zone, ZoneKind
from kb.views import ItemView, MessageView, SeriesView, ThreadView, TrailerView
from kb.visible import one_line, visible
from tui.cli.itemlines import counted, days, still_open
from tui.cli.layout import Role, cells
from tui.cli.pages import Page
from tui.cli.places import near

_FAINT = {ZoneKind.QUOTE, ZoneKind.ATTRIBUTION, ZoneKind.SIGNATURE}


def message_page(
    page: Page, message: MessageView, items: Sequence[ItemView], zones: Sequence[Zone], problems: Sequence[str]
) -> Iterator[str]:
    """A message: its headers, then its body with a bar beside each item's words and the item named under them."""
    yield from page.field("From:", f"{message.author} <{message.address}>")
    yield from page.field("Date:", f"{message.date}")
    yield from page.field("Subject:", f"{message.subject}")
    yield from page.field("Message-ID:", f"{message.message_id}")
    if message.parent_id:
        yield from page.field("Answers:", f"{message.parent_id}")
    yield from page.field("Thread:", f"{page.short(message.thread_id)}, #{message.number}")
    yield from page.field("Came from:", _origin(message))
    for words in problems:
        yield from page.field("Problem:", f"{words}")
    yield ""
    yield from _body(page, message.body, items, zones)


def _origin(seen: MessageView | ThreadView) -> str:
    origin = near(seen.origin)
    return f"{origin} (a page, without real headers)" if seen.provisional else origin


def _body(page: Page, body: str, items: Sequence[ItemView], zones: Sequence[Zone]) -> Iterator[str]:
    start = 0
    for line in body.split("\n"):
        end = start + len(line)
        touching = [item for item in items if item.start < end and item.end > start]
        text = visible(line, keep="\t").expandtabs(8)
        if touching:
            yield f"{page.paint('┃', Role.NAME)} {text}"
        else:
            faint = any(zone.kind in _FAINT and zone.start <= start < zone.end for zone in zones)
            yield f"  {page.paint(text, Role.FAINT) if faint else text}".rstrip()
        for item in touching:
            if item.end <= end:
                verdict = f", check: {page.paint.word(item.verdict)}" if item.verdict else ""
                name = page.paint(page.short(item.id), Role.NAME)
                yield f"{page.paint('┗', Role.NAME)} {name} {item.kind}, {page.paint.word(item.state)}{verdict}"
        start = end + 1


def thread_page(
    page: Page,
    thread: ThreadView,
    messages: Sequence[MessageView],
    items: Sequence[ItemView],
    series: Sequence[SeriesView],
    trailers: Sequence[TrailerView],
    problems: Sequence[tuple[str, str]],
) -> Iterator[str]:
    """A thread: what is in it, its patch series, who wrote and how much, its mails, what is odd in them."""
    name = page.short(thread.id)
    subject = page.text(thread.subject, indent=" " * (cells(name) + 2)) or [""]
    yield f"{page.paint(name, Role.NAME)}  {page.title(subject[0].strip())}"
    yield from (page.title(line) for line in subject[1:])
    yield from page.field("root", f"{thread.root_id}")
    yield from page.field("from", _origin(thread))
    yield from page.text(
        f"{counted(thread.messages, 'mail')} by {counted(thread.people, 'person')}, "
        f"{days(thread.first_date, thread.last_date)}; {still_open(thread)}",
        indent="",
    )
    yield ""
    for kind in ItemKind:
        yield f"{counted(sum(i.kind == kind for i in items), kind):<14}{_by_state(page, kind, items)}"
    yield from _series(page, series, trailers)
    yield ""
    if readers := readers_in(item.cue for item in items):
        names = ", ".join(f"{name} ({counted(count, 'item')})" for name, count in readers)
        yield from page.field("read by", f"{names}; the rest by threadkb")
        yield ""
    yield page.title("People")
    wrote = Counter(message.author for message in messages)
    said = Counter(item.author for item in items)
    for author, count in wrote.most_common():
        yield f"  {counted(count, 'mail'):>9}, {counted(said[author], 'item'):>9}  {one_line(author)}"
    yield ""
    yield page.title("Mails")
    per_mail = Counter(item.message_id for item in items)
    for message in messages:
        yield f"  {f'#{message.number}':<5} {message.date[:16].replace('T', ' ')}  {one_line(message.author)}" + (
            f", {counted(per_mail[message.message_id], 'item')}" if per_mail[message.message_id] else ""
        )
    if problems:
        yield ""
        yield page.title("Problems in the mails")
        for place, what in problems:
            yield from page.text(f"{place}: {what}", indent="  ")


def _by_state(page: Page, kind: ItemKind, items: Sequence[ItemView]) -> str:
    counts = Counter(item.state for item in items if item.kind == kind)
    return ", ".join(f"{counts[state]} {page.paint.word(state)}" for state in STATES[kind] if counts[state])


def _series(page: Page, series: Sequence[SeriesView], trailers: Sequence[TrailerView]) -> Iterator[str]:
    for one in series:
        yield ""
        yield page.title(
            f"Series v{one.revision}: {one.found} of {counted(one.expected, 'patch')}".replace("patchs", "patches")
        )
        yield from page.text(one.subject, indent="  ")
        if one.change_id:
            yield from page.text(f"change-id: {one.change_id}", indent="  ")
        for trailer in trailers:
            if trailer.revision == one.revision:
                given = f"  (in {trailer.message_id})" if trailer.message_id else ""
                yield from page.text(f"patch {trailer.patch}, {trailer.name}: {trailer.value}{given}", indent="  ")
