"""In: mails. Out: public-inbox archives in git, made by public-inbox itself or by plain git, without any server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.publicinbox import import_maildir

MISSING = "Debian's package public-inbox is not installed"


def installed() -> bool:
    """Whether public-inbox is there."""
    return all(shutil.which(name) for name in ("public-inbox-init", "public-inbox-learn", "perl", "git"))


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that public-inbox keeps."""

    folder: Path
    environment: dict[str, str]

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / "list"

    def add(self, mails: Sequence[bytes]) -> None:
        """Let `mails` come in."""
        import_maildir("list", self.folder, mails, self.environment)

    def remove(self, mail: bytes) -> None:
        """Take a mail out again, as one does with spam."""
        done = subprocess.run(
            ["public-inbox-learn", "rm"], input=mail, env=self.environment, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")


def kept_by_public_inbox(folder: Path, version: int) -> Archive:
    """An empty archive of that version."""
    (folder / "home").mkdir(parents=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "PI_CONFIG": str(folder / "config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }
    archive = Archive(folder, environment)
    place = ["list", str(archive.path), "http://127.0.0.1:9/list", "list@lists.example.org"]
    done = subprocess.run(
        ["public-inbox-init", f"-V{version}", "-L", "basic", *place],
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return archive


@dataclass(slots=True)
class Commits:
    """Commits for `git fast-import`, one after the other."""

    stream: bytes = b""
    count: int = 0
    _files: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes) -> Commits:
        """A commit after which `name` is the only file."""
        self._begin()
        self.stream += b"deleteall\nM 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(content), content)
        return self

    def add(self, name: str, content: bytes) -> Commits:
        """A commit that adds a file to those that are there."""
        self._begin()
        self.stream += b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(content), content)
        return self

    def drop(self, name: str) -> Commits:
        """A commit that removes a file."""
        self._begin()
        self.stream += b"D %s\n" % name.encode()
        return self

    def _begin(self) -> None:
        self.count += 1
        self.stream += b"commit refs/heads/master\ncommitter A <a@example.org> %d +0000\ndata 1\nx\n" % self.count


def repository(path: Path, commits: Commits, *, again: bool = False) -> Path:
    """A bare repository with `commits`; with `again`, they come on top of what is there."""
    if not again:
        git("init", "-q", "--bare", "--template=", "-b", "master", str(path))
    stream = commits.stream
    if again:
        stream = stream.replace(b"data 1\nx\n", b"data 1\nx\nfrom refs/heads/master^0\n", 1)
    git("-C", str(path), "fast-import", "--quiet", stdin=stream)
    return path


def git(*arguments: str, stdin: bytes = b"") -> bytes:
    """What git prints, without anybody's configuration."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *arguments], input=stdin, env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout
