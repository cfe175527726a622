"""In: an item. Out: whether a key that jumps goes to it. Pure."""

from __future__ import annotations

from enum import StrEnum

from kb.attention import disagreement
from kb.records import ItemKind, State
from kb.views import ItemView


class Jump(StrEnum):
    """What a key jumps to."""

    ITEM = "item"
    QUESTION = "open question"
    DISAGREEMENT = "disagreement"


def jumps_to(item: ItemView, jump: Jump) -> bool:
    """Whether `item` is one that `jump` goes to; a disagreement is among people, or of the thread with a check."""
    match jump:
        case Jump.ITEM:
            return True
        case Jump.QUESTION:
            return item.kind == ItemKind.QUESTION and item.state == State.OPEN
        case Jump.DISAGREEMENT:
            return item.state == State.DISPUTED or bool(disagreement(item))
