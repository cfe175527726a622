"""In: rows of feature names with their classes. Out: a linear model fitted to them, the same one every time.

A feature is kept if it stands in at least `least_threads` threads, so no thread's own words get in; where there are
fewer threads, in all of them. The loss is the mean cross-entropy plus L2; it is minimised by L-BFGS from zero, without
chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.softmax import Softmax
from kb.records import ItemKind, Relation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

KINDS = ("none", *ItemKind)
RELATIONS = ("none", *Relation)


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
    there = len({example.thread for example in examples})
    if there < least_threads:
        least, least_threads = max(2, -(-least * there // least_threads)), there
    threads: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for example in examples:
        for name in example.features:
            threads[name].add(example.thread)
            counts[name] += 1
    kept = sorted(n for n in counts if counts[n] >= least and len(threads[n]) >= least_threads)
    return {name: at for at, name in enumerate(kept)}


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
    rows: list[int] = []
    columns: list[int] = []
    for number, example in enumerate(examples):
        known = sorted({words[n] for n in example.features if n in words})
        columns.extend(known)
        rows.extend([number] * len(known))
    places = {kind: at for at, kind in enumerate(classes)}
    loss = _Loss(
        np.array(rows, dtype=np.int64),
        np.array(columns, dtype=np.int64),
        np.array([places[e.kind] for e in examples]),
        np.array([freedom(name) for name in words], dtype=np.float32)[:, None],
        len(classes),
        penalty,
    )
    flat = minimise(loss, np.zeros(len(words) * len(classes), dtype=np.float64), rounds)
    weights = flat.reshape(len(words), len(classes)).astype(np.float32) * loss.freedom
    return Softmax(tuple(map(str, classes)), words, weights)


class _Loss:
    """Cross-entropy with its gradient over rows that are sets of features."""

    def __init__(self, rows: Any, columns: Any, kinds: Any, freedom: Any, classes: int, penalty: float) -> None:
        import numpy as np

        self.freedom, self.kinds, self.columns = freedom, kinds, columns
        self.shape = (len(freedom), classes)
        self.shrink = penalty / len(kinds)
        self.filled = np.unique(rows)
        self.starts = np.flatnonzero(np.r_[True, np.diff(rows) > 0]) if len(rows) else rows
        order = np.argsort(columns, kind="stable")
        self.rows_by_column = rows[order]
        self.column_starts = np.flatnonzero(np.r_[True, np.diff(columns[order]) > 0])

    def __call__(self, flat: Floats) -> tuple[float, Floats]:
        import numpy as np

        weights = flat.reshape(self.shape).astype(np.float32) * self.freedom
        scores = np.add.reduceat(weights[self.columns], self.starts, axis=0)
        scores -= scores.max(axis=1, keepdims=True)
        raised = np.exp(scores)
        slope = raised / raised.sum(axis=1, keepdims=True)
        at = np.arange(len(self.kinds))
        value = -float(np.log(slope[at, self.kinds] + 1e-12).mean())
        slope[at, self.kinds] -= 1.0
        slope /= len(self.kinds)
        gradient = np.add.reduceat(slope[self.rows_by_column], self.column_starts, axis=0) * self.freedom
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
