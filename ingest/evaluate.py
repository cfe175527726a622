"""In: a thread's messages, its annotation and extracted items. Out: how well they agree: precision, recall and F1.

The figures are those of the project's scoring script: two items match when they stand in one message, have one kind and
their words overlap with intersection / union >= 0.5 in characters; best overlap first, each matched once. What only one
of two annotators had is optional: no miss, and no error where it is matched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.records import ItemKind, Message

THRESHOLDS = (0.5, 0.25)


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotated or extracted item as it is compared."""

    id: str
    message: int
    """The message's number in the thread's file."""
    kind: str
    start: int
    """In the message's own words, white space folded."""
    end: int
    states: tuple[str, ...]
    """For an annotated item every state that counts as right."""
    links: tuple[tuple[str, str, bool], ...]
    """(relation, id, sure)."""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Agreement:
    """Precision, recall and F1 from counts."""

    hits: int
    predicted: int
    gold: int

    @property
    def precision(self) -> float:
        return self.hits / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """The figures for one least overlap."""

    micro: Agreement
    kinds: Mapping[str, Agreement]
    any_kind: Agreement
    kind_accuracy: float

    @property
    def macro_f1(self) -> float:
        return sum(a.f1 for a in self.kinds.values()) / len(self.kinds)


@dataclass(frozen=True, slots=True)
class Score:
    """All figures of one thread."""

    at: Mapping[float, AtThreshold]
    state_accuracy: float
    states: Mapping[str, float | None]
    """The share of right states by kind; None for a kind of which none was matched."""
    links: Agreement
    reachable: int
    """Annotated links both ends of which were matched."""
    links_any_relation: Agreement
    unplaced_gold: int
    unplaced_predicted: int


def own_words(body: str) -> str:
    """The lines of `body` that are not quoted, white space folded to single blanks."""
    return re.sub(r"\s+", " ", " ".join(line for line in body.split("\n") if not line.startswith(">")))


def own_places(body: str) -> list[int]:
    """For each character of `own_words(body)` its offset in `body`; a blank has that of the first one it folds."""
    places: list[int] = []
    blank, first, at = False, True, 0
    for line in body.split("\n"):
        if not line.startswith(">"):
            if not first and not blank:
                places.append(at - 1)
                blank = True
            first = False
            for place, char in enumerate(line, at):
                if not char.isspace():
                    places.append(place)
                    blank = False
                elif not blank:
                    places.append(place)
                    blank = True
        at += len(line) + 1
    return places


def placed(rows: Sequence[Mapping[str, object]], messages: Sequence[Message]) -> tuple[tuple[Annotation, ...], int]:
    """`rows` of an annotation or an export found in `messages` (in the file's order), and how many have no place."""
    index = {message.message_id: number for number, message in enumerate(messages)}
    texts = [own_words(message.body) for message in messages]
    taken: dict[tuple[int, str, str], int] = {}
    out, lost = [], 0
    for row in rows:
        given = row.get("message")
        number = given if isinstance(given, int) else index.get(str(row.get("message_id", "")).strip("<>"))
        quote = re.sub(r"\s+", " ", str(row.get("quote", ""))).strip()
        kind = str(row.get("kind", ""))
        if number is None or not 0 <= number < len(texts) or not quote:
            lost += 1
            continue
        key = (number, kind, quote)
        start = texts[number].find(quote, taken.get(key, 0))
        if start < 0:
            start = texts[number].find(quote)
        if start < 0:
            lost += 1
            continue
        taken[key] = start + 1
        states = tuple(str(row[name]) for name in ("state", "also") if row.get(name))
        found = row.get("links")
        links = tuple(
            (str(link["rel"]), str(link["to"]), bool(link.get("sure", True)))
            for link in (found if isinstance(found, list) else [])
        )
        sure = bool(row.get("sure", True))
        out.append(Annotation(str(row.get("id")), number, kind, start, start + len(quote), states, links, sure))
    return tuple(out), lost


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Intersection / union of two stretches."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / (max(a[1], b[1]) - min(a[0], b[0])) if shared > 0 else 0.0


def matched(
    gold: Sequence[Annotation], predicted: Sequence[Annotation], least: float, *, same_kind: bool = True
) -> list[tuple[int, int]]:
    """One-to-one pairs (gold, predicted), best overlap first."""
    by_message: dict[int, list[int]] = {}
    for p, item in enumerate(predicted):
        by_message.setdefault(item.message, []).append(p)
    pairs = []
    for g, item in enumerate(gold):
        for p in by_message.get(item.message, []):
            other = predicted[p]
            if not same_kind or item.kind == other.kind:
                share = overlap((item.start, item.end), (other.start, other.end))
                if share >= least:
                    pairs.append((share, g, p))
    pairs.sort(key=lambda pair: -pair[0])
    used_gold: set[int] = set()
    used: set[int] = set()
    out = []
    for _, g, p in pairs:
        if g not in used_gold and p not in used:
            used_gold.add(g)
            used.add(p)
            out.append((g, p))
    return out


def score(
    gold_rows: Sequence[Mapping[str, object]],
    rows: Sequence[Mapping[str, object]],
    messages: Sequence[Message],
) -> Score:
    """How well `rows` (as `export items` writes them) agree with `gold_rows`; `messages` in the annotation's order."""
    gold, lost_gold = placed(gold_rows, messages)
    predicted, lost = placed(rows, messages)
    at = {least: _at(gold, predicted, least) for least in THRESHOLDS}
    pairs = matched(gold, predicted, THRESHOLDS[0])
    right = [(gold[g].kind, bool(set(predicted[p].states[:1]) & set(gold[g].states))) for g, p in pairs]
    by_kind = {str(kind): _share(hit for name, hit in right if name == kind) for kind in ItemKind}
    links, loose, reachable = _links(gold, predicted, pairs)
    return Score(at, _share(hit for _, hit in right) or 0.0, by_kind, links, reachable, loose, lost_gold, lost)


def _share(hits: Iterable[bool]) -> float | None:
    """The share of `hits` that are true; None of none."""
    found = list(hits)
    return sum(found) / len(found) if found else None


def _at(gold: Sequence[Annotation], predicted: Sequence[Annotation], least: float) -> AtThreshold:
    pairs = matched(gold, predicted, least)
    optional = {p for g, p in pairs if not gold[g].sure}
    kinds = {}
    for kind in ItemKind:
        hits = sum(gold[g].kind == kind and gold[g].sure for g, _ in pairs)
        count = sum(item.kind == kind and p not in optional for p, item in enumerate(predicted))
        kinds[str(kind)] = Agreement(hits, count, sum(item.kind == kind and item.sure for item in gold))
    sure = sum(item.sure for item in gold)
    micro = Agreement(len(pairs) - len(optional), len(predicted) - len(optional), sure)
    loose = matched(gold, predicted, least, same_kind=False)
    extra = {p for g, p in loose if not gold[g].sure}
    same = sum(gold[g].kind == predicted[p].kind for g, p in loose)
    any_kind = Agreement(len(loose) - len(extra), len(predicted) - len(extra), sure)
    return AtThreshold(micro, kinds, any_kind, same / len(loose) if loose else 0.0)


def _links(
    gold: Sequence[Annotation], predicted: Sequence[Annotation], pairs: Collection[tuple[int, int]]
) -> tuple[Agreement, Agreement, int]:
    to_gold = {predicted[p].id: gold[g].id for g, p in pairs}
    wanted = {(x.id, rel, to): x.sure and sure for x in gold for rel, to, sure in x.links}
    certain = {link for link, sure in wanted.items() if sure}
    got = {(x.id, rel, to) for x in predicted for rel, to, _ in x.links}
    mapped = {(to_gold[a], rel, to_gold[b]) for a, rel, b in got if a in to_gold and b in to_gold}
    reached = set(to_gold.values())
    reachable = sum(a in reached and b in reached for a, _, b in certain)
    strict = Agreement(len(mapped & certain), len(mapped - (set(wanted) - certain)), len(certain))
    ends, certain_ends = {(a, b) for a, _, b in wanted}, {(a, b) for a, _, b in certain}
    got_ends = {(a, b) for a, _, b in mapped}
    loose = Agreement(len(got_ends & certain_ends), len(got_ends - (ends - certain_ends)), len(certain_ends))
    return strict, loose, reachable
