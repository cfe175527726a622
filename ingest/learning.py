"""In: models, what a person's corrections teach, further annotated threads. Out: models that lean towards them.

The weights move from the given ones only as far as the corrections pull them: maximum a posteriori with the given
weights as the prior's mean, and with the spans that nobody corrected as anchors, where the given model's own
probabilities are the target. Without chance; features that the model does not know stay unknown. How far it helps is
measured on what was left out of learning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ingest.evaluate import overlap
from ingest.extract import extract
from ingest.fitting import Example, minimise
from ingest.label import label
from ingest.lessons import Studied
from ingest.softmax import Models, Softmax, from_bytes, to_bytes
from ingest.taught import NONE, Taught, Word, only
from ingest.train import scored
from kb.laying import HALF

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LEAST = 5
"""Corrections below which nothing is learnt."""
LEAST_TO_TELL = 10
"""Corrections of items below which it cannot be told whether learning helps."""
FOLDS = 5
PENALTY = 100.0
"""Precision of the prior, as in training: what a weight's distance from the given one costs."""
MOST_ANCHORS = 6000


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many corrections of items a model agrees with that it has not learnt from."""

    asked: int
    before: int
    after: int
    left_out: str
    """`thread` or `message`: what was left out of learning at a time."""


@dataclass(frozen=True, slots=True)
class Reread:
    """How well annotated threads are read by models that learnt from the others of them, and from the corrections."""

    threads: int
    before: float
    """Mean micro F1 of the given models."""
    after: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """What learning gave."""

    models: Models
    agreement: Agreement | None
    """None where there are too few corrections to tell."""
    reread: Reread | None = None
    """None where there are fewer than two annotated threads."""

    @property
    def worse(self) -> bool:
        """It reads worse what was left out than the given models do."""
        agrees_less = self.agreement is not None and self.agreement.after < self.agreement.before
        return agrees_less or (self.reread is not None and self.reread.after < self.reread.before)


def rounded(models: Models) -> Models:
    """`models` as they will be read back from their files."""
    return replace(models, kinds=from_bytes(to_bytes(models.kinds)), links=from_bytes(to_bytes(models.links)))


def learnt(taught: Sequence[Taught], models: Models, threads: Sequence[Studied] = ()) -> Learnt:
    """`models` leaning towards what is taught, by corrections and by annotated `threads`.

    How far it helps is measured on corrections, and on threads, that were left out.
    """
    return Learnt(
        rounded(adapted(taught, models, threads)),
        _cross_checked(taught, models, threads),
        _reread(taught, models, threads),
    )


def adapted(taught: Sequence[Taught], models: Models, threads: Sequence[Studied] = ()) -> Models:
    """`models` with weights moved towards what is taught."""
    kinds = [example for one in taught for word in one.words for example in word.examples]
    links = [word.example for one in taught for word in one.links]
    kinds += [example for one in threads for example in one.kinds]
    links += [example for one in threads for example in one.links]
    return replace(
        models,
        kinds=moved(models.kinds, kinds, [row for one in taught for row in one.anchors]),
        links=moved(models.links, links, [row for one in taught for row in one.link_anchors]),
    )


def _reread(taught: Sequence[Taught], models: Models, threads: Sequence[Studied]) -> Reread | None:
    """How well each of `threads` is read when it is left out of learning."""
    if len(threads) < 2:
        return None
    before = after = 0.0
    for held in threads:
        other = rounded(adapted(taught, models, [one for one in threads if one is not held]))
        before += _f1(held, models)
        after += _f1(held, other)
    return Reread(len(threads), before / len(threads), after / len(threads))


def _f1(held: Studied, models: Models) -> float:
    found = extract(held.one.thread, models=models, paragraphs=held.paragraphs)
    return scored(held.one, found).at[0.5].micro.f1


def moved(model: Softmax, examples: Sequence[Example], anchors: Sequence[Sequence[str]]) -> Softmax:
    """`model` with the weights that minimise the loss; itself where there is no example."""
    import numpy as np

    if not examples:
        return model
    anchors = anchors[:: len(anchors) // MOST_ANCHORS + 1]
    loss = _Loss(model, examples, anchors)
    step = minimise(loss, np.zeros(loss.shape[0] * loss.shape[1], dtype=np.float64), 60)
    weights = np.array(model.weights, dtype=np.float32)
    weights[loss.features] += step.reshape(loss.shape).astype(np.float32)
    return replace(model, weights=weights)


class _Loss:
    """Cross-entropy and its gradient in the distance from a model's weights, plus that distance squared."""

    def __init__(self, model: Softmax, examples: Sequence[Example], anchors: Sequence[Sequence[str]]) -> None:
        import numpy as np

        rows = [*(example.features for example in examples), *anchors]
        known = [sorted({model.vocabulary[name] for name in row if name in model.vocabulary}) for row in rows]
        self.features = np.array(sorted({at for row in known[: len(examples)] for at in row}), dtype=np.int64)
        places = {int(at): number for number, at in enumerate(self.features)}
        inside = [[places[at] for at in row if at in places] for row in known]
        self.shape = (len(self.features), len(model.classes))
        self.of_row = np.repeat(np.arange(len(rows)), [len(row) for row in inside])
        self.columns = np.array([at for row in inside for at in row], dtype=np.int64)
        self.base = np.zeros((len(rows), len(model.classes)))
        for number, row in enumerate(known):
            self.base[number] = model.weights[row].sum(axis=0)
        self.targets = _chances(self.base)
        for number, example in enumerate(examples):
            self.targets[number] = [float(example.kind == each) for each in model.classes]

    def __call__(self, flat: Any) -> tuple[float, Any]:
        import numpy as np

        step = flat.reshape(self.shape)
        classes = range(self.shape[1])
        added = [np.bincount(self.of_row, step[self.columns, k], minlength=len(self.base)) for k in classes]
        scores = self.base + np.stack(added, axis=1)
        chances = _chances(scores)
        value = -float((self.targets * np.log(chances + 1e-12)).sum())
        slope = chances - self.targets
        pulled = [np.bincount(self.columns, slope[self.of_row, k], minlength=self.shape[0]) for k in classes]
        gradient = np.stack(pulled, axis=1).reshape(-1)
        return value + 0.5 * PENALTY * float((flat**2).sum()), gradient + PENALTY * flat


def _chances(scores: Any) -> Any:
    import numpy as np

    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def agrees(word: Word, model: Softmax) -> bool:
    """Whether `model` finds an item of the kind in the words of which a person spoke, or none where there is none."""
    for found in label(word.paragraph, model):
        start, end = found.candidate.start, found.candidate.end
        place = word.paragraph.block.span(start, end)
        if overlap(place, (word.start, word.end)) >= HALF:
            return word.kind == str(found.kind)
    return word.kind == NONE


def _cross_checked(taught: Sequence[Taught], models: Models, threads: Sequence[Studied]) -> Agreement | None:
    """The agreement with corrections that were left out: a thread at a time, or a fifth of the messages."""
    asked = sum(len(one.words) for one in taught)
    folds = list(_folds(taught))
    if asked < LEAST_TO_TELL or len(folds) < 2:
        return None
    before = after = 0
    for rest, held in folds:
        model = adapted(rest, models, threads).kinds
        words = [word for one in held for word in one.words]
        before += sum(agrees(word, models.kinds) for word in words)
        after += sum(agrees(word, model) for word in words)
    return Agreement(asked, before, after, "thread" if _many(taught) else "message")


def _many(taught: Sequence[Taught]) -> bool:
    return sum(bool(one.words) for one in taught) >= 3


def _folds(taught: Sequence[Taught]) -> Iterator[tuple[list[Taught], list[Taught]]]:
    """(what is learnt from, what is asked about) in turn."""
    if _many(taught):
        for one in taught:
            if one.words:
                yield [each if each is not one else only(each, ()) for each in taught], [one]
        return
    messages = sorted({word.message_id for one in taught for word in one.words})
    count = min(FOLDS, len(messages))
    for fold in range(count):
        held = messages[fold::count]
        yield [only(each, held, without=True) for each in taught], [only(each, held) for each in taught]
