"""In: corrections as people type them. Out: proof of what they change, what they print, and how they fail."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ingest import pipeline
from tests.support.command_line import here
from tests.support.threads import small_base
from tests.test_corrections import MAILS

Capture = pytest.CaptureFixture[str]
WHO = ["--who", "Dora Example"]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, MAILS)
    return path


def _ids(capsys: Capture, base: Path) -> dict[str, str]:
    rows = here(capsys, "export", "items", "--db", base).out.splitlines()
    return {row["quote"]: row["id"] for row in map(json.loads, rows)}


def _one(capsys: Capture, base: Path, kind: str) -> str:
    return here(capsys, f"{kind}s", "--db", base).out.split("\t")[0]


def test_confirm_shows_the_item_and_makes_it_certain(capsys: Capture, base: Path) -> None:
    question = _one(capsys, base, "question")
    ran = here(capsys, "correct", "confirm", question, *WHO, "--why", "it is", "--db", base, "--json")
    (row,) = json.loads(ran.out)
    assert (ran.code, row["verb"], row["who"], row["why"]) == (0, "confirm", "Dora Example", "it is")
    assert [(i["confidence"], i["cue"]) for i in row["items"]] == [(1.0, "confirmed by Dora Example")]


def test_an_id_leads_to_its_item_under_a_new_kind_and_back(capsys: Capture, base: Path) -> None:
    old = _one(capsys, base, "question")
    assert here(capsys, "correct", "edit", old, "--kind", "action", *WHO, "--db", base).code == 0
    shown = json.loads(here(capsys, "show", old, "--db", base, "--json").out)
    assert (shown["kind"], shown["id"][0]) == ("action", "a")
    assert here(capsys, "correct", "undo", *WHO, "--db", base).code == 0
    assert json.loads(here(capsys, "show", shown["id"], "--db", base, "--json").out)["kind"] == "question"


def test_a_rejected_item_leaves_the_lists_and_can_be_confirmed_by_its_id(capsys: Capture, base: Path) -> None:
    old = _one(capsys, base, "question")
    ran = here(capsys, "correct", "reject", old, *WHO, "--db", base)
    assert ran.code == 0 and "no item:" in ran.out
    assert here(capsys, "questions", "--db", base).out == ""
    again = here(capsys, "correct", "reject", old, *WHO, "--db", base)
    assert (again.code, "is no item any more" in again.one_line()) == (2, True)
    assert here(capsys, "correct", "confirm", old, *WHO, "--db", base).code == 0
    assert _one(capsys, base, "question") == old


def test_state_says_who_said_so(capsys: Capture, base: Path) -> None:
    question = _one(capsys, base, "question")
    assert here(capsys, "correct", "state", question, "dropped", *WHO, "--db", base).code == 0
    shown = json.loads(here(capsys, "show", question, "--db", base, "--json").out)
    assert (shown["state"], shown["because"]) == ("dropped", "Dora Example said so by hand")


def test_add_takes_words_that_the_author_wrote(capsys: Capture, base: Path) -> None:
    words = ["--kind", "action", "--quote", "on arm64  next week"]
    assert here(capsys, "correct", "add", "2", *words, *WHO, "--db", base).code == 0
    assert "on arm64 next week" in here(capsys, "actions", "--db", base).out
    twice = here(capsys, "correct", "add", "2", *words, *WHO, "--db", base)
    assert (twice.code, "already" in twice.one_line()) == (2, True)


def test_link_and_unlink_move_the_state(capsys: Capture, base: Path) -> None:
    question, claim = _one(capsys, base, "question"), _one(capsys, base, "claim")
    assert here(capsys, "correct", "link", claim, "answers", question, *WHO, "--db", base).code == 0
    shown = json.loads(here(capsys, "show", question, "--db", base, "--json").out)
    assert shown["by_item"] is not None
    assert claim in {each["from"][: len(claim)] for each in shown["linked_from"]}
    assert here(capsys, "correct", "unlink", claim, "answers", question, *WHO, "--db", base).code == 0
    shown = json.loads(here(capsys, "show", question, "--db", base, "--json").out)
    assert claim not in {each["from"][: len(claim)] for each in shown["linked_from"]}


def test_merge_makes_one_of_several_and_undo_brings_them_back(capsys: Capture, base: Path) -> None:
    ids = list(_ids(capsys, base).values())
    claim, question = _one(capsys, base, "claim"), _one(capsys, base, "question")
    ran = here(capsys, "correct", "merge", question, claim, *WHO, "--db", base)
    assert (ran.code, "merge q-" in ran.out, 'no item: "The lock' in ran.out) == (0, True, True)
    assert len(_ids(capsys, base)) == len(ids) - 1
    assert "into" not in here(capsys, "correct", "list", "--db", base).out
    gone = here(capsys, "correct", "state", claim, "disputed", *WHO, "--db", base)
    assert (gone.code, "is no item any more" in gone.one_line()) == (2, True)
    assert here(capsys, "correct", "undo", *WHO, "--db", base).code == 0
    assert list(_ids(capsys, base).values()) == ids


def test_merge_takes_words_of_ones_own_and_another_kind(capsys: Capture, base: Path) -> None:
    first, second = _one(capsys, base, "claim"), _one(capsys, base, "question")
    words = [
        "--quote",
        "The lock is taken twice in the fast path. We should drop the second one.",
        "--kind",
        "decision",
    ]
    ran = here(capsys, "correct", "merge", first, second, *words, *WHO, "--db", base, "--json")
    (row,) = json.loads(ran.out)
    assert [(i["kind"], i["cue"]) for i in row["items"]] == [("decision", "merged by Dora Example")]


def test_split_makes_several_of_one_each_of_its_kind(capsys: Capture, base: Path) -> None:
    question = _one(capsys, base, "question")
    parts = ["--quote", "Why is the second one", "--quote", "needed at all?", "--kind", "claim", "--kind", "question"]
    ran = here(capsys, "correct", "split", question, *parts, *WHO, "--db", base, "--json")
    (row,) = json.loads(ran.out)
    assert [(i["kind"], i["quote"]) for i in row["items"]] == [
        ("claim", "Why is the second one"),
        ("question", "needed at all?"),
    ]
    assert "Why is the second one needed at all?" not in _ids(capsys, base)
    assert f"split {question[:5]}" in here(capsys, "correct", "list", "--db", base).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["confirm", "c-zzzzz"], "no item, thread or message has this id"),
        (["confirm", "1"], "names a message, not an item"),
        (["edit", "{question}"], "nothing to change"),
        (["state", "{question}", "accepted"], "is no state of questions; it is open or answered or dropped"),
        (["link", "{question}", "answers", "{claim}"], "cannot lead from question to claim; it leads from"),
        (["link", "{claim}", "refines", "{claim}"], "is the same item"),
        (["unlink", "{claim}", "answers", "{question}"], "there is no such link"),
        (["add", "{claim}", "--kind", "claim", "--quote", "x"], "names an item, not a mail"),
        (["add", "1", "--kind", "claim", "--quote", "no such words"], "does not stand in #1 by Ben Sample"),
        (["add", "1", "--kind", "claim", "--quote", "taken twice"], "is not Ben Sample's own in #1"),
        (["merge", "{claim}"], "one item is one already"),
        (["merge", "{claim}", "{claim}"], "one item is one already"),
        (["merge", "{claim}", "{question}", "--quote", "no such words"], "does not stand in #0"),
        (["split", "{question}", "--quote", "Why is"], "one part is no split"),
        (["split", "{question}", "--quote", "Why is", "--quote", "Please test"], "is no part of q-"),
        (["split", "{question}", "--quote", "Why is", "--quote", "Why is"], "one part is no split"),
        (
            ["split", "{question}", *(w for q in ("Why", "is", "is") for w in ("--quote", q))],
            "a part is given twice",
        ),
        (
            [
                "split",
                "{question}",
                *(w for q in ("Why", "is", "the") for w in ("--quote", q)),
                *["--kind", "claim"] * 2,
            ],
            "is given 2 times for 3 parts",
        ),
        (["undo"], "there is nothing to undo"),
        (["undo", "--id", "k-22222"], "no correction has this id"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else None,
)
def test_what_cannot_be_said_is_one_line_with_exit_two_and_changes_nothing(
    capsys: Capture, base: Path, arguments: list[str], words: str
) -> None:
    names = {kind: _one(capsys, base, kind) for kind in ("question", "claim")}
    before = hashlib.sha256(base.read_bytes()).digest()
    ran = here(capsys, "correct", *(each.format(**names) for each in arguments), *WHO, "--db", base)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.one_line()
    assert hashlib.sha256(base.read_bytes()).digest() == before


def test_list_shows_what_counts_what_was_undone_and_conflicts(capsys: Capture, base: Path) -> None:
    assert here(capsys, "correct", "list", "--db", base).err == "nobody has corrected anything here\n"
    claim = _one(capsys, base, "claim")
    for arguments in (["confirm", claim], ["state", claim, "disputed"], ["edit", claim, "--kind", "decision"]):
        assert here(capsys, "correct", *arguments, *WHO, "--db", base).code == 0
    here(capsys, "correct", "confirm", _one(capsys, base, "question"), *WHO, "--db", base)
    here(capsys, "correct", "undo", *WHO, "--db", base)
    rows = json.loads(here(capsys, "correct", "list", "--db", base, "--json").out)
    assert [(row["verb"], row["undone"], row["conflict"]) for row in rows] == [
        ("confirm", False, None),
        ("state", False, "'disputed' is no state of decisions"),
        ("edit", False, None),
        ("confirm", True, None),
        ("undo", False, None),
    ]
    only = here(capsys, "correct", "list", "--conflicts", "--db", base)
    assert (only.code, only.out.count("\n")) == (1, 1)
    again = here(capsys, "rebuild", "--db", base)
    assert (again.code, "is no state of decisions" in again.err) == (0, True)


def test_hostile_words_of_a_person_are_shown_as_harmless_ones(capsys: Capture, base: Path) -> None:
    nasty = "x \x1b[31m\u202e\x07 y\nz"
    claim = _one(capsys, base, "claim")
    done = here(capsys, "correct", "state", claim, "disputed", "--who", nasty, "--why", nasty, "--db", base)
    edited = here(capsys, "correct", "edit", claim, "--says", nasty, "--who", nasty, "--db", base)
    shown = [
        done,
        edited,
        *(here(capsys, *a, "--db", base) for a in (["correct", "list"], ["show", claim], ["claims"])),
    ]
    for ran in shown:
        assert ran.code == 0
        assert not {"\x1b", "\u202e", "\x07"} & set(ran.out + ran.err)
    assert "<U+001B>" in shown[2].out


def test_a_base_with_runs_leads_from_an_old_id_with_a_verdict_to_its_item(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    named = small_base(path)
    assert here(capsys, "correct", "edit", named["twice"].id, "--kind", "decision", *WHO, "--db", path).code == 0
    shown = json.loads(here(capsys, "show", named["twice"].id, "--db", path, "--json").out)
    assert (shown["kind"], shown["quote"]) == ("decision", named["twice"].quote.text)


def test_an_ambiguous_id_is_refused_even_where_one_of_its_items_was_spoken_of(capsys: Capture, tmp_path: Path) -> None:
    base = tmp_path / "many.sqlite"
    here(capsys, "ingest", "data/threads/fuse-tmp-folio-v2.mbox", "--db", base)
    claims = [line.split("\t")[0] for line in here(capsys, "claims", "--db", base).out.splitlines()]
    full = [json.loads(here(capsys, "show", one, "--db", base, "--json").out)["id"] for one in claims]
    beginning = next(one[:4] for one in full if sum(other.startswith(one[:4]) for other in full) > 1)
    one = next(each for each in full if each.startswith(beginning))
    assert here(capsys, "correct", "confirm", one, *WHO, "--db", base).code == 0
    ran = here(capsys, "correct", "confirm", beginning, *WHO, "--db", base)
    assert (ran.code, "is the beginning of several ids" in ran.one_line()) == (2, True)


def test_an_empty_id_undoes_nothing(capsys: Capture, base: Path) -> None:
    assert here(capsys, "correct", "confirm", _one(capsys, base, "question"), *WHO, "--db", base).code == 0
    assert here(capsys, "correct", "undo", "--id", "", *WHO, "--db", base).code == 2
