"""In: threads as they stood before mail came, and after. Out: what changed, as values. Pure.

A thread that is new is one change; of a thread that was known every new mail and item is one, and every state that
moved. What vanished is told too: nothing is dropped in silence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kb.ids import item_id
from kb.records import ItemKind


class What(StrEnum):
    """What can change."""

    THREAD = "thread"
    """A thread is new."""
    ROOT = "root"
    """An earlier mail came, and the thread has another id by it."""
    JOINED = "joined"
    """A mail showed that two threads are one."""
    SPLIT = "split"
    MAIL = "mail"
    GONE = "gone"
    """A mail was taken back by the archive that it came from."""
    ITEM = "item"
    KIND = "kind"
    """The same words are read as another kind of item."""
    STATE = "state"
    VANISHED = "vanished"
    CONFLICT = "conflict"
    """A correction that can no longer be carried out."""
    SETTLED = "settled"
    """A correction that can be carried out again."""
    VERDICT = "verdict"
    """A check came out otherwise than before, or a new item was checked."""


@dataclass(frozen=True, slots=True)
class MailSeen:
    """A mail as a journal needs it."""

    message_id: str
    thread_id: str
    number: int
    author: str
    date: str
    """ISO 8601, UTC."""
    gives: str = ""
    """Its stance on the patches, as tags: `Reviewed-by`, `NACK`."""


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """An item as a journal needs it."""

    id: str
    kind: str
    message_id: str
    quote: str
    state: str
    because: str
    by_item: str | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Some threads at one time."""

    threads: Mapping[str, str] = field(default_factory=dict)
    """Id to subject."""
    mails: Mapping[str, MailSeen] = field(default_factory=dict)
    items: Mapping[str, ItemSeen] = field(default_factory=dict)
    conflicts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Id of a correction to a thread's id and why the correction cannot be carried out."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed."""

    what: What
    thread_id: str
    message_id: str
    """The mail that holds what changed."""
    number: int
    """That mail's number in the thread."""
    author: str
    date: str
    """When the mail was written that brought the change about."""
    item_id: str = ""
    kind: str = ""
    quote: str = ""
    before: str = ""
    after: str = ""
    because: str = ""
    by_item: str = ""
    """The item whose link brought it about, with the number and the author of its mail."""
    by_number: int = 0
    by_author: str = ""
    verdict: str = ""
    """What the item's last check had shown."""
    batch: int = 0
    """The arrival that it belongs to; 0 until it is kept."""
    at: str = ""
    """When it was found."""


def changes(before: Snapshot, after: Snapshot, moved: Mapping[str, str] | None = None) -> tuple[Change, ...]:
    """What changed from `before` to `after`, newest first.

    `moved` has the Message-ID of each provisional mail whose place a real one took, and that of the real one.
    """
    return in_order(_Comparing(before, after, moved or {}).all())


def in_order(found: Iterable[Change]) -> tuple[Change, ...]:
    """`found` with the newest arrival first; in it whole threads first, then what the newest mails brought about."""
    ranks = {what: rank for rank, what in enumerate(reversed(_SHOWN_ORDER))}
    return tuple(
        sorted(
            found,
            key=lambda c: (
                c.batch,
                c.what in _OF_THREADS,
                c.date,
                max(c.by_number, c.number),
                ranks[c.what],
                c.number,
                c.item_id,
            ),
            reverse=True,
        )
    )


_OF_THREADS = (What.THREAD, What.JOINED, What.SPLIT, What.ROOT)
_SHOWN_ORDER = (
    *_OF_THREADS,
    What.CONFLICT,
    What.SETTLED,
    What.VERDICT,
    What.STATE,
    What.KIND,
    What.VANISHED,
    What.ITEM,
    What.GONE,
    What.MAIL,
)


class _Comparing:
    """Two snapshots, with what was known before named as it is named after."""

    def __init__(self, before: Snapshot, after: Snapshot, moved: Mapping[str, str]) -> None:
        self.before, self.after, self.moved = before, after, moved
        self.known = {moved.get(name, name): mail for name, mail in before.mails.items()}
        self.items = {self._renamed(item): item for item in before.items.values()}
        self.fresh = {name: mail for name, mail in after.mails.items() if name not in self.known}
        homes = defaultdict(set)
        for name, mail in after.mails.items():
            if name in self.known:
                homes[mail.thread_id].add(self.known[name].thread_id)
        self.homes = homes
        """For each thread after, the threads before whose mails it holds; empty for a new one."""

    def _renamed(self, item: ItemSeen) -> str:
        place = self.moved.get(item.message_id)
        return item.id if place is None else item_id(place, ItemKind(item.kind), item.quote)

    def all(self) -> Iterator[Change]:
        yield from self._threads()
        for name, mail in self.fresh.items():
            if self.homes[mail.thread_id]:
                yield replace(self._of_mail(What.MAIL, name, mail), after=mail.gives)
        for name, mail in self.known.items():
            if name not in self.after.mails:
                yield replace(self._of_mail(What.GONE, name, mail), date=self._last(mail.thread_id))
        yield from self._items()
        yield from self._conflicts()

    def _of_mail(self, what: What, name: str, mail: MailSeen) -> Change:
        return Change(what, mail.thread_id, name, mail.number, mail.author, mail.date)

    def _last(self, thread_id: str) -> str:
        """When the last new mail of a thread was written, or the last mail where none is new."""
        here = [m.date for m in self.fresh.values() if m.thread_id == thread_id]
        return max(here or [m.date for m in self.after.mails.values() if m.thread_id == thread_id], default="")

    def _threads(self) -> Iterator[Change]:
        """What became of whole threads."""
        ends: dict[str, set[str]] = defaultdict(set)
        for thread, homes in self.homes.items():
            for home in homes:
                ends[home].add(thread)
        for thread, subject in self.after.threads.items():
            mails = [m for m in self.after.mails.values() if m.thread_id == thread]
            root = min(mails, key=lambda m: m.number)
            told = replace(self._of_mail(What.THREAD, root.message_id, root), quote=subject, date=self._last(thread))
            homes = self.homes[thread]
            if not homes:
                items = sum(self.after.mails[i.message_id].thread_id == thread for i in self.after.items.values())
                yield replace(told, after=f"{counted(len(mails), 'mail')}, {counted(items, 'item')}")
                continue
            for home in sorted(homes):
                if len(homes) > 1 and home != thread:
                    yield replace(told, what=What.JOINED, before=home, after=thread)
                elif len(ends[home]) > 1 and home != thread:
                    yield replace(told, what=What.SPLIT, before=home, after=thread)
                elif home != thread:
                    yield replace(told, what=What.ROOT, before=home, after=thread)

    def _items(self) -> Iterator[Change]:
        vanished = {own: item for own, item in self.items.items() if own not in self.after.items}
        by_words = {(self.moved.get(i.message_id, i.message_id), i.quote): own for own, i in vanished.items()}
        for own, item in self.after.items.items():
            mail = self.after.mails[item.message_id]
            was = self.items.get(own)
            if was is not None and was.state != item.state:
                yield self._moved(item, was)
            elif was is None and self.homes[mail.thread_id]:
                old = by_words.pop((item.message_id, item.quote), None)
                if old is None:
                    yield self._of_item(What.ITEM, item, mail, after=item.state)
                else:
                    change = self._of_item(What.KIND, item, mail, before=vanished.pop(old).id, after=own)
                    yield replace(change, date=self._last(mail.thread_id))
        for own, item in vanished.items():
            name = self.moved.get(item.message_id, item.message_id)
            there = self.after.mails.get(name)
            mail, after = (there, "") if there is not None else (self.known[name], What.GONE)
            change = self._of_item(What.VANISHED, replace(item, id=own), mail, before=item.state, after=after)
            yield replace(change, date=self._last(mail.thread_id))

    def _of_item(self, what: What, item: ItemSeen, mail: MailSeen, *, before: str = "", after: str = "") -> Change:
        return replace(
            self._of_mail(what, mail.message_id, mail),
            item_id=item.id,
            kind=item.kind,
            quote=item.quote,
            before=before,
            after=after,
            because=item.because,
            verdict=item.verdict or "",
        )

    def _moved(self, item: ItemSeen, was: ItemSeen) -> Change:
        mail = self.after.mails[item.message_id]
        change = self._of_item(What.STATE, item, mail, before=was.state, after=item.state)
        other = self.after.items.get(item.by_item or "")
        if other is None:
            return replace(change, date=self._last(mail.thread_id), verdict=was.verdict or "")
        by = self.after.mails[other.message_id]
        return replace(change, date=by.date, by_item=other.id, by_number=by.number, by_author=by.author)

    def _conflicts(self) -> Iterator[Change]:
        before, after = self.before.conflicts, self.after.conflicts
        for own in sorted(before.keys() ^ after.keys()):
            there = own in after
            thread, why = after[own] if there else before[own]
            mails = [m for m in self.after.mails.values() if m.thread_id == thread] or list(self.after.mails.values())
            if mails:
                root = min(mails, key=lambda m: m.number)
                change = self._of_mail(What.CONFLICT if there else What.SETTLED, root.message_id, root)
                yield replace(change, item_id=own, because=why, date=self._last(root.thread_id))


def counted(number: int, noun: str) -> str:
    """`1 mail`, `2 mails`."""
    return f"{number} {noun}" + ("s" if number != 1 else "")
