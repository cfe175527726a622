"""In: a git repository of a stranger. Out: its tip, the paths that each commit changed, and blobs, by git itself.

Nothing of the repository's own configuration, hooks, attributes or replacements is obeyed: git reads the objects from
there, but everything else from a bare folder made for the purpose, and may speak no protocol, so that an object that is
absent is absent and is not fetched.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from kb.errors import SourceError

NOTHING = "0"
"""The start of the object name that git gives for no object; it is all zeros."""
_AHEAD = 64
"""Blobs asked for before the first is read: their names fit into a pipe."""
_SECONDS = 60
_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Change:
    """One path that a commit added, changed or removed."""

    commit: str
    path: str
    status: str
    """`A`, `M`, `D` or `T`."""
    old: str
    new: str


class Repository:
    """A repository that is being read. Get one from `opened`."""

    def __init__(self, path: Path, tip: str, environment: Mapping[str, str]) -> None:
        self.path, self.tip = path, tip
        self._environment = environment

    def has(self, commit: str) -> bool:
        """Whether `commit` is one from which the tip descends, or the tip."""
        if _OBJECT.fullmatch(commit) is None or len(commit) != len(self.tip):
            return False
        done = self._git("merge-base", "--is-ancestor", commit, self.tip)
        return done.returncode == 0

    def count(self, since: str | None = None) -> int:
        """How many commits there are after `since`."""
        done = self._git("rev-list", "--count", *self._range(since))
        return int(done.stdout) if done.returncode == 0 and done.stdout.strip().isdigit() else 0

    def roots(self) -> tuple[tuple[str, str], ...]:
        """Type and name of what stands in the tip's root, the first few hundred."""
        done = self._git("ls-tree", "-z", self.tip)
        if done.returncode:
            raise self._failed(done.stderr)
        entries = [entry.partition(b"\t") for entry in done.stdout.split(b"\0")[:400] if entry]
        return tuple((head.split()[1].decode(), name.decode("utf-8", "replace")) for head, _, name in entries)

    def changes(self, since: str | None = None, *, only: str | None = None) -> Iterator[Change]:
        """What each commit after `since` changed, parents before children; with `only`, of that path."""
        limits = ["--", only] if only is not None else []
        with tempfile.TemporaryFile() as said:
            listing = self._start(["rev-list", "--topo-order", "--reverse", *self._range(since), *limits], said)
            telling = self._start(
                [
                    "diff-tree",
                    *("--stdin", "-r", "--root", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff"),
                    "--ignore-submodules=all",
                    *limits,
                ],
                said,
                listing.stdout,
            )
            assert listing.stdout is not None
            assert telling.stdout is not None
            listing.stdout.close()
            try:
                yield from _changes_in(telling.stdout)
                if telling.wait() or listing.wait():
                    said.seek(0)
                    raise self._failed(said.read(2000))
            finally:
                _end(telling)
                _end(listing)

    def blobs(self, names: Iterable[str], largest: int) -> Iterator[bytes | str]:
        """The content of each blob, by one long-lived git; in words why not, where it cannot be had.

        What is larger than `largest` bytes is passed over. An object that makes git give up costs a new process.
        """
        left, waiting = iter(names), list[str]()
        while waiting or (waiting := list(islice(left, _AHEAD))):
            process = self._start(["cat-file", "--batch"], subprocess.DEVNULL, subprocess.PIPE)
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                alive = True
                while alive and waiting:
                    with suppress(BrokenPipeError):
                        process.stdin.write("".join(f"{name}\n" for name in waiting).encode())
                        process.stdin.flush()
                    while alive and waiting:
                        found = _blob(process.stdout, largest)
                        alive = found is not None
                        del waiting[0]
                        yield found if found is not None else "is damaged"
                    waiting = waiting or list(islice(left, _AHEAD))
            finally:
                with suppress(BrokenPipeError):
                    process.stdin.close()
                _end(process)

    def _range(self, since: str | None) -> list[str]:
        return [self.tip, *([f"^{since}"] if since is not None else [])]

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                _command(arguments),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as wrong:
            raise SourceError(str(self.path), "git does not answer", "look at it with git fsck") from wrong

    def _start(
        self, arguments: list[str], said: IO[bytes] | int, stdin: IO[bytes] | int | None = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            _command(arguments),
            env=self._environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=said,
            process_group=0,  # an interrupt at the keyboard is for this program, which ends git itself
        )

    def _failed(self, said: bytes) -> SourceError:
        return _unreadable(self.path, said)


@contextmanager
def opened(path: Path) -> Iterator[Repository | None]:
    """The git repository at `path`, bare or a `.git` folder; None where it has no commit yet.

    Raises:
        SourceError: git is missing, or this is no repository.
    """
    tip = _tip(path)
    if tip is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="threadkb-git-") as folder:
        bare = Path(folder)
        (bare / "refs").mkdir()
        (bare / "objects").mkdir()
        (bare / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
        (bare / "config").write_text(_SETTINGS + (_SHA256 if len(tip) == 64 else ""), encoding="ascii")
        environment = _environment() | {"GIT_DIR": str(bare), "GIT_OBJECT_DIRECTORY": str(path.absolute() / "objects")}
        yield Repository(path, tip, environment)


_SETTINGS = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tbigFileThreshold = 16m\n"
_SHA256 = "[extensions]\n\tobjectFormat = sha256\n"


def _environment() -> dict[str, str]:
    """What git sees: no configuration but what is set here, no protocol, no replaced objects, English words."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return kept | {
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _command(arguments: Iterable[str]) -> list[str]:
    return ["git", "--no-pager", "--literal-pathspecs", *arguments]


def _tip(path: Path) -> str | None:
    """The commit that HEAD names, if any; git looks it up, and reads no object for that."""
    if not (path / "HEAD").is_file() or not (path / "objects").is_dir():
        raise SourceError(str(path), "this is no git repository", "give a folder that public-inbox or git made")
    command = _command(["-c", "core.fsmonitor=false", f"--git-dir={path}", "rev-parse", "--verify", "-q", "HEAD"])
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as wrong:
        raise SourceError("git", "is not installed", "install git") from wrong
    except subprocess.TimeoutExpired as wrong:
        raise SourceError(str(path), "git does not answer", "look at it with git fsck") from wrong
    tip = done.stdout.decode("ascii", "replace").strip()
    if done.returncode or _OBJECT.fullmatch(tip) is None:
        if done.stderr.strip():
            raise _unreadable(path, done.stderr)
        return None
    return tip


def _unreadable(path: Path, said: bytes) -> SourceError:
    words = " ".join(said.decode("utf-8", "replace").split())[:200]
    return SourceError(str(path), f"git cannot read it ({words or 'no reason given'})", "look at it with git fsck")


def _changes_in(stream: IO[bytes]) -> Iterator[Change]:
    """What `git diff-tree --stdin --raw -z` printed."""
    commit, head = "", ""
    for field in _fields(stream):
        if head:
            _, _, old, new, status = head.split(" ")
            yield Change(commit, field.decode("utf-8", "surrogateescape"), status[:1], old, new)
            head = ""
        elif field.startswith(b":"):
            head = field[1:].decode("ascii", "replace")
        else:
            commit = field.decode("ascii", "replace").strip()


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    left = b""
    while piece := stream.read(1 << 16):
        *whole, left = (left + piece).split(b"\0")
        yield from whole


def _blob(stream: IO[bytes], largest: int) -> bytes | str | None:
    """The next answer of `git cat-file --batch`; None where git gave up in it."""
    head = stream.readline(300)
    if not head.endswith(b"\n"):
        return None
    words = head.split()
    if len(words) != 3 or not words[2].isdigit():
        return "is not in this repository"
    kind, size = words[1], int(words[2])
    if kind != b"blob" or size > largest:
        left = size + 1
        while left and (piece := stream.read(min(left, _PIECE))):
            left -= len(piece)
        return f"is larger than {largest >> 20} MiB" if kind == b"blob" else "is no file"
    content = stream.read(size + 1)
    return content[:-1] if len(content) == size + 1 else None


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdout is not None:
        process.stdout.close()
    if process.poll() is None:
        process.terminate()
    process.wait()
