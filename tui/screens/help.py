"""In: the key bindings in force. Out: a page of them, made from the bindings themselves, so that it cannot be wrong."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.keys import format_key
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tui.widgets.signs import LETTER, VERDICT_SIGN


def key_table(screen: Screen[object]) -> list[tuple[str, str, bool]]:
    """(keys, what they do, whether they work now) of every binding in force, the focused pane's first."""
    groups: dict[tuple[int, str], list[ActiveBinding]] = {}
    order: list[tuple[int, str]] = []
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.description or binding.system:
            continue
        own = (id(active.node), binding.action)
        if own not in groups:
            order.append(own)
        groups.setdefault(own, []).append(active)
    out = []
    for own in order:
        held = groups[own]
        keys = " ".join(dict.fromkeys(_key(a.binding) for a in held))
        out.append((keys, held[0].binding.description, all(a.enabled for a in held)))
    return out


def _key(binding: Binding) -> str:
    return format_key(binding.key) if "," not in binding.key else binding.key


class HelpScreen(ModalScreen[None]):
    """The keys of the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,backspace", "dismiss", "Close", key_display="esc"),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, keys: list[tuple[str, str, bool]], words: str = "") -> None:
        """`words` say what the screen below shows."""
        super().__init__()
        self.keys, self.words = keys, words

    def compose(self) -> ComposeResult:
        width = max((len(keys) for keys, _, _ in self.keys), default=0)
        lines = [f"{keys:<{width}}  {what}" + ("" if works else " (not now)") for keys, what, works in self.keys]
        kinds = "  ".join(f"{letter} {kind}" for kind, letter in LETTER.items())
        verdicts = "  ".join(f"{sign} {verdict}" for verdict, sign in VERDICT_SIGN.items())
        signs = [
            kinds,
            verdicts,
            "┊ ▸ folded  ▾ open  ● unread  ┃ the chosen item's words  C disputed✗▸ a claim, its state and verdict",
            "",
        ]
        signs += [self.words, ""] if self.words else []
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = Content("keys and signs")
            scroll.border_subtitle = Content("j k scroll · esc closes")
            yield Static("\n".join([*signs, *lines]), markup=False)

    def action_scroll(self, by: int) -> None:
        self.query_one("#help").scroll_relative(y=by, animate=False)
