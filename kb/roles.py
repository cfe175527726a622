"""In: who wrote in a thread, whose patches they are, who gave tags. Out: each person's roles, with the reason. Pure.

A person is known by address, and by name where the name has two words. Somebody may hold several roles; who holds none
is `other`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from kb.maintainers import Maintainers, address_in, name_in


class Role(StrEnum):
    """What somebody is in a review."""

    AUTHOR = "author"
    """Sent patches of the thread."""
    MAINTAINER = "maintainer"
    """Named by `M:` for a file that the patches touch."""
    REVIEWER = "reviewer"
    """Gave a tag or a NACK, quotes the patch to comment on it, or is named by `R:` for a file that it touches."""
    BOT = "bot"
    """A program."""
    OTHER = "other"
    """None of these."""


STANCES = {
    "reviewed-by": "reviewed",
    "acked-by": "acked",
    "tested-by": "tested",
    "nacked-by": "nacked",
    "naked-by": "nacked",
}
"""The tags that take a stance on a patch."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote in a thread."""

    thread_id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Held:
    """A role and why somebody holds it."""

    role: Role
    because: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the roles in one thread follow from; people as (name, address)."""

    authors: tuple[tuple[str, str], ...] = ()
    tagged: tuple[tuple[str, str, str], ...] = ()
    """Name, address, and the tag, such as `Reviewed-by`."""
    commented: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roles:
    """Everybody's roles, by thread and address."""

    held: Mapping[tuple[str, str], tuple[Held, ...]] = field(default_factory=dict)

    def of(self, thread_id: str, address: str) -> tuple[Held, ...]:
        """The roles of who wrote from `address` in a thread; empty for none."""
        return self.held.get((thread_id, address), ())

    def words(self, thread_id: str, address: str) -> str:
        """The same as `author, maintainer`; "" for none."""
        return ", ".join(one.role for one in self.of(thread_id, address) if one.role is not Role.OTHER)

    def having(self, role: Role) -> frozenset[tuple[str, str]]:
        """(thread, address) of everybody who holds `role`."""
        return frozenset(who for who, held in self.held.items() if any(one.role is role for one in held))


def roles_of(
    people: Iterable[Person],
    evidence: Mapping[str, Evidence],
    *,
    maintainers: Maintainers | None = None,
    automatic: Mapping[str, str] | None = None,
) -> Roles:
    """The roles of `people`. `evidence` is by thread; `automatic` names addresses whose mail says it is a program's."""
    out: dict[tuple[str, str], tuple[Held, ...]] = {}
    kept: dict[str, dict[str, Held]] = {}
    for person in people:
        given = evidence.get(person.thread_id, Evidence())
        if person.thread_id not in kept:
            kept[person.thread_id] = _keepers(given.files, maintainers)
        found = list(_held(person, given, kept[person.thread_id]))
        because = bot_because(person.name, person.address) or (automatic or {}).get(person.address, "")
        if because:
            found = [Held(Role.BOT, because), *(one for one in found if one.role is Role.AUTHOR)]
        key = person.thread_id, person.address
        every = {one.role: one for one in [*found, *out.get(key, ())] if one.role is not Role.OTHER}
        order = list(Role)
        ordered = sorted(every.values(), key=lambda one: order.index(one.role))
        out[key] = tuple(ordered) or (Held(Role.OTHER, "wrote in the thread"),)
    return Roles(out)


def same_person(name: str, address: str, other_name: str, other_address: str) -> bool:
    """One address, or one name of two words or more."""
    if address and address.casefold() == other_address.casefold():
        return True
    folded = " ".join(name.casefold().split())
    return " " in folded and folded == " ".join(other_name.casefold().split())


def _held(person: Person, given: Evidence, keepers: Mapping[str, Held]) -> Iterable[Held]:
    if any(same_person(person.name, person.address, *one) for one in given.authors):
        yield Held(Role.AUTHOR, "sent the patches")
    is_author = any(same_person(person.name, person.address, *one) for one in given.authors)
    for name in (person.address.casefold(), _known(person.name)):
        for role in (Role.MAINTAINER, Role.REVIEWER):
            if name and (held := keepers.get(f"{role} {name}")) is not None:
                yield held
    if not is_author:
        tags = {tag for name, address, tag in given.tagged if same_person(person.name, person.address, name, address)}
        if tags:
            yield Held(Role.REVIEWER, f"gave {', '.join(sorted(tags))}")
        elif any(same_person(person.name, person.address, *one) for one in given.commented):
            yield Held(Role.REVIEWER, "comments on the patch, which they quote")


def _known(name: str) -> str:
    folded = " ".join(name.casefold().split())
    return folded if " " in folded else ""


def _keepers(files: Sequence[str], maintainers: Maintainers | None) -> dict[str, Held]:
    """Role and address, or role and name, to the role as it is held by the first section that gives it."""
    out: dict[str, Held] = {}
    if maintainers is None or not files:
        return out
    for section in maintainers.covering(files):
        for role, letter, people in (
            (Role.MAINTAINER, "M", section.maintainers),
            (Role.REVIEWER, "R", section.reviewers),
        ):
            for person in people:
                held = Held(role, f"{letter}: of {section.name}")
                for name in (address_in(person), _known(name_in(person))):
                    if name:
                        out.setdefault(f"{role} {name}", held)
    return out


@cache
def _bots() -> dict[str, re.Pattern[str]]:
    with (Path(__file__).parent / "bots.toml").open("rb") as file:
        rules = tomllib.load(file)
    return {kind: re.compile("|".join(rules[kind]), re.IGNORECASE | re.MULTILINE) for kind in rules}


def bot_because(name: str, address: str) -> str:
    """Why the mails of `name` at `address` are a program's, by these two alone; "" where they are not."""
    if _bots()["addresses"].search(address):
        return f"the address is a program's: {address}"
    return f"the name is a program's: {name}" if _bots()["names"].search(name) else ""


def automatic_because(content: bytes) -> str:
    """Why a mail with these bytes was sent by a program, by its headers; "" where they don't say so."""
    head = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0][:65536].decode("ascii", "replace")
    found = _bots()["headers"].search(head)
    return f"its mail says so: {found[0].strip()}" if found else ""
