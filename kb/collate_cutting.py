"""In: one message with its zones. Out: its cuts: what it says in one place, and the passage above that it answers.

Repeated quotations and the lines that introduce them are left out. All else is in exactly one cut: own words, code,
tables, traces, diffs, trailers, signatures, and a quotation whose source is not in the thread.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from kb.records import Passage, Zone, ZoneKind

_MARKS = re.compile(r"^[ \t]*(?:[A-Za-z0-9]{1,3}(?=>))?[>|][>| \t]*", re.MULTILINE)
_SIGNED = re.compile(r"[>|\s]*--\s")
"""How a quotation begins that has nothing but a signature."""
_ASIDE = frozenset({ZoneKind.QUOTE, ZoneKind.ATTRIBUTION})
_MOST_SOUGHT = 200
"""Quotations of a mail whose words are looked for in its parent; further ones count as strange."""


class Mail(Protocol):
    """A message, as it was parsed or as the database gives it."""

    @property
    def message_id(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...
    @property
    def body(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cut:
    """What a message says in one place."""

    answers: Passage | None
    """The passage quoted right above; None where nothing was, or where its source is not in the thread."""
    zones: tuple[Zone, ...]
    """In the order of the body; () where the message says nothing."""


def cuts(mail: Mail, zones: Sequence[Zone], parent: Mail | None, known: Container[str]) -> tuple[Cut, ...]:
    """The cuts of `mail`, at least one; `known` holds the Message-IDs of the thread.

    What stands between two quotations answers the first of them. What stands before the first quotation leads the
    first answer; in a mail that says nothing below its quotations it answers the parent as a whole. A signature, and
    a quotation that nobody answers, go with what is above them.
    """
    found: list[Cut] = []
    answers: Passage | None = None
    strange: tuple[Zone, ...] = ()
    quoted = opens = False
    sought = _Sought(mail, parent, known)
    for aside, group in groupby(zones or (Zone(ZoneKind.OWN, 0, len(mail.body)),), key=lambda z: z.kind in _ASIDE):
        run = tuple(zone for zone in group if mail.body[zone.start : zone.end].strip())
        if not run:
            continue
        if aside:
            quoted = True
            answers = _answered(mail, run, known)
            strange += tuple(sought.strange(run))
            continue
        if found and not strange and all(zone.kind is ZoneKind.SIGNATURE for zone in run):
            found[-1] = Cut(found[-1].answers, found[-1].zones + run)
        else:
            opens = opens or not quoted
            found.append(Cut(answers, strange + run))
        answers, strange = None, ()
    if opens and len(found) > 1:
        found[:2] = [Cut(found[1].answers, found[0].zones + found[1].zones)]
    if strange and found:
        found[-1] = Cut(found[-1].answers, found[-1].zones + strange)
    return tuple(found) or (Cut(answers, strange),)


def _words(text: str) -> str:
    """`text` without marks of quotation, its words one blank apart."""
    return " ".join(_MARKS.sub("", text).split())


def _quoted(zone: Zone, mail: Mail, known: Container[str]) -> Passage | None:
    found = zone.quoted
    return found if found and found.message_id != mail.message_id and found.message_id in known else None


def _answered(mail: Mail, run: Sequence[Zone], known: Container[str]) -> Passage | None:
    """What is quoted lowest in a run; where its source is not known, what is quoted above it and is not older."""
    depth: int | None = None
    for zone in reversed(run):
        if zone.kind is not ZoneKind.QUOTE or not _words(mail.body[zone.start : zone.end]):
            continue
        depth = zone.depth if depth is None else depth
        passage = _quoted(zone, mail, known)
        if passage is not None and zone.depth <= depth:
            return passage
    return None


class _Sought:
    """Finds the quotations of a mail whose words are nowhere in the thread."""

    def __init__(self, mail: Mail, parent: Mail | None, known: Container[str]) -> None:
        self._mail, self._parent, self._known = mail, parent, known
        self._above: str | None = None
        self._left = _MOST_SOUGHT

    def strange(self, run: Sequence[Zone]) -> Iterator[Zone]:
        """Those of a run, each with the line that introduces it; quoted signatures are none."""
        before: Zone | None = None
        for zone in run:
            if zone.kind is ZoneKind.QUOTE and self._is_strange(zone):
                if before is not None and before.kind is ZoneKind.ATTRIBUTION:
                    yield before
                yield zone
            before = zone

    def _is_strange(self, zone: Zone) -> bool:
        if _quoted(zone, self._mail, self._known) or _SIGNED.match(self._mail.body, zone.start, zone.end):
            return False
        words = _words(self._mail.body[zone.start : zone.end])
        if self._above is None:
            self._above = f" {_words(self._parent.body)} " if self._parent is not None else ""
        self._left -= 1
        return bool(words) and (self._left < 0 or f" {words} " not in self._above)
