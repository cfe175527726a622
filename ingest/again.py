"""In: a transaction whose durable rows changed. Out: the threads that hang on them, derived or laid over again."""

from __future__ import annotations

from ingest.by_hand import corrected
from ingest.pipeline import derived_of
from kb.corrections import moved
from kb.store.writing import Writer


def derive_again(writer: Writer, threads: set[str], members: set[str]) -> set[str]:
    """Drop `threads` and derive those of the mails `members`; the ids of those that are there then."""
    writer.drop_threads(threads)
    if not members:
        return set()
    derived = derived_of(dict(writer.raw(members)), moved(writer.corrections(), writer.replacements()))
    for thread in derived:
        writer.add_thread(thread)
    return {thread.id for thread in derived}


def laid_again(writer: Writer, messages: set[str], done: set[str]) -> int:
    """Lay corrections over the threads of `messages` that are not among `done`; how many those are."""
    places = writer.replacements()
    every = moved(writer.corrections(), places)
    threads = writer.threads_of(places.get(name, name) for name in messages) - done
    for thread in sorted(threads):
        writer.replace_items(corrected(writer.thread(thread), writer.extracted(thread), every))
    return len(threads)
