"""In: a thread. Out: what extraction costs, as a multiple of spaCy's bare pipeline on the same own words.

The bare pipeline is the model as `spacy.load` gives it, nothing added or taken away. A second row is stricter: the peer
loads only the components that extraction loads, without the finder of names. Both get the same texts in the same
batches. The mails a second are of one core, from parsed mail to links: zones, ties and extraction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

ROUNDS = 5


def _seconds(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def measure(thread_file: Path) -> Iterator[dict[str, Any]]:
    """Rows for one thread: extraction against the bare pipeline, taken in turns in this process."""
    import spacy

    from ingest.answering import settings_of
    from ingest.derive import zoned_threads
    from ingest.extract import extract
    from ingest.mail import parse
    from ingest.nlp import LONGEST, MODEL, parse_texts, parser
    from ingest.sentences import blocks_of
    from ingest.sources import read

    messages = [parse(mail) for mail in read(str(thread_file))]
    threads = zoned_threads(messages)
    texts = [
        block.text
        for thread in threads
        for message in thread.messages
        for block, _, _ in settings_of(thread, message, blocks_of(message.body, thread.zones[message.message_id]))
    ]
    nlp, full = parser(), spacy.load(MODEL)

    def bare() -> None:
        for _ in parse_texts(texts):
            pass

    def whole() -> None:
        for _ in full.pipe((text[:LONGEST] for text in texts), batch_size=64):
            pass

    def ours() -> None:
        for thread in threads:
            extract(thread)

    for warm in (bare, ours, whole):
        warm()
    rounds = [(_seconds(bare), _seconds(ours), _seconds(whole)) for _ in range(ROUNDS)]
    began = time.process_time()
    for _ in range(ROUNDS):
        for thread in zoned_threads(messages):
            extract(thread)
    core = (time.process_time() - began) / ROUNDS
    peer, own, loaded = (median(row[place] for row in rounds) for place in range(3))
    yield {
        "what": f"extraction of {thread_file.stem}",
        "peer": f"spaCy with {', '.join(nlp.pipe_names)}",
        "seconds": own,
        "peer_seconds": peer,
        "ratio": median(row[1] / row[0] for row in rounds),
    }
    yield {
        "what": f"extraction of {thread_file.stem}",
        "peer": f"spaCy with {', '.join(full.pipe_names)}",
        "seconds": own,
        "peer_seconds": loaded,
        "ratio": median(row[1] / row[2] for row in rounds),
    }
    yield {
        "what": f"zones and extraction of {thread_file.stem}, {len(messages) / core:,.0f} mails/s per core",
        "seconds": core,
        "mails": len(messages),
        "mails_per_second": len(messages) / core,
    }
