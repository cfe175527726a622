"""In: mails that arrive, and a database. Out: those that nobody wished to be forgotten, without whom they wished so."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.mail import parse
from ingest.redacting import redacted
from kb.connecting import connect
from kb.forgetting import Forgotten, Tombstone, mail_stone, redaction
from kb.identify import identify
from kb.records import RawMail


def tombstones(path: Path) -> tuple[Tombstone, ...]:
    """What was forgotten in the database at `path`; nothing where there is no database."""
    if not identify(path):
        return ()
    connection = connect(path)
    try:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'forgotten'").fetchone():
            return ()
        rows = connection.execute("SELECT digest, what, words, label FROM forgotten ORDER BY digest").fetchall()
        return tuple(Tombstone(digest, Forgotten(what), words, label) for digest, what, words, label in rows)
    except sqlite3.DatabaseError:
        return ()  # whoever writes there next says what is wrong with it
    finally:
        connection.close()


def heeded(path: Path, mails: Sequence[RawMail]) -> list[RawMail]:
    """`mails` as the database at `path` may keep them."""
    stones = tombstones(path)
    if not stones:
        return list(mails)
    people = redaction(stones)
    gone = {stone.digest for stone in stones if stone.what is Forgotten.MAIL}
    kept = []
    for mail in mails:
        if people:
            content = redacted(mail.content, people)
            mail = replace(mail, content=content, origin=people.rewrite(mail.origin))
        if not gone or mail_stone(parse(mail).message_id).digest not in gone:
            kept.append(mail)
    return kept
