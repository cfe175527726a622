"""Messages to threads: the set of mails decides, not their order; every mail is in one thread; loops are cut."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.thread import children_of, plain_subject, threads_of
from kb.records import Message, Thread


def message(
    name: str, hour: int, parent: str | None = None, *references: str, body: str = "", subject: str = "s"
) -> Message:
    return Message(
        message_id=name,
        parent_id=parent,
        references=references,
        subject=subject,
        author="A",
        address="a@x",
        date=datetime(2024, 5, 1, tzinfo=UTC) + timedelta(hours=hour),
        body=body,
        sha256=body,
    )


def names(thread: Thread) -> list[str]:
    return [one.message_id for one in thread.messages]


def test_replies_follow_their_root_by_date_even_where_a_reply_is_dated_earlier() -> None:
    (thread,) = threads_of([message("c", 3, "a"), message("b", -1, "a"), message("a", 0), message("d", 3, "b")])
    assert thread.root_id == "a"
    assert names(thread) == ["a", "b", "c", "d"]


def test_mails_that_share_an_absent_ancestor_are_one_thread_under_the_earliest() -> None:
    (thread,) = threads_of([message("c", 2, "gone"), message("b", 1, "gone"), message("d", 0, "b", "gone", "b")])
    assert thread.root_id == "b"
    assert children_of(thread) == {"b": ("d", "c"), "c": (), "d": ()}


def test_a_mail_that_answers_nothing_is_the_root_before_earlier_mails_with_absent_parents() -> None:
    (thread,) = threads_of([message("a", 5), message("b", 1, "gone", "a", "gone"), message("c", 0, "gone")])
    assert thread.root_id == "a"


def test_unrelated_mails_are_threads_of_their_own_by_date() -> None:
    assert [thread.root_id for thread in threads_of([message("b", 1), message("a", 0)])] == ["a", "b"]


def test_an_absent_parent_is_bridged_by_the_references() -> None:
    (thread,) = threads_of([message("a", 0), message("c", 2, "b", "a", "b")])
    assert children_of(thread) == {"a": ("c",), "c": ()}


def test_a_loop_is_cut_at_its_earliest_message() -> None:
    (thread,) = threads_of([message("a", 2, "c"), message("b", 1, "a"), message("c", 3, "b")])
    assert thread.root_id == "b"
    assert children_of(thread) == {"a": (), "b": ("c",), "c": ("a",)}


def test_of_two_mails_with_one_id_the_same_is_kept_whatever_the_order() -> None:
    one, two = message("a", 0, body="x"), message("a", 0, body="y")
    assert threads_of([one, two]) == threads_of([two, one])
    assert len(threads_of([one, two, one])[0].messages) == 1


def test_a_threads_subject_is_its_roots_without_reply_marks() -> None:
    (thread,) = threads_of([message("b", 0, "gone", subject="Re: AW: Re[2]: [PATCH] x: re: y")])
    assert thread.subject == "[PATCH] x: re: y"
    assert plain_subject("回复：Re: a") == "a"
    assert plain_subject("Remove: a") == "Remove: a"


@st.composite
def mails(draw: st.DrawFn) -> list[Message]:
    ids = st.sampled_from([f"m{number}" for number in range(8)])
    parents = st.one_of(st.none(), ids)
    return draw(
        st.lists(
            st.builds(
                lambda name, hour, parent, refs, body: message(name, hour, parent, *refs, body=body),
                ids,
                st.integers(0, 4),
                parents,
                st.lists(ids, max_size=3),
                st.sampled_from(["", "x"]),
            ),
            max_size=9,
        )
    )


@given(mails(), st.integers())
def test_threads_do_not_depend_on_the_order_of_arrival(found: list[Message], seed: int) -> None:
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)
    threads = threads_of(found)
    assert threads == threads_of(shuffled)
    placed = [name for thread in threads for name in names(thread)]
    assert sorted(placed) == sorted({one.message_id for one in found})
    for thread in threads:
        assert names(thread)[0] == thread.root_id
        replies = [name for below in children_of(thread).values() for name in below]
        assert sorted([thread.root_id, *replies]) == sorted(names(thread))


def test_a_long_chain_of_replies_is_one_thread() -> None:
    (thread,) = threads_of([message(f"m{n}", n, f"m{n - 1}" if n else None) for n in range(5000)])
    assert len(thread.messages) == 5000
