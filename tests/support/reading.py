"""In: bodies of a made-up review. Out: threads with zones and ties as the pipeline makes them, parsed spans."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ingest.clauses import Candidate, candidates_of
from ingest.derive import zoned_threads
from ingest.nlp import parse_texts
from ingest.tokens import Tokens
from kb.records import Item, Message, Thread
from tests.support.threads import message

SHARED = Path(__file__).resolve().parents[3] / "shared"
"""The annotated threads, where they lie beside the checkout."""
BUNDLED = Path(__file__).resolve().parents[2] / "data" / "threads" / "fuse-tmp-folio-v2.mbox"

REVIEW = (
    "The queue is walked under the lock, so a reader can be held up by a writer.\n"
    "This patch drops the lock before it waits.\n"
    "\nSigned-off-by: Ada Example <ada@example.org>\n",
    "On Wed, May 1, 2024, Ada Example wrote:\n"
    "> The queue is walked under the lock, so a reader can be held up by a writer.\n"
    "> This patch drops the lock before it waits.\n"
    "\nWhy does the writer have to wait at all?\n"
    "\nI think we should use a counter instead of the lock.\n",
    "On Wed, May 1, 2024, Ben Sample wrote:\n"
    "> Why does the writer have to wait at all?\n"
    "\nBecause the reader may still hold a reference to the queue.\n"
    "\n> I think we should use a counter instead of the lock.\n"
    "\nAgreed, I will use a counter in v2.\n",
)
"""A patch, a review of it with a question and a proposal, and the answer to both."""


def thread_of(bodies: Sequence[str], authors: Sequence[str] = ("Ada Example", "Ben Sample")) -> Thread:
    """A thread in which each message answers the one before and the authors take turns."""
    mails: list[Message] = [
        message(number, body, author=authors[number % len(authors)]) for number, body in enumerate(bodies)
    ]
    (thread,) = zoned_threads(mails)
    return thread


@lru_cache(maxsize=64)
def spans_of(text: str) -> tuple[str, ...]:
    """The words of every candidate in a paragraph."""
    (doc,) = parse_texts([text])
    return tuple(text[c.start : c.end] for c in candidates_of(Tokens.of(doc)))


def raw_candidates(text: str) -> tuple[Candidate, ...]:
    """Every candidate of a paragraph."""
    (doc,) = parse_texts([text])
    return candidates_of(Tokens.of(doc))


def quoting(items: Sequence[Item], words: str) -> Item:
    """The one item whose quote holds `words`."""
    (found,) = [item for item in items if words in item.quote.text]
    return found
