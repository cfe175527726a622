"""In: an annotation and what was extracted. Out: each difference with its sort, and what mending that sort would take.

Every annotated item that was not found, every item that nobody annotated, every state and every link that differs is
counted once, under the first of these that fits: another kind, other bounds, nothing there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.evaluate import Annotation, matched, overlap, placed
from kb.records import Message

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Mistake:
    """One difference."""

    sort: str
    remedy: str
    """The key of `REMEDIES`."""
    message: int
    words: str
    """Of the mail, for the screen alone: no file keeps them."""


REMEDIES: Mapping[str, str] = {
    "kind": "the intent behind one wording: whether a sentence in the indicative says how things are or what shall be "
    "hangs on who speaks and on what was asked, more than on its words; more threads, or a model that reads the mails "
    "before",
    "short": "clauses whose condition or reason stands apart are one item to an annotator; learn to join from more "
    "examples of joined ones",
    "long": "splitting at clauses that the parser does not mark as such: dashes, parentheses, fragments",
    "missed": "remarks that say something only in their context (a fragment, a name, a nod); read with the passage "
    "that they answer, and a lower threshold there",
    "added": "telling what a maintainer would look up later from talk: asides, greetings, narration, jokes; a measure "
    "of weight in the thread, not of wording",
    "state": "the link that moves the state: it was not found, or has the wrong relation; and agreement that was given "
    "in other words, or in mail outside the thread",
    "link end": "both items first: each end that is missed or has another kind takes its links along",
    "link missed": "pairs beyond the passage answered and its neighbours: an argument is taken up again mails later",
    "relation": "stance: support and dispute read alike without knowing what either side wants",
    "link added": "a threshold that knows the mail: annotators link few of the pairs that could be linked",
}
"""What mending would take, by the sort of mistake."""


def mistakes(
    gold_rows: Sequence[Mapping[str, object]], rows: Sequence[Mapping[str, object]], messages: Sequence[Message]
) -> tuple[Mistake, ...]:
    """How `rows` differ from what is sure in `gold_rows`."""
    gold, _ = placed(gold_rows, messages)
    found, _ = placed(rows, messages)
    pairs = matched(gold, found, HALF)
    words = {
        id(item): str(row.get("quote"))
        for some, items in ((gold_rows, gold), (rows, found))
        for item, row in _rows(items, some)
    }
    out = [*_items(gold, found, pairs, words)]
    for g, p in pairs:
        said = found[p].states[:1]
        if gold[g].sure and not set(said) & set(gold[g].states):
            sort = f"a {gold[g].kind} that is {gold[g].states[0]} shown as {said[0] if said else 'nothing'}"
            out.append(Mistake(sort, "state", gold[g].message, words[id(gold[g])]))
    return (*out, *_links(gold, found, pairs, words))


def _rows(
    items: Iterable[Annotation], rows: Sequence[Mapping[str, object]]
) -> Iterator[tuple[Annotation, Mapping[str, object]]]:
    by_id = {str(row.get("id")): row for row in rows}
    return ((item, by_id[item.id]) for item in items)


def _items(
    gold: Sequence[Annotation],
    found: Sequence[Annotation],
    pairs: Sequence[tuple[int, int]],
    words: Mapping[int, str],
) -> Iterator[Mistake]:
    lost = [item for at, item in enumerate(gold) if at not in {g for g, _ in pairs} and item.sure]
    extra = [item for at, item in enumerate(found) if at not in {p for _, p in pairs}]
    for g, p in matched(lost, extra, HALF, same_kind=False):
        sort = f"a {lost[g].kind} taken for a {extra[p].kind}"
        yield Mistake(sort, "kind", lost[g].message, words[id(lost[g])])
    taken = matched(lost, extra, HALF, same_kind=False)
    gone, come = {g for g, _ in taken}, {p for _, p in taken}
    for at, item in enumerate(lost):
        if at not in gone:
            near = max(found, key=lambda other: _shared(item, other), default=None)
            if near is None or not _shared(item, near):
                yield Mistake(f"a {item.kind} not found", "missed", item.message, words[id(item)])
            elif near.end - near.start < item.end - item.start:
                yield Mistake(f"a {item.kind} cut short", "short", item.message, words[id(item)])
            else:
                yield Mistake(f"a {item.kind} inside longer words", "long", item.message, words[id(item)])
    for at, item in enumerate(extra):
        if at not in come and not any(_shared(item, other) for other in gold):
            yield Mistake(f"a {item.kind} where nobody has an item", "added", item.message, words[id(item)])


def _shared(one: Annotation, other: Annotation) -> float:
    return overlap((one.start, one.end), (other.start, other.end)) if one.message == other.message else 0.0


def _links(
    gold: Sequence[Annotation],
    found: Sequence[Annotation],
    pairs: Sequence[tuple[int, int]],
    words: Mapping[int, str],
) -> Iterator[Mistake]:
    to_gold = {found[p].id: gold[g].id for g, p in pairs}
    reached = set(to_gold.values())
    wanted = {(x.id, to): (rel, x, sure and x.sure) for x in gold for rel, to, sure in x.links}
    got = {
        (to_gold[x.id], to_gold[to]): (rel, x)
        for x in found
        for rel, to, _ in x.links
        if x.id in to_gold and to in to_gold
    }
    for (source, target), (rel, item, sure) in wanted.items():
        if not sure:
            continue
        if source not in reached or target not in reached:
            yield Mistake("a link of which an end was not found", "link end", item.message, words[id(item)])
        elif (source, target) not in got:
            yield Mistake(
                f"'{rel}' not seen between items that were found", "link missed", item.message, words[id(item)]
            )
        elif got[source, target][0] != rel:
            said = got[source, target][0]
            yield Mistake(f"'{rel}' shown as '{said}'", "relation", item.message, words[id(item)])
    for ends, (rel, item) in got.items():
        if ends not in wanted:
            yield Mistake(f"'{rel}' between items that nobody links", "link added", item.message, words[id(item)])


def most_frequent(every: Iterable[Mistake], count: int = 10) -> list[tuple[str, int, str, Mistake]]:
    """(sort, how often, what it would take, an example) of the `count` most frequent sorts, most frequent first."""
    found = list(every)
    times = Counter(one.sort for one in found)
    order = sorted(times, key=lambda sort: (-times[sort], sort))[:count]
    first = {sort: next(one for one in found if one.sort == sort) for sort in order}
    return [(sort, times[sort], REMEDIES[first[sort].remedy], first[sort]) for sort in order]
