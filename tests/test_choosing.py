"""In: typed words, ids, links between decisions. Out: what is wanted, which items fit, what belongs together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kb.choosing import Order, Wanted, after, states_among, typed
from kb.listing import Pages, items_with, listing
from kb.reading import reading
from kb.records import Item
from kb.timeline import Matter, matters, timeline
from tests.support.browser import queue_base, two_threads


@pytest.fixture
def named(tmp_path: Path) -> dict[str, Item]:
    return queue_base(tmp_path / "kb.sqlite")


def _quotes(path: Path, wanted: Wanted) -> list[str]:
    with reading(path) as reader:
        ids = listing(reader, wanted).ids
        held = items_with(reader, ids)
    return [held[own].quote.split(" ")[0] for own in ids]


def test_typed_words_name_fields_and_the_rest_is_looked_for() -> None:
    wanted = typed("by:ada topic:lock the KIND:cl state:disp verdict:unch queue", Wanted())
    assert (wanted.by, wanted.topic, wanted.words) == ("ada", "lock", "the queue")
    assert (wanted.kind, wanted.state, wanted.verdict) == ("claim", "disputed", "unchecked")


def test_a_field_that_is_half_typed_hides_nothing_yet() -> None:
    assert typed("kind: by: state:zebra", Wanted()) == Wanted()


def test_words_with_a_colon_that_names_no_field_are_looked_for() -> None:
    assert typed("mm: fix", Wanted()).words == "mm: fix"


def test_typed_words_are_laid_over_what_keys_chose() -> None:
    base = Wanted(kind="claim", by="ben", thread="t-1", order=Order.PERSON)
    assert typed("by:ada", base) == replace(base, by="ada")


def test_a_state_is_let_go_with_a_kind_that_cannot_have_it() -> None:
    assert Wanted(state="disputed").of_kind("question").state is None
    assert Wanted(state="open").of_kind("action").state == "open"


def test_walking_ends_in_all_again() -> None:
    names = states_among(frozenset({("claim", "disputed"), ("question", "open"), ("claim", "uncontested")}), "claim")
    assert names == ("uncontested", "disputed")
    assert [after(now, names) for now in (None, "uncontested", "disputed", "gone")] == [*names, None, "uncontested"]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(kind="question"), ["Can"]),
        (Wanted(verdict="refuted"), ["the"]),
        (Wanted(kind="claim", verdict="unchecked", order=Order.THREAD), ["The", "a"]),
        (Wanted(words="half-filled ENTRY"), ["Can"]),
        (Wanted(words="100%"), []),
        (Wanted(words="cleo"), ["a"]),
        (Wanted(topic="read"), ["This"]),
        (Wanted(words="queue.c"), ["The"]),
        (Wanted(by="cleo@example.org"), ["a"]),
        (Wanted(state="disputed"), ["the"]),
        (Wanted(kind="claim", order=Order.VERDICT), ["the", "before", "a", "The"]),
        (Wanted(kind="claim", order=Order.STATE), ["the", "a", "The", "before"]),
        (Wanted(kind="claim", order=Order.PERSON), ["the", "The", "before", "a"]),
        (Wanted(least=0.95), []),
    ],
)
def test_a_listing_has_what_fits_in_the_order_wanted(
    named: dict[str, Item], tmp_path: Path, wanted: Wanted, words: list[str]
) -> None:
    assert _quotes(tmp_path / "kb.sqlite", wanted) == words


def test_a_listing_of_one_thread_leaves_the_others_out(tmp_path: Path) -> None:
    two_threads(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        own = reader.thread("queue")
        assert len(listing(reader, Wanted()).ids) == 10
        found = listing(reader, Wanted(thread=own, order=Order.THREAD))
        assert [i.id for i in reader.items() if i.thread_id == own] == list(found.ids)
        assert ("action", "open") in found.states


def test_an_item_stands_under_each_of_its_topics_and_the_rest_at_the_end(
    named: dict[str, Item], tmp_path: Path
) -> None:
    with reading(tmp_path / "kb.sqlite") as reader:
        topics = listing(reader, Wanted(), by_topic=True).topics
    assert [(topic, len(ids)) for topic, ids in topics] == [("locking", 1), ("readers", 1), ("", 7)]
    assert topics[0][1] == topics[1][1] == (named["drops"].id,)


def test_pages_read_a_stretch_once_and_keep_only_a_few() -> None:
    asked: list[Sequence[str]] = []

    def read(ids: Sequence[str]) -> Mapping[str, str]:
        asked.append(ids)
        return {own: own.upper() for own in ids if own != "i7"}

    pages = Pages([f"i{n}" for n in range(100_000)], read)
    assert [pages.at(n) for n in (0, 95, 7)] == ["I0", "I95", None]
    assert len(asked) == 1
    assert pages.at(99_999) == "I99999"
    assert max(map(len, asked)) == Pages.STRETCH
    for n in range(0, Pages.STRETCH * (Pages.KEPT + 1), Pages.STRETCH):
        pages.at(n)
    before = len(asked)
    pages.at(Pages.STRETCH * Pages.KEPT)
    assert len(asked) == before
    pages.at(0)
    assert len(asked) == before + 1


def test_decisions_that_replace_each_other_make_one_matter_the_earliest_first() -> None:
    dates = {"d": "4", "c": "3", "b": "2", "a": "1"}
    found = matters(list(dates), [("c", "a"), ("d", "c"), ("d", "elsewhere"), ("a", "d")], dates)
    assert found == (Matter(("a", "c", "d")), Matter(("b",)))


def test_a_time_line_tells_what_moved_a_decision_with_dates(named: dict[str, Item], tmp_path: Path) -> None:
    with reading(tmp_path / "kb.sqlite") as reader:
        found = timeline(reader, Wanted(kind="decision", order=Order.THREAD))
    assert [m.decisions for m in found.matters] == [(named["drops"].id,), (named["changelog"].id,)]
    steps = found.steps[named["drops"].id]
    by_id = {one.id: name for name, one in named.items()}
    assert [(step.words, by_id[step.other]) for step in steps] == [
        ("moved by", "walked"),
        ("moved by", "changelog"),
        ("objected", "barrier"),
    ]
    assert [step.date for step in steps] == sorted(step.date for step in steps)
    assert [s.words for s in found.steps[named["changelog"].id]] == ["leads to"]
