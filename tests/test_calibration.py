"""In: probabilities and what came of them. Out: proof that confidences come near what is right and decide no more."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.calibration import ITEMS_FIXED, LEAST, LINKS_FIXED, Calibration, Outcome, calibration
from ingest.extract import extract
from ingest.measured import distance
from ingest.softmax import Models, bundled, from_bytes, to_bytes
from kb.records import Thread
from kb.states import DECIDES, Voice, fold
from tests.support.reading import REVIEW, thread_of
from tui.cli.groups import SURE

SLOPES = st.floats(0, 2)
FIXED = st.sampled_from([ITEMS_FIXED, LINKS_FIXED, 0.35])


def _seen(worth: dict[float, float], each: int = 200) -> list[Outcome]:
    """`each` outcomes of every probability, of which a share was right."""
    return [Outcome(p, n < share * each, "claim") for p, share in worth.items() for n in range(each)]


def test_fixed_points_are_where_confidences_decide() -> None:
    assert (ITEMS_FIXED, LINKS_FIXED) == (SURE, DECIDES)


@given(FIXED, SLOPES, SLOPES, st.floats(0, 1))
def test_confidence_stands_on_the_side_of_the_fixed_point_where_the_probability_stands(
    fixed: float, below: float, above: float, probability: float
) -> None:
    worth = Calibration(fixed, below, above).confidence(probability)
    assert (worth >= fixed) is (round(probability, 3) >= fixed)
    assert 0 <= worth <= 1
    assert worth == round(worth, 3)


@given(FIXED, SLOPES, SLOPES)
def test_higher_probability_never_gets_a_lower_confidence(fixed: float, below: float, above: float) -> None:
    every = [Calibration(fixed, below, above).confidence(n / 500) for n in range(501)]
    assert all(low <= high for low, high in pairwise(every))


def test_slopes_of_one_leave_probabilities_as_they_are() -> None:
    one = Calibration(0.5)
    assert [one.confidence(p) for p in (0.001, 0.28, 0.499, 0.5, 0.731, 0.999)] == [
        0.001,
        0.28,
        0.499,
        0.5,
        0.731,
        0.999,
    ]


def test_too_bold_probabilities_are_drawn_to_what_was_right() -> None:
    seen = _seen({0.2: 0.35, 0.3: 0.4, 0.7: 0.6, 0.9: 0.7})
    found = calibration(seen, 0.5)
    assert 0 < found.below < 1
    assert 0 < found.above < 1
    after = [replace(one, confidence=found.confidence(one.confidence)) for one in seen]
    assert distance(after) < 0.03 < 0.1 < distance(seen)


def test_few_outcomes_change_nothing() -> None:
    seen = _seen({0.9: 0.1}, each=LEAST - 1)
    assert calibration(seen, 0.5) == Calibration(0.5, 1.0, 1.0)
    assert calibration([*seen, seen[0]], 0.5).above == 0.0


def test_calibration_is_kept_with_the_weights() -> None:
    given = replace(bundled().kinds, calibration=Calibration(0.5, 0.75, 1.25))
    assert from_bytes(to_bytes(given)).calibration == Calibration(0.5, 0.75, 1.25)
    assert from_bytes(to_bytes(replace(given, calibration=None))).calibration is None


@pytest.mark.parametrize("broken", [b'{"fixed":0.5,"below":-1}', b'{"fixed":2}', b'{"odd":1}', b"7", b'{"fixed":"x"}'])
def test_calibration_that_is_none_is_no_model(broken: bytes) -> None:
    content = to_bytes(replace(bundled().kinds, calibration=Calibration(0.5)))
    odd = content.replace(b'{"fixed":0.5,"below":1.0,"above":1.0}', broken)
    assert odd != content
    with pytest.raises((ValueError, TypeError, AttributeError, KeyError)):
        from_bytes(odd)


def _with(below: float, above: float) -> Models:
    models = bundled()
    return Models(
        replace(models.kinds, calibration=Calibration(ITEMS_FIXED, below, above)),
        replace(models.links, calibration=Calibration(LINKS_FIXED, below, above)),
    )


def test_calibration_changes_confidences_and_nothing_else() -> None:
    thread: Thread = thread_of([*REVIEW, *REVIEW])
    voices = {m.message_id: Voice(m.author, n) for n, m in enumerate(thread.messages)}
    plain, flat = (extract(thread, models=_with(*slopes)) for slopes in ((1.0, 1.0), (0.3, 0.3)))
    assert [i.confidence for i in plain.items] != [i.confidence for i in flat.items]
    assert [replace(i, confidence=0) for i in plain.items] == [replace(i, confidence=0) for i in flat.items]
    assert [replace(k, confidence=0) for k in plain.links] == [replace(k, confidence=0) for k in flat.links]
    assert [k.confidence >= DECIDES for k in plain.links] == [k.confidence >= DECIDES for k in flat.links]
    assert [i.confidence >= SURE for i in plain.items] == [i.confidence >= SURE for i in flat.items]
    assert fold(plain.items, plain.links, voices) == fold(flat.items, flat.links, voices)
    assert plain.links


def test_shipped_models_are_calibrated_at_the_fixed_points() -> None:
    kinds, links = bundled().kinds.calibration, bundled().links.calibration
    assert kinds is not None
    assert links is not None
    assert (kinds.fixed, links.fixed) == (ITEMS_FIXED, LINKS_FIXED)
