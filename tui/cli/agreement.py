"""In: a reader on a database. Out: findings on whether what it holds agrees with itself."""

from __future__ import annotations

from collections.abc import Iterator

from kb.circles import circles
from kb.found_by import readers_in
from kb.ids import fold
from kb.reading import Reader
from kb.records import Relation
from kb.views import LinkView
from tui.cli.findings import Finding, Health, judged


def agreement(reader: Reader) -> Iterator[Finding]:
    """Mail, items, links, the search index and corrections."""
    threads = reader.threads()
    items = reader.items()
    links = [link for thread in threads for link in reader.links(thread.id)]
    mails = [mail for thread in threads for mail in reader.messages(thread.id)]
    yield from _links(links, {item.id for item in items})
    bodies = {mail.message_id: mail.body for mail in mails}
    moved = [
        item.id for item in items if fold(bodies.get(item.message_id, "")[item.start : item.end]) != fold(item.quote)
    ]
    yield judged("quotes", len(items), "each in its mail", moved, "do not stand in their mail")
    found = {row["ref"] for row in reader.ask("searchable")}
    lost = [name for name in (*bodies, *(item.id for item in items)) if name not in found]
    yield judged("search", len(bodies) + len(items), "mails and items, each found", lost, "are not in the index")
    unread = [row["message_id"] for row in reader.ask("unread")]
    yield judged("mail", len(bodies) + len(unread), "each read", unread, "are kept and nothing is derived from them")
    yield _corrections(reader)
    if readers := readers_in(item.cue for item in items):
        names = ", ".join(f"{count} read by {name}" for name, count in readers)
        own = len(items) - sum(count for _, count in readers)
        yield Finding("readers", Health.OK, f"{names}; {own} by threadkb itself")


def _links(links: list[LinkView], known: set[str]) -> Iterator[Finding]:
    loose = [
        f"{link.source} {link.relation} {link.target}"
        for link in links
        if link.source not in known or link.target not in known
    ]
    yield judged("links", len(links), "each with both its ends", loose, "lack an end")
    newer = [(link.source, link.target) for link in links if link.relation == Relation.SUPERSEDES]
    rounds = [" and ".join(group) for group in circles(newer)]
    todo = "take one of the links away with `threadkb correct unlink ID supersedes ID`"
    yield judged("supersedes", len(newer), "no decision replaces itself", rounds, "go in a circle", todo=todo)


def _corrections(reader: Reader) -> Finding:
    every, conflicts = reader.corrections(), reader.conflicts()
    if not conflicts:
        return Finding("corrections", Health.OK, f"{len(every)}, each carried out or undone" if every else "none")
    todo = "`threadkb correct list --conflicts` says why; `threadkb correct undo --id ID` takes one back"
    return Finding(
        "corrections", Health.ABSENT, f"{len(conflicts)} of {len(every)} cannot be carried out as things stand", todo
    )
