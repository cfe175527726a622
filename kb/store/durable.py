"""In: nothing. Out: the durable tables, as SQLAlchemy knows them: what they hold cannot be made again.

The journal is one of them, since when a mail came, and what stood before it, cannot be read from the mails.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

raw_mails = Table(
    "raw_mails",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("origin", Text, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("replaced_by", Text),
    Column("added_at", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default="0"),
    UniqueConstraint("message_id", "sha256"),
    Index("raw_by_digest", "sha256"),
    Index("raw_replaced", "replaced_by", sqlite_where=text("replaced_by IS NOT NULL")),
)
"""Every mail's bytes as they came. `replaced_by` names the real mail that took a provisional one's place; a
`withdrawn` mail was taken back by the archive that it came from, and nothing is derived from it."""

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("seen", Text, nullable=False),
    Column("at", Text, nullable=False),
    UniqueConstraint("kind", "address"),
)
"""Where mail came from: `kind` is a `kb.records.SourceKind`, `seen` what was last seen there, as its kind has it."""

source_mails = Table(
    "source_mails",
    metadata,
    Column("mail_id", Integer, primary_key=True, autoincrement=False),
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Which mail (`raw_mails.id`) a source (`sources.id`) gave; a mail may have several."""

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch", Integer, nullable=False, index=True),
    Column("at", Text, nullable=False, index=True),
    Column("thread_id", Text, nullable=False, index=True),
    Column("message_id", Text, nullable=False, index=True),
    Column("item_id", Text, nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("content", Text, nullable=False),
)
"""What each arrival of mail changed, append-only; `what` is one of `kb.journal.What`, `content` JSON."""

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Text, nullable=False, index=True),
    Column("verb", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("named", Text, nullable=False, server_default="[]"),
)
"""What people said by hand, append-only. `named` is JSON: the items meant, each with its words."""

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("check", Text, nullable=False),
    Column("predicate", Text, nullable=False),
    Column("bound_by", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("strength", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("assumptions", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("runs_by_item", "item_id", "id"),
    Index("runs_by_message", "message_id", "item_id", "id"),
    Index("runs_by_time", "at"),
)
"""Every verdict ever, append-only; the latest run of an item is its verdict. Lists and objects are JSON."""
