"""In: the text of a MAINTAINERS file; the paths that a patch touches. Out: who keeps those files, and by which section.

The format is the kernel's: sections headed by a line without a letter, then `M:` (maintainers), `R:` (reviewers), `L:`
(lists), `F:` and `X:` (paths and those left out), `N:` (a regular expression on paths). Pure; a line that is none of
these is passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import translate

_LINE = re.compile(r"([A-Z]):\s+(\S.*)")
_ADDRESS = re.compile(r"<([^<>\s@]+@[^<>\s]+)>|((?<!\S)[^\s@]+@\S+)")
_MAGIC = re.compile(r"[*?\[]")
_EVERYTHING = {"*/", "*"}


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the file."""

    name: str
    maintainers: tuple[str, ...]
    """`Name <address>`, as it stands there."""
    reviewers: tuple[str, ...]
    lists: tuple[str, ...]
    files: tuple[str, ...]
    excluded: tuple[str, ...]
    names: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Whether the section is about this path."""
        if any(_covers(pattern, path) for pattern in self.excluded):
            return False
        return any(_covers(pattern, path) for pattern in self.files) or any(_named(n, path) for n in self.names)


@dataclass(frozen=True, slots=True)
class Maintainers:
    """A MAINTAINERS file, ready to be asked."""

    sections: tuple[Section, ...]
    _by_place: dict[str, list[int]] = field(default_factory=dict)
    """The folder or file that a pattern begins with, to the sections that have one."""

    def covering(self, paths: Iterable[str]) -> tuple[Section, ...]:
        """The sections about any of `paths`, in the file's order; one about everything only where there is no other."""
        found: set[int] = set()
        for path in dict.fromkeys(paths):
            parts = path.split("/")
            places = ["/".join(parts[:count]) for count in range(len(parts) + 1)]
            near = {number for place in places for number in self._by_place.get(place, ())}
            found |= {number for number in near if self.sections[number].covers(path)}
        own = [number for number in found if not _EVERYTHING & set(self.sections[number].files)]
        return tuple(self.sections[number] for number in sorted(own or found))


def maintainers_in(text: str) -> Maintainers:
    """What a MAINTAINERS file says; no section where it is something else."""
    sections: list[Section] = []
    name, lines = "", defaultdict[str, list[str]](list)
    for line in [*text.splitlines(), ""]:
        entry = _LINE.match(line)
        if entry is not None:
            lines[entry[1]].append(entry[2].strip())
            continue
        if lines:
            sections.append(_section(name, lines))
            name, lines = "", defaultdict(list)
        if line.strip():
            name = line.strip()
    kept = tuple(one for one in sections if one.files or one.names)
    places: dict[str, list[int]] = defaultdict(list)
    for number, section in enumerate(kept):
        for place in {*(_place(pattern) for pattern in section.files), *([""] if section.names else [])}:
            places[place].append(number)
    return Maintainers(kept, dict(places))


def address_in(person: str) -> str:
    """The address in `Name <address>`, without regard to case; "" where there is none."""
    found = _ADDRESS.search(person)
    return (found[1] or found[2]).strip("<>,;").casefold() if found else ""


def name_in(person: str) -> str:
    """The name in `Name <address>`, without quotation marks."""
    return " ".join(person.partition("<")[0].replace('"', " ").split())


def _section(name: str, lines: dict[str, list[str]]) -> Section:
    get = {letter: tuple(lines.get(letter, ())) for letter in "MRLFXN"}
    return Section(name, get["M"], get["R"], get["L"], get["F"], get["X"], get["N"])


def _place(pattern: str) -> str:
    """The path that every path which `pattern` covers begins with, by whole parts."""
    magic = _MAGIC.search(pattern)
    plain = pattern[: magic.start()].rpartition("/")[0] if magic else pattern
    return plain.strip("/")


def _covers(pattern: str, path: str) -> bool:
    """As scripts/get_maintainer.pl does: `dir/` with all below; `*` stays within a folder, as in a shell."""
    if not _MAGIC.search(pattern):
        return path == pattern or path.startswith(pattern.rstrip("/") + "/")
    depth = pattern.rstrip("/").count("/") + 1
    parts = path.split("/")
    if pattern.endswith("/"):
        return len(parts) > depth and _glob(pattern.rstrip("/"), "/".join(parts[:depth]))
    return len(parts) == depth and _glob(pattern, path)


def _glob(pattern: str, path: str) -> bool:
    return all(
        re.match(translate(want), part) is not None
        for want, part in zip(pattern.split("/"), path.split("/"), strict=True)
    )


def _named(expression: str, path: str) -> bool:
    try:
        return re.search(expression, path[:500]) is not None
    except re.error:
        return False
