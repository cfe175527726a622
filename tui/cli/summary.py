"""In: a thread and its items. Out: the page a maintainer would pin up: what is decided, open, checked, in lines. Pure.

What the thread and a check disagree on comes first. Groups show what tells most, and which command lists the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.records import STATES, ItemKind, State, Verdict
from kb.views import ItemView, LinkView, RunView, ThreadView
from tui.cli.entries import Entries
from tui.cli.groups import SURE, Groups, foremost, grouped
from tui.cli.itemlines import counted, days
from tui.cli.layout import Role, cells
from tui.cli.pages import Page

_SHOWN = 2
"""Items of a group that are shown, unless one of these says otherwise."""
_DISAGREEMENTS = 5
_OF_STATE = {State.ACCEPTED: 8, State.OPEN: 4, State.DISPUTED: 3}
_OF_VERDICT = {Verdict.PARTLY: 2, Verdict.VERIFIED: 3}
_SAYS_LITTLE = (Verdict.INCONCLUSIVE, Verdict.NOT_RUN, Verdict.ERROR)


def summary(
    page: Page,
    thread: ThreadView,
    items: Sequence[ItemView],
    links: Sequence[LinkView],
    runs: Sequence[RunView] = (),
) -> Iterator[str]:
    """The page. `runs` has the latest run of each item that was checked."""
    groups = grouped(items)
    yield from (page.title(line) for line in page.text(thread.subject, indent=""))
    kinds = Counter(item.kind for item in items)
    yield from page.text(
        f"{counted(thread.messages, 'mail')} by {counted(thread.people, 'person')}, "
        f"{days(thread.first_date, thread.last_date)}: " + ", ".join(counted(kinds[kind], kind) for kind in ItemKind),
        indent="",
    )
    if not items:
        return
    yield from (page.paint(line, Role.FAINT) for line in page.text(_honestly(items), indent=""))
    entries = Entries(page, {item.id: item for item in items}, links, {run.item_id: run for run in runs})
    wall = _Wall(page, entries)
    if groups.disagreements:
        found = groups.disagreements
        yield from wall.heading("Where the thread and a check disagree", len(found))
        wall.shown.update(item.id for item, _ in found[:_DISAGREEMENTS])
        for item, words in found[:_DISAGREEMENTS]:
            state = words.partition(" in the thread")[0]
            yield from entries.checked(item, f"{state}, but {item.verdict}")
    yield from _decisions(wall, groups)
    yield from _open(wall, groups)
    yield from _checked(wall, groups)


def _honestly(items: Sequence[ItemView]) -> str:
    unsure = sum(item.confidence < SURE for item in items)
    found = "A program found these, each with a confidence"
    left = f"; {unsure} of less than {SURE:.2f} are left out here" if unsure else ""
    checked = " A verdict holds in the model, source tree or figures that it rests on." if _has_verdict(items) else ""
    return f"{found}{left}.{checked}"


def _has_verdict(items: Sequence[ItemView]) -> bool:
    return any(item.verdict for item in items)


@dataclass(frozen=True, slots=True)
class _Wall:
    page: Page
    entries: Entries
    shown: set[str] = field(default_factory=set)
    """Items that stand on the page already; none stands there twice."""

    def heading(self, title: str, count: int) -> Iterator[str]:
        """A section's title."""
        yield ""
        yield self.page.title(f"{title} ({count})")

    def choose(self, items: Sequence[ItemView], count: int, *, whole: bool = False) -> tuple[tuple[ItemView, ...], str]:
        """The foremost items that do not stand on the page yet, and how many there are, in words.

        `whole` says that the others follow in brief.
        """
        fresh = [item for item in items if item.id not in self.shown]
        chosen = foremost(fresh, self.entries.links, count)
        self.shown.update(item.id for item in chosen)
        above = len(items) - len(fresh)
        words = f"{len(items)}" if whole or len(chosen) in (0, len(items)) else f"{len(chosen)} of {len(items)}"
        if above:
            words += f", {above} above" if fresh else ", all above"
        return chosen, words

    def title(self, title: str, painted: str, count: str, command: str) -> str:
        """A group's title with how much of it is shown, and at the right the command that lists it all."""
        typed = f"threadkb {command}"
        gap = max(self.page.width - cells(f" {title} ({count}){typed}"), 2)
        return f" {painted} ({count}){' ' * gap}{self.page.paint(typed, Role.FAINT)}"


def _decisions(wall: _Wall, groups: Groups) -> Iterator[str]:
    total = sum(len(found) for _, found in groups.decisions)
    if not total:
        return
    yield from wall.heading("Decisions", total)
    for state, found in groups.decisions:
        chosen, count = wall.choose(found, _OF_STATE.get(State(state), _SHOWN))
        yield wall.title(state, wall.page.paint.word(state), count, f"decisions --state {state}")
        for item in chosen:
            yield from wall.entries.entry(item)


def _open(wall: _Wall, groups: Groups) -> Iterator[str]:
    total = len(groups.questions) + len(groups.actions) + len(groups.disputed)
    if not total:
        return
    yield from wall.heading("Still open", total)
    for title, found, state, command in (
        ("questions without an answer", groups.questions, State.OPEN, "questions --state open"),
        ("disputed claims", groups.disputed, State.DISPUTED, "claims --state disputed"),
        ("actions not done", groups.actions, State.OPEN, "actions --state open"),
    ):
        if found:
            chosen, count = wall.choose(found, _OF_STATE.get(state, _SHOWN))
            yield wall.title(title, wall.page.paint(title, Role.OPEN), count, command)
            for item in chosen:
                yield from wall.entries.entry(item)


def _checked(wall: _Wall, groups: Groups) -> Iterator[str]:
    total = sum(len(found) for _, found in groups.checked)
    if not total:
        return
    yield from wall.heading("Checked by running something", total)
    for verdict, found in groups.checked:
        little = verdict in _SAYS_LITTLE
        chosen, count = wall.choose(found, 0 if little else _OF_VERDICT.get(Verdict(verdict), _SHOWN), whole=True)
        also = ", and decisions" if any(item.kind == ItemKind.DECISION for item in found) else ""
        yield wall.title(verdict, wall.page.paint.word(verdict), count, f"claims --verdict {verdict}{also}")
        if little:
            reasons = Counter(item.summary or "" for item in found)
            for words, number in reasons.most_common(_SHOWN):
                yield from wall.page.text(f"{number}: {words}", limit=2)
        for item in chosen:
            yield from wall.entries.checked(item, f"{item.state}; {item.check}, {item.strength}")
        for item in found:
            if item.id not in wall.shown:
                yield wall.entries.brief(item)


def hints(page: Page, items: Sequence[ItemView], links: Sequence[LinkView], *, typed_first: str = "") -> Iterator[str]:
    """Commands to type next: how a decision came about, a claim with its evidence, all of it.

    `typed_first` is what makes them find this database, "" where they do without.
    """
    groups = grouped(items)
    decided = [item for _, found in groups.decisions[:1] for item in foremost(found, links, 1)]
    checked = [item for item, _ in groups.disagreements] or [item for _, found in groups.checked for item in found]
    commands = [
        *((f"threadkb why {page.short(item.id)}", "how this decision came about") for item in decided),
        *((f"threadkb show {page.short(item.id)}", "a check, with its evidence") for item in checked[:1]),
        ("threadkb browse", "all of it, full-screen; ? tells the keys"),
    ]
    widest = max(len(line) for line, _ in commands)
    yield ""
    yield page.title("Next")
    if typed_first:
        yield f"  {typed_first}"
    for line, words in commands:
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
