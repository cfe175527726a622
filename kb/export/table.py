"""In: items as plain objects. Out: the same as CSV (RFC 4180) that no spreadsheet takes for formulas.

A cell of text that a spreadsheet would calculate begins with an apostrophe; hidden characters are visible.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kb.visible import one_line

COLUMNS = (
    "id", "thread", "message_id", "number", "date", "author", "kind", "state", "because", "verdict", "confidence",
    "quote", "says", "start", "end", "topics", "entities", "links",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "'", '"')
"""What makes a cell a formula in one program or another, or hides that it is none."""


def lines(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of the file without their ends; lists are one cell, parted by semicolons."""
    yield ",".join(COLUMNS)
    for item in items:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([_cell(item.get(name)) for name in COLUMNS])
        yield line.getvalue()


def _cell(value: Any) -> str | int | float:
    match value:
        case None:
            return ""
        case bool() | int() | float():
            return value
        case list():
            return _safe("; ".join(f"{v['rel']} {v['to']}" if isinstance(v, Mapping) else str(v) for v in value))
        case _:
            return _safe(str(value))


def _safe(text: str) -> str:
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line
