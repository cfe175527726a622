"""In: what was open in an old version and what a new one says of each. Out: the lines or plain values that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kb.carry_reading import Carried, Scope
from kb.carrying import Mark, Why
from kb.roles import Roles
from kb.visible import one_line
from tui.cli.itemlines import counted
from tui.cli.layout import Role
from tui.cli.pages import Page

_TITLES = {
    Mark.SILENT: "The new version says nothing of",
    Mark.MENTIONED: "The new version speaks of, and does not settle",
    Mark.ADDRESSED: "The new version addresses",
    Mark.DROPPED: "Dropped by hand",
}
_PAINT = {Mark.SILENT: Role.OPEN, Mark.MENTIONED: Role.STRONG, Mark.ADDRESSED: Role.GOOD, Mark.DROPPED: Role.FAINT}
_SHORT = 8
"""Words of a quote that mostly points at what it answers."""
_ORDER = (Why.OBJECTION, Why.QUESTION, Why.ACTION, Why.DECISION)


def carried_page(page: Page, old: Scope, new: Scope, every: Sequence[Carried], roles: Roles) -> Iterator[str]:
    """What was open, grouped by what the new version says of it: what is silent first."""
    yield page.title(f"From {_named(page, old)} to {_named(page, new)}")
    tally = ", ".join(
        f"{sum(one.mark is mark for one in every)} {mark}" for mark in _TITLES if mark is not Mark.DROPPED
    )
    yield f"{counted(len(every), 'open item')}: {tally}"
    for mark, title in _TITLES.items():
        found = [one for one in every if one.mark is mark]
        if found:
            yield ""
            yield page.paint(f"{title} ({len(found)})", _PAINT[mark])
        for one in sorted(found, key=lambda c: _ORDER.index(c.found.open.why)):
            yield from _entry(page, one, roles)


def _entry(page: Page, one: Carried, roles: Roles) -> Iterator[str]:
    item, found = one.found.open.item, one.found
    role = roles.words(item.thread_id, item.address)
    who = one_line(item.author) + (f" ({role})" if role else "")
    name = page.paint(page.short(item.id), Role.NAME)
    yield f"  {name}  #{item.number} {item.date[:10]} {who}: {found.open.why}"
    yield from page.text(f'"{item.quote}"', indent="      ", limit=3)
    yield from page.text(found.open.because, indent="      ", limit=2)
    if found.open.context and len(item.quote.split()) <= _SHORT:
        yield from page.text(f"in answer to “{found.open.context}”", indent="      ", limit=2)
    if one.by_hand is not None:
        because = f", because {one.by_hand.why}" if one.by_hand.why else ""
        yield from page.text(
            f"{one.by_hand.mark}, says {one.by_hand.who}, {one.by_hand.at[:10]}{because}", indent="    ! "
        )
    sure = "sure" if found.confidence >= 0.8 else "likely" if found.confidence >= 0.6 else "a guess"
    yield from page.text(f"{found.mark} ({sure}, {found.confidence:.2f}): {found.because}", indent="    > ")
    if found.place is not None:
        yield from page.text(
            f"#{found.place.number} {found.place.author}: “{found.place.text}”", indent="      ", limit=3
        )


def _named(page: Page, scope: Scope) -> str:
    return f"{scope.label} ({page.short(scope.thread_id)}, {scope.date[:10]})"


def record(one: Carried, short: Callable[[str], str]) -> tuple[str, ...]:
    """item, why it was open, mark, how sure, by whom, place, author, quote, reason."""
    item, found = one.found.open.item, one.found
    place = f"#{found.place.number}" if found.place is not None and one.by_hand is None else "-"
    sure = "-" if one.by_hand is not None else f"{found.confidence:.2f}"
    by = one.by_hand.who if one.by_hand is not None else "threadkb"
    because = (one.by_hand.why or "-") if one.by_hand is not None else found.because
    return short(item.id), found.open.why, one.mark, sure, by, place, item.author, item.quote, because


def row(old: Scope, new: Scope, every: Sequence[Carried], roles: Roles) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "old": _scope(old),
        "new": _scope(new),
        "counts": {str(mark): sum(one.mark is mark for one in every) for mark in Mark},
        "items": [_item(one, roles) for one in every],
    }


def _scope(scope: Scope) -> dict[str, Any]:
    return {
        "thread": scope.thread_id,
        "version": scope.label,
        "id": scope.id,
        "author": scope.author,
        "date": scope.date,
        "mails": len(scope.mails),
    }


def _item(one: Carried, roles: Roles) -> dict[str, Any]:
    found, item = one.found, one.found.open.item
    place = found.place
    return {
        "id": item.id,
        "kind": item.kind,
        "message_id": item.message_id,
        "number": item.number,
        "author": item.author,
        "roles": [held.role for held in roles.of(item.thread_id, item.address)],
        "quote": item.quote,
        "open": found.open.why,
        "open_because": found.open.because,
        "answers": found.open.context or None,
        "about": found.open.on.id if found.open.on is not None else None,
        "mark": one.mark,
        "found": found.mark,
        "because": found.because,
        "confidence": round(found.confidence, 2),
        "place": None
        if place is None
        else {
            "kind": place.kind,
            "message_id": place.message_id,
            "number": place.number,
            "author": place.author,
            "start": place.start,
            "end": place.end,
            "text": place.text,
        },
        "by_hand": None
        if one.by_hand is None
        else {"mark": one.by_hand.mark, "who": one.by_hand.who, "at": one.by_hand.at, "why": one.by_hand.why},
    }
