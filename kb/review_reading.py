"""In: a reader. Out: the patch series, stances and roles that its database holds.

Light: stdlib sqlite3 alone. A database that an older threadkb wrote has no patch mails until `threadkb rebuild`.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from kb.errors import UsageError
from kb.maintainers import Maintainers, address_in, maintainers_in, name_in
from kb.patches import Refers, nearest
from kb.reading import Reader
from kb.roles import STANCES, Evidence, Person, Role, Roles, automatic_because, roles_of
from kb.series import PatchMail, Series, Version, series_in, versions_in

VARIABLE = "THREADKB_MAINTAINERS"
_MOST_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Stance:
    """Somebody's stance on a patch, by a tag or by a NACK in their own words."""

    thread_id: str
    revision: int
    patch: int
    """0 is the cover letter: the whole series."""
    stance: str
    """`reviewed`, `acked`, `tested` or `nacked`."""
    name: str
    address: str
    message_id: str | None
    """The mail that says it, where it is here."""
    number: int | None
    """Of that mail."""
    date: str | None
    words: str
    """Of a NACK, as they stand in that mail."""


def _has(reader: Reader, table: str) -> bool:
    """Whether the database is of a version that has this table."""
    return bool(reader.ask("has_table", name=table))


def patch_mails(reader: Reader, thread: str | None = None) -> tuple[PatchMail, ...]:
    """The patch mails of a thread, or of all."""
    if not _has(reader, "patches"):
        return ()
    out = []
    for row in reader.ask("patches", thread=thread):
        refers = tuple(Refers(name, revision, earlier) for name, revision, earlier in json.loads(row["refers"]))
        lists = {"tags": tuple(json.loads(row["tags"])), "files": tuple(json.loads(row["files"])), "refers": refers}
        flags = {"rfc": bool(row["rfc"]), "resend": bool(row["resend"])}
        out.append(PatchMail(**{**dict(row), **lists, **flags}))
    return tuple(out)


def all_series(reader: Reader) -> tuple[Series, ...]:
    """Every series, the one with the latest posting first."""
    return series_in(versions_in(patch_mails(reader)))


def mails_of(reader: Reader, version: Version) -> frozenset[str]:
    """The Message-IDs of a version: its patches and all that answers them rather than another version's.

    Where the thread holds no other version, the mails of the whole thread.
    """
    thread = version.first.thread_id
    parents = {row["message_id"]: row["parent_id"] for row in reader.ask("parents", thread=thread)}
    mails = patch_mails(reader, thread)
    if len(versions_in(mails)) <= 1:
        return frozenset(parents)
    own, every = {mail.message_id for mail in version.mails}, {mail.message_id for mail in mails}
    return frozenset(
        name for name in parents if name in own or (name not in every and nearest(name, parents, every) in own)
    )


def stances(reader: Reader, thread: str | None = None) -> tuple[Stance, ...]:
    """The stances on the patches of a thread, or of all, oldest first within a patch."""
    if not _has(reader, "nacks"):
        return ()
    out = []
    for row in reader.ask("stances", thread=thread):
        name = name_in(row["value"]) or row["author"] or ""
        out.append(
            Stance(
                row["thread_id"],
                row["revision"],
                row["patch"],
                STANCES[row["tag"]],
                name,
                address_in(row["value"]) or row["address"] or "",
                row["message_id"] if row["number"] is not None else None,
                row["number"],
                row["date"],
                row["words"],
            )
        )
    return tuple(out)


def standing(found: tuple[Stance, ...]) -> tuple[Stance, ...]:
    """Of a NACK and tags that one person gave one patch, the last: who gave a tag after it has taken the NACK back."""
    last: dict[tuple[str, int, int, str], Stance] = {}
    for one in found:
        if one.date is not None:
            last[one.thread_id, one.revision, one.patch, one.address.casefold()] = one
    nacked = {key for key, one in last.items() if one.stance == "nacked"}
    keys = [(one.thread_id, one.revision, one.patch, one.address.casefold()) for one in found]
    return tuple(one for one, key in zip(found, keys, strict=True) if (key in nacked) == (one.stance == "nacked"))


def maintainers(reader: Reader, given: Path | None = None) -> tuple[Maintainers | None, str]:
    """The MAINTAINERS file to go by, and where it comes from: `given`, else $THREADKB_MAINTAINERS, else remembered."""
    place = given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if place is not None:
        return maintainers_in(text_of(place)), str(place)
    kept = reader.ask("maintainers") if _has(reader, "maintainers") else []
    return (maintainers_in(kept[0]["content"]), f"remembered from {kept[0]['origin']}") if kept else (None, "")


def text_of(place: Path) -> str:
    """The text of a MAINTAINERS file; UsageError where it is none."""
    try:
        with place.expanduser().open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, RuntimeError, ValueError) as wrong:
        words = getattr(wrong, "strerror", None) or "no such file"
        raise UsageError(str(place), f"cannot be read: {words}", "give a MAINTAINERS file") from None
    text = content.decode("utf-8", "replace").replace("\x00", "\ufffd")
    if len(content) > _MOST_BYTES or not maintainers_in(text).sections:
        raise UsageError(str(place), "holds no section with M: and F: lines", "give a MAINTAINERS file")
    return text


def roles(reader: Reader, thread: str | None = None, *, given: Path | None = None) -> Roles:
    """Everybody's roles in a thread, or in all; `given` is a MAINTAINERS file."""
    people = [Person(r["thread_id"], r["name"], r["address"]) for r in reader.ask("people", thread=thread)]
    if not _has(reader, "patches"):
        return roles_of(people, {})
    senders: dict[str, set[tuple[str, str]]] = defaultdict(set)
    files: dict[str, dict[str, None]] = defaultdict(dict)
    for row in reader.ask("patch_senders", thread=thread):
        senders[row["thread_id"]].add((row["author"], row["address"]))
        files[row["thread_id"]] |= dict.fromkeys(json.loads(row["files"]))
    commented: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in reader.ask("commenters", thread=thread):
        commented[row["thread_id"]].add((row["author"], row["address"]))
    tagged: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    tags = {"reviewed": "Reviewed-by", "acked": "Acked-by", "tested": "Tested-by", "nacked": "NACK"}
    for one in stances(reader, thread):
        tagged[one.thread_id].add((one.name, one.address, tags[one.stance]))
    evidence = {
        name: Evidence(
            tuple(sorted(senders[name])),
            tuple(sorted(tagged[name])),
            tuple(sorted(commented[name])),
            tuple(files[name]),
        )
        for name in {person.thread_id for person in people}
    }
    automatic = {
        row["address"]: automatic_because(row["content"]) for row in reader.ask("one_mail_each", thread=thread)
    }
    return roles_of(people, evidence, maintainers=maintainers(reader, given)[0], automatic=automatic)


def having(
    reader: Reader, role: str, thread: str | None = None, *, given: Path | None = None
) -> frozenset[tuple[str, str]]:
    """(thread, address) of everybody who holds `role`, as `Filter.among` takes it."""
    return roles(reader, thread, given=given).having(Role(role))
