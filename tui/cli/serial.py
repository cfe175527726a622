"""In: nothing, or what names a series. Out: which versions belong together and why, with what is open in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import click

from kb.errors import UsageError
from kb.reading import Reader, reading
from kb.review_reading import Stance, all_series, mails_of, stances, standing
from kb.series import Series, Version
from tui.cli import narration
from tui.cli.itemlines import counted
from tui.cli.layout import Role
from tui.cli.naming import shortener
from tui.cli.options import Command, Settings, with_json
from tui.cli.pages import Page
from tui.cli.versions import named_series

_OPEN = (("question", "open", "questions"), ("claim", "disputed", "disputed"), ("action", "open", "actions"))


@click.command(
    "series",
    cls=Command,
    short_help="Show which versions of a patch series belong together.",
    examples=(
        ("threadkb series", "every series, with its versions"),
        ("threadkb series t-4hx2p", "the one with a version in this thread"),
        ("threadkb series --json | jq '.[].versions[-1].open'", "what is open in each latest version"),
    ),
    exits={
        0: "done, also when there is none.",
        1: "the database cannot be read.",
        2: "nothing has this id, or it is no part of a series.",
    },
)
@click.argument("id", metavar="[ID]", required=False)
@with_json
@click.pass_obj
def series(settings: Settings, id: str | None, as_json: bool) -> None:  # noqa: A002 - the word in the help
    """Show which versions of a patch series belong together, across threads and within one, and why.

    ID is a series, a thread, a patch's Message-ID or words of a subject. Versions are joined by their change-id, by a
    link to an earlier version in a cover letter or changelog, by an answer to it, or by subject and author; two
    authors' series of one subject are not. Patches are found of expected; open items are those of that version's mails.

    Piped, one line a version: series, version, thread, day, found/expected, open questions, disputed claims, open
    actions, tags, author, subject, why it is joined, set off by tabs.
    """
    out = settings.output()
    with reading(settings.path) as reader:
        every = all_series(reader)
        shown = every if id is None else named_series(reader, id, every)
        if id is not None and not shown:
            raise UsageError(id, "is no part of a patch series", "`threadkb series` lists them")
        opened = _opened(reader)
        if as_json:
            out.json([_row(reader, one, opened) for one in shown])
            return
        page = Page(shortener(reader), out.paint, out.width, settings.verbose)
        for number, one in enumerate(shown):
            if out.tty:
                out.lines([""] if number else [])
                out.lines(_block(reader, page, one, opened, whole=id is not None))
            else:
                for version in one.versions:
                    out.fields(*_record(reader, page, one, version, opened))
        if not shown:
            old = any(reader.series(thread.id) for thread in reader.threads())
            todo = "; an older threadkb wrote this database: `threadkb rebuild` finds them" if old else ""
            narration.say(f"there is no patch series here{todo}")


def _opened(reader: Reader) -> dict[str, Counter[str]]:
    """By Message-ID, how many open questions, disputed claims and open actions its mail has."""
    out: dict[str, Counter[str]] = {}
    if not reader.ask("has_table", name="patches"):
        return out
    names = {(kind, state): name for kind, state, name in _OPEN}
    for row in reader.ask("open_by_mail", thread=None):
        name = names.get((row["kind"], row["state"]))
        if name is not None:
            out.setdefault(row["message_id"], Counter())[name] += row["number"]
    return out


def _counts(reader: Reader, version: Version, opened: Mapping[str, Counter[str]]) -> tuple[int, Counter[str]]:
    mails = mails_of(reader, version)
    total: Counter[str] = Counter()
    for name in mails:
        total.update(opened.get(name, Counter()))
    return len(mails), total


def _tags(reader: Reader, version: Version) -> tuple[Stance, ...]:
    every = standing(stances(reader, version.first.thread_id))
    return tuple(one for one in every if one.revision == version.first.revision)


def _row(reader: Reader, one: Series, opened: Mapping[str, Counter[str]]) -> dict[str, Any]:
    return {
        "id": one.id,
        "subject": one.subject,
        "versions": [
            {
                "version": version.label,
                "revision": version.first.revision,
                "rfc": version.first.rfc,
                "resend": version.first.resend,
                "id": version.id,
                "thread": version.first.thread_id,
                "date": version.first.date,
                "author": version.first.author,
                "address": version.first.address,
                "subject": version.first.subject,
                "change_id": next((mail.change_id for mail in version.mails if mail.change_id), None),
                "expected": version.expected,
                "found": version.found,
                "patches": [
                    {"number": m.number, "message_id": m.message_id, "subject": m.subject} for m in version.mails
                ],
                "mails": count,
                "open": {name: total[name] for _, _, name in _OPEN},
                "stances": [asdict(each) for each in _tags(reader, version)],
                "joined": [{"to": join.to, "because": join.because} for join in one.because(version.id)],
            }
            for version in one.versions
            for count, total in [_counts(reader, version, opened)]
        ],
    }


def _record(
    reader: Reader, page: Page, one: Series, version: Version, opened: Mapping[str, Counter[str]]
) -> tuple[str, ...]:
    _, total = _counts(reader, version, opened)
    tags = Counter(each.stance for each in _tags(reader, version))
    return (
        page.short(one.id),
        version.label,
        page.short(version.first.thread_id),
        version.first.date[:10],
        f"{version.found}/{version.expected}",
        *(str(total[name]) for _, _, name in _OPEN),
        ", ".join(f"{count} {name}" for name, count in sorted(tags.items())),
        version.first.author,
        version.first.subject,
        "; ".join(join.because for join in one.because(version.id)),
    )


def _block(
    reader: Reader, page: Page, one: Series, opened: Mapping[str, Counter[str]], *, whole: bool
) -> Iterator[str]:
    name = page.short(one.id)
    subject = page.text(one.subject, indent=" " * (len(name) + 2)) or [""]
    yield f"{page.paint(name, Role.NAME)}  {page.title(subject[0].strip())}"
    yield from (page.title(line) for line in subject[1:])
    labels = {version.id: version.label for version in one.versions}
    for version in one.versions:
        count, total = _counts(reader, version, opened)
        tags = _tags(reader, version)
        words = [
            f"{version.found} of {_patches(version.expected)}",
            counted(count, "mail"),
            _still(total),
            *(f"{n} {stance}" for stance, n in sorted(Counter(each.stance for each in tags).items())),
        ]
        label = page.paint(f"{version.label:<4}", Role.STRONG)
        thread = page.paint(page.short(version.first.thread_id), Role.NAME)
        yield f"  {label} {version.first.date[:10]}  {thread}  {', '.join(words)}"
        yield from page.text(f"by {version.first.author}", indent="         ")
        if version.first.subject != one.subject:
            yield from page.text(f"as “{version.first.subject}”", indent="         ")
        for join in one.because(version.id):
            yield from page.text(f"joined to {labels.get(join.to, join.to)}: {join.because}", indent="         ")
        if whole:
            for each in tags:
                where = f"patch {each.patch}" if each.patch else "the whole series"
                said = f" (#{each.number})" if each.number is not None else ""
                words_said = f": “{each.words}”" if each.words else ""
                yield from page.text(f"{each.stance} by {each.name}, {where}{said}{words_said}", indent="         ")


def _patches(number: int) -> str:
    return "1 patch" if number == 1 else f"{number} patches"


def _still(total: Mapping[str, int]) -> str:
    words = {"questions": "open question", "disputed": "disputed claim", "actions": "open action"}
    return ", ".join(counted(total[name], words[name]) for name in words if total[name]) or "nothing open"
