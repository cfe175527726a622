"""In: keys that every screen knows. Out: the prompt for searches, going back, closing, reading again.

A screen reads the database only in `load`, and holds nothing of it open.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Input, Static

from tui.widgets.lines import LineView
from tui.widgets.words import fitted, needle

if TYPE_CHECKING:
    from tui.app import BrowseApp


class Prompt(Input):
    """The line at the bottom in which words to look for are typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.leave_prompt", "Leave", key_display="esc"),
        Binding("enter", "screen.end_prompt", "Find"),
    ]

    async def _on_key(self, event: events.Key) -> None:
        """Keys in the order in which they were typed: those after the end of the prompt are meant for the pane."""
        if self.can_focus and event.key not in ("enter", "escape"):
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        if not self.can_focus:
            self.app.post_message(events.Key(event.key, event.character))
        elif event.key == "enter":
            cast(View, self.screen).action_end_prompt()
        else:
            cast(View, self.screen).action_leave_prompt()


class View(Screen[None]):
    """A screen of the browser: panes, a line on what the cursor stands on, a prompt, the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace", "back", "Back", key_display="esc"),
        Binding("q", "close", "Close", show=False),
        Binding("slash", "search", "Search", key_display="/"),
        Binding("shift+tab", "app.focus_previous", "Pane before", show=False),
        Binding("R", "reload", "Read the database again", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (136, "-wide")]  # noqa: RUF012 - Textual's own name and type

    search_hint = "find in this view"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._asked: LineView | None = None
        """The pane that the prompt searches."""
        self._before = ""

    @property
    def browser(self) -> BrowseApp:
        return cast("BrowseApp", self.app)

    def panes(self) -> ComposeResult:
        """The screen's own widgets."""
        raise NotImplementedError

    def load(self) -> None:
        """Read what the screen shows."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield from self.panes()
        yield Static(id="status", markup=False)
        prompt = Prompt(id="prompt", placeholder=self.search_hint, compact=True)
        prompt.can_focus = False
        yield prompt
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.load()

    def head(self, pane: Widget, *parts: str) -> None:
        """Write a pane's title; empty parts are left out, and the first is cut so that the others fit."""
        first, *rest = [part for part in parts if part]
        room = pane.size.width - sum(cell_len(part) + 3 for part in rest) - 4
        if 0 < room < cell_len(first):
            first = fitted(first, room)
        pane.border_title = Content(f" {' · '.join([first, *rest])} ")

    def say(self, content: Content) -> None:
        """Write the status line."""
        self.query_one("#status", Static).update(content, layout=False)

    def action_reload(self) -> None:
        self.load()

    # the prompt

    def words_of(self, pane: LineView) -> str:
        """The words that the prompt starts with."""
        return pane.needle_words

    def look_for(self, pane: LineView, words: str, *, done: bool) -> None:
        """Search a pane, while words are typed and when they are `done`."""
        pane.needle_words = words
        pane.search(needle(words), move=done)

    def action_search(self) -> None:
        pane = self.focused
        if not isinstance(pane, LineView):
            return
        self._asked, self._before = pane, self.words_of(pane)
        prompt = self.query_one("#prompt", Prompt)
        self.add_class("-asking")
        with prompt.prevent(Input.Changed):
            prompt.value = ""
        prompt.can_focus = True
        self.set_focus(prompt)  # at once: the next key may be waiting already

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._asked is not None:
            self.look_for(self._asked, event.value, done=False)

    def action_end_prompt(self) -> None:
        self._end_prompt(self.query_one("#prompt", Prompt).value)

    def action_leave_prompt(self) -> None:
        self._end_prompt(self._before)

    def _end_prompt(self, words: str) -> None:
        pane, self._asked = self._asked, None
        self.remove_class("-asking")
        if pane is not None:
            self.set_focus(pane)
            self.query_one("#prompt", Prompt).can_focus = False
            self.look_for(pane, words, done=True)
        self.tell()

    def tell(self) -> None:
        """Renew the titles and the status line."""

    # leaving

    def action_back(self) -> None:
        """Let a search go; where there is none, go back to the screen before."""
        pane = self.focused
        if isinstance(pane, LineView) and self.words_of(pane):
            self.look_for(pane, "", done=False)
            self.tell()
        elif self.browser.has_view_below:
            self.dismiss()

    def action_close(self) -> None:
        """Close this view; on the last one, leave the program."""
        if self.browser.has_view_below:
            self.dismiss()
        else:
            self.app.exit()

    def on_line_view_moved(self) -> None:
        self.tell()

    def on_resize(self) -> None:
        self.call_after_refresh(self.tell)

    def on_descendant_focus(self) -> None:
        self.tell()
