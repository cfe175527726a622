"""In: a thread. Out: its conversation with the table of its items beside it; moving in the table moves the mail."""

from __future__ import annotations

from collections.abc import Collection
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
from tui.read_marks import ReadMarks
from tui.screens.raw import RawScreen
from tui.screens.view import View
from tui.widgets.conversation import Conversation
from tui.widgets.item_list import Choice, ItemList
from tui.widgets.lines import LineView
from tui.widgets.reply_tree import ReplyTree
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
        Binding("i", "beside", "Items or replies"),
        Binding("H", "raw", "Mail as it came: headers, bytes", show=False),
        Binding("Z", "zoom", "Pane alone", show=False),
    ]
    search_hint = "conversation: find words · items: show those with the words"

    def __init__(self, path: Path, thread: str, *, least: float = 0.0) -> None:
        """Items found with less confidence than `least` are hidden at first."""
        super().__init__(path)
        self.thread_id = thread
        self._least = least
        self.page: ThreadPage | None = None
        self.by_replies = True
        self._marks = ReadMarks(path)
        self._legend = ""

    def panes(self) -> ComposeResult:
        with Container(id="thread-panes", classes="panes"):
            yield Conversation(id="conversation", collates=True)
            yield ItemList(id="items")
            yield ReplyTree(id="replies")

    @property
    def conversation(self) -> Conversation:
        return self.query_one("#conversation", Conversation)

    @property
    def items(self) -> ItemList:
        return self.query_one("#items", ItemList)

    @property
    def replies(self) -> ReplyTree:
        return self.query_one("#replies", ReplyTree)

    def load(self) -> None:
        self.page = read_thread(self.path, self.thread_id)
        page = self.page
        names = [mail.message.message_id for mail in page.mails] if page is not None else []
        self._legend = _legend_of(page) if page is not None else ""
        self.conversation.seeing.begin(self._marks.unread(names), self._read)
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
        self.conversation.show(mails, self.page.collated)
        self.replies.show(messages_by_tree(self.page), self.conversation.seeing.unread)

    def _read(self, message_ids: Collection[str]) -> None:
        self._marks.read(message_ids)
        if self.is_running:
            self.replies.refresh()

    def go_to(self, item: ItemView) -> None:
        """Show an item in its place in the conversation."""
        self.conversation.focus()
        self.conversation.reveal(item)

    def go_to_mail(self, message_id: str) -> None:
        """Show a mail of the thread."""
        self.conversation.focus()
        self.conversation.reveal_mail(message_id)

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

        if self.conversation.is_collated:
            self.conversation.action_switch()

    def action_beside(self) -> None:
        """Show the items beside the conversation, or who answered whom."""
        self.toggle_class("-replies")
        if self.focused in (self.items, self.replies):
            self.call_after_refresh(self.set_focus, self.replies if self.has_class("-replies") else self.items)
        self.call_after_refresh(self.tell)

    def action_raw(self) -> None:
        tree, spot = self.replies, self.conversation.spot
        if self.focused is tree and tree.current is not None:
            self.app.push_screen(RawScreen(self.path, tree.current.message.message_id))
        elif self.focused is self.items and self.items.current is not None:
            self.app.push_screen(RawScreen(self.path, self.items.current.message_id))
        elif spot is not None:
            self.app.push_screen(RawScreen(self.path, spot[0]))

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
            spot = self.conversation.spot
            if spot is not None:
                self.replies.go_to(spot[0])
        self.tell()

    def on_line_view_opened(self, event: LineView.Opened) -> None:
        if event.view is self.replies:
            if self.replies.current is not None:
                self.go_to_mail(self.replies.current.message.message_id)
            return
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
        order = "collated" if talk.is_collated else "by replies" if self.by_replies else "by date"
        mails = f"{page.thread.messages} mails {order}"
        unread = len(talk.seeing.unread)
        self.head(talk, one_line(page.thread.subject), mails, f"{unread} unread" if unread else "", talk.hit_words())
        self.head(self.replies, "replies", f"● {unread} unread" if unread else "", self.replies.hit_words())
        count = str(len(table.items)) if table.choice == Choice() else f"{len(table.shown)} of {len(table.items)}"
        self.head(table, f"{count} items", table.choice.sentence)
        item = self._current
        self.say(Content(_summary(item) if item is not None else self._legend))


def _summary(item: ItemView) -> str:
    verdict = f" {verdict_sign(item.verdict)} {item.verdict}" if item.verdict else ""
    return f"{letter(item.kind)} {item.state}{verdict} · {says(item)}"


def _legend_of(page: ThreadPage) -> str:
    """The keys that show one kind, with its name (whose letter is its badge) and how many there are."""
    counts = [(kind, sum(item.kind == kind for item in page.items)) for kind in ItemKind]
    kinds = "  ".join(f"{key} {kind.capitalize()}s ({count})" for key, (kind, count) in enumerate(counts, 1))
    return f"? keys   {kinds}"
