"""In: a thread with its zones. Out: which of its mails are patches or cover letters, and what each says of its series.

Pure, and linear in the mails. Nothing is fetched: a link to an earlier version is kept as the Message-ID in it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import unquote

from kb.records import Message, Thread, Zone, ZoneKind

_TAG = re.compile(r"\s*\[([^\[\]]{0,200})\]")
_REVISION = re.compile(r"(?:patch|rfc)?[-_]?v(\d{1,4})(?:\.\d{1,3})?")
_COUNT = re.compile(r"(\d{1,4})/(\d{1,4})")
_RESENT = {"resend", "resent", "repost", "re-send", "re-post"}
_CHANGE_ID = re.compile(r"^change-id:[ \t]*(\S{6,200})[ \t]*$", re.IGNORECASE | re.MULTILINE)
_TOUCHED = re.compile(r"^(?:diff --git a/(\S{1,400}) b/\S{1,400}|(?:\+\+\+ b|--- a)/(\S{1,400}))", re.MULTILINE)
_LINKED = re.compile(
    r"(?:https?://[^\s<>\"()\[\]]{1,300}?/|<|\bid:)([^\s<>/\"()\[\],]{1,250}@[^\s<>/\"()\[\],?#]{1,250})"
)
_NAMES_REVISION = re.compile(r"\b(?:rfc[ -]?)?v(\d{1,3})\b(?!->)", re.IGNORECASE)
_NAMES_EARLIER = re.compile(
    r"\b(?:previous|earlier|prior|last|original|first)\s+(?:version|posting|series|revision|submission|attempt|rfc|patch)"
    r"|\brfc\b|\bchanges? (?:since|from|in)\b|\b(?:follow-up|reroll|resend|rebase) of\b",
    re.IGNORECASE,
)
_PERSON_LINE = re.compile(r"\s{0,8}(?:to|cc|bcc|[a-z]{2,30}-by|co-developed-by|from)\s?:", re.IGNORECASE)
_NOTE = re.compile(r"\[\d{1,3}\]")
_NOT_WORDS = {ZoneKind.QUOTE, ZoneKind.ATTRIBUTION, ZoneKind.SIGNATURE, ZoneKind.DIFF, ZoneKind.TRACE}
_MOST_FILES, _MOST_LINKS = 2000, 60
_MENTIONS, _LONGEST = 4, 1000
"""Lines that are looked at to know what a footnote is, and characters of a line."""


@dataclass(frozen=True, slots=True)
class Refers:
    """A link to another mail, and whether the words beside it speak of an earlier version."""

    message_id: str
    revision: int | None
    """The version that the words beside it name."""
    earlier: bool
    """They say that it is an earlier version."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a subject's prefixes say."""

    revision: int
    number: int
    """0 for a cover letter; 1 for a patch that comes alone."""
    total: int
    subject: str
    """Without prefixes."""
    rfc: bool
    resend: bool
    tags: tuple[str, ...]
    """Other words of the prefixes: the tree that it is for."""
    numbered: bool = True
    """Whether they give the version, or 1 is taken for it."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch mail or cover letter."""

    message_id: str
    heading: Heading
    change_id: str | None
    files: tuple[str, ...]
    """Paths that its diff touches."""
    refers: tuple[Refers, ...]
    above: str | None
    """The nearest patch mail that it answers, directly or not."""


def heading_of(subject: str) -> Heading | None:
    """What the prefixes of a patch's subject say; None for the subject of anything else, replies among them."""
    words: list[str] = []
    at = 0
    while (tag := _TAG.match(subject, at)) is not None:
        words += tag[1].replace(",", " ").split()
        at = tag.end()
    folded = [word.casefold() for word in words]
    counts = [(int(n), int(m)) for word in folded if (found := _COUNT.fullmatch(word)) for n, m in [found.groups()]]
    is_patch = any(word.startswith("patch") for word in folded)
    if not (is_patch or ("rfc" in folded and counts)) or "pull" in folded:
        return None
    revisions = [int(found[1]) for word in folded if (found := _REVISION.fullmatch(word))]
    number, total = counts[0] if counts else (1, 1)
    known = {*_RESENT, "rfc", "patch", "patches"}
    rest = (w for w in folded if w not in known and not _REVISION.fullmatch(w) and not _COUNT.fullmatch(w))
    return Heading(
        revision=max(revisions[0] if revisions else 1, 1),
        number=number,
        total=max(total, 1),
        subject=" ".join(subject[at:].split()),
        rfc="rfc" in folded or any(word.startswith("rfc") for word in folded),
        resend=bool(_RESENT & set(folded)),
        tags=tuple(rest),
        numbered=bool(revisions),
    )


def patches_of(thread: Thread) -> Iterator[Patch]:
    """The patches and cover letters of a thread, in its order."""
    headings = {m.message_id: found for m in thread.messages if (found := heading_of(m.subject)) is not None}
    parents = {m.message_id: m.parent_id for m in thread.messages}
    for message in thread.messages:
        heading = headings.get(message.message_id)
        if heading is not None:
            zones = thread.zones.get(message.message_id, ())
            above = nearest(message.message_id, parents, headings)
            yield _patch(message, _as_cover(heading, headings.get(above or "")), zones, above)


def _as_cover(heading: Heading, above: Heading | None) -> Heading:
    """A patch whose subject gives no version is of the version of the cover letter that it answers."""
    if above is None or heading.numbered or not heading.number or (above.number, above.total) != (0, heading.total):
        return heading
    return replace(heading, revision=above.revision, rfc=above.rfc, resend=above.resend)


def nearest(message_id: str, parents: Mapping[str, str | None], wanted: Container[str]) -> str | None:
    """The nearest ancestor of a message that is among `wanted`; None where none is, also where parents form a loop."""
    seen = {message_id}
    at = parents.get(message_id)
    while at is not None and at not in seen:
        if at in wanted:
            return at
        seen.add(at)
        at = parents.get(at)
    return None


def _patch(message: Message, heading: Heading, zones: Sequence[Zone], above: str | None) -> Patch:
    body = message.body
    diff = "\n".join(body[z.start : z.end] for z in zones if z.kind is ZoneKind.DIFF)
    words = "\n".join(body[z.start : z.end] for z in zones if z.kind not in _NOT_WORDS)
    change_id = _CHANGE_ID.search(words)
    touched = (found[1] or found[2] for found in _TOUCHED.finditer(diff))
    files = tuple(dict.fromkeys(touched))[:_MOST_FILES] if heading.number else ()
    own = message.message_id
    refers = tuple(islice((one for one in _links(words) if one.message_id != own), _MOST_LINKS))
    return Patch(own, heading, change_id[1] if change_id else None, files, refers, above)


def _links(words: str) -> Iterator[Refers]:
    lines = [line[:_LONGEST] for line in words.split("\n")]
    notes: dict[str, list[str]] = {}
    for line in lines:
        for note in dict.fromkeys(_NOTE.findall(line)):
            mentions = notes.setdefault(note, [])
            if len(mentions) < _MENTIONS:
                mentions.append(line)
    before = ""
    for line in lines:
        for found in () if _PERSON_LINE.match(line) else _LINKED.finditer(line):
            beside = line[: found.start()] + " " + line[found.end() :]
            if not any(char.isalpha() for char in beside):
                beside = before
            if (own := _NOTE.match(line.lstrip())) is not None:
                beside = " ".join([beside, *(each for each in notes[own[0]] if each != line)])
            revision = _NAMES_REVISION.search(beside)
            name = unquote(found[1]).rstrip(".;:'")
            yield Refers(
                name,
                int(revision[1]) if revision else None,
                revision is not None or _NAMES_EARLIER.search(beside) is not None,
            )
        if line.strip():
            before = line
