"""In: the tokens of a block. Out: what its candidates' features are made of, worked out once for all of them.

What a feature may name of a word is what `Reading.words` holds: lower-case dictionary words as the tagger sees them, or
what sort of thing stands there; no identifiers, no names of people or products, no figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ingest.cue_rules import lexicon
from ingest.tokens import Tokens, sums

_FINITE = {"VBD", "VBP", "VBZ", "MD", "VB"}
_COMPLEMENTS = {"acomp", "attr", "xcomp", "ccomp", "dobj", "oprd", "advcl"}


def word_of(tokens: Tokens, at: int) -> str:
    """Token `at` as a word that may name a feature: its lemma, or what sort of thing it is."""
    lower, tag = tokens.lower[at], tokens.tags[at]
    if tokens.punctuation[at] or tokens.spaces[at]:
        return tokens.words[at] if len(tokens.words[at]) < 4 else "<mark>"
    if tokens.numbers[at]:
        return "<number>"
    if not lower.replace("'", "").replace("’", "").replace("-", "").isalpha() or not tokens.words[at].isascii():
        return "<name>"
    if tag in {"NNP", "NNPS"} and at and not tokens.opens[at]:
        return "<name>"
    if tokens.pos[at] in {"PRON", "AUX", "DET"} or tag in {"MD", "VBD", "VBN"}:
        return lower
    return tokens.lemmas[at]


@dataclass(frozen=True, slots=True)
class Reading:
    """A block's tokens with what every candidate in it asks for; columns hold one value a token."""

    tokens: Tokens
    words: tuple[str, ...]
    """What a feature may name of each."""
    sorts: tuple[str, ...]
    """The sort of identifier that starts there, or ""."""
    lists: tuple[tuple[str, ...], ...]
    """The word lists that hold it."""
    single: tuple[str, ...]
    """The names of the features that say it stands there."""
    double: tuple[str, ...]
    """The same for it and the word after it."""
    listed: tuple[tuple[str, ...], ...]
    """The same for its word lists."""
    tagged: tuple[str, ...]
    """The same for its tag; "" for that of a mark."""
    named: tuple[int, ...]
    """Identifiers before each place."""
    finite: tuple[int, ...]
    """Finite verbs before each place."""
    modals: tuple[int, ...]
    """The places of modal verbs."""
    asks: tuple[int, ...]
    """The places of question marks."""
    complements: tuple[int, ...]
    """The places of complements that are in a word list."""

    @classmethod
    def of(cls, tokens: Tokens) -> Reading:
        """What `tokens` give."""
        starts = {place: sort for sort, _, place in tokens.names}
        bounds = zip(tokens.starts, tokens.ends, strict=True)
        sorts = tuple(next((starts[at] for at in range(*b) if at in starts), "") if starts else "" for b in bounds)
        words = tuple("<name>" if sort else word_of(tokens, at) for at, sort in enumerate(sorts))
        known = lexicon()
        lists = tuple(() if sort else known.get(lemma, ()) for lemma, sort in zip(tokens.lemmas, sorts, strict=True))
        return cls(
            tokens=tokens,
            words=words,
            sorts=sorts,
            lists=lists,
            single=tuple(f"w:{word}" for word in words),
            double=tuple(f"b:{word} {after}" for word, after in pairwise(words)),
            listed=tuple(tuple(f"lex:{name}" for name in names) for names in lists),
            tagged=tuple(f"has {tag}" if tag.isalpha() else "" for tag in tokens.tags),
            named=sums(bool(sort) for sort in sorts),
            finite=sums(tag in _FINITE for tag in tokens.tags),
            modals=tuple(at for at, tag in enumerate(tokens.tags) if tag == "MD"),
            asks=tuple(at for at, word in enumerate(tokens.words) if word == "?"),
            complements=tuple(at for at, dep in enumerate(tokens.deps) if lists[at] and dep in _COMPLEMENTS),
        )

    def head(self, first: int, last: int) -> int:
        """The token of a span that hangs on none other in it; a verb before others."""
        heads = self.tokens.heads
        tops = [at for at in range(first, last) if heads[at] == at or not first <= heads[at] < last]
        return next((at for at in tops if self.tokens.verbal[at]), tops[0])

    def subject(self, head: int, first: int, last: int) -> str:
        """What the subject of `head` inside a span is: a pronoun, "patch", or a part of speech; "-" if it has none."""
        tokens = self.tokens
        for at in tokens.children[head]:
            if tokens.deps[at] in {"nsubj", "nsubjpass", "expl"} and first <= at < last:
                word, pos = tokens.lower[at], tokens.pos[at]
                return word if pos == "PRON" or word in {"this", "that", "patch"} else pos
        return "-"

    def hangs(self, at: int, head: int) -> bool:
        """Whether token `at` is `head` or hangs on it, directly or not."""
        heads = self.tokens.heads
        while at != head and heads[at] != at:
            at = heads[at]
        return at == head
