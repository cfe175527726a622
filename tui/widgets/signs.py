"""In: an item's kind, state, verdict. Out: the letters and signs that stand for them, and the class of their colour.

Every colour has a letter, a sign or a word beside it, so that nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from kb.records import STATES, ItemKind, State, Verdict
from kb.views import ItemView
from kb.visible import one_line
from tui.widgets.lines import Pieces

LETTER: Mapping[str, str] = {
    ItemKind.CLAIM: "C",
    ItemKind.QUESTION: "Q",
    ItemKind.DECISION: "D",
    ItemKind.ACTION: "A",
}
VERDICT_SIGN: Mapping[str, str] = {
    Verdict.VERIFIED: "✓",
    Verdict.REFUTED: "✗",
    Verdict.PARTLY: "◐",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_RUN: "–",
    Verdict.ERROR: "!",
}
_VERDICT_LOOK: Mapping[str, str] = {
    Verdict.VERIFIED: "good",
    Verdict.REFUTED: "bad",
    Verdict.PARTLY: "doubt",
    Verdict.INCONCLUSIVE: "doubt",
    Verdict.NOT_RUN: "dim",
    Verdict.ERROR: "bad",
}
_STATE_LOOK: Mapping[str, str] = {
    State.SUPPORTED: "good",
    State.ACCEPTED: "good",
    State.ANSWERED: "good",
    State.DONE: "good",
    State.DISPUTED: "bad",
    State.REFUTED: "bad",
    State.REJECTED: "bad",
    State.OPEN: "doubt",
    State.PROPOSED: "doubt",
}
STATE_WIDTH = max(len(state) for states in STATES.values() for state in states)


def letter(kind: str) -> str:
    """The letter of a kind; `?` for one that this program does not know."""
    return LETTER.get(kind, "?")


def state_look(state: str) -> str:
    return _STATE_LOOK.get(state, "dim")


def verdict_sign(verdict: str | None) -> str:
    return " " if verdict is None else VERDICT_SIGN.get(verdict, "?")


def verdict_look(verdict: str | None) -> str:
    return _VERDICT_LOOK.get(verdict or "", "dim")


def badge(item: ItemView) -> str:
    """What stands before an item's words: `C▸`, `C disputed✗▸`; a state in which nothing happened yet is not told."""
    first = STATES[ItemKind(item.kind)][0] if item.kind in LETTER else ""
    state = "" if item.state == first else f" {one_line(item.state)}"
    return f"{letter(item.kind)}{state}{verdict_sign(item.verdict).strip()}▸"


def standing(item: ItemView) -> Pieces:
    """`C  supported  ✓ verified` as pieces."""
    out: Pieces = [(f" {letter(item.kind)} ", f"badge {item.kind}"), (f" {item.state}", state_look(item.state))]
    if item.verdict is not None:
        out.append((f"  {verdict_sign(item.verdict)} {item.verdict}", verdict_look(item.verdict)))
    return out


def says(item: ItemView) -> str:
    """What an item says, on one line, safe to draw."""
    return one_line(item.says or item.quote)
