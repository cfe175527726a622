"""In: the lines of a dump, and a transaction. Out: the durable rows of both, and where they disagree.

Nothing is written that cannot be read again; the caller's transaction makes it all or nothing.
"""

from __future__ import annotations

import heapq
import itertools
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.dialects.sqlite import insert as upsert

from kb.corrections import id_of
from kb.disagreeing import Disagreement, disagreements
from kb.errors import SourceError, StoreError
from kb.store.dump_lines import Row, check_head, from_line, read_line, to_line
from kb.store.dumping import keys_of, rows_of
from kb.store.kinds import Kind, kinds
from kb.store.writing import Writer
from kb.viewing import correction_of

_TODO = "nothing was written; give a file that `threadkb dump` wrote"
_MOST = 1000
"""Rows in one insert."""


@dataclass(frozen=True, slots=True)
class RunsApart:
    """The same check of the same item came out differently in two bases."""

    item_id: str
    quote: str
    fingerprint: str
    verdicts: tuple[str, ...]


@dataclass(slots=True)
class Restored:
    """What a dump brought."""

    added: dict[str, int] = field(default_factory=dict)
    """Rows that are new here, by kind; a kind of which the dump has none is left out."""
    known: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    """Rows of a kind that tells of one base only, where this base has its own."""
    disagreements: tuple[Disagreement, ...] = ()
    runs_apart: tuple[RunsApart, ...] = ()
    corrections: tuple[str, ...] = ()
    """The ids of the corrections that are new here."""
    mails: set[str] = field(default_factory=set)
    """The Message-IDs of the mails that are new here."""
    messages: set[str] = field(default_factory=set)
    """The Message-IDs of the mails that the new corrections name."""


def parsed(lines: Iterable[bytes], place: str) -> Iterator[tuple[int, Kind, Row]]:
    """Each row of a dump with the number of its line; SourceError names the first line that is wrong."""
    known = {kind.name: kind for kind in kinds()}
    number = 0
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode("utf-8")
            if number == 1:
                check_head(read_line(text))
                continue
            if not text.strip():
                continue
            value = read_line(text)
            kind = known.get(value["table"])
            if kind is None:
                raise ValueError(f"there is no table '{value['table'][:40]}'; perhaps a newer threadkb wrote it")
            row = from_line(kind, value)
        except UnicodeDecodeError:
            raise SourceError(f"{place}:{number}", "is no UTF-8 text", _TODO) from None
        except (ValueError, OverflowError) as wrong:
            raise SourceError(f"{place}:{number}", str(wrong), _TODO) from None
        yield number, kind, row
    if number == 0:
        raise SourceError(place, "is empty", _TODO)


def restore_into(
    writer: Writer,
    rows: Iterable[tuple[int, Kind, Row]],
    place: str,
    *,
    merge: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Restored:
    """Add the rows of a dump. Without `merge` the base may hold nothing by hand that the dump lacks (StoreError)."""
    done = Restored()
    connection = writer._connection
    given: dict[str, list[Row]] = {}
    for number, kind, row in rows:
        if progress is not None:
            progress(number)
        if kind.name == "raw_mails":  # the only kind that may be too large for memory
            _mail(connection, kind, row, done)
        else:
            given.setdefault(kind.name, []).append(row)
    for kind in kinds():
        if kind.name in given:
            _kind(connection, kind, given[kind.name], done, place, merge=merge)
    return done


def _mail(connection: Connection, kind: Kind, row: Row, done: Restored) -> None:
    table = kind.table
    made = connection.execute(upsert(table).values(**row).on_conflict_do_nothing())
    _count(done, kind, made.rowcount == 1)
    if made.rowcount == 1:
        done.mails.add(row["message_id"])
    if made.rowcount == 0 and row["replaced_by"] is not None:
        here = table.c.message_id == row["message_id"], table.c.sha256 == row["sha256"], table.c.replaced_by.is_(None)
        connection.execute(update(table).where(*here).values(replaced_by=row["replaced_by"]))


def _count(done: Restored, kind: Kind, is_new: bool, number: int = 1) -> None:
    counts = done.added if is_new else done.known
    counts[kind.name] = counts.get(kind.name, 0) + number


def _kind(connection: Connection, kind: Kind, given: Sequence[Row], done: Restored, place: str, *, merge: bool) -> None:
    ours = list(rows_of(_plain(connection), kind))
    have = {_identity(kind, row) for row in ours}
    theirs = {_identity(kind, row): row for row in given}
    new = [row for name, row in theirs.items() if name not in have]
    lacking = len(have - theirs.keys())
    if kind.one_base and lacking and new:
        done.left_out[kind.name] = len(new)
        return
    _count(done, kind, True, len(new))
    _count(done, kind, False, len(theirs) - len(new))
    if kind.key:
        _insert(connection, kind, new, place)
        return
    if lacking and not merge:
        what = f"holds {lacking} {kind.name} that the dump lacks"
        raise StoreError(str(connection.engine.url.database), what, "add the dump with --merge, or give another --db")
    if kind.name == "corrections":
        made = [correction_of(row) for row in new]
        done.corrections = tuple(id_of(one) for one in made)
        done.messages |= {one.message_id for correction in made for one in correction.named}
        if merge:
            every = [*(correction_of(row) for row in ours), *made]
            done.disagreements = disagreements(every, set(done.corrections))
    if kind.name == "runs" and merge:
        done.runs_apart = tuple(_apart(ours, new))
    if new:
        union = list(theirs.values()) if not lacking else list(_in_time(kind, ours, new))
        connection.execute(delete(kind.table))
        _insert(connection, kind, union, place)


def _identity(kind: Kind, row: Row) -> Any:
    if kind.key:
        return tuple(row[name] for name in kind.key)
    if kind.name == "corrections":
        return id_of(correction_of(row))
    return to_line(kind, row)


def _in_time(kind: Kind, ours: Sequence[Row], new: Sequence[Row]) -> Iterator[Row]:
    """Both in the order of their time; rows of one second stay in the order that each of the two had."""
    if not kind.time:
        yield from (*ours, *new)
        return
    yield from heapq.merge(ours, new, key=lambda row: datetime.fromisoformat(row[kind.time]))


def _insert(connection: Connection, kind: Kind, rows: Sequence[Row], place: str) -> None:
    numbers = {
        column: {key: number for number, key in keys_of(_plain(connection), name).items()}
        for column, name in kind.points.items()
    }
    waiting = iter(rows)
    while chunk := list(itertools.islice(waiting, _MOST)):
        values = [_pointing(row, numbers, place) for row in chunk]
        connection.execute(insert(kind.table), values)


def _plain(connection: Connection) -> sqlite3.Connection:
    """The driver's connection below, in the same transaction."""
    plain = connection.connection.driver_connection
    assert isinstance(plain, sqlite3.Connection)
    return plain


def _pointing(row: Row, numbers: Mapping[str, Mapping[tuple[str, ...], int]], place: str) -> Row:
    out = dict(row)
    for column, known in numbers.items():
        if row[column] not in known:
            raise SourceError(place, f"a row points to {' '.join(row[column])[:80]!r}, which is not there", _TODO)
        out[column] = known[row[column]]
    return out


def _apart(ours: Sequence[Row], new: Sequence[Row]) -> Iterator[RunsApart]:
    """Items whose same check, with the same fingerprint, gave another verdict in the other base."""
    verdicts: dict[tuple[str, str], dict[str, None]] = {}
    for row in ours:
        verdicts.setdefault((row["item_id"], row["fingerprint"]), {})[row["verdict"]] = None
    told: set[tuple[str, str]] = set()
    for row in new:
        key = (row["item_id"], row["fingerprint"])
        known = verdicts.get(key)
        if known is not None and row["verdict"] not in known and key not in told:
            told.add(key)
            yield RunsApart(row["item_id"], row["quote"], row["fingerprint"], (*known, row["verdict"]))
