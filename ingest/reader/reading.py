"""In: an endpoint, and the paragraphs of messages in reading order. Out: what its model reads in them, and the counts.

What was asked once in a run is not asked again, whether it went well or not; what went well is kept in the cache. A
portion that could not be read is None, and is then read by threadkb itself.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.label import Paragraph
from ingest.reader.answer import Answer, answer_of
from ingest.reader.asking import Asker
from ingest.reader.cache import Answers, folder, name_of
from ingest.reader.endpoint import Endpoint
from ingest.reader.failures import ReadingError
from ingest.reader.prompt import MOST_EARLIER, VERSION, Portion, answer_schema, system_text, user_text
from kb.records import Item, Message, Passage, Thread

_NO_NONCE = "-"
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """What a reader did in one run."""

    by: str
    """`MODEL at HOST`."""
    asked: int
    """Portions that the server was asked about."""
    kept: int
    """Portions whose answer was in the cache."""
    items: int
    loose: int
    """Items dropped because their quote stands nowhere in the message's own words."""
    malformed: int
    """Items, states and links dropped because there are no such kinds, states or relations."""
    failed: int
    """Portions that threadkb read itself."""
    why: Mapping[str, int] = field(default_factory=dict)
    """How often each failure."""
    told: tuple[str, ...] = ()
    """What the server said where it failed, each once."""


class Reader:
    """A model behind an endpoint, for one run."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        answers: Answers | None = None,
        asker: Asker | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """`answers` are kept in the user's cache directory unless given; `tell` is told of each mail in words."""
        self.endpoint = endpoint
        self.tell = tell or (lambda _: None)
        self._answers = answers or Answers(folder())
        self._asker = asker or Asker(endpoint)
        self._schema = answer_schema()
        self._plain = system_text(_NO_NONCE)
        self._read: dict[tuple[str, str], Answer | ReadingError] = {}
        self._kept: set[tuple[str, str]] = set()

    def read(
        self,
        thread: Thread,
        portion: Portion,
        every: Sequence[Paragraph],
        earlier: Sequence[tuple[Item, str]],
    ) -> Answer | None:
        """What the model reads in `portion` of a message whose paragraphs are `every`; None where it failed."""
        messages = {m.message_id: m for m in thread.messages}
        name = self._name(portion, messages, earlier)
        key = (portion.message.message_id, name)
        if key not in self._read:
            try:
                self._read[key] = self._answered(name, thread, portion, every, messages, earlier)
            except ReadingError as wrong:
                self._read[key] = wrong
        found = self._read[key]
        return found if isinstance(found, Answer) else None

    def _name(self, portion: Portion, messages: Mapping[str, Message], earlier: Sequence[tuple[Item, str]]) -> str:
        model = self.endpoint.model or f"at {self.endpoint.place}"
        asked = user_text(portion, messages, earlier, _NO_NONCE)
        return name_of(VERSION, model, self._plain, json.dumps(self._schema, sort_keys=True), asked)

    def _answered(
        self,
        name: str,
        thread: Thread,
        portion: Portion,
        every: Sequence[Paragraph],
        messages: Mapping[str, Message],
        earlier: Sequence[tuple[Item, str]],
    ) -> Answer:
        zones = thread.zones[portion.message.message_id]
        kinds = [item.kind for item, _ in earlier]
        kept = self._answers.get(name)
        if kept is not None:
            try:
                found = answer_of(kept, portion.message, zones, every, kinds)
            except ReadingError:
                pass  # kept by a version that believed more
            else:
                self._kept.add((portion.message.message_id, name))
                return found
        nonce = secrets.token_hex(16)
        text = self._asker.ask(system_text(nonce), user_text(portion, messages, earlier, nonce), self._schema)
        found = answer_of(text, portion.message, zones, every, kinds)
        self._answers.put(name, self.endpoint.model, text)
        return found

    @property
    def tally(self) -> Tally:
        """What was done so far."""
        good = [found for found in self._read.values() if isinstance(found, Answer)]
        bad = [found for found in self._read.values() if isinstance(found, ReadingError)]
        told = dict.fromkeys(f"{wrong.why}: {wrong.words}" for wrong in bad if wrong.words)
        return Tally(
            by=self.endpoint.name,
            asked=len(self._read) - len(self._kept),
            kept=len(self._kept),
            items=sum(len(found.items) for found in good),
            loose=sum(found.loose for found in good),
            malformed=sum(found.malformed for found in good),
            failed=len(bad),
            why=dict(Counter(str(wrong.why) for wrong in bad).most_common()),
            told=tuple(told)[:_MOST_TOLD],
        )


def earlier_for(portion: Portion, before: Sequence[tuple[Item, str]]) -> list[tuple[Item, str]]:
    """The items of `before` that a portion may link to: those in the passages it answers first, then those near by."""
    passages = [p.passage for p in portion.paragraphs if p.passage is not None]
    answered = {p.message_id for p in passages} | {portion.message.message_id, portion.message.parent_id}
    inside = [pair for pair in before if any(_touches(pair[0], passage) for passage in passages)]
    near = [pair for pair in before if pair[0].quote.message_id in answered and pair not in inside]
    return [*inside, *reversed(near)][:MOST_EARLIER]


def _touches(item: Item, passage: Passage) -> bool:
    quote = item.quote
    return quote.message_id == passage.message_id and quote.start < passage.end and quote.end > passage.start
