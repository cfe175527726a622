"""In: a database file. Out: a read-only connection to it, one snapshot from its first statement on."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from kb.errors import StoreError


def connect(path: Path) -> sqlite3.Connection:
    """A connection in a transaction of its own; StoreError where the file is damaged or may not be read."""
    place = f"file:{quote(os.fsencode(path.absolute()))}"
    # WAL needs its side files even to read; where the directory is read-only and no writer left any,
    # the file itself is whole
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        try:
            connection = sqlite3.connect(f"{place}?{mode}", uri=True, isolation_level=None, timeout=15)
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM threads LIMIT 1").fetchone()
        except sqlite3.OperationalError as wrong:
            words = str(wrong)
            if mode == "mode=ro" and "unable to open" in words and not path.with_name(path.name + "-wal").exists():
                continue
            if "no such table" in words:
                raise _damaged(path, words) from None
            raise StoreError(str(path), words, "check the rights of the file and of its directory") from None
        except sqlite3.DatabaseError as wrong:
            raise _damaged(path, str(wrong)) from None
        return connection
    raise StoreError(str(path), "cannot be opened", "check the rights of the file and of its directory")


def _damaged(path: Path, how: str) -> StoreError:
    return StoreError(str(path), f"is damaged: {how}", "restore it from a backup, or give another file with --db")
