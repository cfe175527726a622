"""In: annotated threads. Out: how well each is read by models that were trained on the others, and on fewer of them.

Whatever is trained (the weights, and what their confidences are worth) is trained without the thread that it is scored
on. The threads are parsed once; the folds run in child processes that share the parses.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ingest.calibration import Outcomes
from ingest.evaluate import Score
from ingest.extract import extract
from ingest.lessons import Studied
from ingest.mistakes import Mistake, mistakes
from ingest.softmax import to_bytes
from ingest.train import exported, fitted, outcomes, scored, trained

_T = TypeVar("_T")
_R = TypeVar("_R")
SIZES = (1, 3, 6)
"""How many threads the learning curve is drawn from, besides all but one."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A thread read by models that never saw it."""

    name: str
    learnt_from: int
    """Threads that the models were trained on."""
    score: Score
    outcomes: Outcomes
    """Of the reported confidences."""
    mistakes: tuple[Mistake, ...]
    weights: tuple[bytes, bytes]
    """The models as files: kinds and links."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """What leaving each thread out showed."""

    folds: tuple[Fold, ...]
    """In the order of the threads."""
    curve: Mapping[int, tuple[Score, ...]]
    """By how many threads the models were trained on: the score of every thread."""


_shared: tuple[Studied, ...] = ()
"""What the child processes inherit."""


def crossed(
    threads: Sequence[Studied],
    *,
    jobs: int = 2,
    sizes: Sequence[int] = SIZES,
    progress: Callable[[str], None] = lambda _: None,
) -> Crossed:
    """Every thread left out once; at least two threads. `jobs` of 1 starts no child process.

    For the curve the threads are dealt into groups of each size; a thread is read by what the group after its own gave.
    """
    assert len(threads) > 1
    global _shared
    _shared = tuple(threads)
    count = len(threads)
    folds: list[Fold] = []
    for fold in _each(_fold, range(count), jobs):
        progress(f"{fold.name}: F1 {fold.score.at[0.5].micro.f1:.3f}")
        folds.append(fold)
    curve: dict[int, tuple[Score, ...]] = {}
    for size in sizes:
        if size * 2 <= count:
            by_thread: dict[int, Score] = {}
            for some in _each(_drawn, [(size, group) for group in range(count // size)], jobs):
                by_thread |= some
            curve[size] = tuple(by_thread[at] for at in range(count))
            progress(f"learnt from {size}: F1 {sum(one.at[0.5].micro.f1 for one in curve[size]) / count:.3f}")
    _shared = ()
    return Crossed(tuple(folds), {**curve, count - 1: tuple(fold.score for fold in folds)})


def _each(work: Callable[[_T], _R], tasks: Sequence[_T], jobs: int) -> Iterator[_R]:
    if jobs < 2:
        yield from map(work, tasks)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(work, tasks)


def _fold(at: int) -> Fold:
    held = _shared[at]
    others = [*_shared[:at], *_shared[at + 1 :]]
    models = trained(others)
    found = extract(held.one.thread, models=models, paragraphs=held.paragraphs)
    return Fold(
        name=held.one.name,
        learnt_from=len(others),
        score=scored(held.one, found),
        outcomes=outcomes(held.one, found),
        mistakes=mistakes(held.one.gold, exported(held.one, found), held.one.messages),
        weights=(to_bytes(models.kinds), to_bytes(models.links)),
    )


def _drawn(task: tuple[int, int]) -> dict[int, Score]:
    """The scores of the threads that a group's models are asked about, by place."""
    size, group = task
    groups = len(_shared) // size
    asked = [at for at in range(len(_shared)) if (min(at // size, groups - 1) + 1) % groups == group]
    models = fitted(_shared[group * size : (group + 1) * size])
    return {
        at: scored(one.one, extract(one.one.thread, models=models, paragraphs=one.paragraphs))
        for at, one in enumerate(_shared)
        if at in asked
    }
