"""In: a sentence that says something gets stuck, or does not. Out: a predicate about the model of that mechanism.

`wording.toml` holds the words; a model speaks about a sentence only where all words of its scope stand in it and
what it is about stands near. That something can get stuck needs one run, so what is not said takes the model's default,
which becomes an assumption; that all is well must hold whatever is left open. What must be settled by words and is not,
what is asked, denied twice or made to depend on anything else, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from sim_hooks.predicates import AlwaysEnds, CanHappen, Deadlocks, Parameters, Predicate, all_of
from sim_hooks.readers.vocabulary import Terms, vocabulary
from sim_hooks.readers.wording import Binding, Wording

_LONGEST = 1_500
"""Characters of a sentence that are looked at."""
_DEADLOCK = re.compile(r"\b(?:self-?)?dead-?lock(?:s|ed|ing)?\b", re.IGNORECASE)
_STUCK = re.compile(
    r"\b(?:hangs?|hung)\b|\b(?:block|stuck|wait|stall|hang|sleep|held up|stop)(?:s|ed|ing|led)?\b[^.;,]{0,40}"
    r"\b(?:for ?ever|indefinitely|infinitely|endlessly)\b|\b(?:dead|endless|infinite) ?-?loops?\b|"
    r"\blive-?lock(?:s|ed)?\b|"
    r"\bno (?:further )?progress\b|\b(?:never|not) (?:make|makes|making)? ?(?:any )?progress\b|"
    r"\bden(?:y|ies|ial of) service\b|\bnever (?:returns?|ends?|finish(?:es)?|completes?)\b(?! the (?:write|request))|"
    r"\b(?:being |be |is |gets? )(?:blocked|stuck) by\b",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"\b(?:that|this|it)(?:'s|’s| is| would be)(?: really| also)? (?:bad|a problem|problematic|an issue)\b"
    r"|\b(?:any|every) [^.;?]{10,200} is (?:a problem|problematic)\b",
    re.IGNORECASE,
)
_VALUES: Mapping[str, tuple[int | bool | str, ...]] = {
    "meta": (False, True),
    "malicious": (False, True),
    "threads": (1, 2),
    "caller": ("once", "retry_forever"),
}
"""The values of a parameter left open that stand for all."""
_WELL = re.compile(
    r"\b(?:handled|solved|addressed|fixed|avoided|prevented|resolved|covered) by (?:the|a|this) time-?out\b"
    r"|\bcan (?:just |simply |safely )?(?:skip|avoid|drop) (?:the )?wait(?:ing)?\b"
    r"|\bsafe to skip (?:the )?wait(?:ing)?\b"
    r"|-E(?:AGAIN|BUSY) (?:can|could) (?:just |simply )?be (?:used|returned)\b"
    r"|\bso that\b[^.;]{0,60}\bnot (?:\w{1,20} (?:and|or) )?waited on\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no|cannot|\w{2,6}n't|nothing|nobody|neither|nor|without)\b[^.,;:]{0,40}$", re.IGNORECASE
)
_OPEN = re.compile(
    r"\?|\b(?:whether|wonder\w*|unsure|not sure|should|must|shall|(?:need|needs|have|has) to|test(?:s|ed|ing)?|"
    r"used to|no longer|any ?more|previous(?:ly)?|historically|how|why|what|which of|instead|rather than|unlikely|only|"
    r"depends?|otherwise|with (?:this|the|these|my|your) (?:patch|patches|series|change)|v\d|claims?|said|says|thought|"
    r"believed)\b",
    re.IGNORECASE,
)
"""What makes more, or less, of a sentence than that something gets stuck."""
_AGAINST = re.compile(
    r"\b(?:avoid|prevent|mitigate|fix|solve|address|detect|report|resolve|handle|against|risk|potential|theoretical)\w{0,4}\b",
    re.IGNORECASE,
)
_MAY_ARISE = re.compile(r"\b(?:that|which) (?:may|might|can|could|would) (?:arise|happen|occur)\b", re.IGNORECASE)
_NEW_CLAUSE = re.compile(
    r"[.;?!:](?=\s|$)|(?<![\w(])\(?\d{1,2}(?:\.\d{1,2})?\)(?=\s)|"
    r"\bso (?=I\b|we\b|this\b|that means)|\btherefore\b|\bwhich means\b|"
    r", (?:and|but) (?=meanwhile|I\b|we\b|it\b)|\bin case of\b|\bin summary\b|\b(?:wrote|writes):",
    re.IGNORECASE,
)
"""Where what is said before has no hold on what follows."""
_AND_SO = re.compile(r" ?, and [^.;?!:,]{1,120}")
"""A clause that goes on from the one before."""
_EVERY = re.compile(r"\b(?:any|every|all|always)\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|unless|when|once|as long as|provided)\b(?P<what>[^,.;]{0,200})", re.IGNORECASE)
_PERMISSIVE: Mapping[str, int | bool | str] = {"meta": True, "threads": 1, "caller": "retry_forever"}
"""The value of a parameter left open with which most can get stuck."""
_NOW = re.compile(
    r"\b(?:I (?:can|could|did|was able to) (?:trigger|reproduce|see|hit)|current(?:ly)?|"
    r"existing|today|as of now|at the moment|right now)\b",
    re.IGNORECASE,
)
_REMOVES = re.compile(r"\b(?:remove|drop|get rid of|kill|stop using|eliminate)\b", re.IGNORECASE)
_REASON = re.compile(r"\b(?:as|since|because|while)\b|[,;:]", re.IGNORECASE)
_LIMITED = re.compile(
    r"\b(?:if|whether|should|must|only|not|never|make|makes|making|will|would)\b|n't\b", re.IGNORECASE
)


def read(words: Wording) -> Iterator[Binding]:
    """What the sentence says of the models whose mechanism it names."""
    sentence = words.sentence
    if len(sentence) > _LONGEST:
        return
    around = f"{sentence} {words.above} {words.answered} {words.subject}"
    known = vocabulary()
    for model in (one for one in known.models if _speaks(one, sentence, around)):
        yield from _situations(model, words, sentence, around)
    if (found := _outcome(words, sentence)) is None:
        return
    part = _part(words.text, found.clause.strip())
    for model in known.models:
        if _speaks(model, found.clause, around, well=found.well) and _conditions_known(found.clause, model):
            settled = _settled(model, found.clause, around, words.subject)
            if found.well:
                yield from _all_is_well(model, settled, part)
            else:
                yield from _gets_stuck(model, settled, found, part)


_MORE = 12
"""Letters by which a clause is longer than the words of the item."""


def _part(text: str, clause: str) -> str:
    """The clause, where it is a good deal less than the item's words, or holds more; "" where it is much the same."""
    if clause in text:
        return clause if 3 * len(clause) < 2 * len(text) else ""
    return "" if text in clause and len(text) + _MORE >= len(clause) else clause


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is said to come of it: the words, the clause they stand in, and whether all is well."""

    said: str
    clause: str
    well: bool
    bad: bool


def _speaks(model: Terms, sentence: str, around: str, *, well: bool = False) -> bool:
    """Whether the words name the model's mechanism; what it does not speak of matters only where things get stuck."""
    return (
        all(one.search(sentence) for one in model.scope)
        and all(one.search(around) for one in model.near)
        and (well or not any(one.search(sentence) for one in model.without))
    )


def _outcome(words: Wording, sentence: str) -> _Outcome | None:
    """What gets stuck in words, or that all is well; None where the item does not say it, or not clearly."""
    at = sentence.find(words.text)
    well = _WELL.search(words.text)
    found = well or _DEADLOCK.search(words.text) or _STUCK.search(words.text) or _BAD.search(words.text)
    if found is None or at < 0:
        return None
    start, end = at + found.start(), at + found.end()
    first = max((one.end() for one in _NEW_CLAUSE.finditer(sentence) if one.end() <= start), default=0)
    last = min((one.start() for one in _NEW_CLAUSE.finditer(sentence) if one.start() >= end), default=len(sentence))
    while (more := _AND_SO.match(sentence, last)) and (_DEADLOCK.search(more[0]) or _STUCK.search(more[0])):
        last = more.end()
    clause, before, after = sentence[first:last], sentence[max(first, start - 80) : start], sentence[end:last]
    if _OPEN.search(clause) or sentence[last : last + 1] == "?":
        return None
    denied = _NEGATED.search(before)
    if denied and not re.match(r"without a? ?time-?out", denied[0], re.IGNORECASE):
        return None
    if not well and _AGAINST.search(before) and not _MAY_ARISE.search(after[:80]):
        return None
    return _Outcome(found[0], clause, bool(well), not well and bool(_BAD.fullmatch(found[0])))


def _settled(model: Terms, sentence: str, around: str, subject: str) -> dict[str, int | str | bool]:
    """The parameters that words settle; what a subject is about to remove is what `current` means."""
    found: dict[str, int | str | bool] = {}
    for setting in model.settings:
        if setting.words.search(around if setting.near else sentence):
            found.setdefault(setting.parameter, setting.value)
    if _NOW.search(sentence) and _REMOVES.search(subject):
        for setting in model.settings:
            if isinstance(setting.value, str) and setting.words.search(subject):
                found[setting.parameter] = setting.value
    return found


def _conditions_known(sentence: str, model: Terms) -> bool:
    """Whether each condition in the sentence is one that the model's words tell, and no other."""
    known = (*model.scope, *model.near, *(setting.words for setting in model.settings))
    return all(any(one.search(found["what"]) for one in known) for found in _CONDITION.finditer(sentence))


def _gets_stuck(model: Terms, settled: dict[str, int | str | bool], found: _Outcome, part: str) -> Iterator[Binding]:
    """A claim that something can get stuck; that anything does, over whatever the words leave open."""
    if found.bad and "malicious" in model.needs:
        settled.setdefault("malicious", True)
    if any(need not in settled for need in model.needs):
        return
    free = {name: _PERMISSIVE[name] for name in model.open if name not in settled and "design" in settled}
    deadlock = not settled.get("malicious") and not _STUCK.search(found.said)
    every = _EVERY.search(found.clause)
    parts: list[Predicate] = []
    for parameters in _settings(model, settled) if every else [tuple(sorted({**settled, **free}.items()))]:
        stuck = AlwaysEnds(model.name, parameters, expect=False)
        parts.append(Deadlocks(model.name, parameters) if deadlock else stuck)
    why = f"says that something gets stuck where {model.about}; that it can is checked, not that it must"
    taken = f"; left open, and one run is enough: {_named(free)}" if free and not every else ""
    yield Binding(all_of(parts), 0.85, f"{why}{_told(settled)}{taken}", words=part)


def _all_is_well(model: Terms, settled: dict[str, int | str | bool], part: str) -> Iterator[Binding]:
    """A claim that nothing gets stuck, over whatever the words leave open."""
    if not any(isinstance(value, str) or value is True for value in settled.values()):
        return
    parts: list[Predicate] = [AlwaysEnds(model.name, parameters) for parameters in _settings(model, settled, well=True)]
    why = f"says that nothing gets stuck where {model.about}, whatever the words leave open"
    yield Binding(all_of(parts), 0.85, f"{why}{_told(settled)}", words=part)


def _settings(model: Terms, settled: Mapping[str, int | str | bool], *, well: bool = False) -> Iterator[Parameters]:
    """The settings that the words allow; where all is `well`, with a server that stops and one that does not."""
    adversary = ["malicious"] if well and "malicious" in model.needs else []
    free = [name for name in (*adversary, *model.open) if name not in settled]
    for chosen in product(*(_VALUES[name] for name in free)):
        yield tuple(sorted({**settled, **dict(zip(free, chosen, strict=True))}.items()))


def _situations(model: Terms, words: Wording, sentence: str, around: str) -> Iterator[Binding]:
    for situation in model.situations:
        found = situation.words.search(sentence)
        if found is None or "?" in sentence or not situation.words.search(words.text):
            continue
        settled = _settled(model, sentence, around, words.subject)
        if any(one.words.search(found[0]) for one in model.settings if settled.get(one.parameter) == one.value):
            settled = {**settled, **_settled(model, sentence.replace(found[0], " "), around, words.subject)}
        settled = {**{key: value for key, value in settled.items() if key in situation.needs}, **situation.given}
        first = max((one.end() for one in _REASON.finditer(sentence, 0, found.start())), default=0)
        last = _REASON.search(sentence, found.end())
        before, clause = sentence[first : found.start()], sentence[first : last.start() if last else len(sentence)]
        if any(need not in settled for need in situation.needs) or _LIMITED.search(before):
            continue
        why = f"says of what it is about ({model.about}) that this can be: {situation.name}"
        part = _part(words.text, clause.strip(" ."))
        can = CanHappen(model.name, situation.name, tuple(sorted(settled.items())))
        yield Binding(can, 0.85, f"{why}{_told(settled)}", words=part)


def _told(settled: Mapping[str, int | str | bool]) -> str:
    return f"; its words settle that {_named(settled)}" if settled else ""


def _named(settled: Mapping[str, int | str | bool]) -> str:
    return ", ".join(f"{name} is {str(value).lower()}" for name, value in sorted(settled.items()))
