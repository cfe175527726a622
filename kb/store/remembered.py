"""In: what was read in mails; which threads. Out: rows that remember it, and threads as the journal sees them."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from kb.journal import Change, ItemSeen, MailSeen, Snapshot
from kb.roles import STANCES
from kb.runs import BINDING_GONE
from kb.store import schema
from kb.store.mails import chunks
from kb.store.rows import ReadingRow, stamp


class MemoryWriter:
    """What a transaction does with readings and with the journal."""

    _connection: Connection

    def readings(self, message_ids: Iterable[str]) -> dict[str, ReadingRow]:
        """What is remembered of these mails."""
        found: dict[str, ReadingRow] = {}
        table = schema.readings
        for chunk in chunks(sorted(set(message_ids))):
            for row in self._connection.execute(select(table).where(table.c.message_id.in_(chunk))):
                found[row.message_id] = ReadingRow(row.message_id, row.key, zlib.decompress(row.content).decode())
        return found

    def remember(self, readings: Sequence[ReadingRow]) -> None:
        """Keep these, each in place of what was remembered of its mail."""
        if readings:
            rows = [
                {"message_id": r.message_id, "key": r.key, "content": zlib.compress(r.content.encode())}
                for r in readings
            ]
            statement = upsert(schema.readings)
            new = {"key": statement.excluded.key, "content": statement.excluded.content}
            self._connection.execute(statement.on_conflict_do_update(index_elements=["message_id"], set_=new), rows)

    def forget(self, message_ids: Iterable[str]) -> None:
        """Remember nothing of these mails."""
        for chunk in chunks(sorted(set(message_ids))):
            self._connection.execute(delete(schema.readings).where(schema.readings.c.message_id.in_(chunk)))

    def snapshot(self, thread_ids: Iterable[str]) -> Snapshot:
        """These threads as they stand, with the verdict of each item."""
        t, m, i, c, r = schema.threads, schema.messages, schema.items, schema.conflicts, schema.runs
        any_run = r.alias()
        latest = select(func.max(any_run.c.id)).where(any_run.c.item_id == i.c.id).scalar_subquery()
        checked = (r.c.id == latest) & (r.c.reason != BINDING_GONE)
        threads: dict[str, str] = {}
        mails: dict[str, MailSeen] = {}
        items: dict[str, ItemSeen] = {}
        conflicts: dict[str, tuple[str, str]] = {}
        for chunk in chunks(sorted(set(thread_ids))):
            ask = self._connection.execute
            threads.update((row.id, row.subject) for row in ask(select(t.c.id, t.c.subject).where(t.c.id.in_(chunk))))
            columns = m.c.message_id, m.c.thread_id, m.c.number, m.c.author, m.c.date
            gives = self._stances(chunk)
            for row in ask(select(*columns).where(m.c.thread_id.in_(chunk))):
                mails[row.message_id] = MailSeen(*row, gives=", ".join(sorted(gives[row.message_id])))
            shown = i.c.id, i.c.kind, i.c.message_id, i.c.quote, i.c.state, i.c.because, i.c.by_item, r.c.verdict
            of_threads = select(*shown).select_from(i).outerjoin(r, checked).where(i.c.thread_id.in_(chunk))
            items.update((row.id, ItemSeen(*row)) for row in ask(of_threads))
            for row in ask(select(c).where(c.c.thread_id.in_(chunk))):
                conflicts[row.correction_id] = (row.thread_id, row.what)
        return Snapshot(threads, mails, items, conflicts)

    def _stances(self, thread_ids: Sequence[str]) -> defaultdict[str, set[str]]:
        """For each mail of these threads the tags that it gives, "NACK" among them."""
        given: defaultdict[str, set[str]] = defaultdict(set)
        t, n = schema.trailers, schema.nacks
        for row in self._connection.execute(select(t.c.message_id, t.c.name).where(t.c.thread_id.in_(thread_ids))):
            if row.message_id is not None and row.name.lower() in STANCES:
                given[row.message_id].add(row.name.capitalize())
        for row in self._connection.execute(select(n.c.message_id).where(n.c.thread_id.in_(thread_ids))):
            given[row.message_id].add("NACK")
        return given

    def write_journal(self, changes: Sequence[Change], now: datetime, batch: int = 0) -> int:
        """Keep `changes` as one arrival, or as more of `batch`; the arrival's number, 0 where nothing changed."""
        table = schema.journal
        if changes and not batch:
            batch = (self._connection.execute(select(func.max(table.c.batch))).scalar_one() or 0) + 1
        own = ("what", "thread_id", "message_id", "item_id", "batch", "at")
        rows = [
            {
                **{name: getattr(c, name) for name in own},
                "content": json.dumps({k: v for k, v in asdict(c).items() if k not in own and v}),
            }
            for c in (replace(one, batch=batch, at=stamp(now)) for one in changes)
        ]
        if rows:
            self._connection.execute(insert(table), rows)
        return batch
