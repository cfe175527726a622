"""In: a spaCy document. Out: its tokens as plain columns, read once, and the identifiers that its text names.

Every property of a spaCy token makes a new object or looks up a string; what looks at the same tokens for hundreds of
spans reads these columns.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from ingest.entities import named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.tokens import Doc

_VERBAL = {"VERB", "AUX"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """A document's tokens: each column holds one value a token, in order."""

    text: str
    """The document's text."""
    names: tuple[tuple[str, str, int], ...]
    """(sort, name, place) of each identifier in the text."""
    words: tuple[str, ...]
    lower: tuple[str, ...]
    lemmas: tuple[str, ...]
    """In lower case."""
    tags: tuple[str, ...]
    pos: tuple[str, ...]
    verbal: tuple[bool, ...]
    """A verb or an auxiliary."""
    deps: tuple[str, ...]
    heads: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    """The tokens that hang on each, in order."""
    left_edges: tuple[int, ...]
    """The first token of what hangs on each, directly or not."""
    starts: tuple[int, ...]
    """Offsets in the text."""
    ends: tuple[int, ...]
    spaced: tuple[bool, ...]
    """White space follows."""
    punctuation: tuple[bool, ...]
    spaces: tuple[bool, ...]
    """White space itself."""
    numbers: tuple[bool, ...]
    """Reads like a number."""
    stops: tuple[bool, ...]
    """A word that says little: "the", "of"."""
    opens: tuple[bool, ...]
    """It starts a sentence, says the parser."""
    sentences: tuple[tuple[int, int], ...]
    """The parser's sentence of each: its first token, and the token after its last."""

    def __len__(self) -> int:
        return len(self.words)

    def word_tags(self, start: int, end: int) -> list[str]:
        """The tags of the words of letters that start in `text[start:end]`."""
        inside = range(bisect_left(self.starts, start), bisect_left(self.starts, end))
        return [self.tags[at] for at in inside if self.words[at].isalpha()]

    @classmethod
    def of(cls, doc: Doc) -> Tokens:
        """The columns of `doc`."""
        text = doc.text
        every = tuple(doc)
        words = tuple(t.text for t in every)
        pos = tuple(t.pos_ for t in every)
        heads = tuple(t.head.i for t in every)
        starts = tuple(t.idx for t in every)
        children: list[list[int]] = [[] for _ in every]
        for at, head in enumerate(heads):
            if head != at:
                children[head].append(at)
        bounds = [(s.start, s.end) for s in doc.sents] if every else []
        return cls(
            text=text,
            names=tuple(named(text)),
            words=words,
            lower=tuple(t.lower_ for t in every),
            lemmas=tuple(t.lemma_.lower() for t in every),
            tags=tuple(t.tag_ for t in every),
            pos=pos,
            verbal=tuple(one in _VERBAL for one in pos),
            deps=tuple(t.dep_ for t in every),
            heads=heads,
            children=tuple(map(tuple, children)),
            left_edges=tuple(t.left_edge.i for t in every),
            starts=starts,
            ends=tuple(start + len(word) for start, word in zip(starts, words, strict=True)),
            spaced=tuple(bool(t.whitespace_) for t in every),
            punctuation=tuple(t.is_punct for t in every),
            spaces=tuple(t.is_space for t in every),
            numbers=tuple(t.like_num for t in every),
            stops=tuple(t.is_stop for t in every),
            opens=tuple(bool(t.is_sent_start) for t in every),
            sentences=tuple(bound for bound in bounds for _ in range(*bound)),
        )


def sums(flags: Iterable[bool]) -> tuple[int, ...]:
    """How many of `flags` are true before each place, so that a span's count is one subtraction."""
    return tuple(accumulate(flags, initial=0))
