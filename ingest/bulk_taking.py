"""In: an archive's mails in order. Out: their bytes in the database, a batch a transaction, with the commits reached.

A thread from which the archive removed a mail, or to a mail of which other bytes came, is dropped in the same
transaction: all its mails wait to be derived anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.heading import heading_of
from ingest.pace import Pace
from ingest.sources import publicinbox
from ingest.sources.publicinbox import Arrival
from kb.records import RawMail, Source, SourceKind
from kb.store.writing import Writer, writing

if TYPE_CHECKING:
    from ingest.bulk import Progress

MOST_MAILS, MOST_BYTES = 500, 16 << 20
"""A batch is full with so many commits, or with so many bytes of mail."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in."""

    added: int = 0
    known: int = 0
    removed: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.added + other.added, self.known + other.known, self.removed + other.removed)


def take(path: Path, archive: Path, *, progress: Progress | None = None) -> Taken:
    """Keep in the database at `path` what came into `archive`, an absolute path, since the last time.

    Raises:
        SourceError: git cannot read it; the batches before that are kept.
    """
    source = Source(SourceKind.PUBLICINBOX, str(archive))
    with writing(path) as writer:
        seen = publicinbox.position(writer.source(source.kind, source.address))
    pace = Pace(f"keeping the mail of {archive.name}:", publicinbox.commits_after(archive, seen), "commits")
    total = Taken()
    for batch in batched(publicinbox.arrivals(archive, seen, progress=progress)):
        seen |= {arrival.epoch: arrival.commit for arrival in batch}
        with writing(path) as writer:
            total += _keep(writer, batch, source)
            writer.saw(replace(source, seen=publicinbox.text_of(seen)), datetime.now(UTC))
        if progress is not None:
            progress.step(pace.add(len({arrival.commit for arrival in batch})))
    return total


def batched(arrivals: Iterable[Arrival]) -> Iterator[list[Arrival]]:
    """`arrivals` in batches that are never more than `MOST_MAILS` or, a single mail apart, `MOST_BYTES`.

    What one commit brought is never torn apart, so that a batch can end where its last commit does.
    """
    batch: list[Arrival] = []
    size = 0
    for arrival in arrivals:
        own = len(arrival.mail.content) if arrival.mail is not None else 0
        full = len(batch) >= MOST_MAILS or size + own > MOST_BYTES
        if batch and full and arrival.commit != batch[-1].commit:
            yield batch
            batch, size = [], 0
        batch.append(arrival)
        size += own
    if batch:
        yield batch


def _keep(writer: Writer, batch: Iterable[Arrival], source: Source) -> Taken:
    """What `batch` brought, in its order: mails between two removals are kept at once."""
    total = Taken()
    mails: list[RawMail] = []
    for arrival in batch:
        if arrival.mail is not None:
            mails.append(replace(arrival.mail, source=source))
        elif arrival.removed is not None:
            total += _add(writer, mails) + _remove(writer, arrival.removed, source)
            mails = []
    return total + _add(writer, mails)


def _add(writer: Writer, mails: list[RawMail]) -> Taken:
    if not mails:
        return Taken()
    named = [(heading_of(mail).message_id, mail) for mail in mails]
    added = writer.add_raw(named, datetime.now(UTC))
    writer.drop_threads(writer.threads_of(added))
    return Taken(len(added), len({name for name, _ in named}) - len(added))


def _remove(writer: Writer, mail: RawMail, source: Source) -> Taken:
    """Withdraw a mail; but not where what is kept of it came from somewhere else."""
    message_id = heading_of(mail).message_id
    kept = dict(writer.raw([message_id])).get(message_id)
    if kept is None or not kept.origin.startswith(f"{source.kind}:{source.address}"):
        return Taken()
    writer.drop_threads(writer.threads_of([message_id]))
    return Taken(removed=len(writer.withdraw([message_id])))
