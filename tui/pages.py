"""In: a database path and ids. Out: all that a screen shows, read in one snapshot that is closed at once.

No lock outlives a call, so that other programs can write while the browser is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.attention import disagreement
from kb.collate import Collated, collate
from kb.reading import Filter, Reader, reading
from kb.records import Relation
from kb.views import ItemView, LinkView, MessageView, RunView, ThreadView
from tui.widgets.mail_rows import Mail, tree_order

INVERSE: Mapping[str, str] = {
    Relation.ANSWERS: "answered by",
    Relation.SUPPORTS: "supported by",
    Relation.DISPUTES: "disputed by",
    Relation.REFUTES: "refuted by",
    Relation.ACCEPTS: "accepted by",
    Relation.REJECTS: "rejected by",
    Relation.SUPERSEDES: "superseded by",
    Relation.REFINES: "refined by",
    Relation.MOTIVATES: "motivated by",
    Relation.FULFILS: "fulfilled by",
}


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A thread as the conversation screen shows it."""

    thread: ThreadView
    mails: tuple[Mail, ...]
    """By number."""
    items: tuple[ItemView, ...]
    """In reading order."""
    collated: Collated


@dataclass(frozen=True, slots=True)
class RawPage:
    """A mail as it came."""

    message: MessageView
    content: bytes
    """Empty where the bytes are not kept."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An item at the other end of a link."""

    item: ItemView
    relation: str
    """`answers`, `answered by`, …: read from the item whose page this is."""
    outward: bool
    because: str
    link: LinkView


@dataclass(frozen=True, slots=True)
class ItemPage:
    """An item with its mail, its neighbours and its runs."""

    item: ItemView
    shown: str
    """Its id as people see it."""
    mail: Mail
    neighbours: tuple[Neighbour, ...]
    """What leads here first, then what it leads to, each in reading order."""
    runs: tuple[RunView, ...]
    """Latest first."""
    disagreement: str
    """How thread and verdict disagree; empty where they do not."""


def read_threads(path: Path) -> tuple[ThreadView, ...]:
    """Every thread, last written first."""
    with reading(path) as reader:
        return reader.threads()


def read_thread(path: Path, thread: str) -> ThreadPage | None:
    """A thread by its full id; None where it is gone."""
    with reading(path) as reader:
        found = reader.threads(thread)
        if not found:
            return None
        messages = reader.messages(thread)
        items = reader.items(Filter(thread=thread))
        within: dict[str, list[ItemView]] = {}
        for item in items:
            within.setdefault(item.message_id, []).append(item)
        zones = reader.zones_of_thread(thread)
        numbers = {m.message_id: m.number for m in messages}
        subjects = {m.message_id: _bare(m.subject) for m in messages}
        depths = {m.message_id: depth for m, depth in tree_order(messages)}
        mails = tuple(
            Mail(
                message=m,
                zones=zones.get(m.message_id, ()),
                items=tuple(within.get(m.message_id, ())),
                quotes=numbers,
                depth=depths[m.message_id],
                new_subject=subjects[m.message_id] != subjects.get(m.parent_id or "", ""),
            )
            for m in messages
        )
    return ThreadPage(found[0], mails, items, collate(messages, zones))


def read_raw(path: Path, message_id: str) -> RawPage | None:
    """A mail's bytes by its Message-ID; None where there is no such mail."""
    with reading(path) as reader:
        message = reader.message(message_id)
        if message is None:
            return None
        rows = reader.ask("raw_mail", message=message_id)
        return RawPage(message, bytes(rows[0]["content"]) if rows else b"")


def read_item(path: Path, item_id: str) -> ItemPage | None:
    """An item by its full id; None where it is gone."""
    with reading(path) as reader:
        item = reader.item(item_id)
        message = reader.message(item.message_id) if item is not None else None
        if item is None or message is None:
            return None
        zones = reader.zones(message.message_id)
        named = {z.quoted.message_id for z in zones if z.quoted} | {message.parent_id or ""}
        quoted = [found for name in sorted(named) if (found := reader.message(name)) is not None]
        mail = Mail(
            message=message,
            zones=zones,
            items=reader.items(Filter(message=message.message_id)),
            quotes={m.message_id: m.number for m in quoted},
            new_subject=True,
        )
        return ItemPage(
            item=item,
            shown=reader.shown(item_id),
            mail=mail,
            neighbours=_neighbours(reader, item_id),
            runs=reader.runs_of(item_id),
            disagreement=disagreement(item),
        )


def now_called(path: Path, item: ItemView) -> str | None:
    """The full id of the item that has an item's words, whatever its kind is now."""
    with reading(path) as reader:
        return next((i.id for i in reader.items_of(item.message_id) if i.quote == item.quote), None)


def _neighbours(reader: Reader, item_id: str) -> tuple[Neighbour, ...]:
    out = []
    for link in reader.links_of(item_id):
        outward = link.source == item_id
        other = reader.item(link.target if outward else link.source)
        if other is not None:
            words = link.relation if outward else INVERSE.get(link.relation, f"{link.relation} (from)")
            out.append(Neighbour(other, words, outward, link.because, link))
    out.sort(key=lambda n: (n.outward, n.item.number, n.item.start, n.item.id))
    return tuple(out)


def _bare(subject: str) -> str:
    words = subject.strip().casefold()
    while words.startswith(("re:", "aw:", "fwd:")):
        words = words.partition(":")[2].strip()
    return words


def messages_by_tree(page: ThreadPage) -> list[Mail]:
    """The mails of a page with each reply under what it answers."""
    by_id = {mail.message.message_id: mail for mail in page.mails}
    ordered: list[tuple[MessageView, int]] = tree_order([mail.message for mail in page.mails])
    return [by_id[m.message_id] for m, _ in ordered]
