"""In: what a person named, a database. Out: the messages and items that are to be checked, and those around them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kb.reading import Filter, Reader
from kb.views import ItemView, MessageView, RunView


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be checked: all of some messages, and some items of others."""

    messages: Mapping[str, MessageView]
    """The messages of which all is to be checked, by Message-ID."""
    ids: frozenset[str]

    def holds(self, item_id: str, message_id: str) -> bool:
        """Whether an item, or words that no item has, are to be checked."""
        return message_id in self.messages or item_id in self.ids


def threads_in(reader: Reader, thread: str | None) -> list[str]:
    """The full ids of a thread, or of all."""
    return [reader.thread(thread)] if thread else [view.id for view in reader.threads()]


def of_threads(reader: Reader, threads: Collection[str]) -> Scope:
    """All of these threads, by full id."""
    return Scope({each.message_id: each for one in threads for each in reader.messages(one)}, frozenset())


def of_given(reader: Reader, given: Sequence[str]) -> Scope:
    """The items, messages and threads with these ids."""
    messages: dict[str, MessageView] = {}
    found: set[str] = set()
    for one in given:
        what, full = reader.resolve(one)
        if what == "thread":
            messages.update((each.message_id, each) for each in reader.messages(full))
        elif what == "message" and (message := reader.message(full)) is not None:
            messages[full] = message
        else:
            found.add(full)
    return Scope(messages, frozenset(found))


def around(reader: Reader, scope: Scope, past: Mapping[str, RunView]) -> tuple[ItemView, ...]:
    """All items of the messages that are in scope with a part at least: a binding chooses among all of a message's."""
    named = set(scope.messages)
    for each in scope.ids:
        if (item := reader.item(each)) is not None:
            named.add(item.message_id)
        elif each in past:
            named.add(past[each].message_id)
    if len(named) <= 1:
        return reader.items(Filter(message=next(iter(named)))) if named else ()
    threads = {message.thread_id for message in scope.messages.values()}
    if named == set(scope.messages) and len(threads) == 1:
        found = reader.items(Filter(thread=next(iter(threads))))
        return tuple(view for view in found if view.message_id in named)
    return tuple(view for view in reader.items() if view.message_id in named)
