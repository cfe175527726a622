"""In: a reader, since when. Out: what changed, grouped by the thread in which it stands, and where to go to see it.

The journal names threads as they were then; a thread that another mail joined or renamed is found by its mails.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from kb.arrivals import changes_in, last_arrival
from kb.journal import Change
from kb.needing import Looks, last_written
from kb.reading import Reader


class Since(StrEnum):
    """From when on changes are told."""

    LOOK = "since your last look"
    ARRIVAL = "of the last arrival"
    DAY = "of a day"
    WEEK = "of a week"
    EVER = "of all time"

    def next(self) -> Since:
        """The next one, round."""
        every = list(Since)
        return every[(every.index(self) + 1) % len(every)]


@dataclass(frozen=True, slots=True)
class ThreadNews:
    """What changed in one thread, the newest first."""

    thread_id: str
    subject: str
    """"" where the thread is gone."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What changed, the thread with the newest change first."""

    threads: tuple[ThreadNews, ...] = ()
    until: str = ""
    """All that was there at this time is told."""

    @property
    def count(self) -> int:
        """How many changes there are."""
        return sum(len(thread.changes) for thread in self.threads)


def news_in(reader: Reader, since: Since, looks: Looks, *, now: datetime | None = None) -> News:
    """What changed since then; `looks` says when each thread was last looked at."""
    now = now or datetime.now(UTC)
    match since:
        case Since.LOOK:
            # threads looked at later than all others have less to tell; none has more
            found = [c for c in changes_in(reader, since=looks.all) if c.at > looks.of(c.thread_id)]
        case Since.ARRIVAL:
            batch, _ = last_arrival(reader)
            found = list(changes_in(reader, batch=batch)) if batch else []
        case Since.DAY | Since.WEEK:
            days = timedelta(days=1 if since is Since.DAY else 7)
            found = list(changes_in(reader, since=(now - days).isoformat(timespec="seconds")))
        case Since.EVER:
            found = list(changes_in(reader))
    return News(_by_thread(reader, found), last_written(reader))


def _by_thread(reader: Reader, changes: Iterable[Change]) -> tuple[ThreadNews, ...]:
    changes = list(changes)
    names = json.dumps(sorted({c.message_id for c in changes}))
    homes = {row["message_id"]: row["thread_id"] for row in reader.ask("threads_of_mails", messages=names)}
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(homes.get(change.message_id, change.thread_id), []).append(change)
    subjects = {row["id"]: row["subject"] for row in reader.ask("thread_heads")} if groups else {}
    newest = sorted(groups.items(), key=lambda pair: max(c.at for c in pair[1]), reverse=True)
    return tuple(ThreadNews(thread, subjects.get(thread, ""), tuple(held)) for thread, held in newest)


def place_of(reader: Reader, change: Change) -> tuple[str, str]:
    """(`item` | `mail` | `thread` | "", id) of where a change can be seen; "" where all of it is gone."""
    if change.item_id and change.kind and reader.item(change.item_id) is not None:
        return "item", change.item_id
    if reader.message(change.message_id) is not None:
        return "mail", change.message_id
    return ("thread", change.thread_id) if reader.ask("thread_head", thread=change.thread_id) else ("", "")
