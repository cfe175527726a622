"""Readings of items: a leading pronoun gives way to what it stands for where that is plain; else the quote stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.derive import zoned_threads
from ingest.extract import extract
from ingest.label import paragraphs_of
from ingest.mail import parse
from ingest.nlp import parser
from ingest.says import reading_of
from ingest.sources import read as read_source
from ingest.surroundings import Context, Surroundings, name_of
from kb.ids import item_id
from tests.support.reading import BUNDLED, quoting, thread_of

ALONE = Surroundings("Ada Lovelace", "Mary Somerville", None)


def read(before: str, quote: str, under: str = "", *, around: Surroundings = ALONE) -> str:
    nlp = parser()
    doc = nlp(f"{before} {quote}".strip())
    above = list(nlp(under).sents)[-1] if under else None
    return reading_of(quote, doc, len(before), Surroundings(around.author, around.addressed, above))


@pytest.mark.parametrize(
    ("quote", "says"),
    [
        ("I will test the second patch.", "Ada Lovelace will test the second patch."),
        ("I'll send my numbers tomorrow.", "Ada Lovelace will send their numbers tomorrow."),
        ("I think the lock is held too long.", "Ada Lovelace thinks the lock is held too long."),
        ("I don't like the name.", "Ada Lovelace doesn't like the name."),
        ("So I'm not sure about the barrier.", "So Ada Lovelace is not sure about the barrier."),
        ("I've queued the series.", "Ada Lovelace has queued the series."),
        ("Could you split the patch?", "Could Mary Somerville split the patch?"),
        ("Do you see the warning too?", "Does Mary Somerville see the warning too?"),
        ("Can you tell me which tree it was?", "Can Mary Somerville tell Ada Lovelace which tree it was?"),
    ],
)
def test_first_and_second_person_become_names_with_the_verb_made_to_agree(quote: str, says: str) -> None:
    assert read("", quote) == says


@pytest.mark.parametrize(
    "quote",
    [
        "I mean the other lock.",
        "I was not clear, so let me say it again.",
        "I know what I said.",
        'I said "I will test it".',
        "You can call the helper from any context.",
        "If I read the code, the lock is dropped.",
        "We should drop the lock.",
        "The daemon and I disagree.",
        "Thanks for the patch.",
    ],
)
def test_what_names_would_not_make_plainer_stays_the_quote(quote: str) -> None:
    assert read("", quote) == quote


def test_it_becomes_the_subject_of_the_sentence_before() -> None:
    assert read("The scanner runs once an hour.", "It takes the inode lock.") == "The scanner takes the inode lock."
    assert read("A new scanner was added.", "But it's cheap.") == "But the new scanner is cheap."
    assert read("The workers never sleep.", "They poll the queue.") == "The workers poll the queue."
    assert read("The scanner runs daily. It takes a lock.", "It drops the lock later.") == (
        "The scanner drops the lock later."
    )


def test_it_becomes_the_subject_of_the_passage_answered() -> None:
    assert read("", "No, it never sleeps.", "Is that so? The scanner sleeps under the lock.") == (
        "No, the scanner never sleeps."
    )


def test_this_function_becomes_the_only_function_named_before() -> None:
    assert read("See scan_inodes() for the caller.", "This function takes the lock.") == "scan_inodes() takes the lock."
    assert read("Both scan_inodes() and drop_inodes() lock.", "This function takes the lock.") == (
        "This function takes the lock."
    )


@pytest.mark.parametrize(
    ("before", "quote"),
    [
        ("The scanner runs once an hour.", "It seems that nobody needs the lock."),
        ("The scanner runs once an hour.", "It is possible to drop the lock."),
        ("The scanner runs once an hour.", "It would be nice if somebody measured the cost."),
        ("The scanner runs once an hour.", "It takes a while to stop."),
        ("The scanner runs once an hour.", "It makes sense to stop it."),
        ("The scanner runs once an hour.", "They never sleep."),
        ("The scanner locks the inode and the writer drops the page.", "It may sleep."),
        ("The problem is the lock.", "It may sleep."),
        ("The scanner in the daemon runs once an hour.", "It may sleep."),
        ("The SCAN_TIMES are checked.", "They may be late."),
        ("Any scanner can do the same.", "It may sleep."),
        ("This is wrong.", "It may sleep."),
        ("", "It may sleep."),
    ],
)
def test_a_pronoun_without_one_plain_antecedent_stays(before: str, quote: str) -> None:
    assert read(before, quote) == quote


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("'Ada Lovelace' via some-list", "Ada Lovelace"),
        ("Lovelace, Ada (ACME)", "Ada Lovelace"),
        ("ada@example.org", ""),
        ("", ""),
        ("\x1b[31mAda", ""),
    ],
)
def test_a_name_is_read_from_the_author_or_left_out(author: str, name: str) -> None:
    assert name_of(author) == name


def test_items_of_a_thread_say_who_promised_and_keep_the_quote_as_written() -> None:
    proposal = "The scanner takes the inode lock twice.\n"
    thread = thread_of([proposal, f"> {proposal}\nI will test the patch on my machine tomorrow.\n"])
    item = quoting(extract(thread).items, "will test the patch")
    author = next(m.author for m in thread.messages if m.message_id == item.quote.message_id)
    assert item.quote.text.startswith("I will test the patch on my machine")
    assert item.says.startswith(f"{author} will test the patch on their machine")
    assert item.id == item_id(item.quote.message_id, item.kind, item.quote.text)


def readings(body: str) -> dict[str, str]:
    """Each whole paragraph of a mail, and how it is read."""
    thread = thread_of([body], authors=("Ada Lovelace",))
    paragraphs = list(paragraphs_of(thread))
    context = Context({m.message_id: m for m in thread.messages}, paragraphs)
    return {p.block.text: reading_of(p.block.text, p.doc, 0, context.of(p)) for p in paragraphs}


def test_entry_of_a_list_is_read_with_the_sentence_that_leads_in_to_it() -> None:
    said = readings(
        "The lock is slow. I see two ways:\n\n - drop the lock\n - take it once, which means:\n"
        "     * in the reader\n     * in the writer\n - wait\n\nBoth are fine.\n"
    )
    assert said["drop the lock"] == "Ada Lovelace sees two ways: drop the lock"
    assert said["in the writer"] == "take it once, which means: in the writer"
    assert said["wait"] == "Ada Lovelace sees two ways: wait"
    assert said["Both are fine."] == "Both are fine."


def test_entry_of_a_list_without_a_lead_in_stands_for_itself() -> None:
    for above in ("The lock is slow.\n\n", "Two ways:\n\n> quoted words\n\n", "Two ways:\n\nNo.\n\n", ""):
        assert readings(f"{above}- drop the lock\n- wait for it\n")["wait for it"] == "wait for it"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_has_a_reading(before: str, quote: str) -> None:
    assert isinstance(read(before, " ".join(quote.split())), str)


def test_readings_of_a_thread_cost_little_beside_its_extraction() -> None:
    messages = [parse(mail) for mail in read_source(str(BUNDLED))]
    (thread,) = zoned_threads(messages)
    begun = time.process_time()
    paragraphs = list(paragraphs_of(thread))
    parsed = time.process_time() - begun
    begun = time.process_time()
    context = Context({m.message_id: m for m in messages}, paragraphs)
    changed = 0
    for paragraph in paragraphs:
        for sentence in paragraph.doc.sents:
            words = sentence.text.strip()
            changed += reading_of(words, paragraph.doc, sentence.start_char, context.of(paragraph)) != words
    assert changed > 30
    assert time.process_time() - begun < 0.1 * parsed
