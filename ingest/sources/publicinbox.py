"""In: a public-inbox archive in git, and the commits seen before. Out: the mails that came since, in order.

Known are: one repository with a file for each mail (v1); the repositories `0.git`, `1.git`, … in which each commit
holds one mail as `m`, or a removed one as `d` (v2: one of them, the folder of them, or the folder above it); and a
plain clone or mirror of such a repository. The archive is only read. One bad mail stops nothing: it is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import tee
from pathlib import Path

from ingest.mail import is_mail
from ingest.sources.git_objects import Change, Repository, opened
from kb.errors import SourceError
from kb.records import RawMail, SourceKind

LARGEST = 64 << 20
"""Bytes; a larger mail is left out."""

_EPOCH = re.compile(r"(\d{1,6})\.git")
_NUMBER = re.compile(r"(?:.*\.)?(\d{1,6})")
_HASHED = re.compile(r"[0-9a-f]{2}/[0-9a-f]{38}(?:[0-9a-f]{24})?")
_MAIL, _REMOVED = "m", "d"


@dataclass(frozen=True, slots=True)
class Epoch:
    """One repository of an archive."""

    name: str
    """Its number as text."""
    path: Path


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one commit brought: a mail, or the removal of one that came earlier."""

    epoch: str
    commit: str
    mail: RawMail | None = None
    removed: RawMail | None = None
    """The mail that the archive holds no longer (spam, mostly)."""


def is_archive(path: Path) -> bool:
    """Whether `path` looks like an archive: a git repository, or a folder of numbered ones. No git is run."""
    return bool(epochs_of(path))


def epochs_of(path: Path) -> tuple[Epoch, ...]:
    """The repositories of the archive at `path`, oldest first; none where it is no archive."""
    for folder in (path / "git", path):
        found = [
            (int(name[1]), each)
            for each in (folder.iterdir() if folder.is_dir() else ())
            if (name := _EPOCH.fullmatch(each.name)) and _is_repository(each)
        ]
        if found:
            return tuple(Epoch(str(number), each) for number, each in sorted(found))
    for each in (path, path / ".git"):
        if _is_repository(each):
            number = _NUMBER.fullmatch(path.name.removesuffix(".git"))
            return (Epoch(str(int(number[1])) if number else "0", each),)
    return ()


def _is_repository(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir()


def position(seen: str | None) -> dict[str, str]:
    """The last commit seen of each epoch, from the text that `text_of` made; none where it is no such text."""
    try:
        found = json.loads(seen or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): commit for name, commit in found.items() if isinstance(commit, str)}


def text_of(position: Mapping[str, str]) -> str:
    """A position as JSON text, to be kept with the source."""
    return json.dumps(dict(sorted(position.items())))


def commits_after(path: Path, seen: Mapping[str, str]) -> int:
    """How many commits the archive at `path` has after those `seen`."""
    total = 0
    for epoch in epochs_of(path):
        with opened(epoch.path) as repository:
            if repository is not None:
                total += repository.count(_since(repository, seen.get(epoch.name)))
    return total


def arrivals(
    path: Path, seen: Mapping[str, str] | None = None, *, progress: Callable[[str], None] | None = None
) -> Iterator[Arrival]:
    """What came into the archive at `path` after the commits `seen` (epoch name to commit), in order.

    Where a commit that was seen is no longer part of the archive (it was rewritten, to purge a mail), its epoch is read
    from the beginning. A mail that the archive removed later on is given only as removed. `progress` is told what was
    left out.

    Raises:
        SourceError: there is no archive at `path`, or git cannot read it.
    """
    epochs = epochs_of(path)
    if not epochs:
        raise SourceError(str(path), "this is no public-inbox archive", "give a folder that public-inbox or git made")
    for epoch in epochs:
        with opened(epoch.path) as repository:
            if repository is None:
                continue  # the newest epoch, just begun
            since = _since(repository, (seen or {}).get(epoch.name))
            if since != repository.tip:
                yield from _of_epoch(epoch, repository, since, progress)


def _since(repository: Repository, commit: str | None) -> str | None:
    return commit if commit is not None and repository.has(commit) else None


def _of_epoch(
    epoch: Epoch, repository: Repository, since: str | None, progress: Callable[[str], None] | None
) -> Iterator[Arrival]:
    hashed = _is_hashed(repository)
    gone = _removals(repository, since, hashed=hashed)
    asked, told = tee(_wanted(repository, since, hashed=hashed))
    # `tee` keeps what `blobs` asked for ahead of what it gave back: a few dozen changes
    names = (change.old if change.status == "D" else change.new for change in asked)
    place = f"{SourceKind.PUBLICINBOX}:{epoch.path}"
    for change, content in zip(told, repository.blobs(names, LARGEST), strict=True):
        origin = f"{place}#{change.commit[:16]}"
        removal = change.status == "D" or change.path == _REMOVED
        if not removal and gone.get(change.new, 0) > 0:
            yield Arrival(epoch.name, change.commit)
        elif isinstance(content, str) or not is_mail(content):
            if progress is not None:
                progress(f"{origin}: {content if isinstance(content, str) else 'is no mail'}, left out")
            yield Arrival(epoch.name, change.commit)
        elif removal:
            blob = change.old if change.status == "D" else change.new
            gone[blob] = gone.get(blob, 1) - 1
            yield Arrival(epoch.name, change.commit, removed=RawMail(content, origin))
        else:
            yield Arrival(epoch.name, change.commit, mail=RawMail(content, origin))


def _is_hashed(repository: Repository) -> bool:
    """Whether a mail lies in a path made of its digest (v1).

    Raises:
        SourceError: it lies in neither form, so that this is some other repository.
    """
    roots = repository.roots()
    if all(kind == "blob" and name in (_MAIL, _REMOVED) for kind, name in roots):
        return False
    if all(kind == "tree" and re.fullmatch(r"[0-9a-f]{2}", name) for kind, name in roots):
        return True
    raise SourceError(
        str(repository.path), "a git repository, but no public-inbox archive", "give one that holds a list's mail"
    )


def _removals(repository: Repository, since: str | None, *, hashed: bool) -> dict[str, int]:
    """How often each blob is removed after `since`."""
    out: dict[str, int] = {}
    for change in repository.changes(since, only=None if hashed else _REMOVED):
        blob = _removed_by(change, hashed=hashed)
        if blob is not None:
            out[blob] = out.get(blob, 0) + 1
    return out


def _removed_by(change: Change, *, hashed: bool) -> str | None:
    if hashed:
        return change.old if change.status == "D" and _HASHED.fullmatch(change.path) else None
    return change.new if change.path == _REMOVED and change.status in "AM" else None


def _wanted(repository: Repository, since: str | None, *, hashed: bool) -> Iterator[Change]:
    """The changes that bring or remove a mail."""
    for change in repository.changes(since):
        if hashed:
            if _HASHED.fullmatch(change.path) and change.status in "AMD":
                yield change
        elif change.path in (_MAIL, _REMOVED) and change.status in "AM":
            yield change


def read(path: Path, *, progress: Callable[[str], None] | None = None) -> list[RawMail]:
    """All mails of the archive at `path`, which must fit into memory; `arrivals` gives them one by one.

    Raises:
        SourceError: there is no archive at `path`, or no mail in it.
    """
    mails = [one.mail for one in arrivals(path, progress=progress) if one.mail is not None]
    if not mails:
        raise SourceError(str(path), "there is no mail in this archive", "fetch it first")
    return mails
