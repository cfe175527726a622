"""What is read beside the items are the author's own words: no quotation, no patch, no signature."""

from __future__ import annotations

from dataclasses import replace

from ingest.zones import zones_of
from kb.records import ItemKind
from sim_hooks.beside import beside
from sim_hooks.bind import Around, bind
from sim_hooks.predicates import Calls, SumIs
from sim_hooks.readers.statements import statements
from tests.support.checks import claim

BODY = """On Monday, Ann Other wrote:
> one_call() calls other_call(). It is slow.

No, first_call() calls second_call(). That is quick.
 - an entry
 - another one, which
   goes on

 mm/one.c | 12 ++++++------
 mm/two.c |  4 ++--
 2 files changed, 8 insertions(+), 8 deletions(-)

diff --git a/mm/one.c b/mm/one.c
--- a/mm/one.c
+++ b/mm/one.c
@@ -1,3 +1,3 @@
-third_call() calls fourth_call().
+third_call() calls fifth_call().

Thanks,
Ann
--\x20
sixth_call()\x20calls\x20seventh_call().
"""


def _said(body: str) -> list[str]:
    return [one.text for one in statements(body, zones_of(body))]


def test_statements_are_the_sentences_and_entries_of_the_author() -> None:
    said = _said(BODY)
    assert said[:2] == ["No, first_call() calls second_call().", "That is quick."]
    assert "- another one, which goes on" in said
    assert not any(name in " ".join(said) for name in ("one_call", "third_call", "sixth_call"))


def test_statements_leave_out_quotations_with_other_marks() -> None:
    quoted = "On Monday, Ann Other wrote:\n| one_call() calls other_call().\n| It is slow.\n\n"
    body = quoted + "first_call() calls second_call().\n"
    assert _said(body) == ["first_call() calls second_call()."]


def test_statements_give_the_lines_of_a_diffstat_one_by_one() -> None:
    body = f"[PATCH] text\n\nIt is so.\n---\n{BODY[BODY.index(' mm/one.c') : BODY.index('Thanks')]}"
    assert "2 files changed, 8 insertions(+), 8 deletions(-)" in _said(body)


def test_statements_name_the_place_in_the_body() -> None:
    for one in statements(BODY, zones_of(BODY)):
        assert " ".join(BODY[one.start : one.end].split()) == one.text


def test_beside_reads_what_no_item_holds_and_nobody_else_said() -> None:
    around = {"m1": Around(BODY, "about calls", zones_of(BODY))}
    items, read = beside([], {}, around)
    predicates = {binding.predicate for each in read.values() for binding in each}
    assert Calls("first_call", "second_call") in predicates
    assert not any(isinstance(one, Calls) and one.caller != "first_call" for one in predicates)
    assert all(item.kind is ItemKind.CLAIM for item in items)


def test_beside_leaves_alone_what_an_item_says_already() -> None:
    words = "first_call() calls second_call()."
    start = BODY.index(words)
    item = claim(words, message_id="m1")
    item = replace(item, quote=replace(item.quote, start=start, end=start + len(words)))
    _, read = beside([item], {item.id: bind(item)}, {"m1": Around(BODY, "", zones_of(BODY))})
    predicates = [binding.predicate for each in read.values() for binding in each]
    assert [type(one) for one in predicates] == [SumIs] * len(predicates)
