"""In: parsed messages and people's corrections. Out: all that is derived from them.

Pure: the order in which the messages came makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.by_hand import corrected
from ingest.discussion import worth_reading
from ingest.extract import Extraction, extract
from ingest.quoting import tie
from ingest.remembering import Reading, remembered, to_text
from ingest.thread import threads_of
from ingest.zones import zones_of
from kb.records import Correction, Message, Thread
from kb.store.extracted import Extracted
from kb.store.rows import DerivedThread, ReadingRow

if TYPE_CHECKING:
    from ingest.reader.reading import Reader


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
    reader: Reader | None = None,
    memory: Mapping[str, Reading] | None = None,
) -> tuple[DerivedThread, ...]:
    """Threads, items, links and states of `messages`. A `reader` is asked for the items first, if there is one.

    `memory` holds what was read in mails before, by Message-ID; it changes nothing but the time that this takes. What
    is not in it yet comes out with each thread, to be remembered.
    """
    out = []
    threads = zoned_threads(messages)
    if progress is not None and threads:
        what = f"in {len(threads)} threads" if len(threads) > 1 else f"of “{threads[0].subject}”"
        progress(f"reading {sum(len(t.messages) for t in threads)} messages {what}")
    for thread in threads:
        rows: tuple[ReadingRow, ...] = ()
        if not worth_reading(thread.messages):
            found = Extraction((), ())
        elif reader is None:
            found, readings = remembered(thread, memory or {})
            fresh = {name: one for name, one in readings.items() if one is not (memory or {}).get(name)}
            rows = tuple(ReadingRow(name, one.key, to_text(one)) for name, one in fresh.items())
        else:
            found = extract(thread, reader=reader)
        made = corrected(thread, Extracted(tuple(found.items), tuple(found.links)), corrections)
        out.append(replace(made, readings=rows))
    return tuple(out)
