"""In: rows of feature names with their classes. Out: a linear model fitted to them, the same one every time.

A feature is kept if it stands in at least `least_threads` threads, so no thread's own words get in; where there are
fewer threads, in all of them. The loss is the mean cross-entropy plus L2; it is minimised by L-BFGS from zero, without
chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from ingest.softmax import Softmax
from kb.records import ItemKind, Relation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

KINDS = ("none", *ItemKind)
RELATIONS = ("none", *Relation)
ALWAYS = "bias"
"""The feature of every row; it is kept however few there are."""
COMMON = 0.02
"""The share of the rows above which a feature is common."""


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate, or one pair of items, as training sees it."""

    features: tuple[str, ...]
    kind: str
    """One of the classes."""
    thread: str


def vocabulary(examples: Sequence[Example], *, least_threads: int, least: int) -> dict[str, int]:
    """The features of at least `least` examples from at least `least_threads` threads, in alphabetical order.

    With fewer threads than that a feature has to stand in each, and the examples asked for shrink in proportion.
    """
    by_thread: dict[str, Counter[str]] = {}
    for example in examples:
        by_thread.setdefault(example.thread, Counter()).update(example.features)
    there = len(by_thread)
    if there < least_threads:
        least, least_threads = max(2, -(-least * there // least_threads)), there
    threads = Counter(name for counts in by_thread.values() for name in counts)
    counts: Counter[str] = Counter()
    for each in by_thread.values():
        counts.update(each)
    kept = {n for n in counts if counts[n] >= least and threads[n] >= least_threads}
    return {name: at for at, name in enumerate(sorted(kept | {ALWAYS}))}


def fit(
    examples: Sequence[Example],
    classes: Sequence[str],
    *,
    penalty: float,
    least_threads: int = 4,
    least: int = 12,
    rounds: int = 80,
    freedom: Callable[[str], float] = lambda _: 1.0,
) -> Softmax:
    """The model that minimises cross-entropy + `penalty` / 2 * |weights / freedom|^2, summed over the examples.

    `freedom` says how freely a feature's weight may grow: more for what a person wrote down than for mere words.
    """
    import numpy as np

    words = vocabulary(examples, least_threads=least_threads, least=least)
    known = [sorted({words[n] for n in example.features if n in words}) for example in examples]
    places = {kind: at for at, kind in enumerate(classes)}
    loss = _Loss(
        np.repeat(np.arange(len(known)), [len(row) for row in known]),
        np.fromiter(chain.from_iterable(known), dtype=np.int32),
        np.array([places[e.kind] for e in examples], dtype=np.int64),
        np.array([freedom(name) for name in words], dtype=np.float32),
        len(classes),
        penalty,
    )
    flat = np.zeros(len(words) * len(classes), dtype=np.float64)
    if examples:
        flat = minimise(loss, flat, rounds)
    weights = (flat.reshape(loss.shape).astype(np.float32) * loss.freedom).T
    return Softmax(tuple(map(str, classes)), words, np.ascontiguousarray(weights))


class _Loss:
    """Cross-entropy with its gradient over rows that are sets of features.

    Features that many rows have stand in a dense matrix, the rest in lists of places: together the fastest.
    """

    def __init__(self, rows: Any, columns: Any, kinds: Any, freedom: Any, classes: int, penalty: float) -> None:
        import numpy as np

        self.freedom, self.kinds = freedom, kinds
        self.shape = (classes, len(freedom))
        self.shrink = penalty / max(len(kinds), 1)
        often = np.bincount(columns, minlength=len(freedom)) > COMMON * len(kinds)
        self.common = np.flatnonzero(often)
        self.dense = np.zeros((len(kinds), len(self.common)), dtype=np.float32)
        dense = often[columns]
        self.dense[rows[dense], np.searchsorted(self.common, columns[dense])] = 1.0
        rows, self.columns = rows[~dense], columns[~dense]
        self.filled, self.starts = np.unique(rows, return_index=True)
        order = np.argsort(self.columns, kind="stable")
        self.rows = rows[order]
        self.rare, self.rare_starts = np.unique(self.columns[order], return_index=True)

    def __call__(self, flat: Floats) -> tuple[float, Floats]:
        import numpy as np

        weights = flat.reshape(self.shape).astype(np.float32) * self.freedom
        scores = weights[:, self.common] @ self.dense.T
        if len(self.filled):
            for own, each in zip(scores, weights, strict=True):
                own[self.filled] += np.add.reduceat(each[self.columns], self.starts)
        scores -= scores.max(axis=0)
        slope = np.exp(scores)
        slope /= slope.sum(axis=0)
        at = np.arange(len(self.kinds))
        value = -float(np.log(slope[self.kinds, at] + 1e-12).mean())
        slope[self.kinds, at] -= 1.0
        slope /= len(self.kinds)
        gradient = np.zeros(self.shape, dtype=np.float32)
        gradient[:, self.common] = slope @ self.dense
        if len(self.filled):
            for own, each in zip(gradient, slope, strict=True):
                own[self.rare] = np.add.reduceat(each[self.rows], self.rare_starts)
        gradient *= self.freedom
        value += 0.5 * self.shrink * float((flat**2).sum())
        return value, gradient.astype(np.float64).reshape(-1) + self.shrink * flat


def minimise(loss: Callable[[Any], tuple[float, Any]], start: Any, rounds: int, memory: int = 8) -> Any:
    """Limited-memory BFGS with a backtracking line search (Nocedal and Wright, chapter 7)."""
    point = start
    value, gradient = loss(point)
    steps: list[tuple[Any, Any]] = []
    for turn in range(rounds):
        direction = -_scaled(gradient, steps)
        descent = float(gradient @ direction)
        if descent >= 0:
            direction, descent = -gradient, -float(gradient @ gradient)
        length = 1.0 if steps else min(1.0, 1.0 / (float(abs(gradient).sum()) + 1e-12)) * 10
        for _ in range(20):
            fresh = point + length * direction
            fresh_value, fresh_gradient = loss(fresh)
            if fresh_value <= value + 1e-4 * length * descent:
                break
            length /= 2
        else:
            return point
        moved, bent = fresh - point, fresh_gradient - gradient
        if float(moved @ bent) > 1e-12:
            steps = [*steps[-(memory - 1) :], (moved, bent)]
        small = value - fresh_value < 1e-6 and turn > 10
        point, value, gradient = fresh, fresh_value, fresh_gradient
        if small:
            return point
    return point


def _scaled(gradient: Any, steps: Sequence[tuple[Any, Any]]) -> Any:
    """The two-loop recursion: the gradient times the inverse curvature that `steps` show."""
    rest = gradient.copy()
    shares = []
    for moved, bent in reversed(steps):
        share = float(moved @ rest) / float(moved @ bent)
        rest -= share * bent
        shares.append(share)
    if steps:
        moved, bent = steps[-1]
        rest *= float(moved @ bent) / float(bent @ bent)
    for (moved, bent), share in zip(steps, reversed(shares), strict=True):
        rest += moved * (share - float(bent @ rest) / float(moved @ bent))
    return rest
