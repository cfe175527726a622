"""In: made-up annotated threads, and the real ones where they lie at hand. Out: proof of what training keeps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from ingest.annotated import gold_rows, places_in, read
from ingest.lessons import Studied
from ingest.softmax import from_bytes
from ingest.train import fitted, main
from kb.errors import SourceError
from kb.records import ItemKind
from tests.support.corpus import annotated_thread, corpus
from tests.support.reading import BUNDLED, SHARED

Capture = pytest.CaptureFixture[str]
WEIGHTS = ("kinds.bin", "links.bin")


def _weights(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in WEIGHTS]


def test_same_threads_give_the_same_weights_in_any_process(tmp_path: Path, capsys: Capture) -> None:
    threads = corpus(tmp_path / "made-up")
    assert main([str(threads), "--out", str(tmp_path / "one")]) == 0
    assert "kinds.bin: " in capsys.readouterr().out
    for seed in ("1", "2"):
        out = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(BUNDLED.parents[2])}
        command = [sys.executable, "-m", "ingest.train", str(threads), "--out", str(out)]
        subprocess.run(command, env=environment, check=True, capture_output=True, cwd=tmp_path)
        assert _weights(out) == _weights(tmp_path / "one")


def test_weights_hold_the_classes_and_more_than_what_is_always_there(tmp_path: Path) -> None:
    assert main([str(corpus(tmp_path / "made-up")), "--out", str(tmp_path)]) == 0
    kinds, links = (from_bytes(content) for content in _weights(tmp_path))
    assert set(kinds.classes) == {"none", *ItemKind}
    assert "disputes" in links.classes
    assert min(len(kinds.vocabulary), len(links.vocabulary)) > 20


def test_other_threads_give_other_weights_and_those_left_out_teach_nothing(tmp_path: Path) -> None:
    threads = corpus(tmp_path / "made-up")
    main([str(threads), "--out", str(tmp_path / "all")])
    main([str(threads), "--without", "about-timer", "--without", "elsewhere", "--out", str(tmp_path / "fewer")])
    for path in (threads / "gold" / "about-timer.gold.jsonl", threads / "threads" / "about-timer.mbox"):
        path.unlink()
    main([str(threads), "--out", str(tmp_path / "gone")])
    assert _weights(tmp_path / "fewer") == _weights(tmp_path / "gone") != _weights(tmp_path / "all")


def test_several_folders_of_both_layouts_are_one_corpus(tmp_path: Path) -> None:
    annotated_thread(tmp_path / "a", "one", "queue")
    annotated_thread(tmp_path / "b", "two", "cache", flat=True)
    (tmp_path / "b" / "unannotated.mbox").write_text("")
    assert [place.name for place in places_in([tmp_path / "a", tmp_path / "b"])] == ["one", "two"]
    assert main([str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(tmp_path)]) == 0


def test_one_small_thread_is_enough_to_train_on(tmp_path: Path) -> None:
    annotated_thread(tmp_path, "one", "queue")
    assert main([str(tmp_path), "--out", str(tmp_path)]) == 0
    assert from_bytes(_weights(tmp_path)[0]).calibration is None


def test_thread_with_a_single_item_and_no_pair_is_enough(tmp_path: Path) -> None:
    annotated_thread(tmp_path, "one", "queue")
    gold = tmp_path / "gold" / "one.gold.jsonl"
    gold.write_text(gold.read_text().splitlines()[0] + "\n")
    models = fitted([Studied.of(read(place)) for place in places_in([tmp_path])])
    assert models.links.vocabulary == {"bias": 0}


def test_missing_or_odd_folders_are_one_line(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty").mkdir()
    corpus(tmp_path / "made-up", ["queue"])
    corpus(tmp_path / "copy", ["queue"])
    corpus(tmp_path / "half", ["cache"])
    (tmp_path / "half" / "threads" / "about-cache.mbox").unlink()
    for given, words in (
        (["absent"], "there is no such folder; give a folder with threads/NAME.mbox"),
        (["empty"], "holds no annotated thread; give a folder with threads/NAME.mbox"),
        (["half"], "about-cache.gold.jsonl: there is no 'about-cache.mbox' for it; "),
        (["made-up", "copy"], "has the same name; rename one"),
        (["made-up", "--without", "about-queue"], "holds no thread but those left out; leave out fewer"),
    ):
        arguments = [word if word.startswith(("-", "about")) else str(tmp_path / word) for word in given]
        assert main([*arguments, "--out", str(tmp_path / "out")]) == 1
        said = capsys.readouterr()
        assert words in said.err
        assert (said.err.count("\n"), said.out) == (1, "")
    assert not (tmp_path / "out").exists()


def test_folder_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    annotated_thread(tmp_path, "one", "queue")
    (tmp_path / "file").write_text("")
    assert main([str(tmp_path), "--out", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err.endswith("file: cannot be written: File exists; give another folder with --out\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[]", ":2: is no annotated item"),
        ("{", ":2: is no annotated item"),
        ('{"quote": "x", "kind": "wish"}', ":2: 'wish' is no kind; the kinds are claim"),
        ('{"quote": "x", "kind": ["claim"]}', "is no kind"),
        ('{"quote": "x", "kind": "claim", "links": [{"to": "a", "rel": "likes"}]}', "'likes' is no relation"),
        ('{"quote": "x", "kind": "claim", "links": {"to": "a"}}', "its links are no list"),
        ("[" * 20000, ":2: is no annotated item"),
    ],
)
def test_odd_annotation_is_named_by_its_line(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "odd.gold.jsonl"
    path.write_text('{"quote": "x", "kind": "claim"}\n' + line + "\n")
    with pytest.raises(SourceError) as wrong:
        gold_rows(path)
    assert words in str(wrong.value)


def test_line_separator_inside_a_quote_parts_no_row(tmp_path: Path) -> None:
    path = tmp_path / "odd.gold.jsonl"
    path.write_text(json.dumps({"quote": "a\u2028b", "kind": "claim"}, ensure_ascii=False) + "\n", encoding="utf-8")
    assert [row["quote"] for row in gold_rows(path)] == ["a\u2028b"]


def test_annotation_of_another_thread_is_refused(tmp_path: Path) -> None:
    annotated_thread(tmp_path, "one", "queue")
    annotated_thread(tmp_path / "other", "one", "cache")
    (place,) = places_in([tmp_path])
    place.mbox.write_bytes((tmp_path / "other" / "threads" / "one.mbox").read_bytes())
    with pytest.raises(SourceError, match="none of its quotes stands in"):
        read(place)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the annotated threads do not lie beside the checkout")
def test_shipped_weights_are_what_training_on_the_annotated_threads_gives(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ingest.train", str(SHARED), "--without", BUNDLED.stem, "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, cwd=BUNDLED.parents[2])
    shipped = files("ingest").joinpath("model")
    assert _weights(tmp_path) == [shipped.joinpath(name).read_bytes() for name in WEIGHTS]
