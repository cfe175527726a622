"""Hand-written bindings: what a file may hold, what is wrong with it, and which item each one finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.bundled import bundled
from kb.errors import CheckError
from kb.records import ItemKind
from sim_hooks.bindings import HandBinding, attach, cover, load
from sim_hooks.catalog import catalog
from sim_hooks.predicates import AllOf, Calls, Deadlocks, PathExists, SumIs
from tests.support.checks import claim

GOOD = """
[[binding]]
message_id = "<m@example.org>"
quote = "it  stalls\\nfor ever"
who = "a tester"
why = "says that it deadlocks"
predicate = { kind = "Deadlocks", model = "m", parameters = { threads = 1, copy = false } }

[[binding]]
message_id = "m@example.org"
quote = "two things"
who = "a tester"
why = "says two things"
[binding.predicate]
kind = "AllOf"
parts = [
  { kind = "Calls", caller = "a", callee = "b" },
  { kind = "SumIs", parts = ["1", "2"], total = "3" },
]
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "some.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _hand(quote: str, message_id: str = "m@example.org") -> HandBinding:
    return HandBinding(message_id, quote, "a tester", "says so", PathExists("a.c"), "some.toml: binding 1")


def test_a_file_is_read_with_words_folded_and_brackets_off(tmp_path: Path) -> None:
    first, second = load(_file(tmp_path, GOOD))
    assert (first.message_id, first.quote) == ("m@example.org", "it stalls for ever")
    assert first.predicate == Deadlocks("m", (("copy", False), ("threads", 1)))
    assert second.predicate == AllOf((Calls("a", "b"), SumIs(("1", "2"), "3")))
    assert second.place == "some.toml: binding 2"


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    _file(tmp_path, GOOD)
    (tmp_path / "other.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "README.md").write_text("not read", encoding="utf-8")
    assert [binding.place[:5] for binding in load(tmp_path)] == ["other", "other", "some.", "some."]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('who = "a tester"\n', "", "binding 1: lacks 'who'"),
        ('who = "a tester"', 'who = ""', "binding 1: who is ''"),
        ('who = "a tester"', "who = 7", "binding 1: who is 7"),
        ('who = "a tester"', 'who = "x"\nverdict = "verified"', "binding 1: has no field 'verdict'"),
        ('kind = "Deadlocks"', 'kind = "Sleeps"', "binding 1, predicate: no predicate kind 'Sleeps'"),
        ('caller = "a"', 'calls = "a"', r"binding 2, predicate.parts\[0\]: Calls has no field 'calls'"),
        ("[[binding]]", "[[bindings]]", "holds 'bindings'"),
        ('quote = "two things"', "quote = two things", "is no TOML"),
    ],
)
def test_a_wrong_file_is_an_error_with_its_place(tmp_path: Path, before: str, after: str, said: str) -> None:
    path = _file(tmp_path, GOOD.replace(before, after, 1))
    with pytest.raises(CheckError, match=said) as wrong:
        load(path)
    assert "some.toml" in str(wrong.value)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"gone\.toml: cannot be read"):
        load(tmp_path / "gone.toml")


def test_a_binding_finds_the_item_it_overlaps_best() -> None:
    short, right = claim("the server stalls"), claim("I think the server stalls for ever when asked.")
    found, left = attach([_hand("the server stalls for ever")], [short, right])
    assert list(found) == [right.id]
    assert not left
    assert found[right.id][0].by == "hand"
    assert found[right.id][0].why.startswith("says so (a tester)")


def test_a_claim_is_preferred_to_a_decision_with_the_same_words() -> None:
    decision, fact = claim("the server stalls", kind=ItemKind.DECISION), claim("the server stalls")
    assert list(attach([_hand("the server stalls")], [decision, fact])[0]) == [fact.id]
    assert list(attach([_hand("the server stalls")], [decision])[0]) == [decision.id]


def test_quotes_that_overlap_at_an_edge_by_two_thirds_match() -> None:
    item = claim("Therefore the server stalls for ever")
    found, _ = attach([_hand("the server stalls for ever and ever")], [item])
    assert list(found) == [item.id]


@pytest.mark.parametrize(
    "item",
    [
        claim("the server stalls", kind=ItemKind.QUESTION),
        claim("the server stalls", message_id="other@example.org"),
        claim("the server works"),
        claim("stalls now and then, and nobody knows why"),
    ],
)
def test_a_binding_without_its_item_is_left_over(item: object) -> None:
    found, left = attach([_hand("the server stalls")], [item])  # type: ignore[list-item]
    assert (found, [binding.quote for binding in left]) == ({}, ["the server stalls"])


def test_several_bindings_may_go_to_one_item() -> None:
    item = claim("it stalls, and nothing frees it")
    found, _ = attach([_hand("it stalls"), _hand("nothing frees it")], [item])
    assert len(found[item.id]) == 2


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [("abcd", "xxabcdxx", 1.0), ("abcd", "cdxxxx", 0.5), ("abcd", "xyz", 0.0), ("", "abc", 0.0), ("aab", "baa", 2 / 3)],
)
def test_cover_is_the_share_of_the_shorter_text(one: str, other: str, share: float) -> None:
    assert cover(one, other) == pytest.approx(share)


def test_the_bundled_bindings_can_all_be_decided_by_a_hook() -> None:
    bindings = load(bundled("bindings"))
    assert len(bindings) > 40
    known = catalog()
    for binding in bindings:
        assert known.leaves(binding.predicate), binding.place
        assert binding.why.endswith("."), binding.place


def test_a_binding_of_a_few_words_says_that_the_rest_is_not_checked() -> None:
    item = claim("This would make nearly all of them fast but a bad server could make it wait.")
    (binding,) = attach([_hand("a bad server could make it wait")], [item])[0][item.id]
    assert binding.why == "says so (a tester) Only these of its words are checked: “a bad server could make it wait”."
    (whole,) = attach([_hand("but a bad server could make it wait.")], [claim("a bad server could make it wait.")])[
        0
    ].values()
    assert whole[0].why == "says so (a tester)"
