"""In: items. Out: the lines that list them: a header and a quote on a terminal, one record a line elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kb.attention import disagreement
from kb.views import ItemView, ThreadView
from kb.visible import one_line
from tui.cli.layout import Paint, Role, cells, cut, pad, wrap

_QUOTE_LINES = 3
_LEAST_AUTHOR, _MOST_AUTHOR = 4, 20


def record(item: ItemView, short: Callable[[str], str]) -> tuple[str, ...]:
    """id, thread, #number, day, state, verdict, author, quote."""
    return (
        short(item.id),
        short(item.thread_id),
        f"#{item.number}",
        item.date[:10],
        item.state,
        item.verdict or "-",
        item.author,
        item.quote,
    )


def head(item: ItemView, short: Callable[[str], str], paint: Paint, width: int) -> str:
    """The line over an item's quote: id, number, day, author, state and verdict; the author gives way to the width."""
    left = f"  {pad(f'#{item.number}', 4)} {item.date[:10]}  "
    verdict = f"  check: {item.verdict}" if item.verdict else ""
    taken = cells(short(item.id) + left + item.state + verdict) + 2
    room = min(max(width - taken, _LEAST_AUTHOR), _MOST_AUTHOR)
    author = pad(cut(one_line(item.author), room), room)
    shown = f"  check: {paint.word(item.verdict)}" if item.verdict else ""
    return f"{paint(short(item.id), Role.NAME)}{left}{author}  {paint.word(item.state)}{shown}"


def block(item: ItemView, short: Callable[[str], str], paint: Paint, width: int) -> Iterator[str]:
    """An item in a few lines."""
    yield head(item, short, paint, width)
    yield from wrap(f'"{item.quote}"', width, indent="    ", limit=_QUOTE_LINES)
    if words := disagreement(item):
        yield f"    {paint('!', Role.BAD)} {words}"


def listing(
    items: Iterable[ItemView], subjects: dict[str, str], short: Callable[[str], str], paint: Paint, width: int
) -> Iterator[str]:
    """Items one below the other, under their thread's subject where there are several threads."""
    last = None
    many = len(subjects) > 1
    for item in items:
        if many and item.thread_id != last:
            if last is not None:
                yield ""
            title = cut(one_line(subjects.get(item.thread_id, "")), max(width - 16, 20))
            yield f"{paint(short(item.thread_id), Role.NAME)}  {paint(title, Role.STRONG)}"
            last = item.thread_id
        yield from block(item, short, paint, width)


def counted(number: int, word: str) -> str:
    """`1 mail`, `2 mails`; `people` for several of a person."""
    if number == 1:
        return f"1 {word}"
    return f"{number} people" if word == "person" else f"{number} {word}s"


def days(first: str, last: str) -> str:
    """The days from one ISO time to another, or the one day."""
    return first[:10] if first[:10] == last[:10] else f"{first[:10]} to {last[:10]}"


def still_open(thread: ThreadView) -> str:
    """What needs attention in a thread, in words."""
    parts = [
        counted(number, word)
        for number, word in (
            (thread.open_questions, "open question"),
            (thread.disputed, "disputed claim"),
            (thread.open_actions, "open action"),
        )
        if number
    ]
    return ", ".join(parts) or "nothing open"


def thread_block(thread: ThreadView, short: Callable[[str], str], paint: Paint, width: int) -> Iterator[str]:
    """A thread in two lines or more: its subject, and what is in it."""
    subject = wrap(thread.subject, width, indent=" " * (len(short(thread.id)) + 2)) or [""]
    yield f"{paint(short(thread.id), Role.NAME)}  {paint(subject[0].strip(), Role.STRONG)}"
    yield from (paint(line, Role.STRONG) for line in subject[1:])
    yield from wrap(
        f"{counted(thread.messages, 'mail')} by {counted(thread.people, 'person')}, "
        f"{days(thread.first_date, thread.last_date)}; {counted(thread.items, 'item')}; {still_open(thread)}"
        + ("; from a page, without real headers" if thread.provisional else ""),
        width,
        indent="    ",
    )
