"""In: mails by list. Out: a real public-inbox that serves them on loopback, set up from nothing and taken down after.

Its home, its configuration and its archives lie in the folder that is given; nothing outside it is read or written.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MISSING = "Debian's package public-inbox (with starman, libplack-perl, libsearch-xapian-perl) is not installed"
_IMPORT = (
    "use PublicInbox::Config; use PublicInbox::InboxWritable;"
    "my $ibx = PublicInbox::Config->new->lookup_name($ARGV[0]) or die 'no such inbox';"
    "PublicInbox::InboxWritable->new($ibx)->import_maildir($ARGV[1]);"
)


def installed() -> bool:
    """Whether the programs are there."""
    return all(shutil.which(name) for name in ("public-inbox-init", "public-inbox-httpd", "perl", "git"))


@dataclass(frozen=True, slots=True)
class PublicInbox:
    """A server that runs."""

    url: str
    """`http://127.0.0.1:PORT`, without a final `/`."""
    folder: Path
    environment: Mapping[str, str]

    def add(self, archive: str, mails: Sequence[bytes]) -> None:
        """Put `mails` into the archive of that name; they are served at once."""
        import_maildir(archive, self.folder, mails, self.environment)


def import_maildir(archive: str, folder: Path, mails: Sequence[bytes], environment: Mapping[str, str]) -> None:
    """Put `mails` into the archive of that name which public-inbox's configuration knows; scratch lies in `folder`."""
    maildir = folder / f"{archive}-{time.monotonic_ns()}"
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True)
    for number, content in enumerate(mails):
        (maildir / "new" / f"{number:04}.example").write_bytes(content)
    _run(["perl", "-e", _IMPORT, archive, str(maildir)], environment)


@contextmanager
def public_inbox(folder: Path, archives: Mapping[str, Sequence[bytes]]) -> Iterator[PublicInbox]:
    """Serve `archives`, list name to mails."""
    home = folder / "home"
    home.mkdir(parents=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PI_CONFIG": str(folder / "config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }
    url = f"http://127.0.0.1:{free_port()}"
    server = PublicInbox(url, folder, environment)
    for name, mails in archives.items():
        place, address = str(folder / name), f"{name}@lists.example.org"
        _run(["public-inbox-init", "-V2", "-L", "full", name, place, f"{url}/{name}", address], environment)
        server.add(name, mails)
    with (folder / "httpd.log").open("wb") as log:
        process = subprocess.Popen(
            ["public-inbox-httpd", "-l", url, "-W0"], env=environment, stdout=log, stderr=log, cwd=folder
        )
        try:
            _await(url, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=10)


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stderr.decode(errors='replace')}"


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError as answered:
            answered.close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("public-inbox-httpd does not answer")
