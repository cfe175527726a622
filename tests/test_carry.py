"""In: two versions of a made-up series. Out: proof of what is carried over, and of what the new one is taken to say."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.carry_reading import Carried, carry
from kb.carrying import Mark, Why
from kb.changelog import said_in
from kb.reading import reading
from kb.records import Item, ItemKind, Link, Message, Zone, ZoneKind
from kb.wording import terms_of, weights_of
from tests.support.command_line import here, on_terminal
from tests.support.threads import item
from tests.support.versions import BEN, NEW, OLD, base, diff, mail, old_items, two_versions
from tui.cli.versions import named_scope

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    two_versions(tmp_path / "review.sqlite")
    return tmp_path / "review.sqlite"


def _carried(path: Path, old: str = "v1", new: str = "v2") -> dict[str, Carried]:
    with reading(path) as reader:
        found = carry(reader, named_scope(reader, old), named_scope(reader, new))
    return {one.found.open.item.quote: one for one in found}


def _of(path: Path, words: str) -> Carried:
    (found,) = [one for quote, one in _carried(path).items() if words in quote]
    return found


def _with(tmp_path: Path, new: Sequence[Message], items: Sequence[Item] = (), links: Sequence[Link] = ()) -> Path:
    named, given = old_items()
    path = tmp_path / "other.sqlite"
    base(path, [*OLD, *new], [*named.values(), *items], [*given, *links])
    return path


def test_open_are_questions_objections_promises_and_what_was_accepted(path: Path) -> None:
    assert {quote: one.found.open.why for quote, one in _carried(path).items()} == {
        "What happens to a reader that holds a stale cursor?": Why.QUESTION,
        "I will add kernel-doc for the walkers.": Why.ACTION,
        "The benchmark numbers will follow.": Why.ACTION,
        "We should use a seqcount_spinlock_t for the cursor.": Why.DECISION,
        "A reader starves when writers come in bursts.": Why.OBJECTION,
    }


def test_changelog_in_the_same_words_addresses_a_promise(path: Path) -> None:
    found = _of(path, "kernel-doc").found
    assert (found.mark, "changelog" in found.because) == (Mark.ADDRESSED, True)
    assert found.place is not None
    assert (found.place.message_id, found.place.text) == ("b0@example.org", "- Add kernel-doc for the walkers.")
    assert NEW[0].body[found.place.start : found.place.end] == found.place.text


def test_name_that_only_the_new_patch_brings_in_addresses_a_decision(path: Path) -> None:
    found = _of(path, "seqcount").found
    assert (found.mark, found.place and found.place.message_id) == (Mark.ADDRESSED, "b1@example.org")
    assert "seqcount_spinlock_t" in found.because


def test_mail_that_speaks_of_the_same_mentions_a_question(path: Path) -> None:
    found = _of(path, "stale cursor").found
    assert (found.mark, found.place and found.place.message_id) == (Mark.MENTIONED, "b2@example.org")


def test_changes_of_older_versions_address_nothing(path: Path) -> None:
    assert _of(path, "starves").mark is Mark.SILENT


def test_silence_addresses_nothing(path: Path) -> None:
    found = _of(path, "benchmark").found
    assert (found.mark, found.place) == (Mark.SILENT, None)


def test_answer_below_the_quoted_question_addresses_it(tmp_path: Path) -> None:
    quoted = "> What happens to a reader that holds a stale cursor?\nIt restarts.\n"
    path = _with(tmp_path, [*NEW[:2], mail("b3", "Re: [PATCH v2 1/1] x", quoted, under="b1", day=11)])
    found = _of(path, "stale cursor").found
    assert (found.mark, "answers right below" in found.because) == (Mark.ADDRESSED, True)


def test_question_that_is_only_repeated_by_who_asked_it_is_mentioned(tmp_path: Path) -> None:
    quoted = "> What happens to a reader that holds a stale cursor?\nStill open.\n"
    path = _with(tmp_path, [*NEW[:2], mail("b3", "Re: [PATCH v2 1/1] x", quoted, author=BEN, under="b1", day=11)])
    assert _of(path, "stale cursor").mark is Mark.MENTIONED


def test_question_that_is_asked_back_is_mentioned(tmp_path: Path) -> None:
    quoted = "> What happens to a reader that holds a stale cursor?\nWhich reader? I see none.\n"
    path = _with(tmp_path, [*NEW[:2], mail("b3", "Re: [PATCH v2 1/1] x", quoted, under="b1", day=11)])
    assert _of(path, "stale cursor").mark is Mark.MENTIONED


def test_changelog_that_names_who_asked_addresses_it_with_few_words(tmp_path: Path) -> None:
    text = "Words.\n\nv1 -> v2:\n- let a reader with a stale cursor restart (Ben Sample)\n"
    path = _with(tmp_path, [mail("b0", "[PATCH v2 0/1] ring: walk it without the lock", text, day=9), NEW[1]])
    found = _of(path, "stale cursor").found
    assert found.mark is Mark.ADDRESSED


def test_code_is_no_proof_for_who_asked_not_to_have_it(tmp_path: Path) -> None:
    words = "Please do not call cursor_restart_all() here."
    old = mail("a5", "Re: [PATCH 1/1] x", words + "\n", author=BEN, under="a1", day=3)
    wanted = item(ItemKind.ACTION, old, words)
    new = [NEW[0], mail("b1", "[PATCH v2 1/1] ring: drop the lock", diff("cursor_restart_all();"), under="b0", day=9)]
    path = _with(tmp_path, [old, *new], [wanted])
    assert _of(path, "do not call").mark is Mark.MENTIONED


def test_words_that_stay_in_the_patch_show_that_a_decision_is_kept(tmp_path: Path) -> None:
    words = "We walk the ring from both ends from now on."
    old = [
        mail("c0", "[PATCH] tree: walk it", f"{words}\n\n" + diff()),
        mail("c1", "Re: [PATCH] tree: walk it", under="c0"),
    ]
    new = [mail("d0", "[PATCH v2] tree: walk it", f"{words}\n\n" + diff("other();"), day=5)]
    decided = item(ItemKind.DECISION, old[0], words, commits=True)
    path = tmp_path / "kept.sqlite"
    base(path, [*old, *new], [decided])
    found = _of(path, "both ends").found
    assert (found.mark, found.because) == (Mark.ADDRESSED, "the new patch still says these words")


def test_what_the_old_changelog_tells_is_done_and_not_carried(tmp_path: Path) -> None:
    text = "Words.\n---\nChanges in v2:\n- We should use one lock for both ends.\n\n" + diff()
    old = mail("c0", "[PATCH v2] tree: walk it", text)
    decided = item(ItemKind.DECISION, old, "We should use one lock for both ends.", commits=True)
    path = tmp_path / "done.sqlite"
    base(path, [old, mail("d0", "[PATCH v3] tree: walk it", diff(), day=4)], [decided])
    assert _carried(path, "v2", "v3") == {}


def test_author_who_defends_the_patch_does_not_object_to_it(tmp_path: Path) -> None:
    path = _with(tmp_path, NEW)
    with reading(path) as reader:
        objections = carry(reader, named_scope(reader, "v1"), named_scope(reader, "v2"))
    assert all(
        one.found.open.item.author != "Ada Example" or one.found.open.why is not Why.OBJECTION for one in objections
    )


@pytest.mark.parametrize(
    ("text", "revision", "wanted"),
    [
        ("Words.\n\nChanges in v3:\n- one\n- two\n  goes on\n", 3, ["- one", "- two\n  goes on"]),
        ("Changes since v2:\n * one\n\nChanges since v1:\n * old\n", 3, [" * one"]),
        ("v2 -> v3:\n- one\nv1 -> v2:\n- old\n", 3, ["- one"]),
        ("v3: use the lock\nv2: rename it\n", 3, [" use the lock"]),
        ("V3:\n one\n two\nV2:\n old\n", 3, [" one\n two"]),
        ("Changelog:\n\n- one\n", 3, ["- one"]),
        ("Changes from v2 -> v3:\n* one\n", 3, ["* one"]),
        ("Changes in v3:\n- one\n\nThis is the text again.\n", 3, ["- one"]),
        ("Nothing was changed in v3 of the ABI, so there.\n", 3, []),
        ("", 3, []),
    ],
)
def test_changelog_is_read_entry_by_entry_for_this_version(text: str, revision: int, wanted: list[str]) -> None:
    zones = (Zone(ZoneKind.OWN, 0, len(text)),) if text else ()
    said = [text[s.start : s.end] for s in said_in(text, zones, revision) if s.newer_than(revision - 1, revision)]
    assert [one.strip("\n") for one in said] == wanted


def test_terms_are_names_and_words_without_endings() -> None:
    assert terms_of("We should rename a_b() to ring->cursor, cummulative timers") == terms_of(
        "renaming a_b, ring->cursor cumulative timer"
    )
    assert weights_of([]).overlap(frozenset(), frozenset({"a"})).share == 0.0


def test_command_lists_and_fails_while_something_is_silent(capsys: Capture, path: Path) -> None:
    ran = here(capsys, "carry", "v1", "v2", "--db", path)
    assert ran.code == 1
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert sorted(row[2] for row in rows) == ["addressed", "addressed", "mentioned", "silent", "silent"]
    only = here(capsys, "carry", "v1", "v2", "--only", "silent", "--db", path)
    assert len(only.out.splitlines()) == 2
    seen = on_terminal("carry", "v1", "v2", "--db", path, "--color", "never", columns=70)
    assert "5 open items: 2 silent, 1 mentioned, 2 addressed" in seen
    assert max(len(line) for line in seen.splitlines()) <= 70


def _mark(capsys: Capture, path: Path, *more: str) -> list[dict[str, object]]:
    ran = here(capsys, "carry", "v1", "v2", "--who", "Dora <dora@example.org>", *more, "--json", "--db", path)
    assert ran.code == 0, ran.err
    rows: list[dict[str, object]] = json.loads(ran.out)["items"]
    return rows


def test_mark_by_hand_counts_and_is_kept_with_who_and_why(capsys: Capture, path: Path) -> None:
    benchmark, starves = old_items()[0]["benchmark"].id, old_items()[0]["starves"].id
    (row,) = _mark(capsys, path, "--mark", benchmark[:8], "addressed", "--why", "in the wiki")
    assert (row["mark"], row["found"]) == ("addressed", "silent")
    by_hand = row["by_hand"]
    assert isinstance(by_hand, dict)
    assert (by_hand["who"], by_hand["why"]) == ("Dora <dora@example.org>", "in the wiki")
    _mark(capsys, path, "--mark", starves, "dropped")
    assert here(capsys, "carry", "v1", "v2", "--db", path).code == 0
    assert "Dora" in here(capsys, "carry", "v1", "v2", "--db", path).out


def test_undo_takes_the_latest_mark_back_and_nothing_is_lost(capsys: Capture, path: Path) -> None:
    own = old_items()[0]["benchmark"].id
    _mark(capsys, path, "--mark", own, "mentioned")
    _mark(capsys, path, "--mark", own, "addressed")
    (row,) = _mark(capsys, path, "--undo", own)
    assert row["mark"] == "mentioned"
    (row,) = _mark(capsys, path, "--undo", own)
    assert (row["mark"], row["by_hand"]) == ("silent", None)
    ran = here(capsys, "carry", "v1", "v2", "--undo", own, "--db", path)
    assert (ran.code, "no mark by hand" in ran.err) == (2, True)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM carried").fetchone() == (4,)


def test_mark_survives_that_everything_derived_is_made_again(capsys: Capture, path: Path) -> None:
    from kb.store.writing import writing

    _mark(capsys, path, "--mark", old_items()[0]["benchmark"].id, "addressed")
    with writing(path) as writer:
        writer.drop_derived()
    named, links = old_items()
    base(path, [*OLD, *NEW], list(named.values()), links)
    assert _of(path, "benchmark").mark is Mark.ADDRESSED


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["v1", "v1"], 2, "is the same version"),
        (["v1", "v7"], 2, "there is v1, v2"),
        (["v1", "nowhere"], 2, "no thread has"),
        (["s-zzzzz", "v2"], 2, "no series has this id"),
        (["v1", "v2", "--mark", "q-zzzzz", "addressed"], 2, "not among what was open"),
        (["v1", "v2", "--mark", "", "addressed"], 2, "not among what was open"),
        (["v1", "v2", "--mark", "q-zzzzz", "maybe"], 2, "is not one of"),
        (["v1"], 2, "Missing argument"),
    ],
)
def test_command_that_means_nothing_says_so(
    capsys: Capture, path: Path, arguments: list[str], code: int, says: str
) -> None:
    ran = here(capsys, "carry", *arguments, "--db", path)
    assert (ran.code, says in ran.one_line()) == (code, True), ran.err


def test_versions_are_named_by_thread_mail_and_series(capsys: Capture, path: Path) -> None:
    series = json.loads(here(capsys, "series", "--json", "--db", path).out)[0]
    old, new = (one["thread"] for one in series["versions"])
    wanted = here(capsys, "carry", "v1", "v2", "--db", path).out
    for given in (
        (old, new),
        ("a1@example.org", "<b0@example.org>"),
        (f"{series['id'][:8]}@v1", f"{series['id'][:8]}@v2"),
        ("walk it@v1", "walk it@V2"),
    ):
        assert here(capsys, "carry", *given, "--db", path).out == wanted


def test_threads_without_patches_are_compared_as_they_are(capsys: Capture, tmp_path: Path) -> None:
    first, second = mail("p", "Plan for ring_walk", "Who frees the ring_cursor?\n"), mail("q", "Plan again", day=4)
    base(tmp_path / "x.sqlite", [first, second], [item(ItemKind.QUESTION, first, "Who frees the ring_cursor?")])
    ran = here(capsys, "carry", "p@example.org", "q@example.org", "--db", tmp_path / "x.sqlite")
    assert (ran.code, ran.out.split("\t")[2]) == (1, "silent")


def test_hostile_words_reach_no_terminal(capsys: Capture, tmp_path: Path) -> None:
    bad = "Who frees \x1b[31mthe ring\u202e?"
    first = mail("p", "[PATCH] a: b c d\x1b]0;x\x07", bad + "\n", author="Eve\x1b[2J Example")
    second = mail(
        "q", "[PATCH v2] a: b c d\x1b]0;x\x07", "> " + bad + "\nNobody.\n", author="Eve\x1b[2J Example", day=2
    )
    base(tmp_path / "x.sqlite", [first, second], [item(ItemKind.QUESTION, first, bad)])
    for command in (["series"], ["series", "p@example.org"], ["carry", "v1", "v2"], ["roles"]):
        piped = here(capsys, *command, "--db", tmp_path / "x.sqlite").out
        seen = on_terminal(*command, "--db", tmp_path / "x.sqlite", "--color", "never")
        assert piped and seen
        assert not {"\x1b", "\u202e", "\x07"} & set(piped + seen)


def test_changelog_of_blanks_and_bullets_takes_no_time() -> None:
    text = "Changes in v2:\n" + "- \n" * 20000 + " " * 200000 + "\n" + "Changes in v2\n\nwords\n\n" * 5000
    assert len(list(said_in(text, (Zone(ZoneKind.OWN, 0, len(text)),), 2))) >= 5000
