"""In: a reader and a mail's Message-ID. Out: what is open or refuted below that mail, as b4 shows results of checks.

Each result is an object of b4's external check protocol: tool, status (pass, warn, fail), summary, url, details.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from kb.attention import is_open
from kb.reading import Filter, Reader
from kb.records import ItemKind, State, Verdict
from kb.views import ItemView
from kb.visible import one_line

TOOL = "threadkb"
_MOST = 40
"""Items that are told in the details."""
_WIDTH = 160
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+=@/-]{2,250}")
_SETTLED = frozenset({State.REFUTED, State.REJECTED, State.SUPERSEDED})
"""States in which the list has said already that something is not so."""


def result(status: str, summary: str, *, url: str = "", details: str = "") -> dict[str, str]:
    """One result of ours."""
    return {"tool": TOOL, "status": status, "summary": one_line(summary), "url": url, "details": details}


def results(reader: Reader, message_id: str, *, confidence: float | None = None) -> list[dict[str, str]]:
    """One result for the mail with this Message-ID and all replies to it.

    `fail` where a check refutes what still stands in the thread, `warn` where something is open, `pass` where nothing
    is. A mail that is not here is `warn`. Items found with less than `confidence` are left out.
    """
    message = reader.message(message_id)
    if message is None:
        return [result("warn", f"not in the knowledge base; {_todo(message_id)}")]
    thread = reader.threads(message.thread_id)[0]
    items: Sequence[ItemView] = reader.items(Filter(thread=thread.id, confidence=confidence))
    if message_id != thread.root_id:
        below = _below(reader, thread.id, message_id)
        items = [item for item in items if item.message_id in below]
    url = message.origin if message.origin.startswith(("https://", "http://")) and message.origin.isascii() else ""
    refuted = [item for item in items if item.verdict == Verdict.REFUTED and item.state not in _SETTLED]
    groups = [
        ([item for item in refuted if item.kind == ItemKind.CLAIM], "claim", "refuted"),
        ([item for item in refuted if item.state == State.ACCEPTED], "decision", "refuted"),
        (_open(items, ItemKind.QUESTION, refuted), "open question", ""),
        (_open(items, ItemKind.CLAIM, refuted), "claim", "disputed"),
        (_open(items, ItemKind.ACTION, refuted), "action", "not done"),
    ]
    told = [_counted(len(found), thing, how) for found, thing, how in groups if found]
    status = "fail" if groups[0][0] or groups[1][0] else "warn" if told else "pass"
    verified = sum(item.verdict == Verdict.VERIFIED for item in items)
    summary = ", ".join(told) or f"nothing open; {_counted(len(items), 'item', '')}, {verified} verified"
    listed = [line for found, _, how in groups for line in _lines(reader, found, how == "refuted")]
    left = len(listed) - _MOST
    if left > 0:
        listed[_MOST:] = [{"status": "pass", "description": f"{left} more: `threadkb show {reader.shown(thread.id)}`"}]
    return [result(status, summary, url=url[:2000], details=json.dumps(listed) if listed else "")]


def _todo(message_id: str) -> str:
    if not message_id:
        return "the mail has no Message-ID"
    # only what a shell takes as it stands is offered as a command
    return (
        f"`threadkb ingest {message_id}` fetches it" if _PLAIN.fullmatch(message_id) else "`threadkb ingest` takes it"
    )


def _below(reader: Reader, thread: str, message_id: str) -> set[str]:
    """The Message-IDs of a mail and of all that answers it, at any depth."""
    under: dict[str, list[str]] = {}
    for message in reader.messages(thread):
        if message.parent_id:
            under.setdefault(message.parent_id, []).append(message.message_id)
    found: set[str] = set()
    waiting = [message_id]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(under.get(name, ()))
    return found


def _open(items: Sequence[ItemView], kind: ItemKind, told: Sequence[ItemView]) -> list[ItemView]:
    seen = {item.id for item in told}
    return [item for item in items if item.kind == kind and is_open(item) and item.id not in seen]


def _counted(count: int, thing: str, how: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'} {how}".strip()


def _lines(reader: Reader, found: Sequence[ItemView], refuted: bool) -> Iterator[dict[str, Any]]:
    """An object for each item, as b4 reads lists of findings."""
    for item in found:
        finding = f"; the check: {one_line(item.summary)}" if refuted and item.summary else ""
        yield {
            "status": "fail" if refuted else "warn",
            "state": "refuted" if refuted else item.state,
            "context": f"{item.kind} {reader.shown(item.id)}, #{item.number} {one_line(item.author)}",
            "description": f"{one_line(item.quote, width=_WIDTH)}{finding}",
        }
