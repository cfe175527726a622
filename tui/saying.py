"""In: items, and what a person says of them. Out: the corrections that say so, not kept yet; the faces stand on it.

Nothing that would mean nothing passes: a UsageError says what is wrong with it. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kb import corrections as kept
from kb import ids
from kb.corrections import Verb, edit_value, effective, id_of
from kb.errors import UsageError
from kb.ids import fold
from kb.own_words import place_of, plain
from kb.reading import Reader
from kb.records import STATES, Correction, ItemKind, Named, Relation, State
from kb.visible import one_line


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of items, before it is known who, when and why."""

    verb: Verb
    named: tuple[Named, ...]
    value: str = ""


def signed(said: Sequence[Said], who: str, why: str) -> tuple[Correction, ...]:
    """`said` as corrections of this moment."""
    when = datetime.now(UTC)
    return tuple(Correction(s.named[0].id, s.verb, s.value, fold(who), when, fold(why), s.named) for s in said)


def each(verb: Verb, items: Sequence[Named]) -> tuple[Said, ...]:
    """The same of each of `items`, once."""
    return tuple(Said(verb, (item,)) for item in dict.fromkeys(items))


def edit(item: Named, kind: ItemKind | None, says: str) -> tuple[Said, ...]:
    """An item is of another kind, or says something else."""
    if kind is None and not fold(says):
        raise UsageError("correct edit", "nothing to change", "give --kind or --says")
    return (Said(Verb.EDIT, (item,), edit_value(kind, fold(says))),)


def state(item: Named, value: State) -> tuple[Said, ...]:
    """Where an item stands."""
    if value not in STATES[item.kind]:
        raise UsageError(value, f"is no state of {item.kind}s", f"it is {' or '.join(STATES[item.kind])}")
    return (Said(Verb.STATE, (item,), value),)


def add(reader: Reader, message_id: str, kind: ItemKind, quote: str) -> tuple[Said, ...]:
    """Words of a mail are an item."""
    one = words_in(reader, message_id, kind, quote)
    known = next((i for i in reader.items_of(message_id) if i.quote == one.quote), None)
    if known is not None:
        todo = f"`threadkb correct confirm {reader.shown(known.id)}`"
        if known.kind != kind:
            todo = f"`threadkb correct edit {reader.shown(known.id)} --kind {kind}`"
        raise UsageError(f"'{one_line(quote, width=60)}'", f"is a {known.kind} already", todo)
    return (Said(Verb.ADD, (one,)),)


def merge(reader: Reader, items: Sequence[Named], kind: ItemKind | None, quote: str) -> tuple[Said, ...]:
    """Several items are one: the first of them, or the words `quote` of its mail."""
    parts = tuple(dict.fromkeys(items))
    if len(parts) < 2:
        raise UsageError("correct merge", "one item is one already", "give two or more different items")
    _in_one_thread(reader, parts)
    kind = kind or parts[0].kind
    whole = words_in(reader, parts[0].message_id, kind, quote) if quote else _of_kind(parts[0], kind)
    others = tuple(p for p in parts if (p.message_id, p.quote) != (whole.message_id, whole.quote))
    return (Said(Verb.MERGE, (whole, *others)),)


def split(reader: Reader, item: Named, quotes: Sequence[str], kinds: Sequence[ItemKind]) -> tuple[Said, ...]:
    """An item is several: these words of it, each of the kind that stands in the same place, or of the item's."""
    if len(kinds) not in (0, 1, len(quotes)):
        raise UsageError("--kind", f"is given {len(kinds)} times for {len(quotes)} parts", "give it once, or for each")
    each_kind = [*(kinds if len(kinds) == len(quotes) else [*kinds, item.kind][:1] * len(quotes))]
    parts = [words_in(reader, item.message_id, k, q) for k, q in zip(each_kind, quotes, strict=True)]
    for part in parts:
        if plain(part.quote) not in plain(item.quote) or part.quote == item.quote:
            what = f"is no part of {reader.shown(item.id)}"
            raise UsageError(f"'{one_line(part.quote, width=60)}'", what, f'its words are "{one_line(item.quote)}"')
    if len({part.quote for part in parts}) < 2:
        raise UsageError("correct split", "one part is no split", "give --quote for each of two parts or more")
    if len({part.quote for part in parts}) < len(parts):
        raise UsageError("correct split", "a part is given twice", "give each part once")
    return (Said(Verb.SPLIT, (item, *parts)),)


def link(reader: Reader, source: Named, relation: Relation, target: Named) -> tuple[Said, ...]:
    """An item answers, supports, disputes ... another."""
    from ingest.relate import ALLOWED, allowed

    _in_one_thread(reader, (source, target))
    if source == target:
        raise UsageError(reader.shown(target.id), "is the same item", "give another one")
    if not allowed(relation, source.kind, target.kind):
        begins, ends = (_either(kinds) for kinds in ALLOWED[relation])
        todo = f"it leads from {begins} to {ends}" + (" of the same kind" if relation == Relation.REFINES else "")
        raise UsageError(relation, f"cannot lead from {source.kind} to {target.kind}", todo)
    return (Said(Verb.LINK, (source, target), f"{relation} {target.id}"),)


def unlink(reader: Reader, source: Named, relation: Relation, target: Named) -> tuple[Said, ...]:
    """An item does not answer, support, dispute ... another."""
    every = reader.links_of(source.id)
    if not any((k.source, k.relation, k.target) == (source.id, relation, target.id) for k in every):
        between = [k for k in every if {k.source, k.target} == {source.id, target.id}]
        lines = [f"{reader.shown(k.source)} {k.relation} {reader.shown(k.target)}" for k in between]
        raise UsageError(
            f"{reader.shown(source.id)} {relation} {reader.shown(target.id)}",
            "there is no such link",
            f"there is {', '.join(lines)}" if lines else f"`threadkb show {reader.shown(source.id)}` lists its links",
        )
    return (Said(Verb.UNLINK, (source, target), f"{relation} {target.id}"),)


def undo(reader: Reader, given: str | None) -> tuple[Said, ...]:
    """The last correction that counts is taken back, or the one whose id begins with `given`."""
    todo = "`threadkb correct list` lists corrections"
    every = reader.corrections()
    if given is None:
        counting = effective(every)
        if not counting:
            raise UsageError("correct undo", "there is nothing to undo", todo)
        last = counting[-1]
    else:
        found = [c for c in every if given.strip() and id_of(c).startswith(given.strip())]
        if len(found) != 1:
            what = "is the beginning of several ids" if found else "no correction has this id"
            raise UsageError(given, what, todo)
        (last,) = found
        if id_of(last) in kept.undone(every):
            raise UsageError(given, "was undone already", todo)
    return (Said(Verb.UNDO, last.named, id_of(last)),)


def words_in(reader: Reader, message_id: str, kind: ItemKind, quote: str) -> Named:
    """Words that a mail's author wrote as an item of this kind, named as the mail has them."""
    mail = reader.message(message_id)
    shown = f"'{one_line(quote, width=60)}'"
    if mail is None:
        raise UsageError(message_id, "no mail has this Message-ID", "`threadkb threads` lists what is here")
    place = place_of(quote, mail.body, reader.zones(message_id))
    if place is None:
        where = f"#{mail.number} by {mail.author}"
        if fold(quote) and fold(quote) in fold("\n".join(line.lstrip("> ") for line in mail.body.split("\n"))):
            raise UsageError(shown, f"is not {mail.author}'s own in {where}", "give the mail that it comes from")
        raise UsageError(shown, f"does not stand in {where}", f"copy them from `threadkb show {mail.message_id}`")
    text = fold(mail.body[place[0] : place[1]])
    return Named(ids.item_id(message_id, kind, text), kind, message_id, text)


def _of_kind(one: Named, kind: ItemKind) -> Named:
    return Named(ids.item_id(one.message_id, kind, one.quote), kind, one.message_id, one.quote)


def _in_one_thread(reader: Reader, items: Sequence[Named]) -> None:
    threads = {one.id: view.thread_id for one in items if (view := reader.message(one.message_id)) is not None}
    strangers = [name for name, thread in threads.items() if thread != threads[items[0].id]]
    if strangers:
        raise UsageError(reader.shown(strangers[0]), "stands in another thread", "give items of one thread")


def _either(kinds: frozenset[ItemKind]) -> str:
    names = list(_with_article(kinds))
    return "any item" if len(names) == len(ItemKind) else " or ".join(names)


def _with_article(kinds: frozenset[ItemKind]) -> Iterator[str]:
    return (f"a{'n' if kind is ItemKind.ACTION else ''} {kind}" for kind in ItemKind if kind in kinds)
