"""In: digests of what is to be forgotten, and text. Out: the text without it. Pure; only digests are known here.

The same text always comes out the same, and what came out comes out as it is, so that mail which arrives again is
rewritten to what is kept already.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from kb import ids


class Forgotten(StrEnum):
    """What can be forgotten."""

    MAIL = "mail"
    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of something forgotten."""

    digest: str
    what: Forgotten
    words: int
    """Of a name; 1 for all else."""
    label: str
    """What stands in its place; "" for a mail."""


_TOKEN = re.compile(r"[^\W_]+(?:[-.'’][^\W_]+)*")
_GAP = re.compile(r"[\s>|\"',.]{1,40}")
_ADDRESS = re.compile(
    r"([\w.+=%~-]{1,200})(?:@|%40|&#64;|\s?[\[(]at[\])]\s?|\sat\s)([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})", re.IGNORECASE
)
_STARTS = re.compile(r"(?<![^\W_])[^\W_]")
_OWNS = re.compile(r"['’]s$")


def mail_stone(message_id: str) -> Tombstone:
    """The tombstone of a mail."""
    return Tombstone(digest_of(Forgotten.MAIL, message_id), Forgotten.MAIL, 1, "")


def person_stones(names: Iterable[str], addresses: Iterable[str]) -> tuple[Tombstone, ...]:
    """The tombstones of one person: of every name, also with the last word first, and every address."""
    named = sorted({words for name in names for words in _orders(name)})
    addressed = sorted({_plain(address) for address in addresses if address.strip()})
    every = [
        *((Forgotten.ADDRESS, address, 1) for address in addressed),
        *((Forgotten.NAME, " ".join(words), len(words)) for words in named),
    ]
    if not every:
        return ()
    own = ids.digest("forgotten", every[0][0], every[0][1])[: ids.SHOWN]
    labels = {Forgotten.NAME: f"[removed person {own}]", Forgotten.ADDRESS: f"removed-{own}@removed.invalid"}
    return tuple(Tombstone(digest_of(what, text), what, size, labels[what]) for what, text, size in every)


def digest_of(what: Forgotten, text: str) -> str:
    """The digest by which something is known again, whatever its case."""
    return sha256(
        f"{what}\0{text if what is Forgotten.MAIL else _plain(text)}".encode("utf-8", "surrogatepass")
    ).hexdigest()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()


def tokens_of(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared."""
    return tuple(_plain(_OWNS.sub("", word)) for word in _TOKEN.findall(name))


def _orders(name: str) -> Iterator[tuple[str, ...]]:
    words = tokens_of(name)
    if len(words) > 1:
        yield words
        yield (*words[1:], words[0])
        yield (words[-1], *words[:-1])
    elif words and len(words[0]) > 2:
        yield words


@dataclass(frozen=True, slots=True)
class Redaction:
    """Takes people out of texts."""

    labels: Mapping[str, str]
    """Digest of a name or address to what stands in its place."""
    sizes: tuple[int, ...]
    """How many words the names have, most first."""
    known: dict[str, str] = field(default_factory=dict)
    """Words met before and what stands in their place, "" for themselves."""

    def __bool__(self) -> bool:
        return bool(self.labels)

    def rewrite(self, text: str) -> str:
        """`text` with every address and name that is to be forgotten replaced."""
        if not self.labels:
            return text
        return self._names(_ADDRESS.sub(self._address, text))

    def _label(self, what: Forgotten, text: str) -> str:
        key = f"{what}\0{text}"
        if key not in self.known:
            if len(self.known) > 200_000:
                self.known.clear()
            self.known[key] = self.labels.get(digest_of(what, text), "")
        return self.known[key]

    def _address(self, found: re.Match[str]) -> str:
        local, domain = found[1], found[2]
        for start in _STARTS.finditer(local):
            label = self._label(Forgotten.ADDRESS, f"{local[start.start() :]}@{domain}")
            if label:
                return local[: start.start()] + label
        return found[0]

    def _names(self, text: str) -> str:
        if not self.sizes:
            return text
        places = [(hit.start(), hit.end()) for hit in _TOKEN.finditer(text)]
        out, done, at = [], 0, 0
        while at < len(places):
            for size in self.sizes:
                found = self._name(text, places[at : at + size], size)
                if found is not None:
                    out += [text[done : places[at][0]], found[0]]
                    done = found[1]
                    at += size - 1
                    break
            at += 1
        return "".join(out) + text[done:] if out else text

    def _name(self, text: str, places: list[tuple[int, int]], size: int) -> tuple[str, int] | None:
        if len(places) < size:
            return None
        gaps = (text[a[1] : b[0]] for a, b in itertools.pairwise(places))
        if not all(_GAP.fullmatch(gap) for gap in gaps):
            return None
        start, end = places[0][0], places[-1][1]
        owns = _OWNS.search(text[start:end])
        end -= len(owns[0]) if owns else 0
        label = self._label(Forgotten.NAME, " ".join(tokens_of(text[start:end])))
        return (label, end) if label else None


def redaction(stones: Iterable[Tombstone]) -> Redaction:
    """What takes the people of these tombstones out of texts."""
    people = [stone for stone in stones if stone.what is not Forgotten.MAIL]
    sizes = sorted({stone.words for stone in people if stone.what is Forgotten.NAME}, reverse=True)
    return Redaction({stone.digest: stone.label for stone in people}, tuple(sizes))
