"""In: a reader, a thread's paragraphs, and threadkb's own way to read them. Out: items and links of both.

Each portion of a message is read by one of the two: by the reader, or, where that failed, by threadkb. Message order
is kept, so that a portion may link to every item before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ingest.label import Paragraph
from ingest.pairs import Placed
from ingest.reader.answer import Answer, Found
from ingest.reader.prompt import portions_of
from ingest.reader.reading import Reader, earlier_for
from kb.found_by import cue_of
from kb.records import STATES, Item, ItemKind, Link, Relation, Thread

LINKED = 0.5
"""Confidence of a link that a reader gives: enough to move a state, as a person would expect of one."""


class Make(Protocol):
    """Makes the item with the words at `found`, the `place`th of an answer."""

    def __call__(self, kind: ItemKind, found: Found, confidence: float, cue: str, place: int) -> Placed: ...


@dataclass(slots=True)
class Woven:
    """What was read of a thread."""

    placed: list[Placed] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    """Those that the reader gave."""
    by_reader: set[str] = field(default_factory=set)
    """Ids of the items that the reader found."""


def woven(
    reader: Reader,
    thread: Thread,
    paragraphs: Sequence[Paragraph],
    *,
    make: Make,
    own: Callable[[Sequence[Paragraph]], Iterator[Placed]],
) -> Woven:
    """The items of `paragraphs`, a thread's in reading order. `own` reads those that the reader could not."""
    by_message: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs:
        by_message.setdefault(paragraph.message_id, []).append(paragraph)
    out = Woven()
    known: dict[str, Item] = {}
    for number, message in enumerate(thread.messages, 1):
        every = by_message.get(message.message_id, [])
        if every:
            reader.tell(f"{reader.endpoint.name} reads mail {number} of {len(thread.messages)}")
        for portion in portions_of(message, every):
            earlier = earlier_for(portion, [(one.item, one.author) for one in out.placed])
            answer = reader.read(thread, portion, every, earlier)
            if answer is None:
                fresh = [one for one in own(portion.paragraphs) if one.item.id not in known]
            else:
                fresh = list(_taken(answer, earlier, reader.endpoint.name, make, known, out))
            known.update((one.item.id, one.item) for one in fresh)
            out.placed += fresh
    return out


def _taken(
    answer: Answer,
    earlier: Sequence[tuple[Item, str]],
    by: str,
    make: Make,
    known: dict[str, Item],
    out: Woven,
) -> Iterator[Placed]:
    """The items of an answer that are new; their links go to `out`."""
    names = {f"E{number}": item.id for number, (item, _) in enumerate(earlier, 1)}
    gives: list[tuple[str, str, Relation]] = []
    for place, said in enumerate(answer.items):
        hint = said.state if said.state and said.state != STATES[said.kind][0] else ""
        one = make(said.kind, said.found, said.confidence, cue_of(by, hint), place)
        names[said.name] = one.item.id
        gives += [(one.item.id, to, relation) for to, relation in said.links]
        if one.item.id not in known and one.item.id not in out.by_reader:
            out.by_reader.add(one.item.id)
            yield one
    pairs = {(link.source, link.target) for link in out.links}
    for source, to, relation in gives:
        target = names[to]
        if source in out.by_reader and source != target and (source, target) not in pairs:
            pairs.add((source, target))
            out.links.append(Link(source, relation, target, LINKED, cue_of(by)))
