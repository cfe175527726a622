"""In: rows of the read queries. Out: frozen values for the faces, each with all that a line on the screen needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ThreadView:
    """One thread, with what needs attention in it."""

    id: str
    root_id: str
    subject: str
    messages: int
    people: int
    first_date: str
    last_date: str
    items: int
    open_questions: int
    disputed: int
    open_actions: int
    origin: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as it is kept."""

    message_id: str
    thread_id: str
    number: int
    parent_id: str | None
    subject: str
    author: str
    address: str
    date: str
    body: str
    sha256: str
    origin: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item with who said it, when and where, its state, and the verdict of its latest run."""

    id: str
    kind: str
    thread_id: str
    message_id: str
    number: int
    """The message's number in the thread."""
    author: str
    address: str
    date: str
    start: int
    end: int
    quote: str
    says: str
    confidence: float
    cue: str
    state: str
    because: str
    by_item: str | None
    topics: tuple[str, ...]
    entities: tuple[str, ...]
    verdict: str | None
    strength: str | None
    summary: str | None
    check: str | None


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link, ends by id."""

    source: str
    relation: str
    target: str
    confidence: float
    because: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One run as it was kept."""

    item_id: str
    message_id: str
    quote: str
    """The words that were checked."""
    check: str
    predicate: dict[str, Any]
    bound_by: str
    verdict: str
    strength: str
    summary: str
    evidence: tuple[dict[str, str], ...]
    """`kind`, `text`, `place` of each line."""
    assumptions: tuple[str, ...]
    seconds: float
    fingerprint: str
    reason: str
    at: str
    thread_id: str = ""
    number: int = 0
    """The message's number in the thread."""
    author: str = ""
    date: str = ""
    """When the message was written."""
    extracted: bool = True
    """Whether there is an item of this id; else a binding names these words, and no item has them."""


@dataclass(frozen=True, slots=True)
class FlipView:
    """A run that came out otherwise than the run of the same item before."""

    item_id: str
    thread_id: str
    message_id: str
    number: int
    author: str
    quote: str
    before: str
    """The verdict of the run before."""
    verdict: str
    strength: str
    summary: str
    check: str
    reason: str
    at: str
    before_at: str
    fingerprint: str
    before_fingerprint: str
    extracted: bool


@dataclass(frozen=True, slots=True)
class HitView:
    """A search hit: a message or an item, with the words around the hit."""

    kind: str
    ref: str
    """Message-ID or item id."""
    thread_id: str
    snippet: str
    """The words hit stand between U+0002 and U+0003."""
    number: int
    author: str
    date: str
    message_id: str
    subject: str
    state: str | None


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A version of a patch series in a thread, as b4 read it."""

    revision: int
    subject: str
    change_id: str | None
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class TrailerView:
    """A trailer on a patch of a series."""

    revision: int
    patch: int
    name: str
    value: str
    message_id: str | None
