"""In: a database and what somebody typed. Out: the mail or the person that is meant. Reads only."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kb.connecting import connect
from kb.errors import StoreError, UsageError
from kb.identify import identify


@dataclass(frozen=True, slots=True)
class Whom:
    """What is to be forgotten: a mail, or a person's names and addresses."""

    message_id: str = ""
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    mails: int = 0
    """How many mails the person wrote, or that are kept under the Message-ID."""
    repeated: int = 0
    """Mails by others that repeat words of the mail."""


def whom(path: Path, given: str, *, anyway: bool = False) -> Whom:
    """The mail with this Message-ID, or the person who writes under this name or address.

    With `anyway` a name or address counts under which nobody writes. Raises UsageError where nothing is meant.
    """
    if not identify(path):
        raise StoreError(str(path), "there is no knowledge base here", "run `threadkb ingest SOURCE` first")
    text = " ".join(given.split()).strip("<>")
    with closing(connect(path)) as connection:
        ask = connection.execute
        kept = ask("SELECT count(*) FROM raw_mails WHERE ? IN (message_id, replaced_by)", (text,)).fetchone()[0]
        if kept:
            quoting = "SELECT count(DISTINCT message_id) FROM zones WHERE quoted_id = ? AND message_id <> ?"
            return Whom(text, mails=kept, repeated=ask(quoting, (text, text)).fetchone()[0])
        people = [(r[0], r[1], r[2]) for r in ask("SELECT author, address, count(*) FROM messages GROUP BY 1, 2")]
    plain = text.casefold()
    mine = [p for p in people if plain in (p[0].casefold(), p[1].casefold())]
    if not mine and not anyway:
        close = sorted({p[0] for p in people if plain in p[0].casefold() or plain in p[1].casefold()} if plain else ())
        todo = f"did you mean {' or '.join(repr(name) for name in close[:3])}?" if close else "give --anyway"
        raise UsageError(given, "no mail has this Message-ID, and nobody writes under this name or address", todo)
    if not text:
        raise UsageError("forget", "an empty name is nobody's", "give a Message-ID, a name or an address")
    names = {p[0] for p in mine if p[0] != p[1]}
    addresses = {p[1] for p in mine if p[1]}
    if not mine:
        (addresses if "@" in text else names).add(text)
    return Whom("", tuple(sorted(names)), tuple(sorted(addresses)), sum(p[2] for p in mine))
