"""In: a few words a message and an item. Out: derived threads and databases, built by hand, without any extraction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb import ids, states
from kb.records import Item, ItemKind, Link, Message, Outcome, Quote, Relation, Run, Strength, Thread, Verdict, Zone
from kb.records import ZoneKind as Z
from kb.store.rows import DerivedThread, SeriesRow
from kb.store.writing import writing

START = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def message(
    number: int, body: str, *, author: str = "Ada Example", parent: int | None = None, subject: str = "Re: [PATCH] a"
) -> Message:
    """Message `number`, an hour after the one before, answering `parent` (the one before, unless it is the root)."""
    if parent is None and number:
        parent = number - 1
    return Message(
        message_id=f"m{number}@example.org",
        parent_id=None if parent is None else f"m{parent}@example.org",
        references=() if parent is None else (f"m{parent}@example.org",),
        subject=subject if number else "[PATCH] a",
        author=author,
        address=author.split()[0].lower() + "@example.org",
        date=START + timedelta(hours=number),
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        origin="tests",
    )


def item(kind: ItemKind, mail: Message, words: str, *, commits: bool = False, topics: Sequence[str] = ()) -> Item:
    """The item whose quote is `words` in `mail`."""
    start = mail.body.index(words)
    quote = Quote(mail.message_id, start, start + len(words), ids.fold(words))
    return Item(
        ids.item_id(mail.message_id, kind, words), kind, quote, quote.text, 0.9, "test", tuple(topics), (), commits
    )


def link(source: Item, relation: Relation, target: Item) -> Link:
    """`source` RELATION `target`."""
    return Link(source.id, relation, target.id, 0.8, "a test says so")


def derived(
    mails: Sequence[Message], items: Sequence[Item], links: Sequence[Link] = (), series: Sequence[SeriesRow] = ()
) -> DerivedThread:
    """A whole derived thread; each body is one zone of own words."""
    voices = {m.message_id: states.Voice(m.author, n) for n, m in enumerate(mails)}
    thread = Thread(
        mails[0].message_id,
        mails[0].subject,
        tuple(mails),
        {m.message_id: (Zone(Z.OWN, 0, len(m.body)),) for m in mails},
    )
    return DerivedThread(thread, tuple(items), tuple(links), states.fold(items, links, voices), tuple(series))


def run(of: Item, verdict: Verdict, *, at: datetime = START, summary: str = "ran") -> Run:
    """A run of a check of `of`."""
    return Run(
        item_id=of.id,
        message_id=of.quote.message_id,
        quote=of.quote.text,
        check="arithmetic",
        predicate={"kind": "SumIs", "parts": ["1", "2"], "total": "3", "expect": True},
        bound_by="hand: a test says so",
        outcome=Outcome(verdict, Strength.EXACT, summary),
        seconds=0.01,
        fingerprint="f",
        at=at,
        reason="never run",
    )


def small_review() -> tuple[DerivedThread, dict[str, Item]]:
    """A review of four mails with each kind of item, and its items by a short name."""
    mails = [
        message(0, "The lock is taken twice. We should drop the second one.\n"),
        message(1, "Is the second one needed?\nPlease test this on arm64.\n", author="Ben Sample"),
        message(2, "No, the caller holds it already. I will drop it in v2.\n"),
        message(3, "Sounds good. The caller never holds it on error paths.\n", author="Cleo Sample"),
    ]
    named = {
        "twice": item(ItemKind.CLAIM, mails[0], "The lock is taken twice.", topics=["locking"]),
        "drop": item(ItemKind.DECISION, mails[0], "We should drop the second one.", topics=["locking"]),
        "needed": item(ItemKind.QUESTION, mails[1], "Is the second one needed?"),
        "test": item(ItemKind.ACTION, mails[1], "Please test this on arm64."),
        "holds": item(ItemKind.CLAIM, mails[2], "the caller holds it already."),
        "v2": item(ItemKind.DECISION, mails[2], "I will drop it in v2.", commits=True),
        "good": item(ItemKind.DECISION, mails[3], "Sounds good."),
        "never": item(ItemKind.CLAIM, mails[3], "The caller never holds it on error paths."),
    }
    links = [
        link(named["twice"], Relation.MOTIVATES, named["drop"]),
        link(named["holds"], Relation.ANSWERS, named["needed"]),
        link(named["v2"], Relation.ACCEPTS, named["drop"]),
        link(named["good"], Relation.ACCEPTS, named["v2"]),
        link(named["never"], Relation.DISPUTES, named["holds"]),
    ]
    series = [SeriesRow(1, "a", None, 1, 1, ((1, "Acked-by", "Cleo Sample <cleo@example.org>", "m3@example.org"),))]
    return derived(mails, list(named.values()), links, series), named


def small_base(path: Path) -> dict[str, Item]:
    """Write the small review into a database at `path`, with one verified and one refuted claim; its items by name."""
    review, named = small_review()
    with writing(path) as writer:
        writer.add_thread(review)
        writer.add_run(run(named["twice"], Verdict.VERIFIED))
        writer.add_run(run(named["never"], Verdict.REFUTED, summary="it holds it"))
    return named
