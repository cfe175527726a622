"""In: paragraphs. Out: proof of which of their spans are items, of what kind, and why."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.clauses import Candidate
from ingest.cue_rules import Cue, Wording, cues, found_cues, lexicon, word_list
from ingest.label import Labelled, chosen, label, paragraphs_of
from ingest.softmax import from_bytes, shipped, to_bytes
from kb.records import ItemKind
from tests.support.reading import BUNDLED, thread_of

WORDING = (
    *(
        "I ",
        "we ",
        "you ",
        "it ",
        "’ll ",
        "'d ",
        "do",
        "n't ",
        "not ",
        "should ",
        "could ",
        "please ",
        "send ",
        "think ",
    ),
    *(
        "about ",
        "how ",
        "what ",
        "the ",
        "a ",
        "let",
        "s ",
        "’s ",
        "me ",
        "see ",
        "see",
        "agree",
        " that this isn't ",
        "?",
        "? ",
    ),
    *(
        ": ",
        ":",
        ". ",
        ", ",
        "right",
        "10",
        " ms",
        "% ",
        "yes",
        "No, ",
        "but ",
        "ſhould ",
        "applied ",
        "in v2",
        "K",
        "_",
        "é",
    ),
)
"""What cues are made of and what ends them, to be put together anyhow."""


def labelled(body: str) -> tuple[Labelled, ...]:
    paragraphs = list(paragraphs_of(thread_of(["A patch.\n", body])))
    return tuple(found for p in paragraphs if p.message_id == "m1@example.org" for found in label(p, shipped().kinds))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Why does the writer wait for the reader here?", ItemKind.QUESTION),
        ("What happens if the reader never comes back?", ItemKind.QUESTION),
        ("I think we should use a counter instead of the lock.", ItemKind.DECISION),
        ("Maybe we could just drop the second lock?", ItemKind.DECISION),
        ("Could you please send the results of that test?", ItemKind.ACTION),
        ("The writer holds the lock until the last reader has left the queue.", ItemKind.CLAIM),
        ("This will deadlock because the caller already holds the lock.", ItemKind.CLAIM),
    ],
)
def test_sentence_gets_the_kind_of_its_wording(words: str, kind: ItemKind) -> None:
    found = labelled(words + "\n")
    assert [f.kind for f in found] == [kind]


@pytest.mark.parametrize("words", ["Reviewed-by: Ada Example <ada@example.org>", "Thanks!", "Hi Ben,"])
def test_mail_that_holds_nothing_gives_nothing(words: str) -> None:
    assert labelled(words + "\n") == ()


def test_labels_carry_a_probability_and_what_decided() -> None:
    (found,) = labelled("I think we should use a counter instead of the lock.\n")
    assert 0.27 < found.confidence <= 1.0
    assert "should" in found.cue or "instead" in found.cue


def test_confidence_differs_between_plain_and_doubtful_wording() -> None:
    plain, doubtful = labelled("Why does the writer wait for the reader?\n\nHmm, not sure that a counter helps.\n")
    assert plain.confidence > doubtful.confidence


def _candidate(first: int, last: int) -> Candidate:
    return Candidate(first, last, first, last, 1, 1, "sentence", "sentence")


def test_choice_prefers_two_good_parts_to_a_whole_that_is_worth_less() -> None:
    spans = [_candidate(0, 10), _candidate(0, 5), _candidate(5, 10)]
    assert chosen(spans, [0.5, 0.3, 0.3]) == [1, 2]
    assert chosen(spans, [0.7, 0.3, 0.3]) == [0]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8), st.floats(-1, 1)), max_size=12))
def test_choice_never_overlaps_and_is_the_best_there_is(rows: list[tuple[int, int, float]]) -> None:
    spans = [_candidate(start, start + length) for start, length, _ in rows]
    gains = [gain for _, _, gain in rows]
    picked = chosen(spans, gains)
    assert all(spans[a].last <= spans[b].first for a, b in pairwise(picked))
    best = 0.0
    for mask in range(1 << min(len(rows), 12)):
        subset = sorted((n for n in range(len(rows)) if mask >> n & 1), key=lambda n: spans[n].first)
        if all(spans[a].last <= spans[b].first for a, b in pairwise(subset)):
            best = max(best, sum(gains[n] for n in subset))
    assert sum(gains[n] for n in picked) == pytest.approx(best)


def test_every_cue_has_a_known_kind_and_a_note() -> None:
    for name, kinds in (
        ("kinds", {*ItemKind, "none"}),
        ("stances", {"agrees", "disagrees", "refutes", "supersedes", "motivates"}),
    ):
        rows = cues(name)
        assert len({cue.name for cue in rows}) == len(rows) > 5
        assert all(cue.kind in kinds and cue.note and cue.weight > 0 for cue in rows)


def test_cue_reads_typographic_apostrophes() -> None:
    assert "lets" in {cue.name for cue in found_cues("kinds", "Let’s drop the lock")}
    assert "lets" not in {cue.name for cue in found_cues("kinds", "It lets us drop the lock")}


def _known(cue: Cue) -> None:
    """Texts made from the cue's pattern hold one of the words without which it is not tried."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(cue.pattern))
    def seen(text: str) -> None:
        assert cue in found_cues("kinds", text) + found_cues("stances", text)

    seen()


@pytest.mark.parametrize(
    "cue", [c for name in ("kinds", "stances") for c in cues(name) if c.words], ids=lambda c: c.name
)
def test_cue_is_found_wherever_its_pattern_matches(cue: Cue) -> None:
    _known(cue)


@given(st.lists(st.sampled_from(WORDING), min_size=3, max_size=12), st.data())
def test_cues_of_a_stretch_are_those_of_its_own_text(words: list[str], data: st.DataObject) -> None:
    text = "".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    for name in ("kinds", "stances"):
        every = tuple(cue for cue in cues(name) if cue.pattern.search(text[start:end].replace("’", "'")))
        assert Wording(name, text).found(start, end) == found_cues(name, text[start:end]) == every


def test_cues_take_linear_time_on_hostile_text() -> None:
    for text in ("a " * 100_000, "we really also " * 20_000, "?" * 100_000, "i don't " * 30_000):
        assert len(found_cues("kinds", text) + found_cues("stances", text)) < 20


def test_word_lists_are_read_from_data() -> None:
    assert "add" in lexicon() and "change" in lexicon()["add"]
    assert "but" in word_list("openers")


def test_model_survives_its_file() -> None:
    model = shipped().kinds
    again = from_bytes(to_bytes(model))
    assert again.vocabulary == model.vocabulary
    assert abs(again.weights - model.weights).max() < 0.02
    rows = [["bias", "cue:we-should"], ["bias", "no such feature"]]
    assert again.probabilities(rows).sum(axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)


def test_model_follows_its_cues() -> None:
    model = shipped().kinds
    column = model.classes.index("question")
    assert model.weights[model.vocabulary["cue:question-mark"], column] > 0.2


def test_model_holds_no_name_of_the_bundled_threads_people() -> None:
    senders = re.findall(r"^From: \"?([A-Za-z .,]+?)\"? <", BUNDLED.read_text("utf-8", "replace"), re.MULTILINE)
    names = {word.lower() for sender in senders for word in re.findall(r"[A-Za-z]{3,}", sender)}
    assert len(names) > 6
    for model in (shipped().kinds, shipped().links):
        words = {word for feature in model.vocabulary for word in re.findall(r"[a-z]+", feature)}
        assert not words & names


def test_label_with_an_unreachable_threshold_finds_nothing() -> None:
    for paragraph in paragraphs_of(thread_of(["We should drop the lock.\n"])):
        assert label(paragraph, shipped().kinds, threshold=1.0) == ()
        assert label(replace(paragraph, candidates=(), features=()), shipped().kinds) == ()
