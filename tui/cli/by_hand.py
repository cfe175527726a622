"""In: the ids and words that a person gives. Out: the items that they mean; corrections of those, kept and shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.corrections import id_of
from kb.errors import UsageError
from kb.reading import Reader, reading
from kb.records import Correction, ItemKind, Named
from kb.views import ItemView
from kb.visible import one_line
from tui.cli import itemlines, narration
from tui.cli.corrections_page import records, told
from tui.cli.layout import Role
from tui.cli.naming import named, named_thread, shortener
from tui.cli.options import Settings

_LEAST = 4
"""Characters of an id by which a rejected item is looked for."""


def _gone(given: str, known: Named, *, rejected: bool) -> Named:
    """Words of which somebody spoke by hand and that are no item now, where such are `rejected` ones too."""
    if not rejected:
        raise UsageError(given, "is no item any more", f"`threadkb correct confirm {given}` brings it back") from None
    return known


def meant(reader: Reader, given: str, *, rejected: bool = False) -> Named:
    """The item that a person names, as it is now; with `rejected`, also one that was rejected."""
    try:
        what, full = named(reader, given)
    except UsageError as wrong:
        if "several" in wrong.what:
            raise
        known = reader.named_by_hand(given.strip()) if len(given.strip()) >= _LEAST else ()
        if len(known) != 1:
            raise
        return _gone(given, known[0], rejected=rejected)
    if what == "words" and len(known := reader.named_by_hand(full)) == 1:
        return _gone(given, known[0], rejected=rejected)
    item = reader.item(full) if what == "item" else None
    if item is None:
        raise UsageError(given, f"names {what if what == 'words' else f'a {what}'}, not an item", "give an item's id")
    return Named(item.id, ItemKind(item.kind), item.message_id, item.quote)


def mail_meant(reader: Reader, given: str, thread: str | None) -> str:
    """The Message-ID of the mail that a person names."""
    what, full = named(reader, given, thread=named_thread(reader, thread))
    if what != "message":
        raise UsageError(
            given, f"names {'an' if what == 'item' else 'a'} {what}, not a mail", "give #number or Message-ID"
        )
    return full


def keep(settings: Settings, made: Sequence[Correction], as_json: bool) -> None:
    """Keep corrections, let them count, and show what they made of the items."""
    from tui import workspace

    conflicts = workspace.correct(settings.path, made)
    out = settings.output()
    with reading(settings.path) as reader:
        short = shortener(reader)
        rows: list[dict[str, Any]] = []
        for correction in made:
            items = [_now_called(reader, one) for one in correction.named]
            if as_json:
                rows.append(
                    {**next(records([correction])), "items": [_row(item) for item in items if item is not None]}
                )
                continue
            done = told(correction, short)[3]
            out.line(f"{out.paint(short(id_of(correction)), Role.NAME)}  {done}, says {one_line(correction.who)}")
            for one, item in zip(correction.named, items, strict=True):
                if item is not None:
                    out.lines(itemlines.block(item, short, out.paint, out.width))
                else:
                    out.line(f'    no item: "{one_line(one.quote, width=out.width - 16)}"')
    for conflict in conflicts:
        narration.say(f"correction {short(conflict.correction_id)} cannot be carried out: {one_line(conflict.what)}")
    if as_json:
        out.json(rows)


def _now_called(reader: Reader, one: Named) -> ItemView | None:
    """The item with these words, whatever its kind is now."""
    return next((i for i in reader.items_of(one.message_id) if i.quote == one.quote), None)


def _row(item: ItemView) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "quote": item.quote,
        "says": item.says,
        "state": item.state,
        "because": item.because,
        "confidence": item.confidence,
        "cue": item.cue,
    }
