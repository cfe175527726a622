"""In: a few values that many candidates have in common. Out: the names of the features that they make, from a cache.

Making a name costs more than finding it: the candidates of a sentence share their openings, verbs and sizes.
"""

from __future__ import annotations

from functools import lru_cache

Names = tuple[str, ...]

_CACHED = 1 << 14
"""Values of which each function keeps the names; a long thread has about a third as many."""


@lru_cache(maxsize=_CACHED)
def shapes(size: int, sentences: int, atoms: int, before: str, after: str) -> Names:
    """How long a span is, what it is made of and what sets it off."""
    return (
        f"size={size}",
        f"sentences={sentences}",
        f"atoms={min(atoms, 6)}",
        f"size={size}&part={sentences == 0}",
        f"size={size}&atoms={min(atoms, 4)}",
        f"before={before}",
        f"after={after}",
        f"before={before}&after={after}",
        f"size={size}&after={after}",
        f"size={size}&before={before}",
    )


@lru_cache(maxsize=_CACHED)
def outsides(rest: int, size: int, verb: bool) -> Names:
    """What is left of a sentence outside a part of it: how much, and whether it has a verb."""
    return (f"outside={rest}", f"outside={rest}&size={size}", f"outside has verb={verb}")


@lru_cache(maxsize=_CACHED)
def openings(words: Names, tags: Names, part: bool) -> Names:
    """The first one to three words, and their tags."""
    mark = "p" if part else ""
    return (
        f"1:{words[0]}",
        f"1{mark}:{words[0]}",
        f"12:{' '.join(words[:2])}",
        f"123:{' '.join(words)}",
        f"t123:{' '.join(tags)}",
        f"t12:{' '.join(tags[:2])}{mark}",
    )


@lru_cache(maxsize=_CACHED)
def verbs(word: str, tag: str, subject: str, modal: str, auxiliary: str, negated: bool) -> Names:
    """The word that all else hangs on, with its subject, modal and auxiliary."""
    return (
        f"root={word}",
        f"root tag={tag}",
        f"subject={subject}",
        f"subject={subject}&root tag={tag}",
        f"subject={subject}&modal={modal}",
        f"subject={subject}&aux={auxiliary}&root tag={tag}",
        f"modal={modal}&root={word}",
        f"subject={subject}&root={word}",
        f"root={word}&not={negated}",
        f"not={negated}",
    )


@lru_cache(maxsize=_CACHED)
def listed_verbs(lists: Names, tag: str, subject: str, modal: str, auxiliary: str, negated: bool) -> Names:
    """The word lists that hold that word."""
    return (
        *(f"lex root:{name}" for name in lists),
        *(f"lex root:{name}&subject={subject}" for name in lists),
        *(f"lex root:{name}&modal={modal}" for name in lists),
        *(f"lex root:{name}&tag={tag}&aux={auxiliary}" for name in lists),
        *(f"lex root:{name}&not={negated}" for name in lists),
    )


@lru_cache(maxsize=_CACHED)
def listed_complements(lists: Names, word: str, subject: str, negated: bool) -> Names:
    """The word lists that hold what hangs on that word."""
    return (
        *(f"lex of root:{name}" for name in lists),
        *(f"lex of root:{name}&not={negated}" for name in lists),
        *(f"lex of root:{name}&subject={subject}" for name in lists),
        *(f"lex of root:{name}&root={word}" for name in lists),
    )
