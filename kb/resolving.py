"""In: what a person typed for an item, thread or message. Out: its full id, or an error that says what is meant by it.

Ids may be cut to any beginning that only one has; an id that an item had before somebody corrected it still names it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kb import ids
from kb.errors import UsageError
from kb.records import Correction, ItemKind, Named

if TYPE_CHECKING:
    from kb.reading import Reader


def resolve(reader: Reader, given: str) -> tuple[str, str]:
    """(`item` | `words` | `thread` | `message`, full id) for a prefix of an id, or for a Message-ID.

    `words` are words of a message that were checked though no item has them. Raises UsageError where nothing or
    more than one thing is meant.
    """
    text = given.strip().strip("<>")
    if reader.message(text) is not None:
        return "message", text
    head, _, tail = text.partition("-")
    if len(head) == 1 and text.isascii() and (tail.isalnum() or not tail):
        query = "ids_of_threads" if head == "t" else "ids_of_items"
        found = [(r["what"], r["id"]) for r in reader.ask(query, low=text, high=text + "{")]  # the character after z
        if len(found) == 1 and found[0][0] == "words" and (now := _renamed(reader, found[0][1])) is not None:
            return "item", now
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(full for _, full in found)
            raise UsageError(given, f"is the beginning of several ids: {several}", "type more of it")
        if len(tail) >= ids.SHOWN and (now := _renamed(reader, text)) is not None:
            return "item", now
    raise UsageError(
        given, "no item, thread or message has this id", "`threadkb threads` and `threadkb claims` list them"
    )


def _renamed(reader: Reader, prefix: str) -> str | None:
    """The id that an item has now which had one that begins so before somebody corrected it."""
    for one in reader.named_by_hand(prefix):
        found = reader.ask("item_with_words", message=one.message_id, quote=one.quote)
        if found:
            return str(found[0]["id"])
    return None


def named_by_hand(corrections: Iterable[Correction], prefix: str) -> tuple[Named, ...]:
    """The items that corrections name by an id that begins so, or gave one: also those that were rejected."""
    found: dict[tuple[str, str], Named] = {}
    for correction in corrections:
        for one in correction.named:
            own = [one.id, *(ids.item_id(one.message_id, kind, one.quote) for kind in ItemKind)]
            if any(each.startswith(prefix) for each in own):
                found[one.message_id, one.quote] = one
    return tuple(found.values())


def thread_named(reader: Reader, given: str) -> str:
    """The full id of the thread that an id, a Message-ID or words of a subject name."""
    try:
        what, full = resolve(reader, given)
    except UsageError:
        found = [t for t in reader.threads() if given.casefold() in t.subject.casefold()]
        if len(found) != 1:
            many = "several threads have" if found else "no thread has"
            raise UsageError(
                given, f"{many} this id or these words in the subject", "`threadkb threads` lists them"
            ) from None
        return found[0].id
    if what == "thread":
        return full
    if what == "words":
        return reader.runs_of(full)[0].thread_id
    row = reader.message(full) if what == "message" else reader.item(full)
    if row is None:
        raise UsageError(given, "no thread holds this", "`threadkb threads` lists them")
    return row.thread_id
