"""In: the lines of a dump and a database. Out: the database with what the dump holds, and all that follows from it.

One transaction: a line that is wrong leaves the database as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.again import derive_again, laid_again
from ingest.forgetting import heed
from ingest.mail import parse
from ingest.pipeline import take_places
from kb.records import RawMail
from kb.store.dump_lines import Row
from kb.store.kinds import Kind
from kb.store.restoring import Restored, parsed, restore_into
from kb.store.writing import Writer, writing


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What a restore did."""

    restored: Restored
    threads: int
    """Threads that were derived anew, or laid over anew."""


def restore(
    path: Path,
    lines: Iterable[bytes],
    place: str,
    *,
    merge: bool = False,
    progress: Callable[[int], None] | None = None,
) -> RestoreReport:
    """Read the dump in `lines`, which errors call `place`, into the database at `path`, made if absent.

    With `merge` both count: what either holds. Without it the database may hold nothing by hand that the dump lacks.
    Raises SourceError with the number of the line that is wrong.
    """
    with writing(path) as writer:
        done = restore_into(writer, _named_anew(parsed(lines, place)), place, merge=merge, progress=progress)
        fresh = _derived_anew(writer, done.mails) if done.mails else set()
        again = laid_again(writer, done.messages, fresh) if done.messages else 0
        heed(writer)
    return RestoreReport(done, len(fresh) + again)


def _named_anew(rows: Iterable[tuple[int, Kind, Row]]) -> Iterator[tuple[int, Kind, Row]]:
    """Each mail under the Message-ID that this program reads in it, whatever the dump says."""
    named: dict[tuple[str, str], tuple[str, str]] = {}
    for number, kind, row in rows:
        if kind.name == "raw_mails":
            mail = RawMail(row["content"], row["origin"], row["provisional"])
            own = parse(mail).message_id
            if own != row["message_id"]:
                named[row["message_id"], row["sha256"]] = own, row["sha256"]
                row = {**row, "message_id": own}
        for column, other in kind.points.items():
            if other == "raw_mails" and row[column] in named:
                row = {**row, column: named[row[column]]}
        yield number, kind, row


def _derived_anew(writer: Writer, new: set[str]) -> set[str]:
    """Derive the threads that new mails belong to; their ids."""
    fresh = [parse(mail) for _, mail in writer.raw(new)]
    taken = take_places(writer, fresh)
    named = {name for m in fresh for name in (m.message_id, m.parent_id, *m.references) if name}
    touched = writer.threads_touched_by(named | taken.keys())
    return derive_again(writer, touched, writer.messages_of(touched) | {m.message_id for m in fresh})
