"""In: folders with review threads and their annotations. Out: threads as training and scoring read them.

A folder holds `threads/NAME.mbox` and `gold/NAME.gold.jsonl`, or both kinds of file itself. What is missing or odd is a
`SourceError` with its place; an mbox without an annotation is passed over.
"""

from __future__ import annotations

import json
import mailbox
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.derive import zoned_threads
from ingest.evaluate import placed
from ingest.mail import parse
from kb.errors import SourceError
from kb.records import ItemKind, Message, RawMail, Relation, Thread

GOLD = ".gold.jsonl"
_LAYOUT = "give a folder with threads/NAME.mbox and gold/NAME.gold.jsonl, or with both files itself"


@dataclass(frozen=True, slots=True)
class Annotated:
    """One annotated thread."""

    name: str
    messages: tuple[Message, ...]
    """In the file's order, which the annotation counts by."""
    thread: Thread
    gold: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thread and its annotation lie."""

    name: str
    mbox: Path
    gold: Path


def places_in(folders: Sequence[Path], *, without: Sequence[str] = ()) -> tuple[Place, ...]:
    """The annotated threads of `folders`, by name; SourceError where there is none, or one lies in two of them."""
    found: dict[str, Place] = {}
    for folder in folders:
        if not folder.is_dir():
            raise SourceError(str(folder), "there is no such folder", _LAYOUT)
        inside = folder / "gold"
        golds = sorted((inside if inside.is_dir() else folder).glob(f"*{GOLD}"))
        if not golds:
            raise SourceError(str(folder), "holds no annotated thread", _LAYOUT)
        for gold in golds:
            name = gold.name.removesuffix(GOLD)
            boxes = [folder / "threads" / f"{name}.mbox", folder / f"{name}.mbox"]
            box = next((one for one in boxes if one.is_file()), None)
            if box is None:
                raise SourceError(str(gold), f"there is no '{name}.mbox' for it", _LAYOUT)
            if name in found:
                raise SourceError(str(gold), f"'{found[name].gold}' has the same name", "rename one, with its mbox")
            found[name] = Place(name, box, gold)
    kept = tuple(found[name] for name in sorted(found) if name not in without)
    if not kept:
        raise SourceError(" ".join(map(str, folders)), "holds no thread but those left out", "leave out fewer")
    return kept


def read(place: Place) -> Annotated:
    """The thread at `place` with its annotation; SourceError where one of them cannot be read or fits not the other."""
    gold = gold_rows(place.gold)
    try:
        with closing(mailbox.mbox(place.mbox, create=False)) as box:
            messages = tuple(parse(RawMail(mail.as_bytes(), place.name)) for mail in box)
    except OSError as wrong:
        raise SourceError(str(place.mbox), f"cannot be read: {wrong.strerror}", "give an mbox") from None
    if not messages:
        raise SourceError(str(place.mbox), "holds no mail", "give an mbox")
    if not placed(gold, messages)[0]:
        raise SourceError(str(place.gold), f"none of its quotes stands in '{place.mbox}'", "give that thread's mbox")
    threads = zoned_threads(messages)
    joined = tuple(message for thread in threads for message in thread.messages)
    zones = {key: value for thread in threads for key, value in thread.zones.items()}
    return Annotated(place.name, messages, Thread(threads[0].root_id, threads[0].subject, joined, zones), gold)


def annotated(folder: Path, name: str) -> Annotated:
    """The thread `name` of `folder` with its annotation."""
    return read(next(place for place in places_in([folder]) if place.name == name))


def gold_rows(path: Path) -> tuple[dict[str, Any], ...]:
    """The rows of an annotation; SourceError names the line that is no item."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as wrong:
        what = wrong.strerror if isinstance(wrong, OSError) else "is no UTF-8 text"
        raise SourceError(str(path), f"cannot be read: {what}", "give a gold annotation in JSON Lines") from None
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        wrong_at = _wrong(row)
        if wrong_at:
            todo = "write one object a line with message, kind and quote"
            raise SourceError(f"{path}:{number}", wrong_at, todo)
        rows.append(row)
    if not rows:
        raise SourceError(str(path), "holds no annotated item", "give a gold annotation in JSON Lines")
    return tuple(rows)


def _wrong(row: object) -> str:
    """Why `row` is no annotated item; "" where it is one."""
    if not isinstance(row, dict) or not {"kind", "quote"} <= set(row):
        return "is no annotated item"
    if row["kind"] not in tuple(ItemKind):
        return f"'{row['kind']}' is no kind; the kinds are {', '.join(ItemKind)}"
    links = row.get("links") or []
    if not isinstance(links, list) or not all(isinstance(one, dict) and {"to", "rel"} <= set(one) for one in links):
        return "its links are no list of objects with to and rel"
    odd = next((one["rel"] for one in links if one["rel"] not in tuple(Relation)), None)
    return "" if odd is None else f"'{odd}' is no relation; the relations are {', '.join(Relation)}"
