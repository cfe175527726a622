"""In: a reader and a filter. Out: each decision as an architecture decision record (MADR 4): a file's name and text.

A file's name rests on the decision alone (its date, its first words, its id), so that it stays when others come and go.
Words of a mail are escaped.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.export.report import escaped
from kb.reading import Filter, Reader
from kb.records import ItemKind, Relation, State
from kb.views import ItemView, LinkView
from kb.visible import one_line
from kb.why import Step, Trail, why

_FEW_WORDS = 6
"""A decision of fewer words that settles another one ("Sounds good") is told in that one's record."""
_NAME = re.compile(r"\d{4}-\d\d-\d\d-[a-z0-9-]*d-[2-9a-km-np-z]{13}\.md")
_LONGEST_NAME, _LONGEST_TITLE = 48, 90
_OUTCOMES = {
    State.PROPOSED: "Proposed option",
    State.ACCEPTED: "Chosen option",
    State.REJECTED: "Rejected option",
    State.SUPERSEDED: "Option chosen before",
}
_RIVALS = frozenset({Relation.SUPERSEDES, Relation.REFINES, Relation.REJECTS, Relation.DISPUTES})


@dataclass(frozen=True, slots=True)
class Record:
    """One decision's file."""

    name: str
    """Of the file, without a folder."""
    text: str
    decision: ItemView


@dataclass(frozen=True, slots=True)
class _Told:
    """A decision and all that its record says of it."""

    item: ItemView
    trail: Trail
    rivals: tuple[ItemView, ...]
    """Other decisions that answer the same question, or stand against it."""
    subject: str
    names: dict[str, str]
    """The file of each decision that has one."""


def is_ours(name: str) -> bool:
    """Whether a file's name is one that a record could have."""
    return _NAME.fullmatch(name) is not None


def records(reader: Reader, wanted: Filter, short: Callable[[str], str]) -> Iterator[Record]:
    """A record of each decision that `wanted` finds, in reading order; `short` makes ids as people see them.

    Few words that only agree or object to another decision have no record of their own.
    """
    found = reader.items(replace(wanted, kind=ItemKind.DECISION))
    threads = tuple(dict.fromkeys(item.thread_id for item in found))
    links = [link for thread in threads for link in reader.links(thread)]
    settles = {link.source for link in links if link.relation in (Relation.ACCEPTS, Relation.REJECTS)}
    told = [item for item in found if item.id not in settles or len(item.quote.split()) >= _FEW_WORDS]
    names = {item.id: file_name(item) for item in told}
    subjects = {thread: reader.threads(thread)[0].subject for thread in threads}
    answers = [link for link in links if link.relation == Relation.ANSWERS]
    for item in told:
        trail = why(reader, item.id)
        rivals = _rivals(reader, item, trail, answers)
        subject = subjects[item.thread_id]
        yield Record(names[item.id], _text(_Told(item, trail, rivals, subject, names), short), item)


def file_name(item: ItemView) -> str:
    """The name of a decision's file: letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", item.quote).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    name = ""
    for word in words:
        if len(name) + len(word) + 1 > _LONGEST_NAME:
            break
        name += f"{word}-"
    return f"{item.date[:10]}-{name}{item.id}.md"


def _rivals(reader: Reader, item: ItemView, trail: Trail, answers: Sequence[LinkView]) -> tuple[ItemView, ...]:
    asked = {step.item.id for step in trail.answers}
    ids = {link.source for link in answers if link.target in asked}
    against = [*trail.replaces, *trail.replaced_by, *trail.objected, *trail.speaks_to]
    ids |= {step.item.id for step in against if step.relation in _RIVALS}
    others = [other for name in ids - {item.id} if (other := reader.item(name)) is not None]
    return tuple(sorted((o for o in others if o.kind == ItemKind.DECISION), key=lambda o: (o.number, o.start, o.id)))


def _text(told: _Told, short: Callable[[str], str]) -> str:
    return "\n".join(_lines(told, short)) + "\n"


def _lines(told: _Told, short: Callable[[str], str]) -> Iterator[str]:
    item, trail = told.item, told.trail
    agreed = _people(trail.agreed)
    yield "---"
    # a JSON string is a YAML string
    yield f"status: {_yaml(_status(told))}"
    yield f"date: {item.date[:10]}"
    yield f"decision-makers: {_yaml([one_line(item.author), *(who for who in agreed if who != one_line(item.author))])}"
    objected = _people(trail.objected)
    if objected:
        yield f"consulted: {_yaml(objected)}"
    yield "---"
    yield ""
    yield f"# {escaped(one_line(item.says or item.quote, width=_LONGEST_TITLE))}"
    yield ""
    yield "## Context and Problem Statement"
    yield ""
    yield f"In the review “{escaped(told.subject)}”."
    yield from _steps("It answers:", trail.answers, short)
    yield from _steps("What moved it:", trail.moved_by, short)
    yield ""
    yield "## Considered Options"
    yield ""
    yield f"* {_item(item, short)}"
    for rival in told.rivals:
        yield f"* {_item(rival, short)} ({escaped(rival.state)}){_file(rival, told)}"
    yield ""
    yield "## Decision Outcome"
    yield ""
    yield f"{_OUTCOMES[State(item.state)]}: “{escaped(item.quote)}”"
    yield ""
    yield f"Status: **{escaped(item.state)}**, because: {escaped(item.because.removeprefix(f'{item.state}: '))}."
    yield from _steps("Who agreed:", trail.agreed, short)
    yield from _steps("Who objected:", trail.objected, short)
    consequences = [
        *(("It leads to", step) for step in trail.leads_to),
        *(("It is carried out by", step) for step in trail.answered_by),
        *(("It replaces", step) for step in trail.replaces if step.relation == Relation.SUPERSEDES),
        *(("It refines", step) for step in trail.replaces if step.relation == Relation.REFINES),
        *(("It is replaced by", step) for step in trail.replaced_by if step.relation == Relation.SUPERSEDES),
        *(("It is refined by", step) for step in trail.replaced_by if step.relation == Relation.REFINES),
        *((f"It {escaped(step.relation)}", step) for step in trail.speaks_to),
    ]
    if consequences:
        yield ""
        yield "### Consequences"
        yield ""
        yield from (
            f"* {words} {_item(step.item, short)}, {escaped(step.item.state)}{_file(step.item, told)}"
            for words, step in consequences
        )
    yield ""
    yield "## More Information"
    yield ""
    place = f"message #{item.number}, `<{_code(item.message_id)}>`"
    yield f"* Said by {escaped(item.author)} on {item.date[:10]} in {place}"
    if item.verdict:
        yield f"* Checked: {escaped(item.verdict)}: {escaped(item.summary or '')}"
    yield f"* Found by a program with confidence {item.confidence:.2f}; its trail: `threadkb why {short(item.id)}`"


def _status(told: _Told) -> str:
    by = next((s.item for s in told.trail.replaced_by if s.relation == Relation.SUPERSEDES), None)
    if told.item.state == "superseded" and by is not None and by.id in told.names:
        return f"superseded by {told.names[by.id]}"
    return told.item.state


def _yaml(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)


def _code(text: str) -> str:
    return one_line(text).replace("`", "'")


def _people(steps: Sequence[Step]) -> list[str]:
    return list(dict.fromkeys(one_line(step.item.author) for step in steps))


def _steps(title: str, steps: Sequence[Step], short: Callable[[str], str]) -> Iterator[str]:
    if steps:
        yield ""
        yield title
        yield ""
        for step in steps:
            verdict = f", check: {escaped(step.item.verdict)}" if step.item.verdict else ""
            yield f"* {_item(step.item, short)}, {escaped(step.item.state)}{verdict}"


def _item(item: ItemView, short: Callable[[str], str]) -> str:
    return f"“{escaped(item.quote)}” ({escaped(item.author)}, {item.date[:10]}, #{item.number}, {short(item.id)})"


def _file(item: ItemView, told: _Told) -> str:
    """A link to the record of another decision, where it has one."""
    name = told.names.get(item.id)
    return f", [its record]({name})" if name is not None and item.id != told.item.id else ""
