"""In: sentences with identifiers. Out: proof of which are named, and that topics are what a thread comes back to."""

from __future__ import annotations

import time

import pytest

from ingest.entities import entities_of, named
from ingest.extract import extract
from ingest.nlp import parse_texts
from ingest.tokens import Tokens
from ingest.topics import index_of, phrases_of, topics_of, weights_of
from tests.support.reading import thread_of


@pytest.mark.parametrize(
    ("text", "sort", "name"),
    [
        ("it calls take_lock() twice", "function", "take_lock()"),
        ("what about sync(2)?", "manual", "sync(2)"),
        ("see open_tree(2), please", "manual", "open_tree(2)"),
        ("set QUEUE_NO_WAIT here", "flag", "QUEUE_NO_WAIT"),
        ("with __GFP_NOFAIL it waits", "flag", "__GFP_NOFAIL"),
        ("vm.dirty_ratio is 20", "sysctl", "vm.dirty_ratio"),
        ("write to /proc/sys/vm/dirty_ratio", "sysctl", "/proc/sys/vm/dirty_ratio"),
        ("in mm/page_alloc.c:120 it sleeps", "file", "mm/page_alloc.c"),
        ("Documentation/admin-guide/mm/index.rst says", "file", "Documentation/admin-guide/mm/index.rst"),
        ("since 210a03c9d51a it sleeps", "commit", "210a03c9d51a"),
        ("as commit abc1234 says", "commit", "abc1234"),
        ("https://lore.kernel.org/r/20240501-lock-v1@example.org/ has it", "message", "20240501-lock-v1@example.org"),
        ("it reads q->head->next there", "member", "q->head->next"),
        ("a struct queue_head holds it", "struct", "struct queue_head"),
        ("the wb_workfn worker", "identifier", "wb_workfn"),
    ],
)
def test_identifier_is_named_with_its_sort(text: str, sort: str, name: str) -> None:
    assert (sort, name) in [(s, n) for s, n, _ in named(text)]


def test_plain_words_name_nothing() -> None:
    assert entities_of("The lock is taken twice, i.e. by kernel.org or NOT at all (see above).") == ()


def test_each_name_stands_once_and_in_order() -> None:
    assert entities_of("b_two() then a_one() then b_two()") == ("b_two()", "a_one()")


def test_hostile_text_takes_linear_time() -> None:
    began = time.process_time()
    for text in ("a_" * 50_000, "a/" * 50_000, "<" + "a." * 50_000, "0" * 100_000, "A_" * 50_000, "x->" * 50_000):
        entities_of(text)
    assert time.process_time() - began < 5


def test_phrases_end_with_a_noun_and_are_lower_case() -> None:
    (doc,) = parse_texts(["The Page cache holds dirty pages and slow readers."])
    phrases = [phrase for phrase, _ in phrases_of(Tokens.of(doc))]
    assert "page cache" in phrases
    assert "dirty" not in phrases
    assert all(phrase == phrase.lower() for phrase in phrases)


def test_topic_is_a_phrase_of_several_messages_and_no_name() -> None:
    texts = ["The page cache is slow.", "The page cache is full and Ada waits.", "Ada likes the ring buffer."]
    phrases = [(str(number), phrases_of(Tokens.of(doc))) for number, doc in enumerate(parse_texts(texts))]
    weights = weights_of(index_of(phrases), 3, {"ada"})
    assert "page cache" in weights
    assert "ring buffer" not in weights
    assert "ada" not in weights
    assert topics_of(["page", "cache", "page cache"], weights)[0] == "page cache"


def test_item_gets_at_most_three_topics_that_others_share() -> None:
    bodies = [
        "The page cache holds the queue lock.\n",
        "The queue lock guards the page cache.\n",
        "The page cache is slow.\n",
    ]
    items = extract(thread_of(bodies)).items
    assert any("page cache" in item.topics for item in items)
    assert all(len(item.topics) <= 3 for item in items)
