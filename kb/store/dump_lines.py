"""In: a durable row. Out: its line in a dump, and the way back, with all that is wrong with a line said. Pure.

A line is safe on a terminal. Text that holds JSON stands in it as JSON, and comes back to the very same text.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary

from kb.journal import What
from kb.records import Evidence, SourceKind, Strength, Verdict
from kb.store.kinds import FORMAT, Kind
from kb.viewing import correction_of
from kb.visible import visible

Row = dict[str, Any]
HEAD = "threadkb-dump"

_SPECIAL = re.compile(r"[^\x20-\x7e]")
_LARGEST = 2**63 - 1


def head() -> str:
    """The first line of a dump."""
    return json.dumps({"table": HEAD, "format": FORMAT}) + "\n"


def to_line(kind: Kind, row: Mapping[str, Any]) -> str:
    """The line of a row, whose columns that point elsewhere hold what makes the row there itself."""
    values = {name: _shown(kind, name, value) for name, value in sorted(row.items())}
    text = json.dumps({"table": kind.name, **values}, ensure_ascii=False)
    return (text if text.isascii() and text.isprintable() else _SPECIAL.sub(_escape, text)) + "\n"


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char.isprintable() and visible(char, keep="") == char:
        return char
    return "\\u007f" if char == "\x7f" else json.dumps(char)[1:-1]


def _shown(kind: Kind, name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, str) and value[:1] in ("[", "{") and name not in kind.points:
        try:
            inner = json.loads(value, parse_constant=_no_number)
            if json.dumps(inner) == value:
                return inner
        except (ValueError, RecursionError):
            return value
    return value


def _no_number(text: str) -> Any:
    raise ValueError(f"'{text}' is no number")


def read_line(text: str) -> dict[str, Any]:
    """The object on a line; ValueError says in words why it is none."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("is nested too deep") from None
    except json.JSONDecodeError as wrong:
        raise ValueError(f"is no JSON: {wrong.msg} at character {wrong.pos + 1}") from None
    if not isinstance(value, dict) or not isinstance(value.get("table"), str):
        raise ValueError("is no JSON object that names a table")
    return value


def check_head(value: Mapping[str, Any]) -> None:
    """ValueError where this is not the first line of a dump that this program reads."""
    if value.get("table") != HEAD or not isinstance(value.get("format"), int):
        raise ValueError("is not the first line of a dump")
    if value["format"] > FORMAT:
        raise ValueError(f"a newer threadkb wrote this dump (format {value['format']}, this one reads {FORMAT})")


def from_line(kind: Kind, value: Mapping[str, Any]) -> Row:
    """The row on a line; ValueError says in words what is wrong with it."""
    given = {name: each for name, each in value.items() if name != "table"}
    known = {column.name: column for column in kind.columns}
    for name in given:
        if name not in known:
            raise ValueError(f"{kind.name} have no '{name[:40]}'; perhaps a newer threadkb wrote it")
    row = {name: _value(kind, column, given) for name, column in known.items()}
    for name, content in row.items():
        if (name == "at" or name.endswith("_at")) and datetime.fromisoformat(content).tzinfo is None:
            raise ValueError(f"{name} '{content}' names no time zone")
    check = _CHECKS.get(kind.name)
    if check is not None:
        try:
            check(row)
        except (KeyError, TypeError, AttributeError, RecursionError) as wrong:
            raise ValueError(f"what it holds cannot be read: {wrong}") from None
    return row


def _value(kind: Kind, column: Column[object], given: Mapping[str, Any]) -> Any:
    name = column.name
    if name not in given:
        default = column.server_default
        if default is not None:
            text = str(getattr(default, "arg", ""))
            return text == "1" if isinstance(column.type, Boolean) else text
        if column.nullable:
            return None
        raise ValueError(f"'{name}' is missing")
    value = given[name]
    if value is None and column.nullable:
        return None
    if name in kind.points:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ValueError(f"'{name}' names no row")
        return tuple(_encodable(name, each) for each in value)
    match column.type:
        case Boolean():
            fits = isinstance(value, bool)
        case LargeBinary():
            return _bytes(name, value)
        case Integer():
            fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST
        case Float():
            fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case _:
            if isinstance(value, list | dict):
                value = json.dumps(value)
            fits = isinstance(value, str)
    if not fits:
        raise ValueError(f"'{name}' is {str(value)[:40]!r}, which it cannot be")
    return _encodable(name, value) if isinstance(value, str) else value


def _encodable(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"'{name}' holds half a character (a lone surrogate)") from None
    return text


def _bytes(name: str, value: Any) -> bytes:
    try:
        return base64.b64decode(value["base64"], validate=True)
    except (TypeError, KeyError, ValueError):
        raise ValueError(f"'{name}' is no base64") from None


def _correction(row: Row) -> None:
    correction = correction_of(row)
    if not correction.named:
        raise ValueError("the correction names no item")
    for one in correction.named:
        for text in (one.id, one.message_id, one.quote):
            _encodable("named", text)


def _run(row: Row) -> None:
    Verdict(row["verdict"])
    Strength(row["strength"])
    if not isinstance(json.loads(row["predicate"]), dict):
        raise ValueError("'predicate' is no object")
    for line in json.loads(row["evidence"]):
        Evidence(**line)
    if not all(isinstance(each, str) for each in json.loads(row["assumptions"])):
        raise ValueError("'assumptions' is no list of words")


def _raw(row: Row) -> None:
    if sha256(row["content"]).hexdigest() != row["sha256"]:
        raise ValueError("the mail's bytes are not those of its digest")


def _source(row: Row) -> None:
    SourceKind(row["kind"])


def _journal(row: Row) -> None:
    What(row["what"])
    if not isinstance(json.loads(row["content"]), dict):
        raise ValueError("'content' is no object")


_CHECKS: dict[str, Callable[[Row], None]] = {
    "corrections": _correction,
    "runs": _run,
    "raw_mails": _raw,
    "sources": _source,
    "journal": _journal,
}
"""What each kind must hold beyond the types of its columns, so that reading it later cannot fail."""
