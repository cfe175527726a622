"""In: nothing. Out: the table of what was forgotten on somebody's wish; it is durable, and names nobody."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from kb.store.durable import metadata

forgotten = Table(
    "forgotten",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("what", Text, nullable=False),
    Column("words", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""Tombstones: the digest of a Message-ID (`what` is `mail`), of a person's `name` of so many `words`, of an `address`.

`label` is what stands in its place."""
