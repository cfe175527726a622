"""In: rows of feature names. Out: the probability of each class by a linear model with its weights.

Multinomial logistic regression: P(class) is proportional to exp(sum of the weights of a row's features). The weights
are a plain file: a header of JSON, then int8 numbers, one scale a class; loading needs NumPy and nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate, chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.calibration import Calibration
from kb.errors import SourceError
from kb.records import ItemKind, Relation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Softmax:
    """A trained model."""

    classes: tuple[str, ...]
    vocabulary: dict[str, int]
    weights: Weights
    """One row a feature, one column a class."""
    calibration: Calibration | None = None
    """What its probabilities are worth, found on threads that the model was not fitted to."""

    def confidence(self, probability: float) -> float:
        """What `probability` is worth, with three digits; the probability itself where that was not found."""
        return round(probability, 3) if self.calibration is None else self.calibration.confidence(probability)

    def probabilities(self, rows: Sequence[Sequence[str]]) -> Weights:
        """One row for each of `rows`, one column a class; features that the model does not know count for nothing."""
        import numpy as np

        scores = np.zeros((len(rows), len(self.classes)), dtype=np.float32)
        filled = [number for number, row in enumerate(rows) if row]
        if filled:
            firsts = list(accumulate((len(rows[number]) for number in filled[:-1]), initial=0))
            names = chain.from_iterable(rows)
            places = np.fromiter(map(self.vocabulary.get, names, repeat(-1)), dtype=np.intp)
            weights = self.weights[places]
            weights[places < 0] = 0.0
            scores[filled] = np.add.reduceat(weights, firsts, axis=0)
        scores -= scores.max(axis=1, keepdims=True) if len(rows) else 0.0
        raised = np.exp(scores)
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)

    def strongest(self, row: Sequence[str], kind: str) -> tuple[tuple[str, float], ...]:
        """The features of `row` with what each speaks for `kind` above the other classes' mean, strongest first."""
        known = [name for name in row if name in self.vocabulary and name != "bias"]
        weights = self.weights[[self.vocabulary[name] for name in known]]
        pulls = (weights[:, self.classes.index(kind)] - weights.mean(axis=1)).tolist()
        return tuple(sorted(zip(known, pulls, strict=True), key=lambda pull: -pull[1]))


def to_bytes(model: Softmax) -> bytes:
    """`model` with its weights rounded to 8 bits."""
    import numpy as np

    scale = np.abs(model.weights).max(axis=0) / 127 + 1e-12
    numbers = np.round(model.weights / scale).astype(np.int8)
    names = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    header: dict[str, object] = {"classes": model.classes, "scale": [float(s) for s in scale], "features": names}
    if model.calibration is not None:
        header["calibration"] = asdict(model.calibration)
    line = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode()
    return line + b"\n" + bytes(numbers.tobytes())


def from_bytes(content: bytes) -> Softmax:
    """What `to_bytes` wrote; ValueError, KeyError, TypeError or AttributeError for anything else."""
    import numpy as np

    line, _, rest = content.partition(b"\n")
    header = json.loads(line)
    classes = tuple(header["classes"])
    scale = np.array(header["scale"], dtype=np.float32)
    numbers = np.frombuffer(rest, dtype=np.int8).reshape(-1, len(classes))
    if len(numbers) != len(header["features"]):
        raise ValueError("cut short")
    weights = numbers.astype(np.float32) * scale
    given = header.get("calibration")
    calibration = None if given is None else Calibration(**{name: float(value) for name, value in given.items()})
    return Softmax(classes, {name: at for at, name in enumerate(header["features"])}, weights, calibration)


@dataclass(frozen=True, slots=True)
class Models:
    """What extraction has learnt."""

    kinds: Softmax
    """Candidate to `none` or an item's kind."""
    links: Softmax
    """Pair of items to `none` or a relation."""


VARIABLE = "THREADKB_MODEL"
"""Names a folder with models of one's own, such as `threadkb learn` writes."""


def shipped() -> Models:
    """The models in `ingest/model/`, whose card says what they were trained on; or those that THREADKB_MODEL names."""
    return _read(own_models())


def own_models() -> str:
    """The folder that THREADKB_MODEL names; "" if it is not set."""
    return os.environ.get(VARIABLE, "")


def bundled() -> Models:
    """The models in `ingest/model/`, whatever THREADKB_MODEL names."""
    return _read("")


@lru_cache(maxsize=2)
def _read(own: str) -> Models:
    folder = Path(own).expanduser() if own else files("ingest").joinpath("model")
    try:
        kinds, links = (from_bytes(folder.joinpath(f"{name}.bin").read_bytes()) for name in ("kinds", "links"))
        if not set(ItemKind) < set(kinds.classes) or not set(links.classes) <= {*Relation, "none"}:
            raise ValueError("models of something else")
        return Models(kinds, links)
    except OSError as wrong:
        raise SourceError(VARIABLE, f"'{wrong.filename}' cannot be read: {wrong.strerror}", _MEND) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SourceError(VARIABLE, f"'{own}' holds no models", _MEND) from None


_MEND = "name a folder that `threadkb learn` wrote, or unset it"
