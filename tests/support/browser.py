"""In: nothing. Out: made-up databases for the browser (a review with quotes, two threads, a hostile one), its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from textual.pilot import Pilot

from kb import ids
from kb.journal import Change, What
from kb.records import (
    Evidence,
    Item,
    ItemKind,
    Message,
    Outcome,
    Passage,
    Relation,
    Run,
    Strength,
    Verdict,
    Zone,
    ZoneKind,
)
from kb.store.rows import DerivedThread
from kb.store.writing import writing
from tests.support.threads import START, derived, item, link, message, run, small_review
from tui.app import BrowseApp
from tui.screens.item import ItemScreen
from tui.screens.later import LaterView
from tui.screens.thread import ThreadScreen
from tui.widgets.lines import LineView

PATCH = """\
The queue is walked under the lock. This patch drops the lock before it waits,
so that a reader is never held up by a writer.

  before   120 ms
  after     80 ms

Signed-off-by: Ada Example <ada@example.org>
---
 queue.c | 4 +---
diff --git a/queue.c b/queue.c
--- a/queue.c
+++ b/queue.c
@@ -1,5 +1,3 @@
 int walk(struct queue *q)
 {
-	lock(q);
-	wait(q);
+	wait(q);
 }
"""

QUESTION = """\
On Wed, May 1, 2024, Ada Example wrote:
> The queue is walked under the lock. This patch drops the lock before it waits,
> so that a reader is never held up by a writer.

Can a reader still see a half-filled entry after this patch? Also please run the
stress test on a machine with many cores.

--\x20
Ben
"""

ANSWER = """\
On Wed, May 1, 2024, Ben Sample wrote:
> Can a reader still see a half-filled entry after this patch? Also please run the
> stress test on a machine with many cores.

No, the entry is published only when it is full. I will say so in the changelog
of v2.
"""

DOUBT = """\
> so that a reader is never held up by a writer.

That is not so: a writer that holds the barrier still stops every reader.
"""

_ZONES = [
    (re.compile(r">"), ZoneKind.QUOTE),
    (re.compile(r"On .* wrote:$"), ZoneKind.ATTRIBUTION),
    (re.compile(r"[A-Z][a-z-]+-by: "), ZoneKind.TRAILER),
    (re.compile(r"  (before|after) "), ZoneKind.TABLE),
]


def zones(body: str, quoted: Message | None = None) -> tuple[Zone, ...]:
    """Zones by the first characters of each line; every quote is of `quoted`, of the same words where it has them."""
    kinds: list[tuple[int, ZoneKind]] = []
    at, until_end = 0, None
    for line in body.splitlines(keepends=True):
        if line.startswith("-- \n"):
            until_end = ZoneKind.SIGNATURE
        elif line.startswith("diff "):
            until_end = ZoneKind.DIFF
        kind = until_end or next((kind for pattern, kind in _ZONES if pattern.match(line)), ZoneKind.OWN)
        kinds.append((at, kind))
        at += len(line)
    starts = [next(group)[0] for _, group in groupby(kinds, key=lambda pair: pair[1])]
    which = dict(kinds)
    out = []
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        kind = which[start]
        is_quote = kind is ZoneKind.QUOTE
        passage = _repeated(body[start:end], quoted) if quoted is not None and is_quote else None
        out.append(Zone(kind, start, end, 1 if is_quote else 0, passage))
    return tuple(out)


def _repeated(quote: str, quoted: Message) -> Passage:
    words = [re.escape(word) for line in quote.splitlines() for word in line.lstrip("> ").split()]
    found = re.search(r"\s+".join(words), quoted.body)
    return Passage(quoted.message_id, *(found.span() if found else (0, 10)))


def queue_review() -> tuple[DerivedThread, dict[str, Item]]:
    """A patch, a question, its answer and a doubt, with their items by a short name."""
    subject = "[PATCH] queue: drop the lock before waiting"
    mails = [
        replace(message(0, PATCH), subject=subject),
        message(1, QUESTION, author="Ben Sample", subject=f"Re: {subject}"),
        message(2, ANSWER, parent=1, subject=f"Re: {subject}"),
        message(3, DOUBT, author="Cleo Sample", parent=0, subject="readers (was: queue: drop the lock)"),
    ]
    named = {
        "walked": item(ItemKind.CLAIM, mails[0], "The queue is walked under the lock."),
        "drops": item(
            ItemKind.DECISION,
            mails[0],
            "This patch drops the lock before it waits,\nso that a reader is never held up by a writer.",
            topics=["locking", "readers"],
        ),
        "faster": item(ItemKind.CLAIM, mails[0], "before   120 ms\n  after     80 ms"),
        "half": item(ItemKind.QUESTION, mails[1], "Can a reader still see a half-filled entry after this patch?"),
        "stress": item(ItemKind.ACTION, mails[1], "please run the\nstress test on a machine with many cores."),
        "full": item(ItemKind.CLAIM, mails[2], "the entry is published only when it is full."),
        "changelog": item(ItemKind.DECISION, mails[2], "I will say so in the changelog\nof v2.", commits=True),
        "barrier": item(ItemKind.CLAIM, mails[3], "a writer that holds the barrier still stops every reader."),
    }
    named["walked"] = replace(named["walked"], entities=("walk()", "queue.c"))
    links = [
        link(named["walked"], Relation.MOTIVATES, named["drops"]),
        link(named["full"], Relation.ANSWERS, named["half"]),
        link(named["changelog"], Relation.MOTIVATES, named["drops"]),
        link(named["barrier"], Relation.DISPUTES, named["drops"]),
        link(named["barrier"], Relation.DISPUTES, named["full"]),
    ]
    made = derived(mails, list(named.values()), links)
    by_id = {m.message_id: m for m in mails}
    marked = {m.message_id: zones(m.body, by_id.get(m.parent_id or "")) for m in mails}
    return replace(made, thread=replace(made.thread, zones=marked)), named


def deadlock_run(of: Item) -> Run:
    """A run that refutes, with a trace, a fact of a source, a figure and an assumption."""
    outcome = Outcome(
        Verdict.REFUTED,
        Strength.EXHAUSTIVE,
        "a reader can wait for ever: the shortest way there has three steps",
        (
            Evidence("step", "takes the barrier", "writer"),
            Evidence("step", "asks for the barrier", "reader"),
            Evidence("step", "waits for the reader", "writer"),
            Evidence("fact", "walk() calls wait()", "queue.c:17"),
            Evidence("figure", "22 states looked at"),
        ),
        ("one reader and one writer", "the barrier is fair"),
    )
    return replace(run(of, Verdict.REFUTED), outcome=outcome, check="model", reason="never run")


def queue_base(path: Path) -> dict[str, Item]:
    """Write the queue review into a database at `path`, one claim refuted; its items by name."""
    review, named = queue_review()
    with writing(path) as writer:
        writer.add_thread(review)
        writer.add_run(deadlock_run(named["full"]))
        writer.add_run(run(named["faster"], Verdict.VERIFIED, summary="80 is a third less than 120"))
    return named


def two_threads(path: Path) -> tuple[DerivedThread, DerivedThread]:
    """Write the queue review and the small review, its Message-IDs made others, into one database."""
    queue, _ = queue_review()
    small, _ = small_review()
    mails = [
        replace(m, message_id=f"s{m.message_id}", parent_id=m.parent_id and f"s{m.parent_id}")
        for m in small.thread.messages
    ]
    words = [(ItemKind.CLAIM, 0, "The lock is taken twice."), (ItemKind.QUESTION, 1, "Is the second one needed?")]
    other = derived(mails, [item(kind, mails[n], text) for kind, n, text in words])
    with writing(path) as writer:
        writer.add_thread(queue)
        writer.add_thread(other)
    return queue, other


def told_of(path: Path, review: DerivedThread, words: str = "made up") -> None:
    """Write into the journal that the third mail of a review came and answered the question of the second."""
    thread, mails = ids.thread_id(review.thread.root_id), review.thread.messages
    first, last = mails[0], mails[min(2, len(mails) - 1)]
    asked = next(i for i in review.items if i.kind is ItemKind.QUESTION)
    date = last.date.isoformat()
    moved = Change(What.STATE, thread, asked.quote.message_id, 1, mails[1].author, date)
    moved = replace(moved, item_id=asked.id, kind="question", quote=asked.quote.text, before="open", after="answered")
    changes = [
        Change(What.THREAD, thread, first.message_id, 0, first.author, date, quote=first.subject, after="4 mails"),
        Change(What.MAIL, thread, last.message_id, 2, last.author, date),
        replace(moved, because=words, by_item=asked.id, by_number=2, by_author=last.author),
        Change(What.CONFLICT, thread, first.message_id, 0, first.author, date, item_id="x-made", because=words),
    ]
    with writing(path) as writer:
        writer.write_journal(changes, START)


HOSTILE = (
    "[bold]loud[/bold] [link=https://example.org]here[/link] \x1b[31mred\x1b[0m \x1b]0;owned\x07 "
    "\u202egnp.exe\u202c z\u200bw 漢字 e\u0301"
)


def hostile_base(path: Path) -> Item:
    """Write a thread whose subject, author, body and item are full of markup and control characters; the item."""
    mail = message(0, f"{HOSTILE}\n\nIs {HOSTILE} so?\n\n{'x' * 5000} end\n", author=f"Eve {HOSTILE}")
    mail = replace(mail, subject=f"[PATCH] {HOSTILE}", message_id="h[red]@example.org")
    reply = message(1, f"> {HOSTILE}\n{HOSTILE} answers.\n", author=f"{HOSTILE}")
    reply = replace(reply, parent_id=mail.message_id, subject=f"Re: other {HOSTILE}", message_id="i@example.org")
    asked = item(ItemKind.QUESTION, mail, f"Is {HOSTILE} so?", topics=[HOSTILE])
    planned = replace(item(ItemKind.DECISION, mail, f"Is {HOSTILE}", topics=[HOSTILE]), says=HOSTILE)
    asked = replace(asked, says=HOSTILE, entities=(HOSTILE,), cue=HOSTILE)
    answer = item(ItemKind.CLAIM, reply, f"{HOSTILE} answers.")
    links = [link(answer, Relation.ANSWERS, asked), link(answer, Relation.DISPUTES, planned)]
    made = derived([mail, reply], [asked, answer, planned], [replace(one, because=HOSTILE) for one in links])
    marked = {m.message_id: zones(m.body, mail) for m in (mail, reply)}
    outcome = Outcome(Verdict.PARTLY, Strength.EXACT, HOSTILE, (Evidence("step", HOSTILE, HOSTILE),), (HOSTILE,))
    with writing(path) as writer:
        writer.add_thread(replace(made, thread=replace(made.thread, zones=marked)))
        writer.add_run(replace(run(asked, Verdict.PARTLY), outcome=outcome, check=HOSTILE, bound_by=HOSTILE, at=START))
    told_of(path, made, HOSTILE)
    return asked


def screen_text(app: BrowseApp) -> str:
    """What stands on the whole screen, as a terminal would show it, line by line."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip)[:width] for strip in strips[:height])


def shown_rows(view: LineView) -> list[str]:
    """The text of every row of a pane, in view or not."""
    width = view.text_width
    return ["".join(text for text, _ in line) for row in range(view.count()) for line in view.pieces(row, width)]


async def settle(pilot: Pilot[None], *, times: int = 1) -> None:
    """Wait until what was asked for has been drawn."""
    for _ in range(times):
        await pilot.pause()
    while isinstance(pilot.app.screen, LaterView) and pilot.app.screen.is_reading:
        await pilot.pause(0.005)
    await pilot.pause()


async def press(pilot: Pilot[None], keys: Sequence[str]) -> None:
    """Press keys one after the other and wait for the screen."""
    await pilot.press(*keys)
    await settle(pilot)


SIZES = [(80, 24), (100, 30), (160, 50)]
"""Widths and heights in cells at which every screen must work."""


def thread_screen(app: BrowseApp) -> ThreadScreen:
    """The screen on top, which shows a thread."""
    assert isinstance(app.screen, ThreadScreen)
    return app.screen


def item_screen(app: BrowseApp) -> ItemScreen:
    """The screen on top, which shows an item."""
    assert isinstance(app.screen, ItemScreen)
    return app.screen


def pane_title(app: BrowseApp, pane: str) -> str:
    """The title of the pane with this selector."""
    return str(app.screen.query_one(pane).border_title)


async def open_item(app: BrowseApp, pilot: Pilot[None], item_id: str) -> None:
    """Open an item by its id and wait until its words are in view."""
    app.open_item(item_id)
    await settle(pilot, times=2)
