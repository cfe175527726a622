"""Learning from corrections: on request, the same every time, and only where it does not make things worse."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from ingest import learning, pipeline
from ingest.extract import extract
from ingest.learning import adapted, learnt, rounded
from ingest.learning_base import digest, taught_in
from ingest.softmax import bundled, shipped, to_bytes
from ingest.taught import Taught, taught_by
from kb.corrections import Verb
from kb.records import Correction, Item, RawMail, Thread
from tests.support.command_line import here
from tests.support.mails import mail
from tests.support.reading import thread_of
from tests.support.said import says, taken_back

Capture = pytest.CaptureFixture[str]
PLACES = [
    "the old kernel",
    "arm64",
    "a slow disk",
    "the new path",
    "small files",
    "two sockets",
    "huge pages",
    "a laptop",
]
HABIT = "The loop ends early because the list is short on {}."
BODIES = ["This patch drops the lock before it waits.\n", *(f"{HABIT.format(place)}\n" for place in PLACES)]
ELSEWHERE = ["A patch.\n", "We should not do this.\n\nThe loop ends early because the list is short on a phone.\n"]


def _rejected(thread: Thread) -> tuple[list[Item], list[Correction]]:
    items = list(extract(thread, models=bundled()).items)
    return items, [
        says(Verb.REJECT, i, minute=n) for n, i in enumerate(items) if "the loop ends" in i.quote.text.lower()
    ]


@pytest.fixture(scope="module")
def taught() -> Taught:
    thread = thread_of(BODIES)
    items, said = _rejected(thread)
    assert len(said) == len(PLACES)
    return taught_by(thread, [i for i in items if i.id not in {c.item_id for c in said}], said)


def test_what_was_said_often_changes_what_is_found_of_a_like_sentence_elsewhere(taught: Taught) -> None:
    elsewhere = thread_of(ELSEWHERE)
    before = extract(elsewhere, models=bundled()).items
    after = extract(elsewhere, models=rounded(adapted([taught], bundled()))).items
    assert [i.quote.text for i in before if "loop ends" in i.quote.text] == [
        "The loop ends early because the list is short on a phone."
    ]
    assert [i.quote.text for i in after] == ["We should not do this."]


def test_learning_gives_the_same_weights_every_time_and_leaves_the_start_as_it_was(taught: Taught) -> None:
    start = digest(bundled())
    one, other = learnt([taught], bundled()), learnt([taught], bundled())
    assert digest(one.models) == digest(other.models) != start
    assert digest(bundled()) == start


def test_nothing_taught_changes_nothing(taught: Taught) -> None:
    nothing = replace(taught, words=(), links=())
    assert to_bytes(adapted([nothing], bundled()).kinds) == to_bytes(bundled().kinds)


def test_only_weights_of_features_in_corrected_words_move(taught: Taught) -> None:
    before, after = bundled().kinds, adapted([taught], bundled()).kinds
    spoken = {name for word in taught.words for example in word.examples for name in example.features}
    moved = {name for name, at in before.vocabulary.items() if (before.weights[at] != after.weights[at]).any()}
    assert moved
    assert moved <= spoken


def test_agreement_is_measured_on_what_was_left_out(taught: Taught, monkeypatch: pytest.MonkeyPatch) -> None:
    assert learnt([taught], bundled()).agreement is None
    monkeypatch.setattr(learning, "LEAST_TO_TELL", 8)
    agreement = learnt([taught], bundled()).agreement
    assert agreement is not None
    assert (agreement.asked, agreement.before, agreement.left_out) == (8, 0, "message")
    assert agreement.after >= 6


def test_undone_corrections_and_states_teach_nothing() -> None:
    thread = thread_of(BODIES)
    items, said = _rejected(thread)
    gone = [taken_back(c, minute=60) for c in said]
    state = says(Verb.STATE, items[0], value="accepted", minute=70)
    found = taught_by(thread, items, [*said, *gone, state])
    assert (found.words, found.links, found.beyond) == ((), (), 0)


def test_links_by_hand_teach_their_relation() -> None:
    thread = thread_of(["The queue is walked under the lock.\n\nWe should drop the lock before that.\n"])
    items = list(extract(thread, models=bundled()).items)
    assert len(items) == 2
    value = f"motivates {items[1].id}"
    found = taught_by(thread, items, [says(Verb.LINK, items[0], items[1], value=value)])
    assert [(word.verb, word.relation) for word in found.links] == [("link", "motivates")]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "kb.sqlite"
    mails = [mail(n, body, parent=n - 1 if n else None) for n, body in enumerate(BODIES)]
    pipeline.ingest(path, [RawMail(one, "tests") for one in mails])
    return path


def _reject(capsys: Capture, base: Path, count: int) -> None:
    rows = map(json.loads, here(capsys, "export", "items", "--db", base).out.splitlines())
    ids = [row["id"] for row in rows if "loop ends" in row["quote"]]
    assert here(capsys, "correct", "reject", *ids[:count], "--who", "Dora", "--db", base).code == 0


def test_too_few_corrections_teach_nothing(capsys: Capture, base: Path, tmp_path: Path) -> None:
    _reject(capsys, base, 2)
    ran = here(capsys, "learn", "--out", tmp_path / "mine", "--db", base)
    assert (ran.code, ran.out) == (1, "")
    assert "holds 2 corrections to learn from, and it takes 5" in ran.err
    assert not (tmp_path / "mine").exists()


def test_learnt_models_are_used_only_where_they_are_named(
    capsys: Capture, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THREADKB_MODEL", raising=False)
    _reject(capsys, base, len(PLACES))
    ran = here(capsys, "learn", "--out", tmp_path / "mine", "--db", base)
    assert ran.code == 0, ran.err
    assert "8 corrections to learn from: reject 8" in ran.out
    assert "too few corrections of items" in ran.out
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == ["kinds.bin", "learnt.json", "links.bin"]
    assert shipped() == bundled()
    monkeypatch.setenv("THREADKB_MODEL", str(tmp_path / "mine"))
    assert digest(shipped()) == digest(rounded(adapted(taught_in(base), bundled())))


def test_models_that_agree_less_are_not_written_unless_asked_for(
    capsys: Capture, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _reject(capsys, base, len(PLACES))
    monkeypatch.setattr(learning, "_cross_checked", lambda *_: learning.Agreement(8, 7, 5, "message"))
    ran = here(capsys, "learn", "--out", tmp_path / "mine", "--db", base)
    assert (ran.code, "7 right before, 5 after" in ran.out) == (1, True)
    assert not (tmp_path / "mine").exists()
    assert here(capsys, "learn", "--anyway", "--out", tmp_path / "mine", "--db", base).code == 0


def test_the_packages_own_folder_is_not_written_to(capsys: Capture, base: Path) -> None:
    import ingest

    ran = here(capsys, "learn", "--out", Path(ingest.__file__).parent / "model", "--db", base)
    assert (ran.code, "belongs to threadkb itself" in ran.one_line()) == (2, True)


def test_a_folder_without_models_is_named_in_one_line(
    capsys: Capture, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADKB_MODEL", str(tmp_path / "none"))
    ran = here(capsys, "rebuild", "--db", base)
    assert (ran.code, "THREADKB_MODEL: " in ran.err) == (1, True)


@pytest.mark.parametrize("how", ["changed round", "cut short"])
def test_models_that_are_none_are_named_in_one_line(
    capsys: Capture, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    kinds, links = (files("ingest").joinpath("model", f"{name}.bin").read_bytes() for name in ("kinds", "links"))
    (own / "kinds.bin").write_bytes(links if how == "changed round" else kinds[:-5000])
    (own / "links.bin").write_bytes(kinds if how == "changed round" else links)
    monkeypatch.setenv("THREADKB_MODEL", str(own))
    ran = here(capsys, "rebuild", "--db", base)
    assert (ran.code, "holds no models" in ran.err) == (1, True)
    assert "Traceback" not in ran.err
