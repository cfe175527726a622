"""In: annotated threads of the user's own. Out: proof that `learn --threads` takes them, and says how it helps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.annotated import places_in, read
from ingest.learning import adapted, learnt, rounded
from ingest.learning_base import digest
from ingest.lessons import Studied
from ingest.softmax import bundled, shipped
from tests.support.command_line import here
from tests.support.corpus import NOUNS, corpus

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("mine"), NOUNS[:3])


@pytest.fixture(scope="module")
def threads(folder: Path) -> list[Studied]:
    return [Studied.of(read(place)) for place in places_in([folder])]


def test_annotated_threads_move_the_models_the_same_way_every_time(threads: list[Studied]) -> None:
    start = digest(bundled())
    one, other = (digest(rounded(adapted([], bundled(), threads))) for _ in range(2))
    assert one == other != start
    assert digest(bundled()) == start


def test_threads_are_read_better_by_models_that_learnt_from_like_ones(threads: list[Studied]) -> None:
    found = learnt([], bundled(), threads)
    assert found.agreement is None
    assert found.reread is not None
    assert found.reread.threads == 3
    assert found.reread.after > found.reread.before
    assert not found.worse


def test_one_thread_cannot_tell_whether_it_helps(threads: list[Studied]) -> None:
    assert learnt([], bundled(), threads[:1]).reread is None


def test_learn_takes_threads_without_any_corrections(
    capsys: Capture, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, out = tmp_path / "absent.sqlite", tmp_path / "learnt"
    ran = here(capsys, "learn", "--threads", folder, "--out", out, "--db", base)
    assert ran.code == 0, ran.err
    assert "3 annotated threads to learn from: about-cache, about-queue, about-timer" in ran.out
    assert "of 3 annotated threads, each left out of learning: mean F1 0." in ran.out
    assert "correction" not in ran.out
    assert not base.exists()
    card = json.loads((out / "learnt.json").read_text())
    assert card["threads"] == ["about-cache", "about-queue", "about-timer"]
    assert card["reread"]["after"] > card["reread"]["before"]
    monkeypatch.setenv("THREADKB_MODEL", str(out))
    assert digest(shipped()) != digest(bundled())


def test_learn_keeps_what_confidences_are_worth(capsys: Capture, folder: Path, tmp_path: Path) -> None:
    ran = here(capsys, "learn", "--threads", folder, "--out", tmp_path / "x", "--json", "--db", tmp_path / "no.sqlite")
    assert json.loads(ran.out)["folder"] == str(tmp_path / "x")
    from ingest.softmax import from_bytes

    kept = from_bytes((tmp_path / "x" / "kinds.bin").read_bytes())
    assert kept.calibration == bundled().kinds.calibration


def test_learn_names_a_folder_that_holds_no_threads(capsys: Capture, tmp_path: Path) -> None:
    ran = here(capsys, "learn", "--threads", tmp_path, "--out", tmp_path / "x", "--db", tmp_path / "no.sqlite")
    assert ran.code == 1
    assert "holds no annotated thread; give a folder with threads/NAME.mbox and gold/NAME.gold.jsonl" in ran.one_line()
    assert not (tmp_path / "x").exists()
