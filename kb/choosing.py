"""In: what a person typed and pressed over a table of items. Out: which items they want, in which order. Pure.

Typed words can name a field: `by:ada topic:lock state:open` and words besides; what names none is looked for as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from kb.filtering import like
from kb.records import STATES, ItemKind, State, Verdict

UNCHECKED = "unchecked"
VERDICTS = (*map(str, Verdict), UNCHECKED)
KINDS = tuple(map(str, ItemKind))
EVERY_STATE = tuple(dict.fromkeys(str(state) for of_kind in STATES.values() for state in of_kind))


class Order(StrEnum):
    """In which order items stand."""

    NEWEST = "newest"
    THREAD = "thread"
    """As they are read: the thread last written to first, in it by mail."""
    STATE = "state"
    """In dispute and open first."""
    VERDICT = "verdict"
    """Refuted first."""
    PERSON = "person"
    CONFIDENCE = "confidence"
    """The least sure first: what a person should look at."""

    @property
    def words(self) -> str:
        """The order for people."""
        return _ORDER_WORDS[self]


_ORDER_WORDS = {
    Order.NEWEST: "newest first",
    Order.THREAD: "as read",
    Order.STATE: "open and disputed first",
    Order.VERDICT: "refuted first",
    Order.PERSON: "by person",
    Order.CONFIDENCE: "least sure first",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items; None and "" mean all. Texts match as parts, without regard to ASCII case."""

    kind: str | None = None
    state: str | None = None
    verdict: str | None = None
    """A verdict, or `unchecked`."""
    topic: str = ""
    by: str = ""
    words: str = ""
    thread: str | None = None
    """A full thread id."""
    least: float = 0.0
    """Confidence below which an item is hidden."""
    order: Order = Order.NEWEST

    def asked(self) -> dict[str, object]:
        """The parameters of the query `items_in_order`."""
        return {
            "kind": self.kind,
            "state": self.state,
            "verdict": self.verdict,
            "topic": like(self.topic or None),
            "by": like(self.by or None),
            "words": like(" ".join(self.words.split()) or None),
            "thread": self.thread,
            "confidence": self.least or None,
            "sorted": str(self.order),
            "runs": self.verdict is not None or self.order is Order.VERDICT,
        }

    def of_kind(self, kind: str | None) -> Wanted:
        """The same of another kind; a state that it cannot have is let go."""
        keeps = kind is None or self.state is None or self.state in STATES[ItemKind(kind)]
        return replace(self, kind=kind, state=self.state if keeps else None)

    def cleared(self) -> Wanted:
        """All items of the same thread, in the same order."""
        return Wanted(thread=self.thread, order=self.order, least=self.least)

    @property
    def sentence(self) -> str:
        """`claim · disputed · by ada · "words"`, with what mails hold as it is; empty where all are shown."""
        parts = [
            self.kind,
            self.state,
            self.verdict,
            self.by and f"by {self.by}",
            self.topic and f"about {self.topic}",
            f"sure ≥ {self.least:g}" if self.least else None,
            f'"{self.words}"' if self.words else None,
        ]
        return " · ".join(part for part in parts if part)


def typed(text: str, wanted: Wanted) -> Wanted:
    """`wanted` with what `text` names in place of what was typed before; half-typed names are words until they fit."""
    named: dict[str, str] = {}
    words = []
    for part in text.split():
        field, colon, value = part.partition(":")
        field = {"about": "topic", "from": "by"}.get(field.casefold(), field.casefold())
        if colon and value and (held := _value(field, value)) is not None:
            named[field] = held
        elif not (colon and field in _FIELDS):
            words.append(part)
    return replace(wanted, words=" ".join(words), **named)  # type: ignore[arg-type]


_FIELDS = ("kind", "state", "verdict", "topic", "by")


def _value(field: str, value: str) -> str | None:
    """What `value` names in a field: a kind, state or verdict by its beginning; None where it names nothing."""
    if field in ("topic", "by"):
        return value.replace("_", " ") if field == "by" else value
    known = {"kind": KINDS, "state": EVERY_STATE, "verdict": VERDICTS}.get(field, ())
    return next((one for one in known if one.startswith(value.casefold())), None)


def after(now: str | None, names: tuple[str, ...]) -> str | None:
    """The name after `now` in a round of `names` and None."""
    place = names.index(now) + 1 if now in names else 0
    return names[place] if place < len(names) else None


def states_among(held: frozenset[tuple[str, str]], kind: str | None) -> tuple[str, ...]:
    """The states that items (kind, state) of a kind, or of any, have; in the order of their kinds."""
    there = {state for of_kind, state in held if kind is None or of_kind == kind}
    return tuple(str(State(state)) for state in EVERY_STATE if state in there)
