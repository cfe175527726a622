"""In: what leaving each thread out showed. Out: the figures as Markdown tables, and as plain lines for a terminal.

Only figures and sorts of mistakes stand in the tables, no words of any mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import mean

from ingest.calibration import Outcome, together
from ingest.crossing import Crossed, Fold
from ingest.evaluate import Agreement, Score
from ingest.mistakes import most_frequent
from kb.records import ItemKind

BINS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Edges of the reliability table's rows."""

_FIGURES: tuple[tuple[str, Callable[[Score], float]], ...] = (
    ("F1", lambda s: s.at[0.5].micro.f1),
    ("P", lambda s: s.at[0.5].micro.precision),
    ("R", lambda s: s.at[0.5].micro.recall),
    ("F1 at 0.25", lambda s: s.at[0.25].micro.f1),
    ("macro F1", lambda s: s.at[0.5].macro_f1),
    ("any kind", lambda s: s.at[0.5].any_kind.f1),
    ("kind right", lambda s: s.at[0.5].kind_accuracy),
    ("state right", lambda s: s.state_accuracy),
    ("links F1", lambda s: s.links.f1),
)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    yield from ("| " + " | ".join(row) + " |" for row in rows)


def by_thread(crossed: Crossed) -> Iterator[str]:
    """A row a thread, the mean last."""
    rows = [[fold.name, *(f"{figure(fold.score):.3f}" for _, figure in _FIGURES)] for fold in crossed.folds]
    means = [mean(figure(fold.score) for fold in crossed.folds) for _, figure in _FIGURES]
    rows.append(["**mean**", *(f"**{value:.3f}**" for value in means)])
    return table(["thread", *(name for name, _ in _FIGURES)], rows)


def by_kind(crossed: Crossed) -> Iterator[str]:
    """A row a kind: the means over the threads that have one."""
    rows = []
    for kind in ItemKind:
        holding = [fold.score for fold in crossed.folds if fold.score.at[0.5].kinds[kind].gold]
        if holding:
            rows.append([str(kind), *_means([_of_kind(score, kind) for score in holding])])
    return table(["kind", *_KIND_HEAD], rows)


def by_thread_and_kind(crossed: Crossed) -> Iterator[str]:
    """A row a thread and kind."""
    rows = [
        [fold.name, str(kind), *_cells(_of_kind(fold.score, kind)), *_counts(fold.score.at[0.5].kinds[kind])]
        for fold in crossed.folds
        for kind in ItemKind
    ]
    return table(["thread", "kind", *_KIND_HEAD, "found", "annotated"], rows)


_KIND_HEAD = ("P", "R", "F1", "P at 0.25", "R at 0.25", "F1 at 0.25", "state right")


def _of_kind(score: Score, kind: ItemKind) -> list[float | None]:
    at = [score.at[least].kinds[kind] for least in (0.5, 0.25)]
    return [*(value for one in at for value in (one.precision, one.recall, one.f1)), score.states[kind]]


def _cells(values: Iterable[float | None]) -> list[str]:
    return ["-" if value is None else f"{value:.3f}" for value in values]


def _counts(one: Agreement) -> list[str]:
    return [str(one.predicted), str(one.gold)]


def _means(rows: Sequence[Sequence[float | None]]) -> list[str]:
    out: list[float | None] = []
    for column in zip(*rows, strict=True):
        there = [value for value in column if value is not None]
        out.append(mean(there) if there else None)
    return _cells(out)


def curve(crossed: Crossed) -> Iterator[str]:
    """A row for each number of threads learnt from: means over all threads."""
    chosen = [
        one for one in _FIGURES if one[0] in {"F1", "macro F1", "any kind", "kind right", "state right", "links F1"}
    ]
    rows = [
        [str(size), *(f"{mean(figure(score) for score in scores):.3f}" for _, figure in chosen)]
        for size, scores in crossed.curve.items()
    ]
    return table(["learnt from", *(name for name, _ in chosen)], rows)


def reliability(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A row a bin of confidence: how many, their mean confidence, and the share that was right."""
    rows = [
        [
            f"{low:.1f} to {high:.1f}",
            str(len(inside)),
            f"{mean(one.confidence for one in inside):.3f}",
            f"{mean(float(one.right) for one in inside):.3f}",
        ]
        for low, high, inside in _binned(outcomes)
    ]
    return table(["confidence", "n", "mean confidence", "right"], rows)


def distance(outcomes: Sequence[Outcome]) -> float:
    """The expected calibration error: the bins' distances between confidence and share right, weighed by their size."""
    away = sum(abs(sum(one.confidence - one.right for one in inside)) for _, _, inside in _binned(outcomes))
    return away / len(outcomes) if outcomes else 0.0


def _binned(outcomes: Sequence[Outcome]) -> Iterator[tuple[float, float, list[Outcome]]]:
    """(least, most, outcomes) of each bin that holds any; the last one holds its upper edge."""
    for low, high in pairwise(BINS):
        inside = [one for one in outcomes if low <= one.confidence < high or one.confidence == high == BINS[-1]]
        if inside:
            yield low, high, inside


def reliabilities(crossed: Crossed) -> Iterator[str]:
    """Both reliability tables, each with what it is of."""
    seen = together(fold.outcomes for fold in crossed.folds)
    for what, some in (
        ("Items: right where an annotated item of the kind overlaps by half or more.", seen.items),
        ("Links whose ends are both right: right where that relation was annotated.", seen.links),
    ):
        yield f"{what} Mean distance {distance(some):.3f}."
        yield ""
        yield from reliability(some)
        yield ""


def frequent_mistakes(folds: Sequence[Fold]) -> Iterator[str]:
    """The ten most frequent sorts of mistake, with what mending each would take."""
    found = most_frequent(one for fold in folds for one in fold.mistakes)
    rows = [[str(number), sort, str(times), remedy] for number, (sort, times, remedy, _) in enumerate(found, 1)]
    return table(["", "mistake", "times", "what it would take"], rows)


def examples(folds: Sequence[Fold]) -> Iterator[tuple[str, str]]:
    """(sort of mistake, place and words of one) for the most frequent ones; for a screen, to be kept nowhere."""
    every = [(fold.name, one) for fold in folds for one in fold.mistakes]
    names = {id(one): name for name, one in every}
    for sort, _, _, one in most_frequent(one for _, one in every):
        yield sort, f"{names[id(one)]} #{one.message}: {one.words}"
