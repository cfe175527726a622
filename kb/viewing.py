"""In: a row of a read query. Out: the view it is. Pure."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kb.records import Correction, ItemKind, Named, Passage, Zone, ZoneKind
from kb.views import ItemView, MessageView, RunView


def zone_of(row: sqlite3.Row | Mapping[str, Any]) -> Zone:
    """A zone of a message's body."""
    quoted = row["quoted_id"]
    passage = None if quoted is None else Passage(quoted, row["quoted_start"], row["quoted_end"])
    return Zone(ZoneKind(row["kind"]), row["start"], row["end"], row["depth"], passage)


def message_of(row: sqlite3.Row) -> MessageView:
    """A message."""
    return MessageView(**{**dict(row), "provisional": bool(row["provisional"])})


def item_of(row: sqlite3.Row) -> ItemView:
    """An item."""
    values = dict(row)
    values["topics"] = tuple(json.loads(values["topics"]))
    values["entities"] = tuple(json.loads(values["entities"]))
    return ItemView(**values)


def run_of(row: sqlite3.Row) -> RunView:
    """A run."""
    values = dict(row)
    values["predicate"] = json.loads(values["predicate"])
    values["evidence"] = tuple(json.loads(values["evidence"]))
    values["assumptions"] = tuple(json.loads(values["assumptions"]))
    values["extracted"] = bool(values["extracted"])
    return RunView(**values)


def correction_of(row: sqlite3.Row | Mapping[str, Any]) -> Correction:
    """A correction."""
    named = tuple(Named(**{**one, "kind": ItemKind(one["kind"])}) for one in json.loads(row["named"]))
    when = datetime.fromisoformat(row["at"])
    return Correction(row["item_id"], row["verb"], row["value"], row["who"], when, row["why"], named)
