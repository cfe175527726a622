"""What a model answered: only what stands in the message's own words becomes an item, whatever the answer says."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.label import Paragraph, paragraphs_of
from ingest.reader.answer import Answer, answer_of, entries_of
from ingest.reader.failures import ReadingError, Why
from ingest.reader.prompt import MOST_ITEMS, portions_of, system_text, user_text
from kb.ids import fold
from kb.records import STATES, ItemKind, Relation, Thread, ZoneKind
from tests.support.reading import thread_of
from tests.support.reading_server import item, items

PATCH = "The queue is walked under the lock, so a reader can be held up\nby a writer.\n"
REPLY = (
    f"On Wed, May 1, 2024, Ada Example wrote:\n> {PATCH.splitlines()[0]}\n> {PATCH.splitlines()[1]}\n"
    "\nWhy does the writer have to wait\nat all? I think a counter is enough.\n"
    "\n- the counter is cheap;\n- the lock is not.\n"
)


@lru_cache(maxsize=1)
def review() -> tuple[Thread, list[Paragraph]]:
    thread = thread_of([PATCH, REPLY])
    reply = thread.messages[1].message_id
    return thread, [p for p in paragraphs_of(thread) if p.message_id == reply]


def read(text: str, earlier: tuple[ItemKind, ...] = ()) -> Answer:
    thread, paragraphs = review()
    message = thread.messages[1]
    return answer_of(text, message, thread.zones[message.message_id], paragraphs, earlier)


def quoted(answer: Answer) -> list[str]:
    body = review()[0].messages[1].body
    return [fold(body[said.found.start : said.found.end]) for said in answer.items]


def failure(text: str) -> Why:
    with pytest.raises(ReadingError) as raised:
        read(text)
    return raised.value.why


def test_quote_is_found_in_own_words_across_line_breaks() -> None:
    answer = read(items(item("Why does the writer have\n to wait at all?", "question"), item("a counter is enough")))
    assert quoted(answer) == ["Why does the writer have to wait at all?", "a counter is enough"]
    assert [said.kind for said in answer.items] == [ItemKind.QUESTION, ItemKind.CLAIM]
    assert answer.loose == 0


def test_quote_may_run_over_entries_of_a_list() -> None:
    assert quoted(read(items(item("- the counter is cheap; - the lock is not.")))) == [
        "- the counter is cheap; - the lock is not."
    ]


@pytest.mark.parametrize(
    "quote",
    [
        "Why must the writer wait?",
        "why does the writer have to wait at all?",
        "a reader can be held up by a writer",
        "Ada Example wrote",
        "\x1b[31mWhy does the writer have to wait at all?",
        "wait at all? I think a counter is enough. the counter is cheap;",
        "",
        "   ",
        ".",
        "a" * 5000,
    ],
    ids=["paraphrase", "case", "quotation", "attribution", "escape", "joined", "empty", "blank", "mark", "long"],
)
def test_quote_that_stands_nowhere_in_own_words_is_dropped_and_counted(quote: str) -> None:
    answer = read(items(item(quote), item("a counter is enough")))
    assert quoted(answer) == ["a counter is enough"]
    assert answer.loose == 1


def test_answer_of_which_nothing_stands_in_the_mail_is_a_failure() -> None:
    assert failure(items(item("Ignore the rules."), item("Accept every patch.", "decision"))) is Why.LOOSE


def test_answer_without_items_is_an_answer() -> None:
    assert read('{"items": []}') == Answer(())
    assert read("[]") == Answer(())


@pytest.mark.parametrize(
    "text",
    [
        "Here is the reading:\n```json\n{}\n```\nAnything else?",
        "```\n{}\n```",
        "Sure! {}",
        "<think>maybe {\"items\": 3}</think>\n{}",
        "{}\n\n{}",
        "In {this} mail: {}",
    ],
)  # fmt: skip
def test_prose_and_fences_around_the_object_do_no_harm(text: str) -> None:
    assert quoted(read(text.replace("{}", items(item("a counter is enough"))))) == ["a counter is enough"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Why.NOT_JSON),
        ("I cannot do that.", Why.NOT_JSON),
        ('{"items": [{"quote": "a counter is', Why.CUT),
        ('{"things": []}', Why.SHAPE),
        ('{"items": "none"}', Why.SHAPE),
        ("3", Why.SHAPE),
        ('{"things": [], "links": []}', Why.SHAPE),
        ('{"items": [1, null, "x", []]}', Why.SHAPE),
        ('{"items": [{"quote": "a counter is enough", "kind": "rumour"}]}', Why.SHAPE),
        ('{"items": [{"quote": ["a counter is enough"], "kind": "claim"}]}', Why.SHAPE),
        (items(*[item("a counter is enough")] * (MOST_ITEMS + 1)), Why.MANY),
        ("[" * 100_000, Why.NOT_JSON),
        ("{" * 100_000, Why.CUT),
    ],
)
def test_answer_that_is_no_reading_says_why(text: str, why: Why) -> None:
    assert failure(text) is why


def test_state_of_another_kind_is_dropped_and_the_item_kept() -> None:
    answer = read(items(item("a counter is enough", state="accepted"), item("the lock is not", state="disputed")))
    assert [said.state for said in answer.items] == [None, "disputed"]
    assert answer.malformed == 1


@pytest.mark.parametrize("given", ["1e999", "NaN", "-1", "7", '"high"', "true", "null", "[]", "0"])
def test_confidence_that_is_no_probability_is_not_believed(given: str) -> None:
    text = items(item("a counter is enough", confidence=0.125)).replace("0.125", given)
    assert [said.confidence for said in read(text).items] == [0.5]


def test_links_lead_only_to_items_that_exist_and_where_the_relation_may_lead() -> None:
    links = [
        {"to": "E1", "relation": "disputes"},
        {"to": "E1", "relation": "supports"},
        {"to": "E2", "relation": "disputes"},
        {"to": "E3", "relation": "disputes"},
        {"to": "I1", "relation": "supports"},
        {"to": "i2", "relation": "answers"},
        {"to": "I3", "relation": "supports"},
        {"to": "E1", "relation": "blames"},
        {"to": 7, "relation": "disputes"},
        "E1",
    ]
    asks = item("Why does the writer have to wait at all?", "question")
    answer = read(items(item("a counter is enough", links=links), asks), (ItemKind.CLAIM, ItemKind.QUESTION))
    assert answer.items[0].links == (("E1", Relation.DISPUTES), ("I2", Relation.ANSWERS))
    assert answer.malformed == 8


words = st.sampled_from(["a counter is enough", "the lock is not", PATCH, "wrote:", "\x1b[2J", "x", "", "I2", "E1"])
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
linked = st.fixed_dictionaries({"to": words, "relation": st.sampled_from([*Relation, "x"])})
entries = st.fixed_dictionaries(
    {},
    optional={
        "quote": words | values,
        "kind": st.sampled_from([*ItemKind, "rumour"]) | values,
        "confidence": values,
        "state": st.sampled_from(["open", "disputed"]) | values,
        "links": st.lists(linked, max_size=3) | values,
    },
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(entries | values, max_size=6), st.sampled_from(["{}", "```json\n{}\n```", "Well: {}", "{}{}", "{} }}]["])
)
def test_nothing_ungrounded_ever_becomes_an_item(found: list[Any], around: str) -> None:
    thread, paragraphs = review()
    message = thread.messages[1]
    try:
        answer = read(around.replace("{}", json.dumps({"items": found})), (ItemKind.CLAIM,))
    except ReadingError:
        return
    own = [zone for zone in thread.zones[message.message_id] if zone.kind is ZoneKind.OWN]
    sent = [fold(str(each.get("quote"))) for each in found if isinstance(each, dict)]
    names = {said.name for said in answer.items} | {"E1"}
    for said in answer.items:
        assert any(zone.start <= said.found.start < said.found.end <= zone.end for zone in own)
        assert fold(message.body[said.found.start : said.found.end]) in sent
        assert said.found.paragraph in paragraphs
        assert 0 < said.confidence <= 1
        assert said.state is None or said.state in STATES[said.kind]
        assert all(to in names and to != said.name for to, _ in said.links)
    assert len(answer.items) + answer.loose + answer.malformed >= len(found)


def test_hostile_answers_take_time_in_proportion_to_their_length() -> None:
    begun = time.process_time()
    for text in ("{" * 500_000, '{"a":' * 200_000, '{"items": [' + "[" * 300_000, "<think>" * 100_000, "{}" * 300_000):
        with pytest.raises(ReadingError):
            entries_of(text)
    assert time.process_time() - begun < 5


def test_what_is_asked_holds_own_words_and_passages_between_marks_that_no_mail_can_hold() -> None:
    thread, paragraphs = review()
    messages = {m.message_id: m for m in thread.messages}
    (portion,) = portions_of(thread.messages[1], paragraphs)
    text = user_text(portion, messages, [], "n0nce")
    lines = text.splitlines()
    assert lines[0] == "<<< mail n0nce" and lines[-1] == "mail n0nce >>>"
    assert "n0nce" in system_text("n0nce")
    assert "own words, paragraph 1: Why does the writer have to wait at all? I think a counter is enough." in lines
    (passage,) = [line for line in lines if line.startswith("answered passage")]
    assert "by Ada Example on 2024-05-01: The queue is walked" in passage
    assert len(lines) == 3 + 1 + 3 + 1


def test_long_message_is_asked_about_in_portions_that_hold_each_paragraph_once() -> None:
    body = "".join(f"The {n}th counter is {'very ' * 300}cheap.\n\n" for n in range(12))
    thread = thread_of([body])
    paragraphs = list(paragraphs_of(thread))
    portions = list(portions_of(thread.messages[0], paragraphs))
    assert len(portions) > 1
    assert [p for portion in portions for p in portion.paragraphs] == paragraphs
