"""In: made-up annotated threads. Out: proof that no thread teaches who reads it, and of the tables that come of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import measured
from ingest.annotated import places_in, read
from ingest.calibration import Outcome
from ingest.crossing import Crossed, crossed
from ingest.evaluate import score
from ingest.lessons import Studied
from ingest.mistakes import REMEDIES, mistakes, most_frequent
from ingest.softmax import to_bytes
from ingest.train import trained
from tests.support import status
from tests.support.corpus import NOUNS, corpus
from tests.support.status import BEGIN, END, within
from tests.support.threads import message


@pytest.fixture(scope="module")
def threads(tmp_path_factory: pytest.TempPathFactory) -> tuple[Studied, ...]:
    folder = corpus(tmp_path_factory.mktemp("made-up"), NOUNS[:4])
    return tuple(Studied.of(read(place)) for place in places_in([folder]))


@pytest.fixture(scope="module")
def found(threads: tuple[Studied, ...]) -> Crossed:
    return crossed(threads, jobs=1, sizes=(1, 2))


def test_child_processes_find_the_same(threads: tuple[Studied, ...], found: Crossed) -> None:
    assert crossed(threads, jobs=2, sizes=(1, 2)) == found


def test_each_thread_is_read_by_models_of_the_others(threads: tuple[Studied, ...], found: Crossed) -> None:
    models = trained(threads[1:])
    assert found.folds[0].weights == (to_bytes(models.kinds), to_bytes(models.links))
    assert [fold.name for fold in found.folds] == [one.one.name for one in threads]
    assert {fold.learnt_from for fold in found.folds} == {3}


def test_what_is_annotated_in_a_thread_changes_nothing_in_who_reads_it(
    threads: tuple[Studied, ...], found: Crossed
) -> None:
    one = threads[0].one
    others = {"claim": "decision", "decision": "claim", "question": "action", "action": "question"}
    gold = tuple({**row, "kind": others[str(row["kind"])]} for row in one.gold)
    changed = crossed([Studied.of(replace(one, gold=gold)), *threads[1:]], jobs=1, sizes=())
    assert changed.folds[0].weights == found.folds[0].weights
    assert changed.folds[0].score != found.folds[0].score
    assert changed.folds[1].weights != found.folds[1].weights


def test_curve_has_every_thread_at_each_size(found: Crossed) -> None:
    assert {size: len(scores) for size, scores in found.curve.items()} == {1: 4, 2: 4, 3: 4}
    assert found.curve[3] == tuple(fold.score for fold in found.folds)


def test_tables_hold_every_thread_kind_and_mean_and_no_words_of_mail(found: Crossed) -> None:
    rows = list(measured.by_thread(found))
    assert len(rows) == 2 + 4 + 1
    f1 = [fold.score.at[0.5].micro.f1 for fold in found.folds]
    assert rows[-1].startswith(f"| **mean** | **{sum(f1) / 4:.3f}** | ")
    assert len(list(measured.by_thread_and_kind(found))) == 2 + 4 * 4
    assert "| claim | " in "\n".join(measured.by_kind(found))
    assert [row.split(" |")[0] for row in measured.curve(found)][2:] == ["| 1", "| 2", "| 3"]
    every = "\n".join(
        line
        for make in (measured.by_thread, measured.by_kind, measured.by_thread_and_kind, measured.curve)
        for line in make(found)
    )
    every += "\n".join([*measured.reliabilities(found), *measured.frequent_mistakes(found.folds)])
    assert "walked without" not in every
    assert "arm64" not in every


def test_reliability_counts_every_outcome_once() -> None:
    seen = [Outcome(n / 20, n % 2 == 0, "claim") for n in range(21)]
    rows = list(measured.reliability(seen))[2:]
    assert sum(int(row.split("|")[2]) for row in rows) == 21
    assert rows[-1] == "| 0.9 to 1.0 | 3 | 0.950 | 0.667 |"
    assert measured.distance([Outcome(0.75, True, "claim"), Outcome(0.75, False, "claim")]) == 0.25
    assert measured.distance([]) == 0.0


MAILS = [
    message(0, "The lock is taken twice because the reader waits. Who holds it?\n"),
    message(1, "The caller does. We drop it.\n"),
]
TWICE = "The lock is taken twice because the reader waits."
GOLD = [
    {
        "id": "a",
        "message": 0,
        "kind": "claim",
        "quote": "The lock is taken twice because the reader waits.",
        "state": "disputed",
    },
    {"id": "b", "message": 0, "kind": "question", "quote": "Who holds it?", "state": "answered"},
    {
        "id": "c",
        "message": 1,
        "kind": "claim",
        "quote": "The caller does.",
        "state": "uncontested",
        "links": [{"to": "b", "rel": "answers"}, {"to": "a", "rel": "disputes"}],
    },
    {"id": "d", "message": 1, "kind": "decision", "quote": "We drop it.", "state": "proposed", "sure": False},
]


def _sorts(*rows: tuple[int, str, str, str], links: object = ()) -> list[str]:
    found = [
        {
            "id": str(at),
            "message": number,
            "kind": kind,
            "quote": quote,
            "state": state,
            "links": links if at == 0 else [],
        }
        for at, (number, kind, quote, state) in enumerate(rows)
    ]
    return [one.sort for one in mistakes(GOLD, found, MAILS)]


LOCK = (0, "claim", TWICE, "disputed")
WHO = (0, "question", "Who holds it?", "answered")
CALLER = (1, "claim", "The caller does.", "uncontested")
BOTH = [{"to": "1", "rel": "answers"}, {"to": "2", "rel": "disputes"}]


def test_answer_without_a_fault_makes_no_mistake() -> None:
    assert _sorts(CALLER, WHO, LOCK, links=BOTH) == []


@pytest.mark.parametrize(
    ("rows", "links", "sort"),
    [
        ([CALLER, (*WHO[:3], "open"), LOCK], BOTH, "a question that is answered shown as open"),
        ([CALLER, WHO, LOCK], BOTH[:1], "'disputes' not seen between items that were found"),
        ([CALLER, WHO, LOCK], [BOTH[0], {"to": "2", "rel": "supports"}], "'disputes' shown as 'supports'"),
        ([CALLER, WHO, LOCK, (1, "claim", "drop", "open")], BOTH, None),
        ([LOCK, WHO, CALLER], [{"to": "1", "rel": "motivates"}], "'motivates' between items that nobody links"),
        ([CALLER, WHO], BOTH[:1], "a claim not found"),
        ([CALLER, WHO, (0, "decision", *LOCK[2:])], BOTH[:1], "a claim taken for a decision"),
        ([CALLER, WHO, (0, "claim", "the reader waits.", "disputed")], BOTH[:1], "a claim cut short"),
        ([CALLER, LOCK, (0, "claim", MAILS[0].body.strip(), "open")], BOTH[1:], "a question inside longer words"),
    ],
)
def test_mistake_has_its_sort(rows: list[tuple[int, str, str, str]], links: object, sort: str | None) -> None:
    sorts = _sorts(*rows, links=links)
    assert (sort in sorts) if sort is not None else ("a claim where nobody has an item" not in sorts)


def test_item_where_nobody_has_one_is_a_mistake() -> None:
    mails = [*MAILS, message(2, "What a day.\n")]
    found = mistakes(GOLD, [{"id": "x", "message": 2, "kind": "claim", "quote": "What a day.", "state": ""}], mails)
    assert "a claim where nobody has an item" in [one.sort for one in found]


def test_frequent_mistakes_say_what_mending_takes_and_come_in_order() -> None:
    every = [one for _ in range(3) for one in mistakes(GOLD, [], MAILS)]
    ranked = most_frequent(every, 2)
    assert [(sort, times) for sort, times, _, _ in ranked] == [
        ("a claim not found", 6),
        ("a link of which an end was not found", 6),
    ]
    assert {remedy for _, _, remedy, _ in ranked} <= set(REMEDIES.values())


def test_page_keeps_what_stands_around_its_tables() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert within(page, ["new"]) == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    with pytest.raises(AssertionError):
        within("no marks", [])


def test_scored_fold_is_what_the_scoring_gives(threads: tuple[Studied, ...], found: Crossed) -> None:
    from ingest.extract import extract
    from ingest.train import exported

    one = threads[1]
    models = trained([threads[0], *threads[2:]])
    rows = exported(one.one, extract(one.one.thread, models=models))
    assert score(one.one.gold, rows, one.one.messages) == found.folds[1].score
    assert json.dumps(rows)


def test_measuring_prints_every_table_and_shows_examples_on_the_screen_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "STATUS", tmp_path / "status.md")
    monkeypatch.setattr(status, "CARD", tmp_path / "CARD.md")
    (tmp_path / "CARD.md").write_text(f"# Card\n{BEGIN}\n{END}\n")
    folder = corpus(tmp_path / "made-up", NOUNS[:2])
    assert status.main([str(folder), "--jobs", "1"]) == 0
    printed = capsys.readouterr().out
    for words in ("| thread | F1 | P | R | F1 at 0.25 |", "| **mean** |", "| learnt from |", "| confidence | n |"):
        assert words in printed
    assert "An example of each:" in printed
    for page in ("status.md", "CARD.md"):
        written = (tmp_path / page).read_text()
        assert "by models that were trained on the others" in written or "by models trained on the others" in written
        assert "about-queue" in written
        assert "the lock" not in written
    assert "We should take the lock around" in printed.partition("An example of each:")[2]


def test_shipped_weights_that_training_gives_otherwise_are_named(found: Crossed) -> None:
    assert status.unlike_shipped(found) == []
    folder = status.CARD.parent
    shipped = ((folder / "kinds.bin").read_bytes(), (folder / "links.bin").read_bytes())
    same = replace(found.folds[0], name=status.HELD_OUT, weights=shipped)
    other = replace(same, weights=(shipped[0], shipped[1] + b"x"))
    assert status.unlike_shipped(replace(found, folds=(same,))) == []
    assert status.unlike_shipped(replace(found, folds=(other,))) == ["links.bin"]


def test_measuring_one_thread_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = corpus(tmp_path / "made-up", NOUNS[:1])
    assert status.main([str(folder)]) == 1
    assert "it takes two annotated threads to leave one out" in capsys.readouterr().err
