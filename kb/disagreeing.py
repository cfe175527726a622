"""In: what people said by hand, in one base and in another. Out: where two people say different things. Pure.

They disagree where both speak of one matter: whether words are an item and of which kind, what they say, where they
stand, how two of them are linked. The later word counts, whoever said it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kb.corrections import Verb, edited, effective, id_of
from kb.records import Correction

_Matter = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two corrections of which only the later one counts."""

    earlier: Correction
    later: Correction


def disagreements(corrections: Sequence[Correction], new: Collection[str]) -> tuple[Disagreement, ...]:
    """Where the people in `corrections` disagree; one of the two must be among the ids that are `new` here."""
    last: dict[_Matter, dict[str, tuple[Correction, str]]] = {}
    found: list[Disagreement] = []
    for correction in effective(corrections):
        for matter, word in _words(correction):
            others = last.setdefault(matter, {})
            for who, (other, said) in others.items():
                if who != correction.who and said != word and not {id_of(other), id_of(correction)}.isdisjoint(new):
                    found.append(Disagreement(other, correction))
            others.pop(correction.who, None)
            others[correction.who] = correction, word
    return tuple(dict.fromkeys(found))


def _words(correction: Correction) -> Iterator[tuple[_Matter, str]]:
    """Each matter of which a correction speaks, and what it says of it."""
    named = [(one.message_id, one.quote) for one in correction.named]
    if not named:
        return
    kind = str(correction.named[0].kind)
    match correction.verb:
        case Verb.CONFIRM | Verb.ADD:
            yield ("item", *named[0]), kind
        case Verb.REJECT:
            yield ("item", *named[0]), "none"
        case Verb.MERGE:
            yield ("item", *named[0]), kind
            for other in named[1:]:
                yield ("item", *other), f"part of {named[0]}"
        case Verb.SPLIT:
            yield ("item", *named[0]), f"parts {sorted(named[1:])}"
            for one, part in zip(named[1:], correction.named[1:], strict=True):
                yield ("item", *one), str(part.kind)
        case Verb.EDIT:
            try:
                other_kind, says = edited(correction.value)
            except (ValueError, KeyError, AttributeError, TypeError):
                return
            if other_kind:
                yield ("item", *named[0]), str(other_kind)
            if says:
                yield ("says", *named[0]), says
        case Verb.STATE:
            yield ("state", *named[0]), correction.value
        case Verb.LINK | Verb.UNLINK if len(named) == 2 and correction.value.split():
            relation = correction.value.split()[0]
            yield ("link", *named[0], *named[1], relation), str(correction.verb)
            if correction.verb == Verb.LINK:
                yield ("linked", *named[0], *named[1]), relation
        case _:
            return
