"""In: what was open in an old version of a series, and the mails of a new one. Out: what they say of each, with why.

Pure. `addressed` needs somebody's words or code that speak of just this; anything less is `mentioned`, and silence is
`silent`. The rules are few and each says itself, so that a person can disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.records import ItemKind, Relation, State
from kb.views import ItemView, LinkView
from kb.wording import Overlap, Weights, is_name, spelled, terms_of, weights_of


class Mark(StrEnum):
    """What a new version makes of something that was open."""

    ADDRESSED = "addressed"
    MENTIONED = "mentioned"
    SILENT = "silent"
    DROPPED = "dropped"
    """Somebody said by hand that nobody waits for it any more."""


class Why(StrEnum):
    """Why something is carried over."""

    QUESTION = "unanswered question"
    OBJECTION = "standing objection"
    DECISION = "accepted decision"
    ACTION = "promised action"


class Kind(StrEnum):
    """What a stretch of the new version is."""

    CHANGE = "changelog"
    WORDS = "new commit message"
    KEPT = "commit message"
    """Words that the old patches had too: they show what stayed, and say nothing new."""
    CODE = "patch"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Open:
    """Something that was open in the old version."""

    item: ItemView
    why: Why
    because: str
    """In words, for people."""
    on: ItemView | None = None
    """What an objection is about."""
    context: str = ""
    """The words that it answers, by which "I'll add this" is understood."""
    in_patch: bool = False
    """It stands in a patch mail of the old version."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the new version that can speak of something."""

    kind: Kind
    message_id: str
    number: int
    """Of the message in its thread."""
    author: str
    start: int
    end: int
    text: str
    answers: str = ""
    """For a reply: the words quoted right above it."""


@dataclass(frozen=True, slots=True)
class Code:
    """The names in the lines that patches add."""

    old: frozenset[str]
    new: frozenset[str]
    places: Mapping[str, Stretch]
    """A name that only the new patches add, to the first line that has it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the new version says of something open."""

    open: Open
    mark: Mark
    because: str
    confidence: float
    """0 to 1: how sure that the mark is right, as the rule that gave it goes."""
    place: Stretch | None = None


_FEW_WORDS = 6
_FEW_TERMS = 3
"""Terms below which the words around an item are needed to know what it is about."""
_DENIES = re.compile(r"\b(?:no|not|never|nothing|cannot|\w{2,8}n't)\b", re.IGNORECASE)
_REMOVES = re.compile(
    r"\b(?:remov\w*|drop\w*|delet\w*|get rid|unnecessary|not needed|don't need|no need|replac\w*|renam\w*)\b",
    re.IGNORECASE,
)
_QUOTED = 6
"""Words in a row that make a quotation."""
_ALIKE, _SOME, _MENTION, _WHOLE = 0.5, 0.3, 0.34, 0.95


def open_in(items: Sequence[ItemView], links: Sequence[LinkView], author: str) -> tuple[Open, ...]:
    """What is open among the items of the old version, in reading order, each once.

    Of objections, those of others than the `author` of the series: who defends a patch does not object to it.
    """
    by_id = {item.id: item for item in items}
    settles = {link.source for link in links if link.relation in (Relation.ACCEPTS, Relation.REJECTS)}
    against = [k for k in links if k.relation in (Relation.DISPUTES, Relation.REFUTES, Relation.REJECTS)]
    out: dict[str, Open] = {}
    for link in against:
        objection, target = by_id.get(link.source), by_id.get(link.target)
        if objection is None or target is None or target.by_item != objection.id:
            continue
        if objection.author in (target.author, author) or objection.state in (
            State.REFUTED,
            State.REJECTED,
            State.SUPERSEDED,
        ):
            continue
        words = f"{link.relation} what {target.author} said in #{target.number}, and nothing settles it"
        out.setdefault(objection.id, Open(objection, Why.OBJECTION, words, target))
    for item in items:
        if item.id in out:
            continue
        match item.kind, item.state:
            case ItemKind.QUESTION, State.OPEN:
                out[item.id] = Open(item, Why.QUESTION, "nobody answered it")
            case ItemKind.ACTION, State.OPEN:
                out[item.id] = Open(item, Why.ACTION, "nothing shows that it was done")
            case ItemKind.DECISION, State.ACCEPTED if not (item.id in settles and len(item.quote.split()) < _FEW_WORDS):
                out[item.id] = Open(item, Why.DECISION, item.because)
            case _:
                pass
    return tuple(sorted(out.values(), key=lambda one: (one.item.number, one.item.start, one.item.id)))


def _bare(item: ItemView, settles: bool) -> bool:
    """Bare assent ("Sounds good."): what it agrees to is there by itself."""
    return (settles and len(item.quote.split()) < _FEW_WORDS) or not terms_of(item.quote)


def carried(
    every: Sequence[Open], stretches: Sequence[Stretch], code: Code, background: Iterable[str] = ()
) -> tuple[Found, ...]:
    """What the new version says of each. `background` are other texts that show which terms tell something."""
    known = [terms_of(stretch.text) for stretch in stretches]
    weights = weights_of([*known, *(terms_of(text) for text in background), *(terms_of(o.item.quote) for o in every)])
    return tuple(_of(one, stretches, known, code, weights) for one in every)


def _of(
    one: Open, stretches: Sequence[Stretch], known: Sequence[frozenset[str]], code: Code, weights: Weights
) -> Found:
    own = terms_of(f"{one.item.quote} {one.item.says}") - terms_of(one.item.author)
    terms = own | terms_of(one.context) if len(own) < _FEW_TERMS else own
    found: list[Found] = []
    for stretch, theirs in zip(stretches, known, strict=True):
        for each in dict.fromkeys((own, terms)):
            heard = _hears(one, stretch, each, theirs, weights)
            if heard is not None:
                found.append(heard)
    by_code = _in_code(one, code, weights)
    if by_code is not None:
        found.append(by_code)
    order = [Mark.ADDRESSED, Mark.MENTIONED]
    best = min(found, key=lambda f: (order.index(f.mark), -f.confidence), default=None)
    if best is not None:
        return best
    sure = 0.8 if len(terms) > 3 else 0.5
    return Found(one, Mark.SILENT, "no mail of the new version says it, quotes it, or names what it is about", sure)


def _hears(
    one: Open, stretch: Stretch, terms: frozenset[str], theirs: frozenset[str], weights: Weights
) -> Found | None:
    credited = stretch.kind is Kind.CHANGE and _names(stretch.text, one.item.author)
    both = weights.overlap(terms, theirs - terms_of(one.item.author) if credited else theirs)
    if stretch.kind is Kind.REPLY:
        return _in_reply(one, stretch, both)
    shared = _list(both, stretch.text)
    if stretch.kind in (Kind.WORDS, Kind.KEPT) and one.why is Why.DECISION and _all_of(stretch.text, one.item.quote):
        return Found(one, Mark.ADDRESSED, "the new patch still says these words", 0.9, stretch)
    if stretch.kind is Kind.KEPT:
        return None
    if stretch.kind is Kind.CHANGE:
        alike = both.of_first >= _WHOLE and weights.overlap(theirs, terms).of_first >= _ALIKE
        whole = alike or bool(both.names) or len(both.terms) >= 3
        if both.share >= _ALIKE and len(both.terms) >= 2 and whole:
            sure = min(0.55 + 0.3 * both.share + 0.1 * credited, 0.95)
            return Found(one, Mark.ADDRESSED, f"its changelog says so, in the same words: {shared}", sure, stretch)
        if credited and both.share >= _SOME and len(both.terms) >= 2:
            words = f"its changelog names {one.item.author} with it: {shared}"
            return Found(one, Mark.ADDRESSED, words, min(0.6 + 0.3 * both.share, 0.9), stretch)
    if one.item.message_id in stretch.text:
        return Found(one, Mark.MENTIONED, f"its {stretch.kind} links to this mail", 0.9, stretch)
    if both.of_first >= _MENTION and (both.names or len(both.terms) >= 3):
        return Found(one, Mark.MENTIONED, f"its {stretch.kind} speaks of the same: {shared}", both.of_first, stretch)
    return None


def _in_reply(one: Open, stretch: Stretch, both: Overlap) -> Found | None:
    if _repeats(stretch.answers, one.item.quote):
        stop = re.search(r"[.?!](?=\s|$)", stretch.text)
        asks = stop is not None and stop[0] == "?"  # who asks back has not answered
        if one.item.kind == ItemKind.QUESTION and stretch.author != one.item.author and not asks:
            words = f"#{stretch.number} by {stretch.author} quotes it and answers right below"
            return Found(one, Mark.ADDRESSED, words, 0.7, stretch)
        return Found(one, Mark.MENTIONED, f"#{stretch.number} by {stretch.author} quotes it", 0.9, stretch)
    if one.item.message_id in stretch.text or _repeats(stretch.text, one.item.quote):
        return Found(one, Mark.MENTIONED, f"#{stretch.number} by {stretch.author} repeats or links it", 0.9, stretch)
    if both.of_first >= _MENTION + 0.1 and (both.names or len(both.terms) >= 3):
        words = f"#{stretch.number} by {stretch.author} speaks of the same: {_list(both, stretch.text)}"
        return Found(one, Mark.MENTIONED, words, both.of_first, stretch)
    return None


def _in_code(one: Open, code: Code, weights: Weights) -> Found | None:
    """Names that a decision, a promise or an objection gives, and that the new patches bring in or no longer have."""
    named = [term for term in sorted(terms_of(one.item.quote)) if is_name(term)]
    came = [name for name in named if name in code.places]
    went = [name for name in named if name in code.old and name not in code.new]
    place = code.places[came[0]] if came else None
    if one.why is Why.QUESTION:
        if came:
            return Found(one, Mark.MENTIONED, f"the new patch brings in {', '.join(came[:3])}", 0.5, place)
        return None
    removes = _REMOVES.search(one.item.quote) is not None
    denies = _DENIES.search(one.item.quote) is not None
    if came and not denies and not (removes and len(named) == 1):
        words = f"the new patch brings in {', '.join(came[:3])}, which the old one did not have"
        return Found(one, Mark.ADDRESSED, words, 0.65, place)
    if went and removes and not one.in_patch:
        words = f"the new patch no longer brings in {', '.join(went[:3])}"
        return Found(one, Mark.ADDRESSED, words, 0.6)
    if came or went:
        words = f"the new patch differs in {', '.join([*came, *went][:3])}"
        return Found(one, Mark.MENTIONED, words, 0.5, place)
    return None


def _names(text: str, author: str) -> bool:
    """Whether `text` names this person: the whole name, or its first word in brackets or after by, per, from."""
    folded, name = " ".join(text.split()).casefold(), " ".join(author.split()).casefold()
    if " " in name and name in folded:
        return True
    first = re.escape(name.partition(" ")[0])
    return (
        len(first) > 2 and re.search(rf"(?:\b(?:by|per|from)\s+|[(\[,/]\s*){first}\b|\b{first}'s\b", folded) is not None
    )


def _repeats(text: str, words: str) -> bool:
    """Whether `text` holds `_QUOTED` of these words in a row, or all of a few."""
    theirs, ours = _plain(text), _plain(words).split()
    if len(ours) < 3:
        return False
    size = min(_QUOTED, len(ours))
    return any(f" {' '.join(ours[at : at + size])} " in theirs for at in range(len(ours) - size + 1))


def _all_of(text: str, words: str) -> bool:
    """Whether `text` holds all of `words`, four or more, in a row."""
    return len(_plain(words).split()) >= 4 and _plain(words) in _plain(text)


def _plain(text: str) -> str:
    return f" {' '.join(re.sub(r'[^a-z0-9_]+', ' ', text.casefold()).split())} "


def _list(both: Overlap, text: str) -> str:
    """The most telling terms of an overlap, as `text` writes them."""
    first = [*both.names, *(term for term in both.terms if term not in both.names)]
    return ", ".join(spelled(term, text) for term in first[:5])
