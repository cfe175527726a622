"""In: raw mails, derived threads, runs. Out: rows, all or none: one transaction a `with` block.

Derived rows are replaced a whole thread at a time, so that the same mails always give the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC
from pathlib import Path

import sqlalchemy.exc
from sqlalchemy import Connection, delete, insert, select, text

from kb.records import Correction, Run, Thread
from kb.store import schema
from kb.store.checked import Mark, forget, forget_all, mark
from kb.store.derived import extracted_in, thread_in
from kb.store.extracted import Extracted
from kb.store.mails import MailWriter, chunks
from kb.store.opening import explain, open_engine
from kb.store.remembered import MemoryWriter
from kb.store.rows import DerivedThread, item_rows, item_texts, message_texts, rows, stamp
from kb.store.searchable import SearchWriter
from kb.viewing import correction_of


class Writer(MailWriter, SearchWriter, MemoryWriter):
    """The open transaction. Get one from `writing`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)

    def threads_touched_by(self, named: Iterable[str]) -> set[str]:
        """Threads with a message that is among the Message-IDs `named`, or whose headers name one of them."""
        touched: set[str] = set()
        for chunk in chunks(sorted(set(named))):
            own = select(schema.messages.c.thread_id).where(schema.messages.c.message_id.in_(chunk))
            via = (
                select(schema.messages.c.thread_id)
                .join(schema.ancestors, schema.ancestors.c.message_id == schema.messages.c.message_id)
                .where(schema.ancestors.c.ancestor_id.in_(chunk))
            )
            touched.update(self._connection.execute(own.union(via)).scalars())
        return touched

    def threads_of(self, message_ids: Iterable[str]) -> set[str]:
        """The threads that hold these messages."""
        found: set[str] = set()
        for chunk in chunks(sorted(set(message_ids))):
            statement = select(schema.messages.c.thread_id).where(schema.messages.c.message_id.in_(chunk))
            found.update(self._connection.execute(statement).scalars())
        return found

    def messages_of(self, thread_ids: Iterable[str]) -> set[str]:
        """The Message-IDs of these threads."""
        found: set[str] = set()
        for chunk in chunks(sorted(thread_ids)):
            statement = select(schema.messages.c.message_id).where(schema.messages.c.thread_id.in_(chunk))
            found.update(self._connection.execute(statement).scalars())
        return found

    def cues_of(self, thread_ids: Iterable[str] | None = None) -> set[str]:
        """What the items of these threads, or of all, say of how they were found, each once."""
        if thread_ids is None:
            return set(self._connection.execute(select(schema.items.c.cue).distinct()).scalars())
        found: set[str] = set()
        for chunk in chunks(sorted(thread_ids)):
            statement = select(schema.items.c.cue).where(schema.items.c.thread_id.in_(chunk)).distinct()
            found.update(self._connection.execute(statement).scalars())
        return found

    def corrections(self) -> tuple[Correction, ...]:
        """All corrections, oldest first."""
        rows = self._connection.execute(select(schema.corrections).order_by(schema.corrections.c.id))
        return tuple(correction_of(r._asdict()) for r in rows)

    def add_corrections(self, corrections: Iterable[Correction]) -> None:
        """Keep what was said, for ever."""
        for c in corrections:
            self._connection.execute(
                insert(schema.corrections).values(
                    item_id=c.item_id,
                    verb=c.verb,
                    value=c.value,
                    who=c.who,
                    at=c.when.astimezone(UTC).isoformat(timespec="microseconds"),
                    why=c.why,
                    named=json.dumps([asdict(one) for one in c.named]),
                )
            )

    def thread(self, thread_id: str) -> Thread:
        """A thread as it was derived; what hangs on its mails' headers alone (references, problems) is left out."""
        return thread_in(self._connection, thread_id)

    def extracted(self, thread_id: str) -> Extracted:
        """A thread's items, in reading order, and links as they were extracted, before anybody corrected them."""
        return extracted_in(self._connection, thread_id)

    def replace_items(self, derived: DerivedThread) -> None:
        """Write a thread's items, links and what hangs on them anew; its mails stay as they are."""
        self._drop_items(derived.id)
        self._unsearchable(derived.id, items_only=True)
        for statement, values in item_rows(derived):
            if values:
                self._connection.execute(statement, values)
        self._searchable(item_texts(derived))

    def _drop_items(self, thread: str) -> None:
        for table in ("topics", "entities"):
            self._connection.execute(
                text(
                    f"DELETE FROM {table} WHERE item_id IN "  # noqa: S608 - table names from this tuple
                    "(SELECT id FROM items WHERE thread_id = :thread)"
                ),
                {"thread": thread},
            )
        for derived in (schema.items, schema.links, schema.extracted, schema.conflicts):
            self._connection.execute(delete(derived).where(derived.c.thread_id == thread))
        forget(self._connection, [thread])

    def drop_threads(self, thread_ids: Iterable[str]) -> None:
        """Remove all derived rows of these threads."""
        for thread in sorted(thread_ids):
            of_thread = {"thread": thread}
            for table in ("zones", "problems", "ancestors"):
                self._connection.execute(
                    text(
                        f"DELETE FROM {table} WHERE message_id IN "  # noqa: S608 - table names from this tuple
                        "(SELECT message_id FROM messages WHERE thread_id = :thread)"
                    ),
                    of_thread,
                )
            self._drop_items(thread)
            for derived in (schema.series, schema.trailers, schema.patches, schema.nacks, schema.messages):
                self._connection.execute(delete(derived).where(derived.c.thread_id == thread))
            self._connection.execute(delete(schema.threads).where(schema.threads.c.id == thread))
            self._unsearchable(thread)

    def drop_derived(self) -> None:
        """Remove every derived row."""
        for table in schema.DERIVED:
            self._connection.execute(delete(table))
        self._connection.execute(text("DELETE FROM search"))
        forget_all(self._connection)

    def add_thread(self, derived: DerivedThread) -> None:
        """Write one thread's derived rows; drop the old ones first."""
        for statement, values in rows(derived):
            if values:
                self._connection.execute(statement, values)
        self._searchable((*message_texts(derived), *item_texts(derived)))
        self.remember(derived.readings)

    def mark_checked(self, found: Mapping[str, Mark]) -> None:
        """Keep that all checks of these threads, by id, are fresh."""
        mark(self._connection, found)

    def add_run(self, run: Run) -> None:
        """Keep one run."""
        outcome = run.outcome
        self._connection.execute(
            insert(schema.runs).values(
                item_id=run.item_id,
                message_id=run.message_id,
                quote=run.quote,
                check=run.check,
                predicate=json.dumps(run.predicate, sort_keys=True),
                bound_by=run.bound_by,
                verdict=outcome.verdict,
                strength=outcome.strength,
                summary=outcome.summary,
                evidence=json.dumps([asdict(line) for line in outcome.evidence]),
                assumptions=json.dumps(outcome.assumptions),
                seconds=run.seconds,
                fingerprint=run.fingerprint,
                reason=run.reason,
                at=stamp(run.at),
            )
        )


@contextmanager
def writing(path: Path, *, create: bool = True) -> Iterator[Writer]:
    """One transaction on the database at `path`: kept whole when the block ends, undone whole when it raises."""
    engine = open_engine(path, create=create)
    try:
        with engine.begin() as connection:
            yield Writer(connection)
    except sqlalchemy.exc.DBAPIError as wrong:
        raise explain(wrong, path) from None
    finally:
        engine.dispose()
