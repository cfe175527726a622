"""Quotations to the passages they repeat: by words, in the right ancestor, whatever wrapped or trimmed them."""

from __future__ import annotations

import mailbox
import re
import time
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.mail import parse
from ingest.quoting import answered_passage, tie
from ingest.zones import zones_of
from kb.bundled import bundled
from kb.records import Message, Passage, RawMail, Zone
from kb.records import ZoneKind as Z


def message(number: int, body: str, parent: int | None = None) -> Message:
    return Message(
        message_id=f"m{number}",
        parent_id=None if parent is None else f"m{parent}",
        references=(),
        subject="s",
        author="A",
        address="a@x",
        date=datetime(2024, 5, 1, tzinfo=UTC) + timedelta(hours=number),
        body=body,
        sha256="",
    )


def tied(*messages: Message) -> dict[str, tuple[Zone, ...]]:
    return tie(messages, {one.message_id: zones_of(one.body) for one in messages})


def repeated(*messages: Message) -> list[tuple[str, str] | None]:
    """For each quotation of the last message, which message it repeats and which of its words."""
    bodies = {one.message_id: one.body for one in messages}
    found = []
    for zone in tied(*messages)[messages[-1].message_id]:
        if zone.kind is Z.QUOTE:
            at = zone.quoted
            found.append((at.message_id, bodies[at.message_id][at.start : at.end]) if at else None)
    return found


ROOT = """\
The flusher waits for the folio.

The folio waits for the daemon, which
may be asleep.

So nobody ever wakes up.
"""


def test_a_quotation_is_tied_to_the_words_it_repeats() -> None:
    assert repeated(message(0, ROOT), message(1, "> The flusher waits for the folio.\n\nYes.\n", 0)) == [
        ("m0", "The flusher waits for the folio.")
    ]


def test_a_rewrapped_quotation_is_tied() -> None:
    reply = "> The folio waits for the\n> daemon, which may be asleep.\n\nNo.\n"
    assert repeated(message(0, ROOT), message(1, reply, 0)) == [
        ("m0", "The folio waits for the daemon, which\nmay be asleep.")
    ]


def test_a_trimmed_quotation_spans_what_it_left_out() -> None:
    reply = "> The flusher waits for the folio.\n> [...]\n> So nobody ever wakes up.\n\nNo.\n"
    (found,) = repeated(message(0, ROOT), message(1, reply, 0))
    assert found is not None
    assert found[1].startswith("The flusher")
    assert found[1].endswith("wakes up.")


def test_a_partial_line_is_tied_to_its_words_alone() -> None:
    assert repeated(message(0, ROOT), message(1, "> which may be asleep.\n\nNo.\n", 0)) == [
        ("m0", "which\nmay be asleep.")
    ]


def test_each_depth_is_tied_to_the_ancestor_that_wrote_it() -> None:
    first = message(0, "I think that the timeout is far too long.\n")
    second = message(1, "> I think that the timeout is far too long.\n\nIt is thirty seconds, that is not long.\n", 0)
    reply = "> > I think that the timeout is far too long.\n>\n> It is thirty seconds, that is not long.\n\nIt is.\n"
    assert repeated(first, second, message(2, reply, 1)) == [
        ("m0", "I think that the timeout is far too long."),
        ("m1", "It is thirty seconds, that is not long."),
    ]


def test_a_quotation_of_another_earlier_mail_is_found_and_of_none_is_left() -> None:
    far = message(1, "Something else is said in a sibling of the mail that is answered.\n", 0)
    reply = (
        "> Something else is said in a sibling of the mail\n\nYes.\n\n> The manual page has words of its own.\n\nNo.\n"
    )
    found = repeated(message(0, ROOT), far, message(2, reply, 0))
    assert found == [("m1", "Something else is said in a sibling of the mail"), None]


def test_a_phrase_that_stands_twice_is_tied_in_the_order_of_the_quotations() -> None:
    root = message(0, "Fine.\n\nThe first question comes here now.\n\nFine.\n")
    zones = tied(root, message(1, "> The first question comes here now.\n\na\n\n> Fine.\n\nb\n", 0))["m1"]
    places = [zone.quoted.start for zone in zones if zone.quoted]
    assert places == [root.body.index("The first"), root.body.rindex("Fine.")]


def test_own_words_answer_the_quotation_right_above_them() -> None:
    root = message(0, ROOT)
    reply = message(
        1,
        "Hello.\n\nOn Wed, 1 May 2024 10:00, A <a@x> wrote:\n> The flusher waits for the folio.\n\nYes.\n\n"
        "\tif (x)\n\t\ty();\n\nAnd so on.\n\n> So nobody ever wakes up.\n\nThey do.\n\n"
        "> These words are nowhere else to be found.\n\nWhat?\n",
        0,
    )
    zones = tied(root, reply)["m1"]

    def answered(words: str) -> str | None:
        passage = answered_passage(zones, reply.body.index(words))
        return root.body[passage.start : passage.end] if passage else None

    assert answered("Hello.") is None
    assert answered("Yes.") == "The flusher waits for the folio."
    assert answered("And so on.") == "The flusher waits for the folio."
    assert answered("They do.") == "So nobody ever wakes up."
    assert answered("What?") is None
    assert answered_passage(zones, len(reply.body)) is None
    assert answered_passage((), 0) is None


def test_a_loop_of_replies_and_a_missing_parent_do_no_harm() -> None:
    one = message(0, "> Words of the other mail are these.\n\nWords of the one mail are these.\n", 1)
    two = message(1, "> Words of the one mail are these.\n\nWords of the other mail are these.\n", 0)
    zones = tied(one, two)
    assert zones["m1"][0].quoted == Passage("m0", one.body.index("Words of the one"), len(one.body) - 1)
    assert tied(message(3, "> a\n", 9))["m3"][0].quoted is None


@given(
    st.lists(st.lists(st.sampled_from(["> a b c", "> > a b c d", "a b c", "a b c d e", ""]), max_size=6), max_size=6)
)
def test_passages_lie_in_other_messages_outside_their_quotations(bodies: list[list[str]]) -> None:
    messages = [message(number, "\n".join(lines), max(number - 1, 0)) for number, lines in enumerate(bodies)]
    zones = tied(*messages)
    for one in messages:
        assert [(zone.start, zone.end, zone.kind) for zone in zones[one.message_id]] == [
            (zone.start, zone.end, zone.kind) for zone in zones_of(one.body)
        ]
        for zone in zones[one.message_id]:
            if zone.quoted:
                assert zone.kind is Z.QUOTE
                assert zone.quoted.message_id != one.message_id
                holder = next(zone_of for zone_of in zones[zone.quoted.message_id] if zone_of.end > zone.quoted.start)
                assert holder.kind is not Z.QUOTE


def test_tying_takes_time_in_proportion_to_the_words() -> None:
    def seconds(count: int) -> float:
        line = "the same words stand in each and every line of this body of mail"
        messages = [message(0, f"{line}\n" * count)]
        messages += [message(n, f"> {line}\n" * count + "\nyes\n" + f"{line}\n" * count, n - 1) for n in range(1, 8)]
        begun = time.process_time()
        tied(*messages)
        return time.process_time() - begun

    assert seconds(300) < 15


def test_the_bundled_threads_quotations_are_tied_to_what_they_repeat() -> None:
    box = mailbox.mbox(bundled("threads", "fuse-tmp-folio-v2.full.mbox"))
    messages = [parse(RawMail(mail.as_bytes(), "test")) for mail in box]
    box.close()
    bodies = {one.message_id: one.body for one in messages}
    direct = found = same = 0
    zones = tied(*messages)
    for one in messages:
        for zone in zones[one.message_id] if one.parent_id in bodies else ():
            words = re.findall(r"[^\s>]+", one.body[zone.start : zone.end])
            if zone.kind is not Z.QUOTE or zone.depth != 1 or not words:
                continue
            direct += 1
            if zone.quoted:
                found += 1
                passage = bodies[zone.quoted.message_id][zone.quoted.start : zone.quoted.end]
                same += set(re.findall(r"[^\s>]+", passage)) <= set(words)
    assert direct > 150
    assert found > 0.97 * direct
    assert same > 0.9 * found
