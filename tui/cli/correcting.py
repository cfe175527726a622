"""In: what a person says of an item by hand, and who they are. Out: it is kept, counts at once, and what it changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kb import corrections as said
from kb.corrections import Verb, edit_value, effective, id_of
from kb.errors import UsageError
from kb.ids import fold
from kb.reading import reading
from kb.records import STATES, Correction, ItemKind, Relation, State
from tui.cli import narration
from tui.cli.author import author
from tui.cli.by_hand import each, keep, meant, now, words_of
from tui.cli.corrections_page import records, told
from tui.cli.naming import shortener
from tui.cli.options import Command, Family, Settings, in_thread, with_json

_F = TypeVar("_F", bound=Callable[..., Any])
_DONE = {0: "done; it counts at once.", 1: "the database cannot be read or written; it is as it was."}

correct = Family(
    "correct",
    help="Say by hand what is right: confirm, reject, edit, add or link items. What you say wins over extraction.",
    examples=(
        ("threadkb correct confirm c-7kq2m", "this is a claim, and well cut"),
        ("threadkb correct state d-3fk2a accepted --why 'said on the phone'", "where a decision really stands"),
        ("threadkb correct list", "what was said by hand, by whom and when"),
        ("threadkb correct undo", "take the last one back"),
    ),
    exits=_DONE,
)


def _signed(function: _F) -> _F:
    function = click.option("--why", default="", metavar="WORDS", help="Why, in your words; kept with it.")(function)
    return click.option(
        "--who", default="", metavar="NAME", help="Who says so.  [default: git's user.name and user.email]"
    )(function)


@correct.command(
    "confirm",
    cls=Command,
    short_help="An item is right as it is.",
    examples=(
        ("threadkb correct confirm c-7kq2m d-3fk2a", "both are right"),
        ("threadkb correct confirm c-7kq2m --why 'I wrote it'", "with the reason"),
    ),
    exits=_DONE,
)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_signed
@with_json
@click.pass_obj
def confirm(settings: Settings, ids: tuple[str, ...], who: str, why: str, as_json: bool) -> None:
    """Say that items are right: their kind and their words. Their confidence becomes 1.0; a rejected one comes back."""
    with reading(settings.path) as reader:
        found = [meant(reader, given, rejected=True) for given in ids]
    keep(settings, each(found, Verb.CONFIRM, "", who, why), as_json)


@correct.command(
    "reject",
    cls=Command,
    short_help="These words are no item.",
    examples=(
        ("threadkb correct reject c-7kq2m", "it leaves the lists"),
        ("threadkb correct reject c-7kq2m --why 'a joke'", "with the reason"),
    ),
    exits=_DONE,
)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_signed
@with_json
@click.pass_obj
def reject(settings: Settings, ids: tuple[str, ...], who: str, why: str, as_json: bool) -> None:
    """Say that words are no item. It leaves the lists with its links; `correct list` shows it, `correct confirm` or
    `correct undo` bring it back.
    """
    with reading(settings.path) as reader:
        found = [meant(reader, given) for given in ids]
    keep(settings, each(found, Verb.REJECT, "", who, why), as_json)


@correct.command(
    "edit",
    cls=Command,
    short_help="An item is of another kind, or says something else.",
    examples=(
        ("threadkb correct edit c-7kq2m --kind decision", "it proposes, and claims nothing"),
        ("threadkb correct edit c-7kq2m --says 'the lock is taken twice'", "what its words mean"),
    ),
    exits=_DONE,
)
@click.argument("item_id", metavar="ID")
@click.option("--kind", type=click.Choice([str(kind) for kind in ItemKind]), help="The kind that it is.")
@click.option("--says", default="", metavar="WORDS", help="What it says, in one line that stands by itself.")
@_signed
@with_json
@click.pass_obj
def edit(settings: Settings, item_id: str, kind: str | None, says: str, who: str, why: str, as_json: bool) -> None:
    """Give an item another kind or another reading. Its words stay: they are the mail's.

    An id begins with its kind, so a new kind gives a new id; the old one still leads to the item.
    """
    says = fold(says)
    if kind is None and not says:
        raise UsageError("correct edit", "nothing to change", "give --kind or --says")
    with reading(settings.path) as reader:
        one = meant(reader, item_id)
    value = edit_value(ItemKind(kind) if kind else None, says)
    keep(settings, each([one], Verb.EDIT, value, who, why), as_json)


@correct.command(
    "add",
    cls=Command,
    short_help="Words of a mail are an item that was not found.",
    examples=(
        ("threadkb correct add 12 --kind question --quote 'Who frees it?'", "in mail #12 of the only thread"),
        ("threadkb correct add m1@example.org --kind claim --quote 'It sleeps.'", "in a mail by its Message-ID"),
    ),
    exits={**_DONE, 2: "nothing has this id, or its author did not write these words."},
)
@click.argument("message", metavar="MESSAGE")
@click.option("--kind", type=click.Choice([str(kind) for kind in ItemKind]), required=True, help="What they are.")
@click.option("--quote", required=True, metavar="WORDS", help="The words, as they stand in the mail.")
@in_thread
@_signed
@with_json
@click.pass_obj
def add(
    settings: Settings, message: str, kind: str, quote: str, thread: str | None, who: str, why: str, as_json: bool
) -> None:
    """Make an item of words that a mail's author wrote; a quotation is somebody else's.

    What was found in the same place before gives way, unless somebody confirmed or linked it.
    """
    with reading(settings.path) as reader:
        one = words_of(reader, message, thread, ItemKind(kind), quote)
    keep(settings, each([one], Verb.ADD, "", who, why), as_json)


@correct.command(
    "link",
    cls=Command,
    short_help="One item answers, supports, disputes ... another.",
    examples=(
        ("threadkb correct link c-7kq2m answers q-9ab3d", "it answers this question"),
        ("threadkb correct link d-3fk2a supersedes d-8mn4p", "the newer decision takes the older one's place"),
    ),
    exits={**_DONE, 2: "nothing has this id, or items of these kinds are not linked so."},
)
@click.argument("source", metavar="ID")
@click.argument("relation", type=click.Choice([str(one) for one in Relation]), metavar="RELATION")
@click.argument("target", metavar="ID")
@_signed
@with_json
@click.pass_obj
def link(settings: Settings, source: str, relation: str, target: str, who: str, why: str, as_json: bool) -> None:
    """Link two items of one thread: ID RELATION ID.

    RELATION is answers, supports, disputes, refutes, accepts, rejects, supersedes, refines, motivates or fulfils. What
    was linked between the two before gives way.
    """
    from ingest.relate import ALLOWED, allowed

    with reading(settings.path) as reader:
        first, second = meant(reader, source), meant(reader, target)
        views = [reader.message(one.message_id) for one in (first, second)]
        if len({view.thread_id for view in views if view is not None}) != 1:
            raise UsageError(target, "stands in another thread", "link items of one thread")
    if first == second:
        raise UsageError(target, "is the same item", "give another one")
    if not allowed(Relation(relation), first.kind, second.kind):
        begins, ends = (_either(kinds) for kinds in ALLOWED[Relation(relation)])
        todo = f"it leads from {begins} to {ends}" + (" of the same kind" if relation == Relation.REFINES else "")
        raise UsageError(relation, f"cannot lead from {first.kind} to {second.kind}", todo)
    keep(settings, each([first], Verb.LINK, f"{relation} {second.id}", who, why, second), as_json)


def _either(kinds: frozenset[ItemKind]) -> str:
    names = [f"a{'n' if kind is ItemKind.ACTION else ''} {kind}" for kind in ItemKind if kind in kinds]
    return "any item" if len(names) == len(ItemKind) else " or ".join(names)


@correct.command(
    "unlink",
    cls=Command,
    short_help="Two items are not linked so.",
    examples=(
        ("threadkb correct unlink c-7kq2m answers q-9ab3d", "it does not answer this question"),
        ("threadkb correct unlink c-7kq2m disputes c-2nn4x --why irony", "with the reason"),
    ),
    exits={**_DONE, 2: "nothing has this id, or there is no such link."},
)
@click.argument("source", metavar="ID")
@click.argument("relation", type=click.Choice([str(one) for one in Relation]), metavar="RELATION")
@click.argument("target", metavar="ID")
@_signed
@with_json
@click.pass_obj
def unlink(settings: Settings, source: str, relation: str, target: str, who: str, why: str, as_json: bool) -> None:
    """Take a link away: ID RELATION ID, as `threadkb show ID` names them."""
    with reading(settings.path) as reader:
        first, second = meant(reader, source), meant(reader, target)
        every = reader.links_of(first.id)
        if not any((k.source, k.relation, k.target) == (first.id, relation, second.id) for k in every):
            between = [k for k in every if {k.source, k.target} == {first.id, second.id}]
            lines = [f"{reader.shown(k.source)} {k.relation} {reader.shown(k.target)}" for k in between]
            raise UsageError(
                f"{source} {relation} {target}",
                "there is no such link",
                f"there is {', '.join(lines)}" if lines else f"`threadkb show {source}` lists its links",
            )
    keep(settings, each([first], Verb.UNLINK, f"{relation} {second.id}", who, why, second), as_json)


@correct.command(
    "state",
    cls=Command,
    short_help="Where an item stands, whatever its links say.",
    examples=(
        ("threadkb correct state d-3fk2a accepted", "it was agreed elsewhere"),
        ("threadkb correct state q-9ab3d dropped --why 'no longer of interest'", "nobody waits for an answer"),
    ),
    exits={**_DONE, 2: "nothing has this id, or items of its kind have no such state."},
)
@click.argument("item_id", metavar="ID")
@click.argument("state", type=click.Choice([str(one) for one in State]), metavar="STATE")
@_signed
@with_json
@click.pass_obj
def state(settings: Settings, item_id: str, state: str, who: str, why: str, as_json: bool) -> None:
    """Say where an item stands; it stands there until somebody says otherwise by hand.

    A claim is uncontested, supported, disputed or refuted; a question open, answered or dropped; a decision proposed,
    accepted, rejected or superseded; an action open, done or dropped.
    """
    with reading(settings.path) as reader:
        one = meant(reader, item_id)
    if state not in STATES[one.kind]:
        raise UsageError(state, f"is no state of {one.kind}s", f"it is {' or '.join(STATES[one.kind])}")
    keep(settings, each([one], Verb.STATE, state, who, why), as_json)


@correct.command(
    "undo",
    cls=Command,
    short_help="Take a correction back.",
    examples=(
        ("threadkb correct undo", "the last one; again, the one before it"),
        ("threadkb correct undo --id k-4mn8p", "this one, as `correct list` names it"),
    ),
    exits={**_DONE, 2: "there is nothing to undo, or no correction has this id."},
)
@click.option("--id", "given", metavar="ID", help="This correction, rather than the last one.")
@_signed
@with_json
@click.pass_obj
def undo(settings: Settings, given: str | None, who: str, why: str, as_json: bool) -> None:
    """Take back the last correction that counts, or one by its id. It stays on record; an undo can be undone too."""
    with reading(settings.path) as reader:
        every = reader.corrections()
    gone = said.undone(every)
    if given is not None:
        found = [c for c in every if given.strip() and id_of(c).startswith(given.strip())]
        if len(found) != 1:
            what = "is the beginning of several ids" if found else "no correction has this id"
            raise UsageError(given, what, "`threadkb correct list` lists them")
        if id_of(found[0]) in gone:
            raise UsageError(given, "was undone already", "`threadkb correct list` lists them")
        last = found[0]
    else:
        counting = effective(every)
        if not counting:
            raise UsageError("correct undo", "there is nothing to undo", "`threadkb correct list` lists corrections")
        last = counting[-1]
    back = Correction(last.item_id, Verb.UNDO, id_of(last), fold(who) or author(), now(), fold(why), last.named)
    keep(settings, [back], as_json)


@correct.command(
    "list",
    cls=Command,
    short_help="What was said by hand, oldest first.",
    examples=(
        ("threadkb correct list", "who said what, when and why"),
        ("threadkb correct list --conflicts", "what can no longer be carried out"),
    ),
    exits={0: "done.", 1: "there are conflicts, and --conflicts was given; or the database cannot be read."},
)
@click.option("--conflicts", "only", is_flag=True, help="Only those that cannot be carried out, and why not.")
@with_json
@click.pass_obj
def list_(settings: Settings, only: bool, as_json: bool) -> int:
    """List corrections: id, time, who, what was said, whether it counts, why, and the words it is about.

    Piped, one line a correction with these fields set off by tabs.
    """
    out = settings.output()
    with reading(settings.path) as reader:
        conflicts = reader.conflicts()
        every = reader.corrections()
        gone = said.undone(every)
        shown = [c for c in every if not only or id_of(c) in conflicts]
        if as_json:
            out.json(list(records(shown, gone, conflicts)))
        elif shown:
            heads = ("id", "when", "who", "said", "counts", "why", "words")
            out.table(heads, [told(c, shortener(reader), gone, conflicts) for c in shown])
        else:
            narration.say("there is no conflict" if only else "nobody has corrected anything here")
    return int(only and bool(shown))
