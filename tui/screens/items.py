"""In: the database. Out: a table of the items of all threads or of one, filtered as one types.

The ids that fit are read in a thread, the rows on the screen by these ids: the length of the table does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from kb.choosing import Order
from kb.errors import ThreadkbError
from kb.listing import Listing, items_with, listing
from kb.reading import reading
from kb.views import ItemView
from kb.visible import one_line
from tui.screens.choosing import ChoosingView, Question
from tui.widgets.item_table import Heading, ItemTable
from tui.widgets.signs import letter, verdict_sign


class Table(ItemTable):
    """Items read from the screen's database."""

    def read_some(self, ids: Sequence[str]) -> Mapping[str, ItemView]:
        return items_of(self.screen, ids)


def items_of(screen: object, ids: Sequence[str]) -> Mapping[str, ItemView]:
    """The items with these ids in the database that a screen shows; none where it cannot be read."""
    assert isinstance(screen, ChoosingView)
    try:
        with reading(screen.path) as reader:
            return items_with(reader, ids)
    except ThreadkbError:  # who reads the table again is told why
        return {}


class ItemsScreen(ChoosingView[Listing]):
    """Items of all threads, or of one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("0", "kind('')", "Everything again", show=False),
        Binding("1", "kind('claim')", "Claims", show=False),
        Binding("2", "kind('question')", "Questions", show=False),
        Binding("3", "kind('decision')", "Decisions", show=False),
        Binding("4", "kind('action')", "Actions", show=False),
        Binding("v", "verdict", "Verdict"),
        Binding("a", "about", "Only its topic", show=False),
        Binding("t", "topics", "By topic"),
        Binding("plus", "least(1)", "Only surer items", key_display="+", show=False),
        Binding("minus", "least(-1)", "Less sure items too", key_display="-", show=False),
    ]
    search_hint = "words · by:NAME topic:WORD kind:K state:S verdict:V"
    help_words = (
        "Words typed after / stand anywhere in an item: its words, its author, its topics, the names in it. "
        "by:ada topic:lock kind:claim state:open verdict:refuted name a field; kinds, states and verdicts by their "
        "beginning, verdict:unchecked for none. Under t an item stands below each of its topics."
    )

    def __init__(self, path: Path, thread: str | None = None, *, least: float = 0.0) -> None:
        """Of one thread, by its full id, or of all; the order is the one in which a thread is read, or newest first."""
        super().__init__(path, thread, order=Order.THREAD if thread else Order.NEWEST, least=least)
        self.by_topic = False

    def panes(self) -> ComposeResult:
        with Container(id="items-pane", classes="panes"):
            yield Table(id="table")

    @property
    def table(self) -> Table:
        return self.query_one("#table", Table)

    @property
    def current(self) -> ItemView | None:
        return self.table.current

    def read(self, question: Question) -> Listing:
        with reading(self.path) as reader:
            return listing(reader, question.wanted, by_topic=question.by_topic)

    def question(self) -> Question:
        return Question(self.wanted, self.by_topic)

    def took(self, found: Listing) -> None:
        self.states = found.states
        self.table.show(found, self.wanted.words)
        self.tell()

    def action_topics(self) -> None:
        self.by_topic = not self.by_topic
        self.table.cursor = 0
        self.load()

    def tell(self) -> None:
        table, found = self.table, self.table.listing
        if found is None:
            self.say(Content("reading …"))
            return
        count = len(found.ids)
        words = ["by topic" if found.topics else "", found.wanted.order.words]
        self.head(
            table,
            f"{count:,} item{'' if count == 1 else 's'} {self.where}",
            one_line(found.wanted.sentence),
            *words,
            "reading …" if self.is_reading else "",
        )
        held = table.at(table.cursor)
        if isinstance(held, ItemView):
            verdict = f" {verdict_sign(held.verdict)} {held.verdict}" if held.verdict else ""
            who = f"#{held.number} {one_line(held.author)}, {held.date[:10]}"
            self.say(Content(f"{letter(held.kind)} {held.state}{verdict} · {who} · {one_line(held.because)}"))
        elif isinstance(held, Heading):
            self.say(Content(f"{held.count} items speak of {one_line(held.topic) or 'nothing named'}; enter folds"))
        elif not count:
            self.say(Content("no item fits; esc lets the words go, 0 shows everything"))

    def on_line_view_opened(self) -> None:
        if self.current is not None:
            self.browser.open_item(self.current.id)
