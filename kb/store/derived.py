"""In: a thread's id. Out: the thread, and what was extracted from it, read back from the rows that they became."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, select, text

from kb.records import Item, ItemKind, Link, Message, Quote, Relation, Thread, Zone
from kb.store import schema
from kb.store.extracted import Extracted, from_text
from kb.viewing import zone_of


def thread_in(connection: Connection, thread_id: str) -> Thread:
    """A thread as it was derived; what hangs on its mails' headers alone (references, problems) is left out."""
    m = schema.messages
    mails = connection.execute(select(m).where(m.c.thread_id == thread_id).order_by(m.c.number)).all()
    z = schema.zones
    zones: dict[str, list[Zone]] = {row.message_id: [] for row in mails}
    placed = select(z).join(m, m.c.message_id == z.c.message_id).where(m.c.thread_id == thread_id)
    for row in connection.execute(placed.order_by(z.c.message_id, z.c.start)):
        zones[row.message_id].append(zone_of(row._asdict()))
    head = connection.execute(select(schema.threads).where(schema.threads.c.id == thread_id)).one()
    return Thread(
        head.root_id,
        head.subject,
        tuple(
            Message(
                row.message_id,
                row.parent_id,
                (),
                row.subject,
                row.author,
                row.address,
                datetime.fromisoformat(row.date),
                row.body,
                row.sha256,
                row.origin,
                row.provisional,
            )
            for row in mails
        ),
        {name: tuple(found) for name, found in zones.items()},
    )


def extracted_in(connection: Connection, thread_id: str) -> Extracted:
    """A thread's items, in reading order, and links as they were extracted, before anybody corrected them."""
    kept = connection.execute(
        select(schema.extracted.c.content).where(schema.extracted.c.thread_id == thread_id)
    ).scalar_one_or_none()
    if kept is not None:
        return from_text(kept)
    i, m = schema.items, schema.messages
    names: dict[str, dict[str, list[str]]] = {}
    for table, column in ((schema.topics, "topic"), (schema.entities, "entity")):
        names[column] = defaultdict(list)
        of_thread = select(table).join(i, i.c.id == table.c.item_id).where(i.c.thread_id == thread_id)
        for row in connection.execute(of_thread.order_by(table.c.item_id, table.c.rank)):
            names[column][row.item_id].append(getattr(row, column))
    ordered = select(i).join(m, m.c.message_id == i.c.message_id).where(i.c.thread_id == thread_id)
    items = tuple(
        Item(
            row.id,
            ItemKind(row.kind),
            Quote(row.message_id, row.start, row.end, row.quote),
            row.says,
            row.confidence,
            row.cue,
            tuple(names["topic"][row.id]),
            tuple(names["entity"][row.id]),
            row.commits,
        )
        for row in connection.execute(ordered.order_by(m.c.number, i.c.start, i.c.id))
    )
    k = schema.links
    links = connection.execute(select(k).where(k.c.thread_id == thread_id).order_by(text("rowid")))
    return Extracted(
        items, tuple(Link(r.source, Relation(r.relation), r.target, r.confidence, r.because) for r in links)
    )
