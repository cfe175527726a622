"""In: a thread and its items. Out: the page a maintainer would pin up: what is decided, open, checked, in lines. Pure.

What the thread and a check disagree on comes first. Long lists are cut, and say which command shows the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kb.records import STATES, ItemKind, State, Verdict
from kb.views import ItemView, LinkView, ThreadView
from kb.visible import one_line
from tui.cli.groups import Groups, foremost, grouped
from tui.cli.itemlines import counted, days
from tui.cli.layout import Role, cells, cut, pad
from tui.cli.pages import Page

_SHOWN = 5
"""Items of a group that are shown, unless `_MORE` or `_FEWER` says otherwise."""
_MORE, _FEWER = 8, 3
_AUTHOR = 16
_SAYS_LITTLE = (Verdict.INCONCLUSIVE, Verdict.NOT_RUN, Verdict.ERROR)


def summary(
    page: Page, thread: ThreadView, items: Sequence[ItemView], links: Sequence[LinkView], *, db: str = ""
) -> Iterator[str]:
    """The page. `db` is what must follow a command to reach this database, "" for none."""
    groups = grouped(items)
    yield from (page.title(line) for line in page.text(thread.subject, indent=""))
    kinds = Counter(item.kind for item in items)
    yield from page.text(
        f"{counted(thread.messages, 'mail')} by {counted(thread.people, 'person')}, "
        f"{days(thread.first_date, thread.last_date)}: " + ", ".join(counted(kinds[kind], kind) for kind in ItemKind),
        indent="",
    )
    rest = _Rest(page, db, links)
    if groups.disagreements:
        yield from rest.heading("Where the thread and a check disagree", len(groups.disagreements))
        for item, words in groups.disagreements[:_SHOWN]:
            yield from _lines(page, item, words, f"check {item.verdict}: {item.summary}")
        yield from rest.more(len(groups.disagreements) - _SHOWN, "claims --verdict refuted")
    yield from _decisions(page, rest, groups)
    yield from _open(page, rest, groups)
    yield from _checked(page, rest, groups, {item.id for item, _ in groups.disagreements[:_SHOWN]})


@dataclass(frozen=True, slots=True)
class _Rest:
    page: Page
    db: str
    links: Sequence[LinkView]

    def shown(self, title: str, items: Sequence[ItemView], count: int, command: str) -> Iterator[str]:
        """A group: its title, its foremost items with the reason for their state, the command for the rest."""
        yield f" {title} ({len(items)})"
        for item in foremost(items, self.links, count):
            yield from _lines(self.page, item, _reason(item))
        yield from self.more(len(items) - count, command)

    def heading(self, title: str, count: int) -> Iterator[str]:
        """A section's title."""
        yield ""
        yield self.page.title(f"{title} ({count})")

    def all(self, command: str, also: str = "") -> Iterator[str]:
        """The command that shows a group of which nothing is shown."""
        yield self.page.paint(f"  … all of them: threadkb {command}{self.db}{also}", Role.FAINT)

    def more(self, count: int, command: str, also: str = "") -> Iterator[str]:
        """The command that shows the `count` items that were left out."""
        if count > 0:
            yield self.page.paint(f"  … and {count} more: threadkb {command}{self.db}{also}", Role.FAINT)


def _reason(item: ItemView) -> str:
    """Why an item stands where it stands, without what the group's title says."""
    if item.state == State.OPEN:
        return ""
    return item.because.removeprefix(f"{item.state}: ")


def _lines(page: Page, item: ItemView, beside: str, below: str = "") -> Iterator[str]:
    """An item: who and when, `beside` on the same line where it fits, its words, and what comes `below`."""
    left = f"  {page.short(item.id)}  {pad(f'#{item.number}', 3)} {item.date[:10]}  "
    author = cut(one_line(item.author), _AUTHOR)
    room = page.width - cells(left) - _AUTHOR - 2
    words = one_line(beside)
    fits = cells(words) <= room
    head = f"{pad(author, _AUTHOR)}  {words}" if fits and words else author
    yield left.replace(page.short(item.id), page.paint(page.short(item.id), Role.NAME), 1) + head
    yield from page.text(f'"{item.quote}"', limit=2)
    if not fits:
        yield from page.text(words, indent="      ", limit=1)
    yield from page.text(below, indent="      ", limit=2)


_COUNTS = {State.ACCEPTED: _MORE, State.PROPOSED: _SHOWN}


def _decisions(page: Page, rest: _Rest, groups: Groups) -> Iterator[str]:
    total = sum(len(found) for _, found in groups.decisions)
    if not total:
        return
    yield from rest.heading("Decisions", total)
    for state, found in groups.decisions:
        count = _COUNTS.get(State(state), _FEWER)
        yield from rest.shown(page.paint.word(state), found, count, f"decisions --state {state}")


def _open(page: Page, rest: _Rest, groups: Groups) -> Iterator[str]:
    total = len(groups.questions) + len(groups.actions) + len(groups.disputed)
    if not total:
        return
    yield from rest.heading("Still open", total)
    for title, found, command in (
        ("questions without an answer", groups.questions, "questions --state open"),
        ("disputed claims", groups.disputed, "claims --state disputed"),
        ("actions not done", groups.actions, "actions --state open"),
    ):
        if found:
            yield from rest.shown(page.paint(title, Role.OPEN), found, _SHOWN, command)


def _checked(page: Page, rest: _Rest, groups: Groups, shown_before: set[str]) -> Iterator[str]:
    total = sum(len(found) for _, found in groups.checked)
    if not total:
        return
    yield from rest.heading("Checked by running something", total)
    for verdict, found in groups.checked:
        if verdict in _SAYS_LITTLE:
            yield from _untold(page, rest, verdict, found)
            continue
        fresh = [item for item in found if item.id not in shown_before]
        above = f", {len(found) - len(fresh)} of them above" if len(fresh) < len(found) else ""
        yield f" {page.paint.word(verdict)} ({len(found)}{above})"
        for item in foremost(fresh, rest.links, _SHOWN):
            yield from _lines(page, item, f"{item.state} in the thread", item.summary or "")
        yield from rest.more(len(fresh) - _SHOWN, f"claims --verdict {verdict}", _also(fresh))


def _untold(page: Page, rest: _Rest, verdict: str, found: Sequence[ItemView]) -> Iterator[str]:
    """Checks that showed nothing: how many, and the commonest reasons."""
    yield f" {page.paint.word(verdict)} ({len(found)})"
    reasons = Counter(item.summary or "" for item in found)
    for words, count in reasons.most_common(_FEWER):
        yield from page.text(f"{count}: {words}", limit=2)
    yield from rest.all(f"claims --verdict {verdict}", _also(found))


def _also(items: Sequence[ItemView]) -> str:
    return ", and `decisions`" if any(item.kind == ItemKind.DECISION for item in items) else ""


def hints(page: Page, items: Sequence[ItemView], links: Sequence[LinkView], *, db: str = "") -> Iterator[str]:
    """Commands to type next: how a decision came about, a claim with its evidence, all of it."""
    groups = grouped(items)
    decided = [item for _, found in groups.decisions[:1] for item in foremost(found, links, 1)]
    checked = [item for item, _ in groups.disagreements] or [item for _, found in groups.checked for item in found]
    commands = [
        *((f"why {page.short(item.id)}", "how this decision came about") for item in decided),
        *((f"show {page.short(item.id)}", "this claim, with the evidence of its check") for item in checked[:1]),
        ("browse", "all of it, full-screen"),
    ]
    typed = [(f"threadkb {command}{db}", words) for command, words in commands]
    widest = max(len(line) for line, _ in typed)
    yield ""
    yield page.title("Next")
    for line, words in typed:
        yield f"  {line:<{widest}}  {page.paint(words, Role.FAINT)}"


def row(thread: ThreadView, items: Sequence[ItemView]) -> dict[str, Any]:
    """The same as plain values; items by id."""
    groups = grouped(items)
    return {
        "thread": {"id": thread.id, "subject": thread.subject, "mails": thread.messages, "people": thread.people},
        "items": {str(kind): sum(item.kind == kind for item in items) for kind in ItemKind},
        "states": {
            str(kind): {str(s): n for s in STATES[kind] if (n := sum(i.kind == kind and i.state == s for i in items))}
            for kind in ItemKind
        },
        "disagreements": [{**_item_row(item), "says": words} for item, words in groups.disagreements],
        "decisions": {state: [_item_row(item) for item in found] for state, found in groups.decisions},
        "open": {
            "questions": [_item_row(item) for item in groups.questions],
            "claims": [_item_row(item) for item in groups.disputed],
            "actions": [_item_row(item) for item in groups.actions],
        },
        "checked": {verdict: [_item_row(item) for item in found] for verdict, found in groups.checked},
    }


def _item_row(item: ItemView) -> dict[str, Any]:
    return {
        "id": item.id,
        "message_id": item.message_id,
        "number": item.number,
        "author": item.author,
        "date": item.date,
        "quote": item.quote,
        "state": item.state,
        "because": item.because,
        "verdict": item.verdict,
        "summary": item.summary,
    }
