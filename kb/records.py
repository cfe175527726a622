"""In: values. Out: the frozen records that every package speaks, one class a word of the design.

Nothing here knows where a record comes from or where it goes. Offsets count code points in a message's canonical body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kb.terms import STATES, ItemKind, Relation, SourceKind, State, Strength, Verdict, ZoneKind

__all__ = [
    "STATES",
    "Correction",
    "Evidence",
    "Item",
    "ItemKind",
    "Link",
    "Message",
    "Named",
    "Outcome",
    "Passage",
    "Problem",
    "Quote",
    "RawMail",
    "Relation",
    "Run",
    "Source",
    "SourceKind",
    "Standing",
    "State",
    "Strength",
    "Thread",
    "Verdict",
    "Zone",
    "ZoneKind",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in a mail that was mended or could not be: a value with a place, never raised."""

    place: str
    """`msgid:line`, a file name, or where else a person should look."""
    what: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where mail comes from."""

    kind: SourceKind
    address: str
    """A Message-ID, a URL, or an absolute path."""
    seen: str = ""
    """What was last seen there, as its kind has it; "" if that is not known."""


@dataclass(frozen=True, slots=True)
class RawMail:
    """One mail as it came."""

    content: bytes
    origin: str
    """Where it came from, for people: a path, a URL."""
    provisional: bool = False
    """True where the bytes are rebuilt from a page that keeps no real headers; a real mail takes its place."""
    source: Source | None = None
    """Where it can be had again."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one message's canonical body."""

    message_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Where an item's words stand, and the words with white space folded to single blanks."""

    message_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Zone:
    """One stretch of a body. Zones are in order, touch each other and cover the body."""

    kind: ZoneKind
    start: int
    end: int
    depth: int = 0
    """Levels of quotation; 0 unless kind is QUOTE (or an attribution inside a quote)."""
    quoted: Passage | None = None
    """For a quote: the passage of the earlier message that it repeats, where that was found."""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, parsed."""

    message_id: str
    """Without angle brackets."""
    parent_id: str | None
    """The message it answers, as its headers say, present or not."""
    references: tuple[str, ...]
    """Ancestors as the headers give them, oldest first."""
    subject: str
    author: str
    address: str
    date: datetime
    """Aware, UTC."""
    body: str
    """Canonical: decoded text, line ends folded to LF."""
    sha256: str
    """Hex digest of the body's UTF-8."""
    origin: str = ""
    provisional: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """The mails under one root, by date; a message's number is its place in `messages`."""

    root_id: str
    subject: str
    messages: tuple[Message, ...]
    zones: Mapping[str, tuple[Zone, ...]] = field(default_factory=dict)
    """Message-ID to the zones of its body."""


@dataclass(frozen=True, slots=True)
class Item:
    """A claim, question, decision or action, with the words that say it."""

    id: str
    kind: ItemKind
    quote: Quote
    says: str
    confidence: float
    """0 to 1."""
    cue: str
    """What in the wording or its place made it this kind, for people."""
    topics: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    commits: bool = False
    """A decision whose author undertakes it in so many words ("I will change that for v3")."""


@dataclass(frozen=True, slots=True)
class Link:
    """`source` RELATION `target`, both item ids."""

    source: str
    relation: Relation
    target: str
    confidence: float
    because: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An item's state and the reason for it, folded from links and corrections."""

    item_id: str
    state: State
    because: str
    by_item: str | None = None
    """The item whose link decided it."""


@dataclass(frozen=True, slots=True)
class Named:
    """An item as a correction names it: by its words, so that it is known again whatever extraction makes of them."""

    id: str
    """Its id at that time."""
    kind: ItemKind
    message_id: str
    quote: str
    """White space folded to single blanks."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person said of an item by hand; it wins over extraction."""

    item_id: str
    """Of the first item that it names, at that time."""
    verb: str
    """One of `kb.corrections.Verb`."""
    value: str
    """What the verb needs: a state; a relation and an item's id; `kind` and `says` as JSON; the id of a correction."""
    who: str
    when: datetime
    why: str = ""
    named: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of what a verdict rests on."""

    kind: str
    """`step` of a trace, `fact` of a source tree, `figure`, or `note`."""
    text: str
    place: str = ""
    """`file:line` of the source tree, or the process that takes a step."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a hook found out."""

    verdict: Verdict
    strength: Strength
    summary: str
    """One sentence for people."""
    evidence: tuple[Evidence, ...] = ()
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One check of one item, kept for ever."""

    item_id: str
    message_id: str
    quote: str
    """The words that were checked: the item's, or the part of them that the binding names."""
    check: str
    """The hook that decided."""
    predicate: Mapping[str, object]
    bound_by: str
    """`rule` or `hand`, and why this predicate says what the claim says."""
    outcome: Outcome
    seconds: float
    fingerprint: str
    at: datetime
    reason: str = ""
    """Why it was run: `never run`, `hook changed`, `facts changed`, `predicate changed`, `asked for`."""
