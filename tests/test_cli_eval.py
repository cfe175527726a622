"""In: a thread and annotations, some broken. Out: proof of the figures that eval prints, and of what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import here

Capture = pytest.CaptureFixture[str]

MBOX = """From ada@example.org Mon May  6 10:00:00 2024
From: Ada Example <ada@example.org>
Date: Mon, 6 May 2024 10:00:00 +0000
Subject: [RFC] a lock
Message-ID: <one@example.org>

The lock is taken twice on this path. Who holds it at that point?

From ben@example.org Mon May  6 11:00:00 2024
From: Ben Sample <ben@example.org>
Date: Mon, 6 May 2024 11:00:00 +0000
Subject: Re: [RFC] a lock
Message-ID: <two@example.org>
In-Reply-To: <one@example.org>

> Who holds it at that point?

The caller does. Can you also test this on arm64?
"""
GOLD = [
    {"id": "g1", "message": 0, "kind": "question", "quote": "Who holds it at that point?", "state": "answered"},
    {"id": "g2", "message": 1, "kind": "action", "quote": "Can you also test this on arm64?", "state": "open"},
]


@pytest.fixture
def thread(tmp_path: Path) -> Path:
    (tmp_path / "thread.mbox").write_text(MBOX)
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in GOLD))
    return tmp_path


def test_eval_measures_against_the_annotation_and_writes_nothing(capsys: Capture, thread: Path) -> None:
    ran = here(capsys, "eval", thread / "thread.mbox", thread / "gold.jsonl", "--json", "--db", thread / "no.sqlite")
    assert ran.code == 0
    figures = json.loads(ran.out)
    assert figures["0.5"]["question"]["gold"] == 1
    assert figures["0.5"]["question"]["r"] == 1.0
    assert figures["0.5"]["micro"]["gold"] == 2
    assert figures["unplaced_gold"] == 0
    assert sorted(path.name for path in thread.iterdir()) == ["gold.jsonl", "thread.mbox"]


def test_eval_prints_figures_for_people(capsys: Capture, thread: Path) -> None:
    out = here(capsys, "eval", thread / "thread.mbox", thread / "gold.jsonl").out
    assert "overlap of 0.5 or more" in out
    assert "question   P " in out
    assert "links: P " in out


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "holds no annotated item"), ("{}\n", ":1: is no annotated item"), ("\n[1]\n", ":2:"), ("not json\n", ":1:")],
)
def test_eval_refuses_what_is_no_annotation(capsys: Capture, thread: Path, content: str, words: str) -> None:
    (thread / "gold.jsonl").write_text(content)
    ran = here(capsys, "eval", thread / "thread.mbox", thread / "gold.jsonl")
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.one_line()


def test_eval_of_a_missing_file_is_one_line(capsys: Capture, thread: Path) -> None:
    for arguments in (["absent.mbox", thread / "gold.jsonl"], [thread / "thread.mbox", "absent.jsonl"]):
        ran = here(capsys, "eval", *arguments)
        assert ran.code == 1
        assert "absent" in ran.one_line()
