"""In: mails of a made-up series in a few words. Out: its threads as the pipeline zones them, and databases of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ingest.derive import zoned_threads
from kb import states
from kb.records import Item, ItemKind, Link, Message, Relation, Thread
from kb.store.rows import DerivedThread, SeriesRow
from kb.store.writing import writing
from tests.support.threads import START, item, link, message

ADA, BEN, CLEO = "Ada Example", "Ben Sample", "Cleo Sample"
DIFF = """---
 lib/ring.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/lib/ring.c b/lib/ring.c
index 1111111..2222222 100644
--- a/lib/ring.c
+++ b/lib/ring.c
@@ -1,2 +1,2 @@ ring
-old_line();
+{added}
"""


def mail(
    name: str,
    subject: str,
    body: str = "Text.\n",
    *,
    author: str = ADA,
    address: str = "",
    day: int = 0,
    under: str | None = None,
) -> Message:
    """The mail `name@example.org`, written on that day of May at the earliest, answering the mail `under`."""
    made = message(0, body, author=author)
    return replace(
        made,
        message_id=f"{name}@example.org",
        parent_id=f"{under}@example.org" if under else None,
        references=(f"{under}@example.org",) if under else (),
        subject=subject,
        address=address or made.address,
        date=START + timedelta(days=day),
    )


def diff(added: str = "new_line();") -> str:
    """What follows a patch's words: a diffstat, and a diff that adds one line."""
    return DIFF.format(added=added)


def threads_of(*mails: Message) -> tuple[Thread, ...]:
    """The threads of these mails with their zones."""
    return zoned_threads(mails)


def base(
    path: Path,
    mails: Sequence[Message],
    items: Sequence[Item] = (),
    links: Sequence[Link] = (),
    series: Sequence[SeriesRow] = (),
) -> None:
    """A database of the threads of these mails; each `series` goes into the first thread."""
    for number, thread in enumerate(zoned_threads(mails)):
        ids = {m.message_id for m in thread.messages}
        voices = {m.message_id: states.Voice(m.author, n) for n, m in enumerate(thread.messages)}
        own = tuple(i for i in items if i.quote.message_id in ids)
        names = {i.id for i in own}
        joined = tuple(k for k in links if k.source in names)
        standings = states.fold(own, joined, voices)
        with writing(path) as writer:
            writer.add_thread(DerivedThread(thread, own, joined, standings, () if number else tuple(series)))


OLD = [
    mail("a0", "[PATCH 0/1] ring: walk it without the lock", "The ring is walked under ring_lock.\n"),
    mail("a1", "[PATCH 1/1] ring: drop the lock", "Drop it.\n\n" + diff("walk_unlocked();"), under="a0"),
    mail(
        "a2",
        "Re: [PATCH 1/1] ring: drop the lock",
        "> Drop it.\nWhat happens to a reader that holds a stale cursor?\n\nPlease document ring_walk_begin() too.\n",
        author=BEN,
        day=1,
        under="a1",
    ),
    mail(
        "a3",
        "Re: [PATCH 1/1] ring: drop the lock",
        "> Please document ring_walk_begin() too.\nI will add kernel-doc for the walkers.\n\n"
        "We should use a seqcount_spinlock_t for the cursor.\n\nThe benchmark numbers will follow.\n",
        day=1,
        under="a2",
    ),
    mail(
        "a4",
        "Re: [PATCH 1/1] ring: drop the lock",
        "> We should use a seqcount_spinlock_t for the cursor.\nSounds good.\n\n"
        "A reader starves when writers come in bursts.\n",
        author=CLEO,
        day=2,
        under="a3",
    ),
]
"""Version 1 of a series, with a question, a promise, a proposal that was accepted, and an objection."""

NEW = [
    mail(
        "b0",
        "[PATCH v2 0/1] ring: walk it without the lock",
        "The ring is walked under ring_lock.\n\nChanges in v2:\n- Add kernel-doc for the walkers.\n"
        "- Link to v1: https://lore.kernel.org/r/a0@example.org\n"
        "\nChanges in v1:\n- readers starve in bursts no more\n",
        day=9,
    ),
    mail(
        "b1",
        "[PATCH v2 1/1] ring: drop the lock",
        "Drop it.\n\n" + diff("static seqcount_spinlock_t cursor_seq;"),
        day=9,
        under="b0",
    ),
    mail(
        "b2",
        "Re: [PATCH v2 1/1] ring: drop the lock",
        "A stale cursor held by a reader still worries me.\n",
        author=BEN,
        day=10,
        under="b1",
    ),
]
"""Version 2, which keeps the promise, uses what was proposed, and does not speak of the objection."""


def old_items() -> tuple[dict[str, Item], list[Link]]:
    """What stands in version 1, by a short name, and its links."""
    named = {
        "stale": item(ItemKind.QUESTION, OLD[2], "What happens to a reader that holds a stale cursor?"),
        "document": item(ItemKind.ACTION, OLD[3], "I will add kernel-doc for the walkers."),
        "benchmark": item(ItemKind.ACTION, OLD[3], "The benchmark numbers will follow."),
        "seqcount": item(ItemKind.DECISION, OLD[3], "We should use a seqcount_spinlock_t for the cursor."),
        "good": item(ItemKind.DECISION, OLD[4], "Sounds good."),
        "starves": item(ItemKind.CLAIM, OLD[4], "A reader starves when writers come in bursts."),
        "walked": item(ItemKind.CLAIM, OLD[0], "The ring is walked under ring_lock."),
    }
    links = [
        link(named["good"], Relation.ACCEPTS, named["seqcount"]),
        link(named["starves"], Relation.DISPUTES, named["walked"]),
    ]
    return named, links


def two_versions(path: Path) -> dict[str, Item]:
    """A database with both versions; the items of the first by name."""
    named, links = old_items()
    base(path, [*OLD, *NEW], list(named.values()), links)
    return named
