"""In: what a person typed to name a thread, message or item. Out: its full id, or an error that names what is near.

Besides ids and Message-IDs, `56` or `#56` names a message by its number where only one thread can be meant.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from kb import ids
from kb.errors import UsageError
from kb.reading import Reader


def shortener(reader: Reader) -> Callable[[str], str]:
    """A function from full ids to ids as people see them in this database."""
    length = len(reader.shown("x-" + "x" * 64))
    return lambda full: full[:length]


def named(reader: Reader, given: str, *, thread: str | None = None) -> tuple[str, str]:
    """(`item` | `words` | `thread` | `message`, full id) of what `given` names."""
    number = given.strip().removeprefix("#")
    if number.isascii() and number.isdecimal():
        return "message", _numbered(reader, int(number), thread)
    try:
        return reader.resolve(given)
    except UsageError as wrong:
        if "several" in wrong.what:
            raise
        raise UsageError(given, wrong.what, _near(reader, given) or wrong.todo) from None


def named_item(reader: Reader, given: str) -> str:
    """The full id of the item that `given` names."""
    what, full = named(reader, given)
    if what == "words":
        raise UsageError(given, "names words that a binding checks, not an item", f"`threadkb show {given}` shows them")
    if what != "item":
        raise UsageError(given, f"names a {what}, not an item", f"`threadkb show {given}` lists the items in it")
    return full


def named_thread(reader: Reader, given: str | None) -> str | None:
    """The full id of the thread that `given` names; None for none."""
    if given is None:
        return None
    try:
        return reader.thread(given)
    except UsageError as wrong:
        near = _near(reader, given) if "several" not in wrong.what else ""
        raise UsageError(given, wrong.what, near or wrong.todo) from None


def _numbered(reader: Reader, number: int, thread: str | None) -> str:
    threads = reader.threads(thread)
    if len(threads) != 1:
        raise UsageError(f"#{number}", f"could be in any of {len(threads)} threads", "give its Message-ID")
    for message in reader.messages(threads[0].id):
        if message.number == number:
            return message.message_id
    raise UsageError(f"#{number}", "the thread has no such message", f"it ends with #{threads[0].messages - 1}")


def _near(reader: Reader, given: str) -> str:
    short = shortener(reader)
    head = given.strip()[:1]
    if given[1:2] == "-":
        known = [thread.id for thread in reader.threads()] if head == "t" else [item.id for item in reader.items()]
        size = max(len(given), 2 + ids.SHOWN)
        close = [short(each) for each in known if get_close_matches(given, [each[:size]], cutoff=0.7)]
    elif "@" in given:
        known = [m.message_id for thread in reader.threads() for m in reader.messages(thread.id)]
        close = get_close_matches(given.strip("<> "), known, n=3, cutoff=0.8)
    else:
        return ""
    return f"did you mean {' or '.join(close[:3])}?" if close else ""
