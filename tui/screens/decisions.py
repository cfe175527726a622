"""In: the database. Out: a time line of decisions: what was proposed, by whom, what moved it, what took its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.message import Message

from kb.choosing import Order
from kb.errors import ThreadkbError
from kb.reading import reading
from kb.records import ItemKind
from kb.review_reading import roles
from kb.roles import Roles
from kb.timeline import ORDERS, Timeline, timeline
from kb.views import ItemView
from kb.visible import one_line
from tui.screens.choosing import ChoosingView, Question
from tui.screens.items import items_of
from tui.widgets.timeline_lines import TimelineView


class DecisionLines(TimelineView):
    """Decisions read from the screen's database."""

    @dataclass
    class RolesRead(Message):
        """Roles by thread."""

        found: dict[str, Roles]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._roles: dict[str, Roles] = {}
        self._lacking: set[str] = set()
        """Threads of which people's roles are to be read."""

    def read_some(self, ids: Sequence[str]) -> Mapping[str, ItemView]:
        return items_of(self.screen, ids)

    def roles_of(self, item: ItemView) -> str:
        """The roles of who said it as far as they are read; others are read in a thread, and shown then."""
        if item.thread_id in self._roles:
            return self._roles[item.thread_id].words(item.thread_id, item.address)
        if not self._lacking:
            self.call_later(self._ask_for_roles)
        self._lacking.add(item.thread_id)
        return ""

    def _ask_for_roles(self) -> None:
        assert isinstance(self.screen, DecisionsScreen)
        self._read_roles(self.screen.path, sorted(self._lacking))

    @work(thread=True, group="roles")
    def _read_roles(self, path: Path, threads: Sequence[str]) -> None:
        found: dict[str, Roles] = {}
        for thread in threads:
            try:
                with reading(path) as reader:
                    found[thread] = roles(reader, thread)
            except ThreadkbError:  # a MAINTAINERS file that cannot be read
                found[thread] = Roles()
        self.post_message(self.RolesRead(found))

    def on_decision_lines_roles_read(self, event: RolesRead) -> None:
        self._roles |= event.found
        self._lacking.clear()  # what came into view meanwhile asks again when it is drawn
        self.refresh()
        self.post_message(self.Moved(self))

    def forget_roles(self) -> None:
        """Read people's roles anew."""
        self._roles.clear()


class DecisionsScreen(ChoosingView[Timeline]):
    """Decisions of all threads, or of one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("0", "kind('')", "Everything again", show=False),
        Binding("v", "verdict", "Verdict", show=False),
        Binding("a", "about", "Only its topic", show=False),
    ]
    search_hint = "words · by:NAME topic:WORD state:S"
    help_words = (
        "A decision stands at the date when it was proposed, and below it what moved it, each at its own date: "
        "✓ agreed, ✗ objected, ← claims and questions that moved it, ⇒ what replaced it. ↳ took the place of the "
        "decision above."
    )
    orders = ORDERS

    def __init__(self, path: Path, thread: str | None = None, *, least: float = 0.0) -> None:
        """Of one thread, by its full id, or of all; in one thread all steps are shown at first."""
        order = Order.THREAD if thread else Order.NEWEST
        super().__init__(path, thread, order=order, least=least, kind=ItemKind.DECISION)
        self._opens: bool | None = thread is not None

    def panes(self) -> ComposeResult:
        with Container(id="decisions-pane", classes="panes"):
            yield DecisionLines(id="timeline")

    @property
    def table(self) -> DecisionLines:
        return self.query_one("#timeline", DecisionLines)

    @property
    def current(self) -> ItemView | None:
        return self.table.current

    def question(self) -> Question:
        return Question(self.wanted)

    def read(self, question: Question) -> Timeline:
        with reading(self.path) as reader:
            return timeline(reader, question.wanted)

    def took(self, found: Timeline) -> None:
        self.states = found.listing.states
        self.table.forget_roles()
        self.table.show(found, self.wanted.words, all_open=self._opens)
        self._opens = None
        self.tell()

    def action_scope(self) -> None:
        self._opens = self.base.thread is None
        super().action_scope()

    def tell(self) -> None:
        table = self.table
        found = table.timeline
        if found is None:
            self.say(Content("reading …"))
            return
        count = len(found.listing.ids)
        wanted = found.listing.wanted
        sentence = one_line(wanted.sentence).removeprefix("decision").removeprefix(" · ")
        self.head(table, f"{count:,} decision{'' if count == 1 else 's'} {self.where}", sentence, wanted.order.words)
        item, row = self.current, table.row
        if item is not None and row is not None:
            roles_held = table.roles_of(item)
            who = f"#{item.number} {one_line(item.author)}" + (f" ({roles_held})" if roles_held else "")
            because = row.step.because if row.step is not None and row.step.because else item.because
            self.say(Content(f"{item.state} · {who}, {item.date[:16].replace('T', ' ')} · {one_line(because)}"))
        elif not count:
            self.say(Content("no decision fits; esc lets the words go, 0 shows everything"))

    def on_line_view_opened(self) -> None:
        if self.current is not None:
            self.browser.open_item(self.current.id)
