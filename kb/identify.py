"""In: a path. Out: whether a database that this program can use lies there, or the reason why not. Reads only."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from kb.errors import StoreError

APPLICATION_ID = 0x544B4231
"""`TKB1` in SQLite's header, so that a stranger's database is recognised."""
VERSION = 3
"""The schema that this program writes."""


def identify(path: Path) -> bool:
    """True where a threadkb database of this version lies at `path`, False where nothing lies there yet.

    Raises StoreError where the file is something else, comes from a newer threadkb or cannot be read.
    """
    try:
        path.absolute()  # which a relative path has not, where the working directory is gone
        if not path.exists():
            return False
        if not (path.is_file() or path.is_dir()):
            raise StoreError(str(path), "is no file", "give another file with --db")
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as wrong:
        raise StoreError(str(path), f"cannot be read: {wrong.strerror}", "give another file with --db") from None
    if not head:
        return False
    if len(head) < 100 or not head.startswith(b"SQLite format 3\x00"):
        raise StoreError(str(path), "is no SQLite database", "give another file with --db")
    # https://www.sqlite.org/fileformat2.html: user version at offset 60, application id at 68, both big-endian
    version, application = int.from_bytes(head[60:64], "big"), int.from_bytes(head[68:72], "big")
    if application == 0:
        # a writer that was killed leaves what it wrote in the write-ahead log, where only SQLite finds it
        version, application, tables = _ask(path)
        if application == 0 and tables == 0:
            return False
    if application != APPLICATION_ID:
        raise StoreError(str(path), "is a database of another program", "give another file with --db")
    if version > VERSION:
        raise StoreError(
            str(path),
            f"was written by a newer threadkb (schema {version}, this one knows {VERSION})",
            "update threadkb, or give another file with --db",
        )
    return True


def _ask(path: Path) -> tuple[int, int, int]:
    try:
        connection = sqlite3.connect(f"file:{quote(os.fsencode(path.absolute()))}?mode=ro", uri=True)
        try:
            ask = connection.execute
            return (
                ask("PRAGMA user_version").fetchone()[0],
                ask("PRAGMA application_id").fetchone()[0],
                ask("SELECT count(*) FROM sqlite_schema").fetchone()[0],
            )
        finally:
            connection.close()
    except sqlite3.DatabaseError as wrong:
        raise StoreError(str(path), f"cannot be read: {wrong}", "give another file with --db") from None
