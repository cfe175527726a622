"""In: items, their messages, the means to check with. Out: what each item says as predicates, and who decides them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kb.bundled import bundled
from kb.ids import fold, item_id
from kb.own_words import place_of
from kb.records import Item, ItemKind, Quote
from tui.means import Means, bindings_files, bindings_folder, own_hooks

if TYPE_CHECKING:
    from sim_hooks.bind import Around
    from sim_hooks.bindings import HandBinding
    from sim_hooks.catalog import Catalog
    from sim_hooks.runner import Runner


@dataclass(frozen=True, slots=True)
class Bound:
    """What items say as predicates, and who decides them."""

    items: Sequence[Item]
    """Those given, and words that no item has."""
    bindings: Mapping[str, Sequence[Any]]
    """What each is read as, by its id."""
    catalog: Catalog
    unattached: tuple[HandBinding, ...]
    problems: tuple[str, ...]
    brought: frozenset[str]
    """The files of bindings, and the hooks of one's own, that were given this time."""


def bound(items: Sequence[Item], messages: Mapping[str, Around], means: Means, runner: Runner) -> Bound:
    """Read items by hand-written bindings, by rule and by hooks of one's own; hand wins over the others."""
    from sim_hooks import bindings, own_bindings
    from sim_hooks import verify as checking
    from sim_hooks.beside import beside
    from sim_hooks.catalog import catalog
    from sim_hooks.own_hooks import read_items

    own = own_hooks(means.hooks, runner)
    folder = bindings_folder()
    mine = own_bindings.load((*means.bindings, *([folder] if folder.is_dir() else [])), own)
    given = {str(path): path.name for path in bindings_files(means.bindings)}
    told = [_from_file(binding, given) for binding in mine.bindings]
    by_hand = tuple(
        binding for binding in (*bindings.load(bundled("bindings")), *told) if binding.message_id in messages
    )
    found, unattached = checking.bindings_of(items, by_hand, messages)
    words, read_by_hand, unattached = _words(unattached, messages)
    unheld, read_beside = beside((*items, *words), {**read_by_hand, **found}, messages, by_hand)
    read, failed = read_items(own, items, runner)
    added = {
        key: (*found.get(key, ()), *parts)
        for key, parts in read.items()
        if not any(binding.by == "hand" for binding in found.get(key, ()))
    }
    asked = {hook.module: hook for hook in mine.broken}
    return Bound(
        items=(*items, *words, *unheld),
        bindings={**read_beside, **read_by_hand, **found, **added},
        catalog=catalog(*own.hooks, *asked.values()),
        unattached=unattached,
        problems=(*own.problems, *mine.problems, *failed),
        brought=frozenset({*given.values(), *(hook.name for hook in own.hooks)}),
    )


def _from_file(binding: HandBinding, given: Mapping[str, str]) -> HandBinding:
    """A binding whose reason names its file, where that was given and need not be given again."""
    name = given.get(binding.place.partition(": binding ")[0].rpartition(":")[0]) or given.get(
        binding.place.partition(": binding ")[0]
    )
    return replace(binding, why=f"[{name}] {binding.why}") if name else binding


def _words(
    unattached: Sequence[HandBinding], messages: Mapping[str, Around]
) -> tuple[tuple[Item, ...], dict[str, tuple[Any, ...]], tuple[HandBinding, ...]]:
    """Words that bindings name and no item has, as claims; what they are read as; and what stands in no mail."""
    from sim_hooks.readers.wording import Binding

    items: dict[str, Item] = {}
    read: dict[str, tuple[Any, ...]] = {}
    left: list[HandBinding] = []
    for each in unattached:
        words, around = fold(each.quote), messages[each.message_id]
        place = place_of(words, around.body, around.zones)
        if place is None:
            left.append(each)
            continue
        key = item_id(each.message_id, ItemKind.CLAIM, words)
        quote = Quote(each.message_id, *place, words)
        items[key] = Item(key, ItemKind.CLAIM, quote, words, 1.0, "named by a binding")
        read[key] = (*read.get(key, ()), Binding(each.predicate, 1.0, f"{each.why} ({each.who})", "hand"))
    return tuple(items.values()), read, tuple(left)
