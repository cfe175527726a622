"""In: a thread's parsed paragraphs. Out: for each of them what its pronouns may stand for, and what leads in to it.

A name is one that a sentence can have; what is not plain is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.records import Message, Passage

if TYPE_CHECKING:
    from spacy.tokens import Span

    from ingest.label import Paragraph

_GOOD_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [\w.'’-]+){0,4}")
_LIST = re.compile(r"(?<!\s)\s+via\s.*$|(?:(?<!\s)\s+)?[(\[].*$")
_LONGEST_LEAD = 160
"""Characters of a sentence that leads in to a list."""
_MOST_ENTRIES = 30


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a paragraph's pronouns may stand for."""

    author: str
    """Who writes; "" if no name can be read."""
    addressed: str
    """Who wrote what is answered, if that is plain."""
    above: Span | None
    """The last sentence of the passage right above the paragraph."""
    lead: Span | None = None
    """The sentence that leads in to the list of which the paragraph is an entry: "There are two ways:"."""


def name_of(author: str) -> str:
    """A person's name as a sentence has it; "" where the header gives none."""
    name = _LIST.sub("", author).strip(" \"'")
    last, comma, first = name.partition(", ")
    name = f"{first} {last}" if comma else name
    return name if _GOOD_NAME.fullmatch(name) and len(name) > 2 else ""


class Context:
    """The parsed paragraphs of a thread, to look up what each of them answers."""

    def __init__(self, messages: Mapping[str, Message], paragraphs: Sequence[Paragraph]) -> None:
        self._messages = messages
        self._blocks: dict[str, list[Paragraph]] = {}
        for paragraph in paragraphs:
            self._blocks.setdefault(paragraph.message_id, []).append(paragraph)

    def of(self, paragraph: Paragraph) -> Surroundings:
        """The surroundings of `paragraph`."""
        message = self._messages[paragraph.message_id]
        passage = paragraph.passage
        parent = self._messages.get(message.parent_id or "")
        answered = self._messages.get(passage.message_id) if passage else parent
        addressed = ""
        if answered is not None and answered.author != message.author and (parent is None or answered is parent):
            addressed = name_of(answered.author)
        above = self._last_sentence(passage) if passage and paragraph.block.opens else None
        return Surroundings(name_of(message.author), addressed, above, self._lead(paragraph, message.body))

    def _last_sentence(self, passage: Passage) -> Span | None:
        """The sentence in which `passage` ends, where the passage ends with it."""
        for paragraph in self._blocks.get(passage.message_id, ()):
            places, tokens = paragraph.block.places, paragraph.tokens
            if places[0] < passage.end <= places[-1] + 1 and passage.start <= places[-1]:
                bounds = [b for b in dict.fromkeys(tokens.sentences) if places[tokens.starts[b[0]]] < passage.end]
                if bounds and places[tokens.ends[bounds[-1][1] - 1] - 1] < passage.end + 2:
                    return paragraph.doc[slice(*bounds[-1])]
        return None

    def _lead(self, paragraph: Paragraph, body: str) -> Span | None:
        """The last sentence of the nearest paragraph above a list's entry that stands further left, ending in a colon.

        What is quoted between parts them; so does any paragraph that is no entry.
        """
        if not paragraph.block.bullet:
            return None
        blocks = self._blocks[paragraph.message_id]
        number = paragraph.block.number
        column = _column(paragraph, body)
        for above in reversed(blocks[max(number - _MOST_ENTRIES, 0) : number]):
            if paragraph.block.under - above.block.under != number - above.block.number:
                return None
            if _column(above, body) < column:
                last = list(above.doc.sents)[-1] if above.block.text.endswith(":") else None
                return last if last is not None and len(last) >= 3 and len(last.text) <= _LONGEST_LEAD else None
            if not above.block.bullet:
                return None
        return None


def _column(paragraph: Paragraph, body: str) -> int:
    """Characters between the start of the line and the paragraph's first word."""
    first = paragraph.block.places[0]
    return first - (body.rfind("\n", 0, first) + 1)
