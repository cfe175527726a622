"""In: keys and words typed over a table of items. Out: what is wanted, read anew at each of them.

Shared by the tables of items and of decisions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType

from kb.choosing import VERDICTS, Order, Wanted, after, states_among, typed
from kb.errors import ThreadkbError
from kb.reading import reading
from kb.views import ItemView
from kb.visible import one_line
from tui.screens.later import LaterView
from tui.widgets.item_list import Choice
from tui.widgets.lines import LineView

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be read."""

    wanted: Wanted
    by_topic: bool = False


class ChoosingView(LaterView[Found]):
    """A table of items that keys and typed words choose from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "state", "State"),
        Binding("p", "person", "Only this person", show=False),
        Binding("greater_than_sign", "order(1)", "Next order", key_display=">", show=False),
        Binding("less_than_sign", "order(-1)", "Order before", key_display="<", show=False),
        Binding("asterisk", "scope", "This thread or all", key_display="*", show=False),
        Binding("c", "conversation", "Thread"),
    ]
    orders: tuple[Order, ...] = tuple(Order)

    def __init__(self, path: Path, thread: str | None, *, order: Order, least: float, kind: str | None = None) -> None:
        super().__init__(path)
        self._only = kind
        self.base = Wanted(kind=kind, thread=thread, order=order, least=least)
        """What keys chose; typed words are laid over it."""
        self.typed = ""
        self.states: frozenset[tuple[str, str]] = frozenset()
        self._subjects: dict[str, str] = {}

    @property
    def current(self) -> ItemView | None:
        """The item under the cursor."""
        raise NotImplementedError

    @property
    def wanted(self) -> Wanted:
        """Which items are shown, or will be when they are read."""
        return typed(self.typed, self.base)

    @property
    def where(self) -> str:
        """`in all threads`, or in which."""
        thread = self.base.thread
        if thread is None:
            return "in all threads"
        if thread not in self._subjects:
            try:
                with reading(self.path) as reader:
                    found = reader.ask("thread_head", thread=thread)
            except ThreadkbError:
                found = []
            self._subjects[thread] = one_line(found[0]["subject"]) if found else "a thread that is gone"
        return f"in {self._subjects[thread]}"

    def choose(self, base: Wanted) -> None:
        """Want something else."""
        if base != self.base:
            self.base = base
            self.load()
            self.tell()

    def words_of(self, pane: LineView) -> str:
        return self.typed

    def look_for(self, pane: LineView, words: str, *, done: bool) -> None:
        if words != self.typed:
            self.typed = words
            self.load()

    def action_kind(self, kind: str) -> None:
        if kind:
            self.choose(self.base.of_kind(kind))
        else:
            self.typed = ""
            self.base = replace(self.base.cleared(), kind=self._only)
            self.load()

    def action_state(self) -> None:
        self.choose(replace(self.base, state=after(self.base.state, states_among(self.states, self.base.kind))))

    def action_verdict(self) -> None:
        self.choose(replace(self.base, verdict=after(self.base.verdict, VERDICTS)))

    def action_person(self) -> None:
        """Show what the person under the cursor said, or everybody's again."""
        if self.base.by:
            self.choose(replace(self.base, by=""))
        elif self.current is not None:
            self.choose(replace(self.base, by=self.current.address or self.current.author))

    def action_about(self) -> None:
        """Show what speaks of the topic under the cursor, then of its next one, then everything again."""
        topics = self.current.topics if self.current is not None else ()
        self.choose(replace(self.base, topic=after(self.base.topic or None, topics) or ""))

    def action_least(self, way: int) -> None:
        self.choose(replace(self.base, least=Choice(least=self.base.least).next_least(way).least))

    def action_order(self, way: int) -> None:
        place = self.orders.index(self.base.order) + way
        self.choose(replace(self.base, order=self.orders[place % len(self.orders)]))

    def action_scope(self) -> None:
        """Show all threads, or only the one under the cursor."""
        if self.base.thread is not None:
            self.choose(replace(self.base, thread=None))
        elif self.current is not None:
            self.choose(replace(self.base, thread=self.current.thread_id))

    def action_conversation(self) -> None:
        if self.current is not None:
            self.browser.show_in_thread(self.current)
