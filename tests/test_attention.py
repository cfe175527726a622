"""In: threads with counts. Out: the order in which they need attention, as the help says it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kb.attention import ATTENTION, ThreadNeeds
from kb.journal import Change, What
from kb.needing import Looks, last_written, threads_needing
from kb.reading import reading
from kb.records import Verdict
from kb.store.writing import writing
from tests.support.browser import queue_base, queue_review
from tests.support.threads import START, run, small_base

QUIET = ThreadNeeds("t-1", "a", 1, 1, "2024-01-01T00:00:00+00:00")


def _first(*threads: ThreadNeeds) -> ThreadNeeds:
    return max(threads, key=lambda thread: thread.rank)


def test_what_is_new_comes_before_what_is_only_open() -> None:
    new = replace(QUIET, new=1)
    assert _first(replace(QUIET, refuted=9), new) is new


def test_a_refuted_claim_weighs_more_than_an_objection_and_that_more_than_a_question() -> None:
    refuted, against, asked, todo = (
        replace(QUIET, refuted=1),
        replace(QUIET, objections=1),
        replace(QUIET, open_questions=1),
        replace(QUIET, open_actions=1),
    )
    assert sorted([todo, asked, against, refuted], key=lambda t: t.rank, reverse=True) == [
        refuted,
        against,
        asked,
        todo,
    ]
    assert _first(refuted, replace(QUIET, open_questions=3)).open_questions == 3


def test_equal_points_go_by_unverified_claims_and_then_by_the_last_mail() -> None:
    assert _first(QUIET, replace(QUIET, unverified=1)).unverified == 1
    later = replace(QUIET, last_date="2024-02-01T00:00:00+00:00")
    assert _first(QUIET, later) is later


def test_the_rule_for_people_names_every_number_that_is_counted() -> None:
    for number, what in ((4, "a check refuted"), (3, "objection"), (2, "open question"), (1, "action")):
        assert f"{number} for each" in ATTENTION
        assert what in ATTENTION


def test_threads_needing_counts_questions_objections_and_what_checks_showed(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        (thread,) = threads_needing(reader, Looks())
    assert (thread.messages, thread.people, thread.items) == (4, 3, 8)
    assert (thread.open_questions, thread.open_actions) == (0, 1)
    assert (thread.objections, thread.refuted, thread.unverified) == (1, 1, 1)


def test_a_proposal_whose_last_word_is_an_objection_is_an_objection_that_stands(tmp_path: Path) -> None:
    queue_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        (thread,) = threads_needing(reader, Looks())
    assert thread.objections == 2  # the proposal to drop the lock, and that an entry is full


def test_a_check_that_could_not_tell_leaves_a_claim_unverified(tmp_path: Path) -> None:
    named = queue_base(tmp_path / "kb.sqlite")
    with writing(tmp_path / "kb.sqlite") as writer:
        writer.add_run(run(named["walked"], Verdict.INCONCLUSIVE))
    with reading(tmp_path / "kb.sqlite") as reader:
        (thread,) = threads_needing(reader, Looks())
    assert thread.unverified == 2


def test_news_are_what_came_after_the_look_at_their_thread(tmp_path: Path) -> None:
    review, _ = queue_review()
    path = tmp_path / "kb.sqlite"
    with writing(path) as writer:
        writer.add_thread(review)
    with reading(path) as reader:
        thread = reader.threads()[0].id
    with writing(path) as writer:
        writer.write_journal([Change(What.MAIL, thread, "m1@example.org", 1, "Ben Sample", "")], START)
    with reading(path) as reader:
        at = last_written(reader)
        assert at
        counts = [
            threads_needing(reader, looks)[0].new
            for looks in (Looks(), Looks(threads={thread: at}), Looks(at), Looks(threads={"t-other": at}))
        ]
    assert counts == [1, 0, 0, 1]


def test_the_later_of_two_looks_counts_for_each_thread() -> None:
    one = Looks("2024-01-02", {"t-1": "2024-01-05", "t-2": "2024-01-03"})
    other = Looks("2024-01-04", {"t-1": "2024-01-06"})
    assert one.later(other) == other.later(one) == Looks("2024-01-04", {"t-1": "2024-01-06"})
