"""In: the durable tables. Out: what a dump must know of each: what makes a row itself, its order, what it points to.

All but a few facts are read from the tables themselves, so that a table that is added to `DURABLE` is dumped too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Column, Integer, Table, UniqueConstraint

from kb.store import schema

FORMAT = 1
"""Of the dump; the columns of each table are the schema's."""

_POINTS = {"source_mails": {"mail_id": "raw_mails", "source_id": "sources"}}
"""Columns that hold the row number of another table's row: dumped as what makes that row itself."""
_OF_MAIL = frozenset({"raw_mails", "source_mails"})
"""Left out of a dump without mail."""
_UNSEEN = {"sources": "seen"}
"""What tells how much of a source is here already, and is blank where the mail is not."""
_ONE_BASE = frozenset({"journal"})
"""What happened in one database; another one's is taken only where there is none."""
_BY_TIME = frozenset({"corrections"})
"""Tables whose rows count in the order of their time, whenever they were kept."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a dump knows of one table."""

    table: Table
    columns: tuple[Column[object], ...]
    """Those that are dumped: a row's number is not, where it is only that."""
    key: tuple[str, ...]
    """The columns that make a row itself; () where all of them do."""
    points: Mapping[str, str] = field(default_factory=dict)
    of_mail: bool = False
    unseen: str = ""
    one_base: bool = False
    by_time: bool = False

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def numbered(self) -> bool:
        """Whether its rows are known by a number, in the order in which they were kept."""
        return "id" in self.table.columns and len(self.columns) < len(self.table.columns)

    @property
    def time(self) -> str:
        """The column that says when; "" if none does."""
        return next((c.name for c in self.columns if c.name == "at" or c.name.endswith("_at")), "")


def kinds() -> tuple[Kind, ...]:
    """Every durable table, so that no row stands before one that it points to."""
    return tuple(_kind(table) for table in schema.DURABLE)


def _kind(table: Table) -> Kind:
    primary = list(table.primary_key.columns)
    numbered = len(primary) == 1 and isinstance(primary[0].type, Integer) and primary[0].name == "id"
    unique = next((c for c in sorted(table.constraints, key=str) if isinstance(c, UniqueConstraint)), None)
    if numbered:
        key = tuple(column.name for column in unique.columns) if unique is not None else ()
    else:
        key = tuple(column.name for column in primary)
    return Kind(
        table,
        tuple(column for column in table.columns if not (numbered and column is primary[0])),
        key,
        _POINTS.get(table.name, {}),
        table.name in _OF_MAIL,
        _UNSEEN.get(table.name, ""),
        table.name in _ONE_BASE,
        table.name in _BY_TIME,
    )
