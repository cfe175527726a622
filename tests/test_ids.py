"""Ids are digests: typable, stable, apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb import ids
from kb.records import ItemKind


def test_item_id_is_the_same_in_every_release() -> None:
    # people's corrections name items by this id, so it may never change
    assert ids.item_id("a@b", ItemKind.CLAIM, "It sleeps.") == "c-" + ids.digest("a@b", "claim", "It sleeps.")
    assert ids.digest("a@b", "claim", "It sleeps.") == "g3ejcmjqcixw9"


def test_item_id_does_not_depend_on_line_breaks() -> None:
    assert ids.item_id("a@b", ItemKind.CLAIM, "It\n  sleeps.") == ids.item_id("a@b", ItemKind.CLAIM, "It sleeps.")


@given(st.lists(st.text(max_size=6), min_size=1, max_size=3), st.lists(st.text(max_size=6), min_size=1, max_size=3))
def test_digest_sets_its_parts_apart(a: list[str], b: list[str]) -> None:
    if [p.replace("\x00", "") for p in a] == a and [p.replace("\x00", "") for p in b] == b:
        assert (ids.digest(*a) == ids.digest(*b)) == (a == b)


def test_digest_is_typable() -> None:
    assert set("".join(ids.digest(str(n)) for n in range(300))) <= set("23456789abcdefghijkmnpqrstuvwxyz")
