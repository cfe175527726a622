"""In: raw mails and where they came from. Out: their rows, and what is kept of them.

Bytes are kept for ever, each once; nothing here derives anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, func, insert, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from kb.records import RawMail, Source, SourceKind
from kb.store import schema
from kb.store.rows import stamp

_CHUNK = 500
_T = TypeVar("_T")


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """`values` in pieces that one statement takes."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def digest_of(mail: RawMail) -> str:
    """The digest by which a mail's bytes are known."""
    return hashlib.sha256(mail.content).hexdigest()


class MailWriter:
    """What a transaction does with raw mails."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._source_ids: dict[tuple[str, str], int] = {}

    def add_raw(self, mails: Sequence[tuple[str, RawMail]], now: datetime) -> set[str]:
        """Keep each (Message-ID, mail) whose bytes are not kept yet; the Message-IDs of those that were added.

        A mail that was withdrawn and comes again counts as added. Each mail's source is kept with it.
        """
        given = {(message_id, digest_of(mail)): mail for message_id, mail in reversed(mails)}
        here = self._kept(given)
        table = schema.raw_mails
        fresh = [key for key in reversed(given) if key not in here]
        again = [here[key][0] for key in given if key in here and here[key][1]]
        if fresh:
            self._connection.execute(insert(table), [_row(key, given[key], now) for key in fresh])
        for some in chunks(again):
            self._connection.execute(update(table).where(table.c.id.in_(some)).values(withdrawn=False))
        if any(mail.source is not None for mail in given.values()):
            ids = self._kept(given)
            said = [
                {"mail_id": ids[key][0], "source_id": self._source_id(mail.source, now)}
                for key, mail in given.items()
                if mail.source is not None
            ]
            self._connection.execute(upsert(schema.source_mails).on_conflict_do_nothing(), said)
        back = {key[0] for key in given if key in here and here[key][1]}
        return {message_id for message_id, _ in fresh} | back

    def _kept(self, given: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, bool]]:
        """Of each (Message-ID, digest) that is kept, its row's id and whether it is withdrawn."""
        table = schema.raw_mails
        found: dict[tuple[str, str], tuple[int, bool]] = {}
        wanted = set(given)
        for chunk in chunks(sorted({message_id for message_id, _ in wanted})):
            rows = select(table.c.id, table.c.message_id, table.c.sha256, table.c.withdrawn)
            for row in self._connection.execute(rows.where(table.c.message_id.in_(chunk))):
                if (row.message_id, row.sha256) in wanted:
                    found[row.message_id, row.sha256] = (row.id, row.withdrawn)
        return found

    def withdraw(self, message_ids: Iterable[str]) -> set[str]:
        """Leave these mails out of all that is derived, their bytes kept; those that were not left out before."""
        gone: set[str] = set()
        table = schema.raw_mails
        for chunk in chunks(sorted(set(message_ids))):
            there = table.c.message_id.in_(chunk), ~table.c.withdrawn
            gone.update(self._connection.execute(select(table.c.message_id).where(*there)).scalars())
            self._connection.execute(update(table).where(*there).values(withdrawn=True))
        return gone

    def known_digests(self, digests: Iterable[str]) -> set[str]:
        """Those of `digests` whose mails are kept."""
        found: set[str] = set()
        table = schema.raw_mails
        for chunk in chunks(sorted(set(digests))):
            kept = select(table.c.sha256).where(table.c.sha256.in_(chunk), ~table.c.withdrawn)
            found.update(self._connection.execute(kept).scalars())
        return found

    def pending(self) -> Iterator[str]:
        """The Message-IDs of kept mails from which nothing is derived yet."""
        table, derived = schema.raw_mails, schema.messages
        waiting = (
            select(table.c.message_id)
            .outerjoin(derived, derived.c.message_id == table.c.message_id)
            .where(derived.c.message_id.is_(None), table.c.replaced_by.is_(None), ~table.c.withdrawn)
            .distinct()
        )
        yield from self._connection.execute(waiting.order_by(table.c.message_id)).scalars()

    def source(self, kind: SourceKind, address: str) -> str | None:
        """What was last seen at a source; None where nothing was ever taken from it."""
        table = schema.sources
        found = select(table.c.seen).where(table.c.kind == kind, table.c.address == address)
        return self._connection.execute(found).scalar_one_or_none()

    def saw(self, source: Source, now: datetime) -> None:
        """Keep what was seen at `source`."""
        self._source_id(source, now)
        table = schema.sources
        here = table.c.kind == source.kind, table.c.address == source.address
        self._connection.execute(update(table).where(*here).values(seen=source.seen, at=stamp(now)))

    def sources_of(self, thread_id: str) -> tuple[Source, ...]:
        """Where the mails of a thread came from, the first that gave any first."""
        m, raw, s, given = schema.messages, schema.raw_mails, schema.sources, schema.source_mails
        statement = (
            select(s)
            .distinct()
            .join(given, given.c.source_id == s.c.id)
            .join(raw, raw.c.id == given.c.mail_id)
            .join(m, or_(m.c.message_id == raw.c.message_id, m.c.message_id == raw.c.replaced_by))
            .where(m.c.thread_id == thread_id)
            .order_by(s.c.id)
        )
        return tuple(_source(row) for row in self._connection.execute(statement))

    def sources(self) -> tuple[Source, ...]:
        """All sources, the first one known first."""
        return tuple(
            _source(row) for row in self._connection.execute(select(schema.sources).order_by(schema.sources.c.id))
        )

    def _source_id(self, source: Source, now: datetime) -> int:
        key = (source.kind, source.address)
        if key not in self._source_ids:
            table = schema.sources
            values = {"kind": source.kind, "address": source.address, "seen": "", "at": stamp(now)}
            self._connection.execute(upsert(table).values(**values).on_conflict_do_nothing())
            found = select(table.c.id).where(table.c.kind == source.kind, table.c.address == source.address)
            self._source_ids[key] = self._connection.execute(found).scalar_one()
        return self._source_ids[key]

    def replace_provisional(self, provisional_id: str, real_id: str) -> None:
        """Let the real mail take the place of a provisional one, whose bytes are kept."""
        table = schema.raw_mails
        self._connection.execute(
            update(table).where(table.c.message_id == provisional_id, table.c.provisional).values(replaced_by=real_id)
        )

    def provisional_at(self, minutes: Iterable[datetime]) -> set[str]:
        """The Message-IDs of provisional messages written within these minutes that no real one has replaced."""
        return self._at(minutes, provisional=True)

    def real_at(self, minutes: Iterable[datetime]) -> set[str]:
        """The Message-IDs of real messages written within these minutes."""
        return self._at(minutes, provisional=False)

    def _at(self, minutes: Iterable[datetime], *, provisional: bool) -> set[str]:
        found: set[str] = set()
        table = schema.messages
        for chunk in chunks(sorted({stamp(minute)[:16] for minute in minutes})):
            # the very expression of the index, which a bound parameter would not match
            within = text("substr(date, 1, 16) IN (" + ", ".join(f":m{n}" for n in range(len(chunk))) + ")")
            within = within.bindparams(**{f"m{n}": minute for n, minute in enumerate(chunk)})
            statement = select(table.c.message_id).where(within, table.c.provisional == provisional)
            found.update(self._connection.execute(statement).scalars())
        return found

    def replacements(self) -> dict[str, str]:
        """Message-ID of each provisional mail to that of the real one which took its place."""
        table = schema.raw_mails
        found = select(table.c.message_id, table.c.replaced_by).where(table.c.replaced_by.is_not(None))
        return {row.message_id: row.replaced_by for row in self._connection.execute(found)}

    def raw(self, message_ids: Iterable[str] | None = None) -> Iterator[tuple[str, RawMail]]:
        """The kept mails (all, or these), replaced and withdrawn ones left out; of several bytes for one Message-ID
        one is chosen.

        The choice (real before provisional, longest, then by digest) does not depend on the order of arrival.
        """
        table = schema.raw_mails
        order = (table.c.message_id, table.c.provisional, func.length(table.c.content).desc(), table.c.sha256)
        base = select(table).where(table.c.replaced_by.is_(None), ~table.c.withdrawn).order_by(*order)
        wanted = [None] if message_ids is None else list(chunks(sorted(set(message_ids))))
        for chunk in wanted:
            statement = base if chunk is None else base.where(table.c.message_id.in_(chunk))
            last = None
            for row in self._connection.execute(statement):
                if row.message_id != last:
                    last = row.message_id
                    yield row.message_id, RawMail(row.content, row.origin, row.provisional)


def _source(row: Any) -> Source:
    return Source(SourceKind(row.kind), row.address, row.seen)


def _row(key: tuple[str, str], mail: RawMail, now: datetime) -> dict[str, Any]:
    message_id, digest = key
    return {
        "message_id": message_id,
        "sha256": digest,
        "content": mail.content,
        "origin": mail.origin,
        "provisional": mail.provisional,
        "added_at": stamp(now),
    }
