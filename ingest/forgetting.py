"""In: a database, and a mail or a person to be forgotten. Out: the database without them, and what was done.

One transaction takes them out of every table; then the file is written anew, so that no trace is left in it. What is
kept is a digest, by which they are known when they come again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingest.again import derive_again, laid_again
from ingest.mail import parse
from ingest.redacting import redacted
from kb.forgetting import Forgotten, Tombstone, mail_stone, person_stones, redaction
from kb.records import RawMail
from kb.store import forgetting as store
from kb.store.writing import Writer, writing


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What forgetting did."""

    rows: dict[str, int] = field(default_factory=dict)
    """Rows that were deleted or rewritten, by table."""
    label: str = ""
    """What stands in a person's place."""


def forget_mail(path: Path, message_id: str) -> ForgetReport:
    """Remove a mail and all that hangs on it; quotations of it in other people's mails are theirs and stay."""
    with writing(path, create=False) as writer:
        rows = _drop(writer, [message_id])
        store.bury(writer, [mail_stone(message_id)], datetime.now(UTC))
    store.scrub(path)
    return ForgetReport(rows)


def forget_person(path: Path, names: Collection[str], addresses: Collection[str]) -> ForgetReport:
    """Put a label in the place of a person's names and addresses everywhere; their words stay in the discussion."""
    stones = person_stones(names, addresses)
    with writing(path, create=False) as writer:
        store.bury(writer, stones, datetime.now(UTC))
        rows = _rewrite(writer, store.stones_in(writer))
    store.scrub(path)
    return ForgetReport(rows, next((s.label for s in stones if s.what is Forgotten.NAME), stones[0].label))


def heed(writer: Writer) -> None:
    """Take out again what was forgotten and may have come back by another way than mail."""
    stones = store.stones_in(writer)
    gone = {stone.digest for stone in stones if stone.what is Forgotten.MAIL}
    if gone:
        _drop(writer, [name for name in sorted(store.known_ids(writer)) if mail_stone(name).digest in gone])
    if len(gone) < len(stones):
        _rewrite(writer, stones)


def _drop(writer: Writer, message_ids: Collection[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in message_ids:
        touched = writer.threads_of([name])
        members = writer.messages_of(touched)
        for table, number in store.drop_mail(writer, name).items():
            counts[table] = counts.get(table, 0) + number
        writer.forget([name])
        derive_again(writer, touched, members - {name})
    return counts


def _rewrite(writer: Writer, stones: Collection[Tombstone]) -> dict[str, int]:
    people = redaction(stones)

    def named(content: bytes, _before: str) -> str:
        return parse(RawMail(content, "")).message_id

    changed = store.rewrite_mails(writer, lambda content: redacted(content, people), named, people)
    touched = writer.threads_touched_by(changed) | writer.threads_of(changed)
    members = writer.messages_of(touched) | changed.keys()
    rows, messages = store.rewrite_rows(writer, people, changed)
    writer.forget(members)
    fresh = derive_again(writer, touched, {changed.get(name, name) for name in members})
    laid_again(writer, messages, fresh)
    return {**({"raw_mails": len(changed)} if changed else {}), **rows}
