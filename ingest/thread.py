"""In: messages in any order, with duplicates. Out: threads, each the mails under one root by date.

The result depends on the set of messages only, never on their order; every message is in exactly one thread, and a
loop of replies is cut at its earliest message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from kb.records import Message, Thread

_REPLY_MARK = re.compile(
    r"\s*+(?:re|aw|antw|sv|vs|rv|ref|odp|ynt|回复|回覆|答复|答覆|返信)\s*+(?:\[\d{1,4}\]|\(\d{1,4}\))?\s*+[:\uff1a]\s*",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 2000


def plain_subject(subject: str) -> str:
    """`subject` without the marks that replies put before it ("Re:", "AW:", …)."""
    subject = subject[:_LONGEST_SUBJECT].strip()
    while mark := _REPLY_MARK.match(subject):
        subject = subject[mark.end() :]
    return subject


def _order(message: Message) -> tuple[datetime, str]:
    return message.date, message.message_id


def _one_of_each(messages: Iterable[Message]) -> dict[str, Message]:
    """One message for each Message-ID, by date: a real one before a provisional one, then the one with least mended."""
    chosen: dict[str, Message] = {}
    for message in sorted(
        messages, key=lambda m: (m.provisional, len(m.problems), m.date, m.sha256, m.subject, m.origin, repr(m))
    ):
        chosen.setdefault(message.message_id, message)
    return {message.message_id: message for message in sorted(chosen.values(), key=_order)}


class Groups:
    """Ids that belong together: union-find with the smaller id as the name of a group."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def name(self, member: str) -> str:
        path = []
        while (above := self._above.setdefault(member, member)) != member:
            path.append(member)
            member = above
        for passed in path:
            self._above[passed] = member
        return member

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.name(one), self.name(other)))
        self._above[second] = first


def _named_parent(message: Message, present: Mapping[str, object]) -> str | None:
    """The nearest ancestor of `message` that is present."""
    for ancestor in (message.parent_id, *reversed(message.references)):
        if ancestor is not None and ancestor in present and ancestor != message.message_id:
            return ancestor
    return None


def _parents(messages: Mapping[str, Message]) -> dict[str, str | None]:
    """The parent of each message among `messages`, in their order; each loop is cut at its earliest message."""
    parents = {name: _named_parent(message, messages) for name, message in messages.items()}
    settled: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at not in settled and at not in path:
            path[at] = None
            at = parents[at]
        if at is not None and at in path:
            names = list(path)
            loop = names[names.index(at) :]
            parents[min(loop, key=lambda name: _order(messages[name]))] = None
        settled.update(path)
    return parents


def threads_of(messages: Iterable[Message]) -> tuple[Thread, ...]:
    """The threads that `messages` form, by their root's date; `zones` is left empty.

    Messages that share an ancestor belong together, present or not. The root is the topmost message that is present:
    one that answers nothing before one whose parent is absent, then by date and Message-ID. It comes first, the
    others follow by date and Message-ID.
    """
    present = _one_of_each(messages)
    groups = Groups()
    for name, message in present.items():
        for ancestor in (message.parent_id, *message.references):
            if ancestor is not None:
                groups.join(name, ancestor)
    parents = _parents(present)
    members: dict[str, list[Message]] = {}
    for name, message in present.items():
        members.setdefault(groups.name(name), []).append(message)
    threads = []
    for found in members.values():
        tops = [message for message in found if parents[message.message_id] is None]
        root = min(tops, key=lambda m: (m.parent_id is not None or bool(m.references), *_order(m)))
        rest = [message for message in found if message is not root]
        threads.append(Thread(root.message_id, plain_subject(root.subject), (root, *rest)))
    return tuple(sorted(threads, key=lambda thread: _order(thread.messages[0])))


def children_of(thread: Thread) -> dict[str, tuple[str, ...]]:
    """Message-ID to the Message-IDs of its replies by date, for every message.

    What answers an absent mail hangs on the root.
    """
    present = {message.message_id: message for message in sorted(thread.messages, key=_order)}
    parents = _parents(present)
    children: dict[str, list[str]] = {message.message_id: [] for message in thread.messages}
    for name, parent in parents.items():
        if name != thread.root_id:
            children[parent or thread.root_id].append(name)
    return {name: tuple(replies) for name, replies in children.items()}
