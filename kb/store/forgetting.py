"""In: a transaction, and what is to be forgotten. Out: no durable row that holds it, and tombstones in its place.

What is derived is the caller's to make anew. `scrub` afterwards leaves no trace in the file.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Text, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from kb import ids
from kb.corrections import id_of
from kb.errors import StoreError
from kb.forgetting import Forgotten, Redaction, Tombstone
from kb.records import Correction, ItemKind
from kb.store import schema
from kb.store.opening import BUSY_SECONDS
from kb.store.rows import stamp
from kb.store.writing import Writer

_ID = re.compile(r"\b[cqdatk]-[2-9a-z]{13}\b")
_MAILS = ("raw_mails", "source_mails", "forgotten")
_HEAD = 59
"""Characters of a quote that the reason for a state repeats."""


def bury(writer: Writer, stones: Iterable[Tombstone], now: datetime) -> None:
    """Keep tombstones."""
    connection = writer._connection
    schema.forgotten.create(connection, checkfirst=True)
    for one in stones:
        values = {"digest": one.digest, "what": one.what, "words": one.words, "label": one.label, "at": stamp(now)}
        connection.execute(upsert(schema.forgotten).values(**values).on_conflict_do_nothing())


def stones_in(writer: Writer) -> tuple[Tombstone, ...]:
    """Every tombstone that is kept."""
    connection = writer._connection
    schema.forgotten.create(connection, checkfirst=True)
    rows = connection.execute(select(schema.forgotten).order_by(schema.forgotten.c.digest))
    return tuple(Tombstone(r.digest, Forgotten(r.what), r.words, r.label) for r in rows)


def known_ids(writer: Writer) -> set[str]:
    """Every Message-ID that a durable row names: of mail that is here, and of mail that is not."""
    connection = writer._connection
    found = {one.message_id for correction in writer.corrections() for one in correction.named}
    for table in schema.DURABLE:
        if "message_id" in table.columns:
            found.update(connection.execute(select(table.c.message_id).distinct()).scalars())
    return found


def drop_mail(writer: Writer, message_id: str) -> dict[str, int]:
    """Delete a mail, and every row that names it, an item of it or their words; how many of each table."""
    connection, raw, items = writer._connection, schema.raw_mails, schema.items
    here = (raw.c.message_id == message_id) | (raw.c.replaced_by == message_id)
    found = connection.execute(select(raw.c.id, raw.c.message_id).where(here)).all()
    names = {message_id, *(row.message_id for row in found)}
    words = connection.execute(select(items.c.id, items.c.quote).where(items.c.message_id.in_(names))).all()
    mine = {
        *(row.id for row in words),
        *(n.id for c in writer.corrections() for n in c.named if n.message_id in names),
        *connection.execute(select(schema.runs.c.item_id).where(schema.runs.c.message_id.in_(names))).scalars(),
    }
    told = [f"'{row.quote if len(row.quote) <= _HEAD + 1 else row.quote[:_HEAD].rstrip()}" for row in words]
    counts = {"raw_mails": len(found)}
    numbers = [row.id for row in found]
    connection.execute(delete(schema.source_mails).where(schema.source_mails.c.mail_id.in_(numbers)))
    connection.execute(delete(raw).where(raw.c.id.in_(numbers)))
    for table in schema.DURABLE:
        if table.name in _MAILS or table.name == "sources" or "id" not in table.columns:
            continue
        quoted = told if table.name == "journal" else []
        gone = [
            row["id"] for row in connection.execute(select(table)).mappings() if _speaks_of(row, names, mine, quoted)
        ]
        for number in gone:
            connection.execute(delete(table).where(table.c.id == number))
        counts[table.name] = len(gone)
    return {name: count for name, count in counts.items() if count}


def _speaks_of(row: Any, names: Collection[str], items: Collection[str], told: Collection[str]) -> bool:
    for value in row.values():
        for text in _texts(value):
            if any(name in text for name in names) or any(found in items for found in _ID.findall(text)):
                return True
            if any(words in text for words in told):
                return True
    return False


def _texts(value: Any) -> Iterator[str]:
    """The texts in a column, those within JSON too."""
    if isinstance(value, str):
        yield value
        if value[:1] in ("[", "{"):
            try:
                inner = json.loads(value)
            except (ValueError, RecursionError):
                return
            yield from _leaves(inner)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _leaves(each)


def rewrite_mails(
    writer: Writer, rewrite: Callable[[bytes], bytes], named: Callable[[bytes, str], str], redaction: Redaction
) -> dict[str, str]:
    """Rewrite every mail; Message-ID before to Message-ID after of those that changed, which `named` reads in bytes."""
    connection, raw = writer._connection, schema.raw_mails
    changed: dict[str, str] = {}
    for number in connection.execute(select(raw.c.id)).scalars().all():
        row = connection.execute(select(raw).where(raw.c.id == number)).one()
        fresh = rewrite(row.content)
        name = row.message_id if fresh == row.content else named(fresh, row.message_id)
        values = {
            "content": fresh,
            "message_id": name,
            "sha256": sha256(fresh).hexdigest() if fresh != row.content else row.sha256,
            "origin": redaction.rewrite(row.origin),
            "replaced_by": row.replaced_by and redaction.rewrite(row.replaced_by),
        }
        if all(getattr(row, column) == value for column, value in values.items()):
            continue
        changed[row.message_id] = name
        same = raw.c.message_id == name, raw.c.sha256 == values["sha256"], raw.c.id != number
        if connection.execute(select(raw.c.id).where(*same)).first() is not None:
            connection.execute(delete(schema.source_mails).where(schema.source_mails.c.mail_id == number))
            connection.execute(delete(raw).where(raw.c.id == number))
        else:
            connection.execute(update(raw).where(raw.c.id == number).values(**values))
    return changed


def rewrite_rows(writer: Writer, redaction: Redaction, moved: dict[str, str]) -> tuple[dict[str, int], set[str]]:
    """Rewrite every other durable row, ids that hang on what changed too; how many of each table, and the Message-IDs
    that changed corrections name. `moved` has the Message-IDs that changed.
    """
    connection = writer._connection
    renamed = _renamed(writer, redaction, moved)

    def fresh(text: str) -> str:
        return _ID.sub(lambda found: renamed.get(found[0], found[0]), moved.get(text) or redaction.rewrite(text))

    counts: dict[str, int] = {}
    messages: set[str] = set()
    for table in schema.DURABLE:
        if table.name in _MAILS or "id" not in table.columns:
            continue
        texts = [column.name for column in table.columns if isinstance(column.type, Text)]
        for row in connection.execute(select(table)).mappings().all():
            values = {name: _inside(row[name], fresh) for name in texts if row[name] is not None}
            values = {name: value for name, value in values.items() if value != row[name]}
            if values:
                connection.execute(update(table).where(table.c.id == row["id"]).values(**values))
                counts[table.name] = counts.get(table.name, 0) + 1
                if table.name == "corrections":
                    messages |= {n["message_id"] for n in json.loads(values.get("named", row["named"]))}
    return counts, messages


def _inside(text: str, fresh: Callable[[str], str]) -> str:
    """`text` rewritten; where it is JSON, its texts."""
    if text[:1] in ("[", "{"):
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            return fresh(text)
        changed = _deep(inner, fresh)
        return text if changed == inner else json.dumps(changed)
    return fresh(text)


def _deep(value: Any, fresh: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return fresh(value)
    if isinstance(value, list):
        return [_deep(each, fresh) for each in value]
    if isinstance(value, dict):
        return {fresh(key): _deep(each, fresh) for key, each in value.items()}
    return value


def _renamed(writer: Writer, redaction: Redaction, moved: dict[str, str]) -> dict[str, str]:
    """Ids of items, threads and corrections that are others once what they hang on is rewritten."""
    connection = writer._connection
    every = writer.corrections()
    items = schema.items
    known = [(r.id, r.message_id, r.kind, r.quote) for r in connection.execute(select(items))]
    known += [(n.id, n.message_id, n.kind, n.quote) for c in every for n in c.named]
    kinds = {kind[0]: kind for kind in ItemKind}
    runs = connection.execute(select(schema.runs.c.item_id, schema.runs.c.message_id, schema.runs.c.quote).distinct())
    known += [(r.item_id, r.message_id, kinds[r.item_id[0]], r.quote) for r in runs if r.item_id[:1] in kinds]
    out: dict[str, str] = {}
    for own, message_id, kind, quote in known:
        if own == ids.item_id(message_id, ItemKind(kind), quote):
            name = moved.get(message_id, redaction.rewrite(message_id))
            out[own] = ids.item_id(name, ItemKind(kind), redaction.rewrite(quote))
    for row in connection.execute(select(schema.threads)):
        out[row.id] = ids.thread_id(moved.get(row.root_id, redaction.rewrite(row.root_id)))

    def text(words: str) -> str:
        return _ID.sub(lambda found: out.get(found[0], found[0]), redaction.rewrite(words))

    for correction in sorted(every, key=lambda c: c.when):
        c = correction
        again = Correction(text(c.item_id), c.verb, _inside(c.value, text), text(c.who), c.when, text(c.why))
        out[id_of(c)] = id_of(again)
    return {old: new for old, new in out.items() if old != new}


def scrub(path: Path, *, patience: float = BUSY_SECONDS) -> None:
    """Write the database file anew, so that nothing of what was deleted is left in it, its index or its log.

    Waits for `patience` seconds for other programs; StoreError where one of them keeps that from being done.
    """
    try:
        with closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("INSERT INTO search(search) VALUES ('rebuild')")
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as wrong:
        todo = "the rows are gone, but the file may hold traces: close other programs and forget it once more"
        raise StoreError(str(path), str(wrong), todo) from None
    if busy:
        what = "another program reads here, so that its log still holds traces"
        raise StoreError(str(path), what, "close it and forget once more")
