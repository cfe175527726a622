"""In: what a person typed to name a series or a version. Out: it, or an error that names those that there are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.carry_reading import Scope, scope_of, thread_scope
from kb.errors import UsageError
from kb.reading import Reader
from kb.review_reading import all_series
from kb.series import Series, Version
from tui.cli.naming import named_thread

_LABEL = re.compile(r"(?:rfc[ -]?)?v\d{1,4}(?:[ -]?resend)?", re.IGNORECASE)


def named_series(reader: Reader, given: str, every: Sequence[Series]) -> tuple[Series, ...]:
    """The series that `given` names: an id `s-…`, a patch mail, a thread with what is in it, or words of a subject."""
    text = given.strip().strip("<>")
    by_id = [one for one in every if text.startswith("s-") and len(text) > 2 and one.id.startswith(text)]
    if len(by_id) > 1:
        raise UsageError(given, f"is the beginning of several ids: {', '.join(s.id for s in by_id)}", "type more of it")
    if by_id:
        return tuple(by_id)
    of_mail = [one for one in every if any(mail.message_id == text for v in one.versions for mail in v.mails)]
    if of_mail:
        return tuple(of_mail)
    words = " ".join(text.casefold().split())
    of_subject = [s for s in every if words and any(words in v.first.subject.casefold() for v in s.versions)]
    if of_subject:
        return tuple(of_subject)
    if text.startswith("s-"):
        raise UsageError(given, "no series has this id", "`threadkb series` lists them")
    thread = named_thread(reader, given)
    return tuple(one for one in every if any(v.first.thread_id == thread for v in one.versions))


def named_scope(reader: Reader, given: str) -> Scope:
    """The version, or the thread without any, that `given` names.

    `t-4hx2p@v2`, `s-7kq2m@v2` and `words of a subject@v2` name a version of a series; `v2` does where there is one
    series; a patch's Message-ID, or a thread that holds one version, does by itself.
    """
    every = all_series(reader)
    text = given.strip().strip("<>")
    for one in every:
        for version in one.versions:
            if any(mail.message_id == text for mail in version.mails):
                return scope_of(reader, version)
    head, at, label = text.rpartition("@")
    if _LABEL.fullmatch(label if at else text):
        chosen = named_series(reader, head, every) if at else every
        if not every:
            raise UsageError(
                given, "there is no patch series here", "name threads instead; `threadkb threads` lists them"
            )
        if not at and len(every) != 1:
            raise UsageError(
                given, f"could be of any of {len(every)} series", "write ID@v2; `threadkb series` lists them"
            )
        return scope_of(reader, _labelled(given, label if at else text, chosen))
    if text.startswith("s-"):
        found = [version for one in named_series(reader, given, every) for version in one.versions]
        thread = None
    else:
        thread = named_thread(reader, given)
        found = [version for one in every for version in one.versions if version.first.thread_id == thread]
    if (one_version := _whole(found)) is not None:
        return scope_of(reader, one_version)
    if not found and thread is not None:
        return thread_scope(reader, thread)
    labels = ", ".join(dict.fromkeys(f"{given}@{_short(version)}" for version in found))
    raise UsageError(given, f"holds {len(found)} versions", f"name one: {labels}")


def _whole(found: Sequence[Version]) -> Version | None:
    """The only one; of several with one label, the one that is whole where the others are patches of it sent again."""
    most = max((version.found for version in found), default=0)
    whole = [version for version in found if version.found == most]
    return whole[0] if len(whole) == 1 and len({version.label for version in found}) == 1 else None


def _short(version: Version) -> str:
    return version.label.casefold().replace(" ", "")


def _labelled(given: str, label: str, chosen: Sequence[Series]) -> Version:
    want = re.sub(r"[ -]", "", label.casefold())
    versions = [version for one in chosen for version in one.versions]
    found = [version for version in versions if _short(version) == want]
    found = found or [version for version in versions if _short(version).removeprefix("rfc") == want]
    if (one := _whole(found)) is not None:
        return one
    known = ", ".join(dict.fromkeys(_short(version) for version in versions)) or "none"
    if not found:
        raise UsageError(given, "there is no such version", f"there is {known}")
    names = ", ".join(version.id for version in found)
    raise UsageError(given, f"names {len(found)} versions", f"give a patch's Message-ID: {names}")
