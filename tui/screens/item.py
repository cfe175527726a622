"""In: an item. Out: its words in their mail, and beside them all that is known of it; its links can be followed."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from kb.views import ItemView
from kb.visible import one_line
from tui.pages import ItemPage, now_called, read_item
from tui.screens.correcting import CorrectingView
from tui.widgets.conversation import Conversation
from tui.widgets.item_facts import ItemFacts
from tui.widgets.lines import LineView
from tui.widgets.signs import says, verdict_sign


class ItemScreen(CorrectingView):
    """An item: its mail and its facts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Pane", key_display="tab"),
        Binding("r", "run_check", "Check"),
        Binding("c", "conversation", "Thread"),
        Binding("Z", "zoom", "Pane alone", show=False),
    ]

    def __init__(self, path: Path, item: str) -> None:
        super().__init__(path)
        self.item_id = item
        self.page: ItemPage | None = None
        self._known: ItemView | None = None
        """The item as it was last there."""

    def panes(self) -> ComposeResult:
        with Container(id="item-panes", classes="panes"):
            yield Conversation(id="mail")
            yield ItemFacts(id="facts")

    @property
    def mail(self) -> Conversation:
        return self.query_one("#mail", Conversation)

    @property
    def facts(self) -> ItemFacts:
        return self.query_one("#facts", ItemFacts)

    def on_mount(self) -> None:
        self.load()
        self.facts.focus()
        self.set_interval(0.5, self._tick)

    def load(self) -> None:
        self.page = page = read_item(self.path, self.item_id)
        if page is not None:
            self._known = page.item
            self.mail.show([page.mail])
            self.facts.show(page)
            self.call_after_refresh(self._reveal)
        self.tell()

    def _reveal(self) -> None:
        if self.page is not None:
            self.mail.reveal(self.page.item)

    def on_resize(self) -> None:
        super().on_resize()
        self.call_after_refresh(self._reveal)

    @property
    def corrected(self) -> ItemView | None:
        return self._known

    @property
    def linked(self) -> tuple[str, str, str] | None:
        link = self.facts.link if self.focused is self.facts else None
        return None if link is None else (link.source, link.relation, link.target)

    def was_corrected(self) -> None:
        """An item of another kind has another id; its words stay."""
        known = self._known
        if known is not None:
            self.item_id = now_called(self.path, known) or self.item_id

    def action_zoom(self) -> None:
        self.toggle_class("-alone")

    def action_conversation(self) -> None:
        if self.page is not None:
            self.browser.show_in_thread(self.page.item)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "run_check" and self.browser.read_only:
            return None
        return super().check_action(action, parameters)

    def action_run_check(self) -> None:
        self.browser.run_check(self.item_id)
        if self.page is not None:
            self.tell()

    def _tick(self) -> None:
        if self.item_id in self.browser.running:
            self.tell()

    def on_line_view_opened(self, event: LineView.Opened) -> None:
        if event.view is self.mail:
            chosen = self.mail.chosen
            if chosen is not None and chosen.id != self.item_id:
                self.browser.open_item(chosen.id)
        elif self.facts.opens is not None:
            self.browser.open_item(self.facts.opens.id)

    def tell(self) -> None:
        page = self.page
        if page is None:
            undo = "; u undoes what was said of it" if self._known is not None and not self.browser.read_only else ""
            self.say(Content(f"this item is no longer in the database; esc goes back{undo}"))
            return
        self.head(self.mail, f"#{page.item.number} {one_line(page.item.author)}", self.mail.hit_words())
        self.head(self.facts, f"{page.item.kind} {page.shown}", self.facts.hit_words())
        seconds = self.browser.running_for(self.item_id)
        if seconds is not None:
            self.say(Content.styled(f"running its check … {seconds:.0f} s", "bold"))
            return
        target = self.facts.opens if self.focused is self.facts else None
        if target is not None:
            self.say(Content(f"enter opens #{target.number}: {says(target)}"))
        else:
            self.say(Content(_run_hint(page, read_only=self.browser.read_only)))


def _run_hint(page: ItemPage, *, read_only: bool) -> str:
    if read_only:
        return "read-only: checks are not run, nothing is corrected"
    if not page.runs:
        return "r runs its check"
    run = page.runs[0]
    return f"{verdict_sign(run.verdict)} {run.verdict} on {run.at[:16].replace('T', ' at ')} · r runs its check again"
