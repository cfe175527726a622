"""In: headings of mails that wait to be derived, and the threads they touch. Out: groups of mails that belong together.

Pure. Two mails of different groups share no ancestor and touch no common thread, so that groups can be derived in any
order and by anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.heading import Heading
from ingest.thread import Groups


@dataclass(frozen=True, slots=True)
class Group:
    """Mails that belong together."""

    waiting: tuple[str, ...]
    """Message-IDs of those that wait, in the order in which they came in."""
    named: frozenset[str]
    """All Message-IDs that they and their headers name."""
    old: frozenset[str] = frozenset()
    """Ids of the threads that they touch."""


def grouped(headings: Iterable[Heading]) -> list[Group]:
    """The groups that `headings` form by themselves."""
    headings = list(headings)
    groups = Groups()
    for one in headings:
        for ancestor in one.ancestors:
            groups.join(one.message_id, ancestor)
    waiting: dict[str, list[Heading]] = {}
    for one in headings:
        waiting.setdefault(groups.name(one.message_id), []).append(one)
    return [
        Group(
            tuple(one.message_id for one in found),
            frozenset(name for one in found for name in (one.message_id, *one.ancestors)),
        )
        for found in waiting.values()
    ]


def joined(groups: Sequence[Group], touched_by: Callable[[Iterable[str]], Collection[str]]) -> list[Group]:
    """`groups` with the threads that they touch, those that touch a common one as one group."""
    found = list(_touching(groups, touched_by))
    by_thread: dict[str, list[int]] = {}
    unions = Groups()
    for number, (_, threads) in enumerate(found):
        for thread in threads:
            by_thread.setdefault(thread, []).append(number)
    for numbers in by_thread.values():
        for number in numbers[1:]:
            unions.join(str(numbers[0]), str(number))
    together: dict[str, list[int]] = {}
    for number in range(len(found)):
        together.setdefault(unions.name(str(number)), []).append(number)
    return [
        Group(
            tuple(name for number in numbers for name in found[number][0].waiting),
            frozenset(name for number in numbers for name in found[number][0].named),
            frozenset(thread for number in numbers for thread in found[number][1]),
        )
        for numbers in together.values()
    ]


_ASKED = 200
"""Groups that are asked about at once; only where they touch something, each is asked about."""


def _touching(
    groups: Sequence[Group], touched_by: Callable[[Iterable[str]], Collection[str]]
) -> Iterator[tuple[Group, Collection[str]]]:
    left = iter(groups)
    while some := list(islice(left, _ASKED)):
        any_at_all = touched_by({name for group in some for name in group.named})
        for group in some:
            yield group, touched_by(group.named) if any_at_all else ()


def parcels(groups: Iterable[Group], most: int) -> Iterator[list[Group]]:
    """`groups` in parcels of about `most` waiting mails; a group is never torn apart."""
    parcel: list[Group] = []
    count = 0
    for group in groups:
        if parcel and count + len(group.waiting) > most:
            yield parcel
            parcel, count = [], 0
        parcel.append(group)
        count += len(group.waiting)
    if parcel:
        yield parcel
