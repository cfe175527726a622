"""In: a thread. Out: its conversation with the table of its items beside it; moving in the table moves the mail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from kb.records import ItemKind
from kb.views import ItemView
from kb.visible import one_line
from tui.pages import ThreadPage, messages_by_tree, read_thread
from tui.screens.view import View
from tui.widgets.conversation import Conversation
from tui.widgets.item_list import Choice, ItemList
from tui.widgets.lines import LineView
from tui.widgets.signs import letter, says, verdict_sign


class ThreadScreen(View):
    """A thread: conversation and items."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Pane", key_display="tab"),
        Binding("0", "kind('')", "All kinds", show=False),
        Binding("1", "kind('claim')", "Claims", show=False),
        Binding("2", "kind('question')", "Questions", show=False),
        Binding("3", "kind('decision')", "Decisions", show=False),
        Binding("4", "kind('action')", "Actions", show=False),
        Binding("s", "state", "State"),
        Binding("v", "verdict", "Verdict"),
        Binding("plus", "least(1)", "Only surer items", key_display="+", show=False),
        Binding("minus", "least(-1)", "Less sure items too", key_display="-", show=False),
        Binding("t", "order", "Order by replies or by date", show=False),
        Binding("z", "zoom", "Pane alone", show=False),
    ]
    search_hint = "conversation: find words · items: show those with the words"

    def __init__(self, path: Path, thread: str, *, least: float = 0.0) -> None:
        """Items found with less confidence than `least` are hidden at first."""
        super().__init__(path)
        self.thread_id = thread
        self._least = least
        self.page: ThreadPage | None = None
        self.by_replies = True

    def panes(self) -> ComposeResult:
        with Container(id="thread-panes", classes="panes"):
            yield Conversation(id="conversation")
            yield ItemList(id="items")

    @property
    def conversation(self) -> Conversation:
        return self.query_one("#conversation", Conversation)

    @property
    def items(self) -> ItemList:
        return self.query_one("#items", ItemList)

    def load(self) -> None:
        self.page = read_thread(self.path, self.thread_id)
        page = self.page
        self._show_mails()
        self.items.show(page.items if page is not None else (), replace(self.items.choice, least=self._least))
        self.tell()

    def _show_mails(self) -> None:
        if self.page is None:
            self.conversation.show(())
            return
        mails = messages_by_tree(self.page) if self.by_replies else self.page.mails
        if self._least:
            sure = [tuple(item for item in mail.items if item.confidence >= self._least) for mail in mails]
            mails = tuple(replace(mail, items=items) for mail, items in zip(mails, sure, strict=True))
        self.conversation.show(mails)

    def go_to(self, item: ItemView) -> None:
        """Show an item in its place in the conversation."""
        self.conversation.focus()
        self.conversation.reveal(item)

    # filters and order

    def _choose(self, choice: Choice) -> None:
        self.items.show(self.items.items, choice)
        self._reveal_current()
        self.tell()

    def _reveal_current(self) -> None:
        """While the table has the focus, the mail shows what its cursor stands on."""
        current = self.items.current
        if self.focused is self.items and current is not None:
            self.conversation.reveal(current)

    def action_kind(self, kind: str) -> None:
        choice = self.items.choice
        self._choose(choice.of_kind(kind or None) if kind else Choice(words=choice.words, least=choice.least))

    def action_least(self, way: int) -> None:
        choice = self.items.choice.next_least(way)
        if choice != self.items.choice:
            self._least = choice.least
            self._show_mails()
            self._choose(choice)

    def action_state(self) -> None:
        self._choose(self.items.choice.next_state(self.items.items))

    def action_verdict(self) -> None:
        self._choose(self.items.choice.next_verdict(self.items.items))

    def action_order(self) -> None:
        self.by_replies = not self.by_replies
        self._show_mails()
        self.tell()

    def action_zoom(self) -> None:
        self.toggle_class("-alone")

    def words_of(self, pane: LineView) -> str:
        return self.items.choice.words if isinstance(pane, ItemList) else pane.needle_words

    def look_for(self, pane: LineView, words: str, *, done: bool) -> None:
        if isinstance(pane, ItemList):
            self._choose(replace(self.items.choice, words=words))
        else:
            super().look_for(pane, words, done=done)

    # what the cursor stands on

    def on_line_view_moved(self, event: LineView.Moved | None = None) -> None:
        if event is not None and event.view is self.items:
            self._reveal_current()
        elif event is not None and event.view is self.conversation and self.focused is self.conversation:
            self.items.go_to(self.conversation.chosen)
        self.tell()

    def on_line_view_opened(self, event: LineView.Opened) -> None:
        item = self._current
        if item is not None:
            self.browser.open_item(item.id)

    @property
    def _current(self) -> ItemView | None:
        return self.items.current if self.focused is self.items else self.conversation.chosen

    def tell(self) -> None:
        page = self.page
        if page is None:
            self.say(Content("this thread is no longer in the database; esc goes back"))
            return
        talk, table = self.conversation, self.items
        mails = f"{page.thread.messages} mails" + ("" if self.by_replies else " by date")
        self.head(talk, one_line(page.thread.subject), mails, talk.hit_words())
        count = str(len(table.items)) if table.choice == Choice() else f"{len(table.shown)} of {len(table.items)}"
        self.head(table, f"{count} items", table.choice.sentence)
        item = self._current
        self.say(Content(_summary(item) if item is not None else _legend(page)))


def _summary(item: ItemView) -> str:
    verdict = f" {verdict_sign(item.verdict)} {item.verdict}" if item.verdict else ""
    return f"{letter(item.kind)} {item.state}{verdict} · {says(item)}"


def _legend(page: ThreadPage) -> str:
    """The keys that show one kind, with its name (whose letter is its badge) and how many there are."""
    counts = [(kind, sum(item.kind == kind for item in page.items)) for kind in ItemKind]
    kinds = "  ".join(f"{key} {kind.capitalize()}s ({count})" for key, (kind, count) in enumerate(counts, 1))
    return f"? keys   {kinds}"
