"""In: patch mails as they are kept. Out: the versions that they make, and which versions are one series, each with why.

Pure and cautious. The same subject joins nothing unless the author is the same; a link joins only where its words speak
of an earlier version; what differs in author needs the author of the later one to name the earlier one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from kb import ids
from kb.patches import Refers
from kb.roles import same_person

LONGEST = timedelta(days=730)
"""Between two versions that only their subject and author join."""
_COMMON_WORDS = 3
"""A subject of fewer words ("fix typo") joins nothing by itself."""


@dataclass(frozen=True, slots=True)
class PatchMail:
    """A patch or cover letter with who sent it and when."""

    message_id: str
    thread_id: str
    revision: int
    number: int
    total: int
    subject: str
    rfc: bool
    resend: bool
    tags: tuple[str, ...]
    change_id: str | None
    files: tuple[str, ...]
    refers: tuple[Refers, ...]
    above: str | None
    author: str
    address: str
    date: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class Version:
    """One posting of a series: the cover letter and patches that were sent together."""

    mails: tuple[PatchMail, ...]
    """By number, then date; at least one."""

    @property
    def first(self) -> PatchMail:
        """The cover letter, or else the first patch that is here."""
        return self.mails[0]

    @property
    def id(self) -> str:
        """The Message-ID of its first mail."""
        return self.first.message_id

    @property
    def label(self) -> str:
        """`v2`, `RFC v1`, `v2 RESEND`."""
        return f"{'RFC ' if self.first.rfc else ''}v{self.first.revision}{' RESEND' if self.first.resend else ''}"

    @property
    def expected(self) -> int:
        return self.first.total

    @property
    def found(self) -> int:
        return len({mail.number for mail in self.mails if mail.number})

    @property
    def files(self) -> frozenset[str]:
        return frozenset(file for mail in self.mails for file in mail.files)

    @property
    def subjects(self) -> frozenset[str]:
        """Of its mails, without prefixes and case."""
        return frozenset(folded(mail.subject) for mail in self.mails)


@dataclass(frozen=True, slots=True)
class Join:
    """Why a version belongs to the same series as an earlier one."""

    version: str
    """The later one's id."""
    to: str
    """The earlier one's id."""
    because: str


@dataclass(frozen=True, slots=True)
class Series:
    """Versions that belong together, oldest first."""

    id: str
    """`s-…`, of its change-id, or of its first version."""
    versions: tuple[Version, ...]
    joins: tuple[Join, ...] = ()

    @property
    def subject(self) -> str:
        """Of its latest version."""
        return self.versions[-1].first.subject

    def because(self, version: str) -> tuple[Join, ...]:
        """Why this version is here; empty for the first."""
        return tuple(join for join in self.joins if join.version == version)


def folded(subject: str) -> str:
    """A subject without regard to case and white space."""
    return " ".join(subject.casefold().split())


def versions_in(mails: Iterable[PatchMail]) -> tuple[Version, ...]:
    """The postings that patch mails make: one thread, one revision, one count; a number that comes again is another."""
    groups: dict[tuple[object, ...], list[list[PatchMail]]] = defaultdict(list)
    ordered = sorted(mails, key=lambda m: (m.date, m.number, m.message_id))
    covers = {(mail.message_id, mail.revision) for mail in ordered if (mail.number, mail.total) == (0, 1)}
    for mail in ordered:
        under_cover = mail.number == 1 and (mail.above, mail.revision) in covers
        alone = None if mail.total > 1 else mail.above if under_cover else mail.message_id
        key = mail.thread_id, mail.revision, mail.rfc, mail.resend, mail.total, alone
        home = next((one for one in groups[key] if all(m.number != mail.number for m in one)), None)
        if home is None:
            groups[key].append(home := [])
        home.append(mail)
    found = [
        Version(tuple(sorted(one, key=lambda m: (m.number, m.date)))) for every in groups.values() for one in every
    ]
    return tuple(sorted(found, key=_order))


def _order(version: Version) -> tuple[str, int, str]:
    return version.first.date, version.first.revision, version.id


def series_in(versions: Sequence[Version]) -> tuple[Series, ...]:
    """Versions by series, the series with the latest posting first."""
    root = {version.id: version.id for version in versions}
    joins: dict[tuple[str, str], Join] = {}

    def top(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for join in _joins(versions):
        known = joins.get((join.version, join.to))
        if known is None:
            joins[join.version, join.to] = join
        elif join.because not in known.because.split("; "):
            joins[join.version, join.to] = Join(join.version, join.to, f"{known.because}; {join.because}")
        root[top(join.version)] = top(join.to)
    groups: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        groups[top(version.id)].append(version)
    out = []
    for members in groups.values():
        ordered = sorted(members, key=_order)
        names = {version.id for version in ordered}
        own = sorted((join for join in joins.values() if join.version in names), key=lambda j: (j.version, j.to))
        change_ids = (mail.change_id for version in ordered for mail in version.mails if mail.change_id)
        out.append(Series(f"s-{ids.digest(next(change_ids, ordered[0].id))}", tuple(ordered), tuple(own)))
    return tuple(sorted(out, key=lambda s: (s.versions[-1].first.date, s.id), reverse=True))


@dataclass(slots=True)
class _Index:
    """Versions by what could join them, each list oldest first."""

    of_mail: dict[str, Version] = field(default_factory=dict)
    by_change: dict[str, list[Version]] = field(default_factory=lambda: defaultdict(list))
    by_subject: dict[tuple[str, str], list[Version]] = field(default_factory=lambda: defaultdict(list))


def _people(version: Version) -> set[str]:
    """How the sender is known: by address, and by a name of two words."""
    name = folded(version.first.author)
    return {version.first.address.casefold(), *([name] if " " in name else [])} - {""}


def _index(versions: Sequence[Version]) -> _Index:
    index = _Index()
    for version in versions:
        index.of_mail |= {mail.message_id: version for mail in version.mails}
        for change_id in {mail.change_id for mail in version.mails if mail.change_id}:
            index.by_change[change_id].append(version)
        for who in _people(version):
            for subject in version.subjects:
                index.by_subject[who, subject].append(version)
    return index


def _joins(versions: Sequence[Version]) -> Iterator[Join]:
    """What joins versions, the surest reason first."""
    index = _index(versions)
    for change_id in sorted(index.by_change):
        found = index.by_change[change_id]
        for earlier, later in pairwise(found):
            other = "" if _same_author(earlier, later) else f", sent by {later.first.author}"
            yield Join(later.id, earlier.id, f"same change-id{other}")
    for later in versions:
        yield from _by_links(later, index)
    for later in versions:
        above = index.of_mail.get(later.first.above or "")
        if above is None or above.id == later.id or not _same_author(above, later):
            continue
        if _follows(above, later):
            yield Join(later.id, above.id, f"the same author sent it in answer to {above.label}")
        elif later.expected > 1 and (later.expected, later.first.revision) == (above.expected, above.first.revision):
            yield Join(later.id, above.id, f"patches of {above.label} that its author sent again, in answer to it")
    for key in sorted(index.by_subject):
        found = index.by_subject[key]
        for earlier, later in pairwise(found):
            because = _by_subject(key[1], earlier, later)
            if because:
                yield Join(later.id, earlier.id, because)


def _same_author(one: Version, other: Version) -> bool:
    return same_person(one.first.author, one.first.address, other.first.author, other.first.address)


def _follows(earlier: Version, later: Version) -> bool:
    """`later` is a newer version, a resend, or what came of an RFC."""
    a, b = earlier.first, later.first
    if b.date < a.date or earlier.id == later.id:
        return False
    return b.revision > a.revision or (b.revision == a.revision and b.resend) or (a.rfc and not b.rfc)


def _by_links(later: Version, index: _Index) -> Iterator[Join]:
    for mail in later.mails:
        for link in mail.refers:
            earlier = index.of_mail.get(link.message_id)
            if earlier is None or not _follows(earlier, later):
                continue
            names_it = link.earlier and (
                link.revision == earlier.first.revision or (link.revision is None and earlier.first.rfc)
            )
            if _same_author(earlier, later):
                alike = bool(earlier.subjects & later.subjects)
                if names_it or alike or (link.earlier and link.revision is None and _near(earlier, later)):
                    yield Join(later.id, earlier.id, f"links to {earlier.label} as {_what(link)}")
            elif names_it and (earlier.subjects & later.subjects or earlier.files & later.files):
                words = f"links to {earlier.label} as {_what(link)}, sent by {later.first.author}"
                yield Join(later.id, earlier.id, words)


def _near(earlier: Version, later: Version) -> bool:
    """They touch a file in common, or one of them is a cover letter alone."""
    return bool(earlier.files & later.files) or not earlier.files or not later.files


def _what(link: Refers) -> str:
    return f"v{link.revision}" if link.revision is not None else "an earlier version" if link.earlier else "its own"


def _by_subject(subject: str, earlier: Version, later: Version) -> str:
    """Why two postings of one author with a mail of one subject are of one series; "" where that says too little."""
    if not _within(earlier, later):
        return ""
    first = folded(earlier.first.subject) == subject == folded(later.first.subject)
    shared = len(earlier.subjects & later.subjects)
    fewest = min(len(earlier.subjects), len(later.subjects))
    telling = first and (earlier.first.number == 0 or len(subject.split()) >= _COMMON_WORDS)
    alike = 2 * shared >= fewest and len(subject.split()) >= _COMMON_WORDS
    if not (telling or alike):
        return ""
    what = "subject" if first else "subject of a patch"
    if _follows(earlier, later):
        return f"same {what} and author, {later.label} after {earlier.label}"
    again = earlier.first.revision == later.first.revision and earlier.first.tags == later.first.tags
    if again and first and earlier.files and earlier.files == later.files:
        return "same subject, author and files, sent again"
    return ""


def _within(earlier: Version, later: Version) -> bool:
    try:
        gap = datetime.fromisoformat(later.first.date) - datetime.fromisoformat(earlier.first.date)
    except (ValueError, TypeError):
        return False
    return gap <= LONGEST
