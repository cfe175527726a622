"""In: a reader and two versions of a series, or two threads. Out: what was open in the old one, and what becomes of it.

What people marked by hand comes before what was found; both are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.carrying import Code, Found, Kind, Mark, Stretch, carried, open_in
from kb.changelog import lines_of, said_in
from kb.marks import Marked, in_force, mark_of
from kb.reading import Filter, Reader
from kb.records import Zone, ZoneKind
from kb.review_reading import mails_of
from kb.series import Version
from kb.views import ItemView, MessageView
from kb.wording import is_name, terms_of

_ADDED = re.compile(r"^\+(?!\+\+ )(.*)$", re.MULTILINE)
_COMMENTS = ("*", "/*", "//")
_CONTEXT = 600
"""Characters of a quotation that say what is answered."""
_OWN = {ZoneKind.OWN, ZoneKind.CODE, ZoneKind.TABLE}


@dataclass(frozen=True, slots=True)
class Scope:
    """A version of a series, or a thread, as a thing to compare."""

    thread_id: str
    id: str
    """The Message-ID of its first mail."""
    label: str
    """`v2`; or `the thread` where it is no version."""
    revision: int
    author: str
    address: str
    date: str
    mails: frozenset[str]
    patches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """Something open, what was found of it, and what somebody marked by hand."""

    found: Found
    by_hand: Marked | None = None

    @property
    def mark(self) -> Mark:
        """The mark that counts."""
        return Mark(self.by_hand.mark) if self.by_hand is not None else self.found.mark


def scope_of(reader: Reader, version: Version) -> Scope:
    """A version with its mails."""
    first = version.first
    patches = tuple(mail.message_id for mail in version.mails)
    mails = mails_of(reader, version)
    return Scope(
        first.thread_id,
        version.id,
        version.label,
        first.revision,
        first.author,
        first.address,
        first.date,
        mails,
        patches,
    )


def thread_scope(reader: Reader, thread: str) -> Scope:
    """A whole thread that has no patch series."""
    messages = reader.messages(thread)
    first = messages[0]
    mails = frozenset(message.message_id for message in messages)
    return Scope(thread, first.message_id, "the thread", 0, first.author, first.address, first.date, mails)


def carry(reader: Reader, old: Scope, new: Scope, *, confidence: float | None = None) -> tuple[Carried, ...]:
    """Everything open in `old` and what `new` says of it, in reading order.

    Items found with less than `confidence` are left out. What the old version's own changelog says was done by it.
    """
    before = _Mails(reader, old)
    after = _Mails(reader, new)
    wanted = Filter(thread=old.thread_id, confidence=confidence)
    items = [i for i in reader.items(wanted) if i.message_id in old.mails and not before.was_changed(i)]
    every = [
        replace(one, context=before.context(one.item), in_patch=one.item.message_id in before.patches)
        for one in open_in(items, reader.links(old.thread_id), old.author)
    ]
    already = {_folded(text) for _, _, _, text in before.words(old.revision, 0)}
    found = carried(every, tuple(_stretches(after, old, new, already)), _code(before, after), before.paragraphs())
    replaced = {row["message_id"]: row["replaced_by"] for row in reader.ask("replaced")}
    kept = reader.ask("carried") if reader.ask("has_table", name="carried") else []
    marks = in_force(mark_of(dict(row)) for row in kept)
    now = {m: (replaced.get(m.message_id, m.message_id), replaced.get(m.version_id, m.version_id)) for m in marks}
    by_hand = {(now[m][0], m.quote, now[m][1]): m for m in marks}
    return tuple(Carried(f, by_hand.get((f.open.item.message_id, f.open.item.quote, new.id))) for f in found)


class _Mails:
    """The mails of a scope with their zones, in reading order."""

    def __init__(self, reader: Reader, scope: Scope) -> None:
        self.zones = reader.zones_of_thread(scope.thread_id)
        self.mails = [m for m in reader.messages(scope.thread_id) if m.message_id in scope.mails]
        self.patches = set(scope.patches)
        self._by_id = {mail.message_id: mail for mail in self.mails}
        self._changes = {
            mail.message_id: [
                (said.start, said.end) for said in said_in(mail.body, self.of(mail), scope.revision) if said.is_change
            ]
            for mail in self.mails
            if mail.message_id in self.patches
        }

    def of(self, mail: MessageView) -> tuple[Zone, ...]:
        return self.zones.get(mail.message_id, ())

    def was_changed(self, item: ItemView) -> bool:
        """Whether an item stands in a changelog of a patch mail: it tells what was done already."""
        return any(start < item.end and item.start < end for start, end in self._changes.get(item.message_id, ()))

    def context(self, item: ItemView) -> str:
        """The last of the words that are quoted right above an item's paragraph."""
        mail = self._by_id.get(item.message_id)
        paragraphs = _own(mail, self.of(mail)) if mail is not None else ()
        above = next((above for start, end, above in paragraphs if start <= item.start < end), "")
        return above.strip().rpartition("\n\n")[2][-_CONTEXT:]

    def words(self, revision: int, older: int) -> Iterator[tuple[MessageView, tuple[int, int], bool, str]]:
        """What the patch mails say: mail, place, whether it tells of a change since version `older`, text.

        Changes that older versions made are left out.
        """
        for mail in self.mails:
            if mail.message_id in self.patches:
                for said in said_in(mail.body, self.of(mail), revision):
                    if not said.is_change or said.newer_than(older, revision):
                        yield mail, (said.start, said.end), said.is_change, mail.body[said.start : said.end]

    def added(self) -> Iterator[tuple[MessageView, int, str]]:
        """The lines of code that the patches add, each with its mail and its place; comments are left out."""
        for mail in self.mails:
            if mail.message_id in self.patches:
                for zone in self.of(mail):
                    if zone.kind is ZoneKind.DIFF:
                        for line in _ADDED.finditer(mail.body, zone.start, zone.end):
                            if not line[1].lstrip().startswith(_COMMENTS):
                                yield mail, line.start(1), line[1]

    def paragraphs(self) -> list[str]:
        """The own words of everybody, paragraph by paragraph."""
        return [mail.body[start:end] for mail in self.mails for start, end, _ in _own(mail, self.of(mail))]


def _own(mail: MessageView, zones: Sequence[Zone]) -> Iterator[tuple[int, int, str]]:
    """The paragraphs of a mail that its author wrote, each with the words quoted right above it."""
    above = ""
    for zone in zones:
        text = mail.body[zone.start : zone.end]
        if zone.kind is ZoneKind.QUOTE:
            above = re.sub(r"(?m)^[> \t|]+", "", text)
        elif zone.kind in _OWN:
            for start, end in _paragraphs(mail.body, zone.start, zone.end):
                yield start, end, above
                above = ""


def _paragraphs(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = last = -1
    for line_start, line_end in lines_of(body, start, end):
        if body[line_start:line_end].strip():
            begin = line_start if begin < 0 else begin
            last = line_end
        elif begin >= 0:
            yield begin, last
            begin = -1
    if begin >= 0:
        yield begin, last


def _stretches(after: _Mails, old: Scope, new: Scope, already: set[str]) -> Iterator[Stretch]:
    """What of the new version can speak of something; words that the old patches had too say nothing new."""
    same = old.revision if old.revision < new.revision else new.revision - 1
    for mail, (start, end), is_change, text in after.words(new.revision, same):
        kept = _folded(text) in already
        kind = Kind.CHANGE if is_change else Kind.KEPT if kept else Kind.WORDS
        if not (is_change and kept):
            yield Stretch(kind, mail.message_id, mail.number, mail.author, start, end, text)
    for mail in after.mails:
        if mail.message_id not in after.patches:
            for start, end, above in _own(mail, after.of(mail)):
                text = mail.body[start:end]
                yield Stretch(Kind.REPLY, mail.message_id, mail.number, mail.author, start, end, text, above)


def _code(before: _Mails, after: _Mails) -> Code:
    had = frozenset(term for _, _, line in before.added() for term in terms_of(line) if is_name(term))
    places: dict[str, Stretch] = {}
    has: set[str] = set()
    for mail, start, line in after.added():
        for term in terms_of(line):
            if is_name(term):
                has.add(term)
                if term not in had and term not in places:
                    end = start + len(line)
                    places[term] = Stretch(Kind.CODE, mail.message_id, mail.number, mail.author, start, end, line)
    return Code(had, frozenset(has), places)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
