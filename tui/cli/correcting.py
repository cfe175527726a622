"""In: what a person says of an item by hand, and who they are. Out: it is kept, counts at once, and what it changed."""

from __future__ import annotations

from collections.abc import Sequence

import click

from kb import corrections as kept
from kb.corrections import Verb, id_of
from kb.reading import Reader, reading
from kb.records import ItemKind, Relation, State
from tui import saying
from tui.cli import narration
from tui.cli.by_hand import mail_meant, meant
from tui.cli.corrections_page import records, told
from tui.cli.naming import shortener
from tui.cli.options import Command, Family, Settings, with_json
from tui.cli.said_by_hand import DONE, verb
from tui.saying import Said

correct = Family(
    "correct",
    help="Say by hand what is right: confirm, reject, edit, add, merge, split or link items. It wins over extraction.",
    short_help="Say by hand what is right: confirm, reject, edit, add, merge, split or link items.",
    examples=(
        ("threadkb correct confirm c-7kq2m", "this is a claim, and well cut"),
        ("threadkb correct state d-3fk2a accepted --why 'said on the phone'", "where a decision really stands"),
        ("threadkb correct merge q-9ab3d q-2nn4x", "two questions are one"),
        ("threadkb correct list", "what was said by hand, by whom and when"),
        ("threadkb correct undo", "take the last one back"),
    ),
    exits=DONE,
)

_KINDS = click.Choice([str(kind) for kind in ItemKind])
_RELATIONS = click.Choice([str(one) for one in Relation])
_ITEM = click.Argument(["item_id"], metavar="ID")
_ITEMS = click.Argument(["given"], nargs=-1, required=True, metavar="ID...")
_LINK = (
    click.Argument(["source"], metavar="ID"),
    click.Argument(["relation"], type=_RELATIONS, metavar="RELATION"),
    click.Argument(["target"], metavar="ID"),
)


@verb(
    correct,
    "confirm",
    _ITEMS,
    short_help="An item is right as it is.",
    examples=(
        ("threadkb correct confirm c-7kq2m d-3fk2a", "both are right"),
        ("threadkb correct confirm c-7kq2m --why 'I wrote it'", "with the reason"),
    ),
)
def _confirm(reader: Reader, given: tuple[str, ...]) -> Sequence[Said]:
    """Say that items are right: their kind and their words. Their confidence becomes 1.0; a rejected one comes back."""
    return saying.each(Verb.CONFIRM, [meant(reader, one, rejected=True) for one in given])


@verb(
    correct,
    "reject",
    _ITEMS,
    short_help="These words are no item.",
    examples=(
        ("threadkb correct reject c-7kq2m", "it leaves the lists"),
        ("threadkb correct reject c-7kq2m --why 'a joke'", "with the reason"),
    ),
)
def _reject(reader: Reader, given: tuple[str, ...]) -> Sequence[Said]:
    """Say that words are no item. It leaves the lists with its links; `correct list` shows it, `correct confirm` or
    `correct undo` bring it back.
    """
    return saying.each(Verb.REJECT, [meant(reader, one) for one in given])


@verb(
    correct,
    "edit",
    _ITEM,
    click.Option(["--kind"], type=_KINDS, help="The kind that it is."),
    click.Option(["--says"], default="", metavar="WORDS", help="What it says, in one line that stands by itself."),
    short_help="An item is of another kind, or says something else.",
    examples=(
        ("threadkb correct edit c-7kq2m --kind decision", "it proposes, and claims nothing"),
        ("threadkb correct edit c-7kq2m --says 'the lock is taken twice'", "what its words mean"),
    ),
)
def _edit(reader: Reader, item_id: str, kind: str | None, says: str) -> Sequence[Said]:
    """Give an item another kind or another reading. Its words stay: they are the mail's.

    An id begins with its kind, so a new kind gives a new id; the old one still leads to the item.
    """
    return saying.edit(meant(reader, item_id), ItemKind(kind) if kind else None, says)


@verb(
    correct,
    "add",
    click.Argument(["message"], metavar="MESSAGE"),
    click.Option(["--kind"], type=_KINDS, required=True, help="What they are."),
    click.Option(["--quote"], required=True, metavar="WORDS", help="The words, as they stand in the mail."),
    click.Option(["--thread"], metavar="ID|WORDS", help="Of this thread: an id, a Message-ID or words of its subject."),
    short_help="Words of a mail are an item that was not found.",
    examples=(
        ("threadkb correct add 12 --kind question --quote 'Who frees it?'", "in mail #12 of the only thread"),
        ("threadkb correct add m1@example.org --kind claim --quote 'It sleeps.'", "in a mail by its Message-ID"),
    ),
    refused="nothing has this id, or its author did not write these words.",
)
def _add(reader: Reader, message: str, kind: str, quote: str, thread: str | None) -> Sequence[Said]:
    """Make an item of words that a mail's author wrote; a quotation is somebody else's.

    What was found in the same place before gives way, unless somebody confirmed or linked it.
    """
    return saying.add(reader, mail_meant(reader, message, thread), ItemKind(kind), quote)


@verb(
    correct,
    "merge",
    _ITEMS,
    click.Option(["--kind"], type=_KINDS, help="The kind that the one item is.  [default: the first one's]"),
    click.Option(
        ["--quote"], default="", metavar="WORDS", help="Its words in the first one's mail.  [default: the first one's]"
    ),
    short_help="Several items are one.",
    examples=(
        ("threadkb correct merge q-9ab3d q-2nn4x", "the same question, asked twice: the first stays"),
        ("threadkb correct merge c-7kq2m c-8mn4p --quote 'It sleeps, and holds the lock.'", "one sentence cut in two"),
    ),
    refused="nothing has this id, the items are of several threads, or the words do not stand in the mail.",
)
def _merge(reader: Reader, given: tuple[str, ...], kind: str | None, quote: str) -> Sequence[Said]:
    """Make one item of several: the first one given, whose kind and words hold unless --kind and --quote say otherwise.

    The others leave the lists. Their links go over to the one item, and so does a state that somebody gave them.
    """
    return saying.merge(reader, [meant(reader, one) for one in given], ItemKind(kind) if kind else None, quote)


@verb(
    correct,
    "split",
    _ITEM,
    click.Option(["quotes", "--quote"], multiple=True, required=True, metavar="WORDS", help="One part; give each."),
    click.Option(
        ["kinds", "--kind"], type=_KINDS, multiple=True, help="What the parts are: once, or for each in its order."
    ),
    short_help="An item is several.",
    examples=(
        ("threadkb correct split d-3fk2a --quote 'drop the list' --quote 'rename the flag'", "two decisions"),
        (
            "threadkb correct split c-7kq2m --quote 'It sleeps' --kind claim --quote 'why?' --kind question",
            "of two kinds",
        ),
    ),
    refused="nothing has this id, or the words are no parts of it.",
)
def _split(reader: Reader, item_id: str, quotes: tuple[str, ...], kinds: tuple[str, ...]) -> Sequence[Said]:
    """Make several items of one: the words given, each a part of its own.

    The item leaves the lists. What people linked it to by hand, and a state that they gave it, hold for each part; its
    other links are found anew.
    """
    return saying.split(reader, meant(reader, item_id), quotes, [ItemKind(kind) for kind in kinds])


@verb(
    correct,
    "link",
    *_LINK,
    short_help="One item answers, supports, disputes ... another.",
    examples=(
        ("threadkb correct link c-7kq2m answers q-9ab3d", "it answers this question"),
        ("threadkb correct link d-3fk2a supersedes d-8mn4p", "the newer decision takes the older one's place"),
    ),
    refused="nothing has this id, or items of these kinds are not linked so.",
)
def _link(reader: Reader, source: str, relation: str, target: str) -> Sequence[Said]:
    """Link two items of one thread: ID RELATION ID.

    RELATION is answers, supports, disputes, refutes, accepts, rejects, supersedes, refines, motivates or fulfils. What
    was linked between the two before gives way.
    """
    return saying.link(reader, meant(reader, source), Relation(relation), meant(reader, target))


@verb(
    correct,
    "unlink",
    *_LINK,
    short_help="Two items are not linked so.",
    examples=(
        ("threadkb correct unlink c-7kq2m answers q-9ab3d", "it does not answer this question"),
        ("threadkb correct unlink c-7kq2m disputes c-2nn4x --why irony", "with the reason"),
    ),
    refused="nothing has this id, or there is no such link.",
)
def _unlink(reader: Reader, source: str, relation: str, target: str) -> Sequence[Said]:
    """Take a link away: ID RELATION ID, as `threadkb show ID` names them."""
    return saying.unlink(reader, meant(reader, source), Relation(relation), meant(reader, target))


@verb(
    correct,
    "state",
    _ITEM,
    click.Argument(["state"], type=click.Choice([str(one) for one in State]), metavar="STATE"),
    short_help="Where an item stands, whatever its links say.",
    examples=(
        ("threadkb correct state d-3fk2a accepted", "it was agreed elsewhere"),
        ("threadkb correct state q-9ab3d dropped --why 'no longer of interest'", "nobody waits for an answer"),
    ),
    refused="nothing has this id, or items of its kind have no such state.",
)
def _state(reader: Reader, item_id: str, state: str) -> Sequence[Said]:
    """Say where an item stands; it stands there until somebody says otherwise by hand.

    A claim is uncontested, supported, disputed or refuted; a question open, answered or dropped; a decision proposed,
    accepted, rejected or superseded; an action open, done or dropped.
    """
    return saying.state(meant(reader, item_id), State(state))


@verb(
    correct,
    "undo",
    click.Option(["given", "--id"], metavar="ID", help="This correction, rather than the last one."),
    short_help="Take a correction back.",
    examples=(
        ("threadkb correct undo", "the last one; again, the one before it"),
        ("threadkb correct undo --id k-4mn8p", "this one, as `correct list` names it"),
    ),
    refused="there is nothing to undo, or no correction has this id.",
)
def _undo(reader: Reader, given: str | None) -> Sequence[Said]:
    """Take back the last correction that counts, or one by its id. It stays on record; an undo can be undone too."""
    return saying.undo(reader, given)


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
        gone = kept.undone(every)
        shown = [c for c in every if not only or id_of(c) in conflicts]
        if as_json:
            out.json(list(records(shown, gone, conflicts)))
        elif shown:
            heads = ("id", "when", "who", "said", "counts", "why", "words")
            out.table(heads, [told(c, shortener(reader), gone, conflicts) for c in shown])
        else:
            narration.say("there is no conflict" if only else "nobody has corrected anything here")
    return int(only and bool(shown))
