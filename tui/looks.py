"""In: a database, what its reader looked at. Out: until when news were seen, kept beside no database but with the user.

One small JSON file a database, in the user's state directory. A file that is damaged or cannot be written costs no more
than that news count as new again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from kb.needing import Looks


class LooksKept:
    """When the threads of the database at `path` were last looked at, by this user on this machine."""

    def __init__(self, path: Path) -> None:
        self._database = os.fsencode(path.absolute())
        self.before = self._read()
        """As it was when the browser was started, or when all was marked as seen: news since then are shown."""
        self.now = self.before
        """With what was looked at since."""

    def saw(self, thread: str, at: str) -> bool:
        """A thread was looked at, as it was at `at`; whether that is news."""
        if not at or at <= self.now.of(thread):
            return False
        self._keep(Looks(threads={thread: at}))
        return True

    def saw_all(self, at: str) -> None:
        """Everything that was there at `at` was seen."""
        self._keep(Looks(at))
        self.before = self.now

    def _keep(self, seen: Looks) -> None:
        self.now = self.now.later(seen)
        merged = self._read().later(self.now)  # another browser may have written
        content = json.dumps({"database": os.fsdecode(self._database), "all": merged.all, "threads": merged.threads})
        try:
            file = self._file()
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.stem)
            with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as out:
                out.write(content)
            Path(name).replace(file)
        except OSError:
            return  # a home that cannot be written: news are new again next time

    def _read(self) -> Looks:
        try:
            held = json.loads(self._file().read_text(encoding="utf-8", errors="surrogateescape"))
            threads = {str(name): str(at) for name, at in held["threads"].items()}
            return Looks(str(held["all"]), threads)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Looks()

    def _file(self) -> Path:
        import platformdirs

        name = hashlib.sha256(self._database).hexdigest()[:16]
        return Path(platformdirs.user_state_dir("threadkb")) / "looks" / f"{name}.json"
