"""In: a thread's messages and zones. Out: each message's cuts, and behind which word of which other cut each hangs.

A place never parts a word. No cut hangs under itself, however messages answer each other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.collate_cutting import Cut, Mail, cuts
from kb.records import Zone, ZoneKind

_SPACE = re.compile(r"\s")
_REST = re.compile(r"\s*")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_STOPS = (".", "?", "!", ":", ";")
_FEW = 24
"""Characters of a paragraph that stay with the rest of their sentence when a reply cuts them off."""
_BY_WORD = frozenset({ZoneKind.OWN, ZoneKind.QUOTE, ZoneKind.ATTRIBUTION, ZoneKind.SIGNATURE})
"""Kinds in which a reply may hook in within a line."""


@dataclass(slots=True)
class Piece:
    """A cut and its place."""

    number: int
    cut: Cut
    mail: Mail
    under: int | None = None
    at: int = 0
    """Offset in the message of `under` behind which it hangs."""

    @property
    def end(self) -> int:
        return self.cut.zones[-1].end if self.cut.zones else 0

    @property
    def signed_from(self) -> int:
        """Where nothing but a signature follows."""
        words = [zone.end for zone in self.cut.zones if zone.kind is not ZoneKind.SIGNATURE]
        return words[-1] if words else 0


def placed(messages: Sequence[Mail], zones: Mapping[str, Sequence[Zone]]) -> list[Piece]:
    """The cuts of all messages with their places, in the order of the thread; by the rules of `kb.collate.collate`."""
    mails = {mail.message_id: mail for mail in messages}
    pieces: list[Piece] = []
    of_mail: dict[str, _Shown] = {}
    for number, mail in enumerate(messages):
        made = cuts(mail, zones.get(mail.message_id, ()), mails.get(mail.parent_id or ""), mails)
        of_mail[mail.message_id] = _Shown(
            len(pieces) + len(made) - 1,
            sorted((z.start, n, z) for n, cut in enumerate(made, len(pieces)) for z in cut.zones),
        )
        pieces.extend(Piece(number, cut, mail) for cut in made)
    signed = [piece.signed_from for piece in pieces]
    for piece in pieces:
        _hang(piece, pieces, of_mail, signed)
    _cut_loops(pieces)
    return pieces


@dataclass(frozen=True, slots=True)
class _Shown:
    """Where a message's words went."""

    last: int
    """Its last turn."""
    zones: list[tuple[int, int, Zone]]
    """(start, turn, zone) in order."""

    def at(self, end: int) -> tuple[int, Zone] | None:
        """The turn and zone that hold the character before `end`."""
        place = bisect_left(self.zones, end, key=lambda shown: shown[0]) - 1
        if place < 0 or self.zones[place][2].end < end:
            return None
        return self.zones[place][1:]


def _hang(piece: Piece, pieces: Sequence[Piece], of_mail: Mapping[str, _Shown], signed: Sequence[int]) -> None:
    """Find the place of a turn."""
    answers, parent = piece.cut.answers, piece.mail.parent_id
    if answers is not None:
        found = of_mail[answers.message_id].at(answers.end)
        if found is not None:
            under, zone = found
            at = _behind(pieces[under].mail.body, zone, answers.end)
            piece.under, piece.at = under, pieces[under].end if at >= signed[under] else at
            return
        parent = answers.message_id
    shown = of_mail.get(parent or "")
    if shown is not None and parent != piece.mail.message_id:
        piece.under = shown.last
        piece.at = pieces[piece.under].end


def _behind(body: str, zone: Zone, at: int) -> int:
    """The first place from `at` on where a zone may be parted: behind a word and its blanks, or behind a line.

    The last few words of a paragraph stay with the sentence that they end.
    """
    if zone.kind not in _BY_WORD:
        line_end = body.find("\n", at - 1, zone.end)
        return line_end + 1 if line_end >= 0 and body[line_end : zone.end].strip() else zone.end
    word_end = _SPACE.search(body, at, zone.end)
    if word_end is None:
        return zone.end
    if not body.endswith(_STOPS, zone.start, word_end.start()):
        last = _PARAGRAPH.search(body, word_end.start(), min(zone.end, word_end.start() + _FEW))
        if last is not None:
            word_end = last
        elif zone.end - word_end.start() <= _FEW:
            return zone.end
    rest = _REST.match(body, word_end.start(), zone.end)
    assert rest is not None
    line_start = body.rfind("\n", word_end.start(), rest.end()) + 1
    return line_start if line_start and rest.end() < zone.end else rest.end()


def _cut_loops(pieces: Sequence[Piece]) -> None:
    settled: set[int] = set()
    for start in range(len(pieces)):
        path: dict[int, None] = {}
        at: int | None = start
        while at is not None and at not in settled and at not in path:
            path[at] = None
            at = pieces[at].under
        if at is not None and at in path:
            names = list(path)
            pieces[min(names[names.index(at) :])].under = None
        settled.update(path)
