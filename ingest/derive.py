"""In: parsed messages and people's corrections. Out: all that is derived from them.

Pure: the order in which the messages came makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ingest.extract import extract
from ingest.quoting import tie
from ingest.thread import threads_of
from ingest.zones import zones_of
from kb import states
from kb.records import Correction, Message, Thread
from kb.store.rows import DerivedThread


def zoned_threads(messages: Iterable[Message]) -> tuple[Thread, ...]:
    """The threads of `messages`, each with its zones and with its quotes tied to what they repeat."""
    out = []
    for thread in threads_of(messages):
        zones = {m.message_id: zones_of(m.body) for m in thread.messages}
        out.append(replace(thread, zones=tie(thread.messages, zones)))
    return tuple(out)


def derive(
    messages: Iterable[Message],
    corrections: Sequence[Correction] = (),
    *,
    progress: Callable[[str], None] | None = None,
) -> tuple[DerivedThread, ...]:
    """Threads, items, links and states of `messages`."""
    out = []
    threads = zoned_threads(messages)
    if progress is not None and threads:
        what = f"in {len(threads)} threads" if len(threads) > 1 else f"of “{threads[0].subject}”"
        progress(f"reading {sum(len(t.messages) for t in threads)} messages {what}")
    for thread in threads:
        found = extract(thread)
        voices = {m.message_id: states.Voice(m.author, number) for number, m in enumerate(thread.messages)}
        standings = states.fold(found.items, found.links, voices, corrections)
        out.append(DerivedThread(thread, tuple(found.items), tuple(found.links), standings))
    return tuple(out)
