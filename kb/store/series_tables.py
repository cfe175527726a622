"""In: nothing. Out: the tables of patch series, of people's marks on what a new version says, of a MAINTAINERS file.

`carried` and `maintainers` are durable; the others are built from the mails.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from kb.store.durable import metadata

patches = Table(
    "patches",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("thread_id", Text, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("rfc", Boolean, nullable=False),
    Column("resend", Boolean, nullable=False),
    Column("tags", Text, nullable=False),
    Column("change_id", Text),
    Column("files", Text, nullable=False),
    Column("refers", Text, nullable=False),
    Column("above", Text),
)
"""Patch mails and cover letters as `kb.patches` reads them. Lists are JSON."""

nacks = Table(
    "nacks",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("thread_id", Text, nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("patch", Text, nullable=False),
)
"""Where somebody says no to a patch in so many words, as `kb.nacks` reads them."""

carried = Table(
    "carried",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("version_id", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index("carried_by_version", "version_id"),
)
"""What people said by hand of what a version (the Message-ID of its first mail) makes of an item of an older one.

Append-only; `mark` is one of `kb.carrying.Mark`, or `undo`, which takes the latest mark of that item back."""

maintainers = Table(
    "maintainers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""The MAINTAINERS files that somebody asked to be remembered; the last one counts."""
