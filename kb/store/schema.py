"""In: nothing. Out: the tables, durable (`kb.store.durable`) and derived, as SQLAlchemy knows them.

Everything in `DERIVED` can be dropped and built from what is in `DURABLE` by `threadkb rebuild`.
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
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kb.store.durable import corrections as corrections
from kb.store.durable import journal as journal
from kb.store.durable import metadata as metadata
from kb.store.durable import raw_mails as raw_mails
from kb.store.durable import runs as runs
from kb.store.durable import source_mails as source_mails
from kb.store.durable import sources as sources
from kb.store.forgotten_table import forgotten as forgotten
from kb.store.series_tables import carried as carried
from kb.store.series_tables import maintainers as maintainers
from kb.store.series_tables import nacks as nacks
from kb.store.series_tables import patches as patches

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
    Index("messages_by_minute", text("substr(date, 1, 16)")),
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

readings = Table(
    "readings",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""What extraction found in each mail (JSON, deflated), and the digest of all that this depends on: a mail is read again
only if that changes."""

search_places = Table(
    "search_places",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("thread_id", Text, nullable=False),
    Column("of_item", Boolean, nullable=False),
    Index("search_places_by_thread", "thread_id", "of_item"),
)
"""The rows of the search table by thread: that table itself finds words only."""

DURABLE = (raw_mails, sources, source_mails, corrections, runs, journal, carried, maintainers, forgotten)
DERIVED = (
    threads,
    messages,
    ancestors,
    zones,
    problems,
    series,
    trailers,
    patches,
    nacks,
    items,
    topics,
    entities,
    links,
    extracted,
    conflicts,
    readings,
    search_places,
)

SEARCH_TABLE = """
CREATE VIRTUAL TABLE search USING fts5(
    kind UNINDEXED, ref UNINDEXED, thread_id UNINDEXED, text, tokenize = "unicode61 tokenchars '_'"
)
"""
"""Full text of the messages' own words and of the items; identifiers with underscores are one word."""
