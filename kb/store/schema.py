"""In: nothing. Out: the tables, durable and derived, as SQLAlchemy knows them.

Durable tables (`raw_mails`, `corrections`, `runs`) hold what cannot be made again. Everything in `DERIVED` can be
dropped and built from them by `threadkb rebuild`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
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
    UniqueConstraint("message_id", "sha256"),
)
"""Every mail's bytes as they came. `replaced_by` names the real mail that took a provisional one's place."""

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
)
"""Every verdict ever, append-only; the latest run of an item is its verdict. Lists and objects are JSON."""

threads = Table(
    "threads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("root_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("first_date", Text, nullable=False),
    Column("last_date", Text, nullable=False, index=True),
)

messages = Table(
    "messages",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("thread_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("parent_id", Text),
    Column("subject", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("date", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("provisional", Boolean, nullable=False),
    UniqueConstraint("thread_id", "number"),
)

ancestors = Table(
    "ancestors",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("ancestor_id", Text, primary_key=True),
    Index("ancestors_by_ancestor", "ancestor_id"),
)
"""Each Message-ID that a message's headers name, present or not: what ties a late mail to its thread."""

zones = Table(
    "zones",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("quoted_id", Text),
    Column("quoted_start", Integer),
    Column("quoted_end", Integer),
)

problems = Table(
    "problems",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", Text, nullable=False, index=True),
    Column("place", Text, nullable=False),
    Column("what", Text, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("thread_id", Text, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("change_id", Text),
    Column("expected", Integer, nullable=False),
    Column("found", Integer, nullable=False),
)
"""The versions of a patch series that b4 finds in a thread."""

trailers = Table(
    "trailers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("thread_id", Text, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("patch", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("message_id", Text),
)
"""Trailers as b4 reads them: on the patch itself, or given in a follow-up."""

items = Table(
    "items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("thread_id", Text, nullable=False),
    Column("message_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("says", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("cue", Text, nullable=False),
    Column("commits", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("by_item", Text),
    CheckConstraint("kind IN ('claim', 'question', 'decision', 'action')"),
    Index("items_by_thread", "thread_id", "kind", "state"),
    Index("items_by_kind", "kind", "state"),
)

topics = Table(
    "topics",
    metadata,
    Column("item_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("rank", Integer, nullable=False),
    Index("topics_by_topic", "topic"),
)

entities = Table(
    "entities",
    metadata,
    Column("item_id", Text, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("rank", Integer, nullable=False),
    Index("entities_by_entity", "entity"),
)

links = Table(
    "links",
    metadata,
    Column("source", Text, primary_key=True),
    Column("relation", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("thread_id", Text, nullable=False, index=True),
    Column("confidence", Float, nullable=False),
    Column("because", Text, nullable=False),
    Index("links_by_target", "target"),
)

extracted = Table(
    "extracted",
    metadata,
    Column("thread_id", Text, primary_key=True),
    Column("content", Text, nullable=False),
)
"""For a thread that somebody corrected, its items and links as they were extracted, as JSON."""

conflicts = Table(
    "conflicts",
    metadata,
    Column("thread_id", Text, primary_key=True),
    Column("correction_id", Text, primary_key=True),
    Column("what", Text, nullable=False),
)
"""Corrections that cannot be carried out as the mail or other corrections now stand, and why not."""

DURABLE = (raw_mails, corrections, runs)
DERIVED = (
    threads,
    messages,
    ancestors,
    zones,
    problems,
    series,
    trailers,
    items,
    topics,
    entities,
    links,
    extracted,
    conflicts,
)

SEARCH_TABLE = """
CREATE VIRTUAL TABLE search USING fts5(
    kind UNINDEXED, ref UNINDEXED, thread_id UNINDEXED, text, tokenize = "unicode61 tokenchars '_'"
)
"""
"""Full text of the messages' own words and of the items; identifiers with underscores are one word."""
