"""In: Message-IDs of mails that were read. Out: them kept, with the user and beside no database.

One small SQLite file a database, in the user's state directory. Where it cannot be read or written, mails count as
unread again next time; nothing else is lost.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path


class ReadMarks:
    """Which mails of the database at `path` this user has read on this machine."""

    def __init__(self, path: Path) -> None:
        self._name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:16]

    def unread(self, message_ids: Iterable[str]) -> set[str]:
        """Those of `message_ids` that were not read."""
        every = set(message_ids)
        if not self._file().exists():
            return every
        asked = json.dumps([name.encode("utf-8", "replace").decode() for name in sorted(every)])
        try:
            with closing(sqlite3.connect(self._file(), timeout=2)) as base:
                found = base.execute("SELECT name FROM read WHERE name IN (SELECT value FROM json_each(?))", (asked,))
                return every - {row[0] for row in found}
        except sqlite3.Error:
            return every

    def read(self, message_ids: Collection[str]) -> None:
        """These were read."""
        try:
            self._file().parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file(), timeout=2)) as base, base:
                base.execute("CREATE TABLE IF NOT EXISTS read (name TEXT PRIMARY KEY) WITHOUT ROWID")
                names = [(name.encode("utf-8", "replace").decode(),) for name in message_ids]
                base.executemany("INSERT OR IGNORE INTO read VALUES (?)", names)
        except (OSError, sqlite3.Error):
            return

    def _file(self) -> Path:
        import platformdirs

        return Path(platformdirs.user_state_dir("threadkb")) / "read" / f"{self._name}.sqlite"
