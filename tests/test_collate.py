"""A thread read once: each passage followed by the replies to it, every own word in exactly one place."""

from __future__ import annotations

import mailbox
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mail import parse
from ingest.quoting import tie
from ingest.thread import threads_of
from ingest.zones import zones_of
from kb.bundled import bundled
from kb.collate import Collated, Node, collate
from kb.records import Message, Passage, RawMail, Thread, Zone
from kb.records import ZoneKind as Z
from tests.support.threads import message

SHARED = Path(__file__).resolve().parents[2] / "shared" / "threads"


def tied(*mails: Message) -> tuple[Sequence[Message], Mapping[str, tuple[Zone, ...]]]:
    """The mails with their zones as reading them finds them."""
    return mails, tie(mails, {one.message_id: zones_of(one.body) for one in mails})


def told(*mails: Message) -> list[str]:
    """The document: each node's words after its author's number, set in by its indent."""
    found = collate(*tied(*mails))
    bodies = {one.message_id: one.body for one in mails}
    return [
        "  " * found.turns[node.turn].indent
        + f"{found.turns[node.turn].number}: "
        + " / ".join(bodies[node.message_id][node.start : node.end].split("\n")).strip(" /")
        for node in found.nodes
    ]


ROOT = message(0, "The lock is taken twice. It is never dropped.\n\nSo the daemon hangs for ever.\n")


def test_each_passage_is_followed_by_the_reply_to_it() -> None:
    reply = message(
        1,
        "On Monday, Ada wrote:\n> The lock is taken twice. It is never dropped.\n\nWhere is it taken?\n\n"
        "> So the daemon hangs for ever.\n\nOnly until the timeout comes.\n",
    )
    assert told(ROOT, reply) == [
        "0: The lock is taken twice. It is never dropped.",
        "  1: Where is it taken?",
        "0: So the daemon hangs for ever.",
        "1: Only until the timeout comes.",
    ]


def test_a_passage_is_parted_behind_the_last_word_that_is_quoted() -> None:
    reply = message(1, "> The lock is taken twice.\n\nWhere?\n")
    assert told(ROOT, reply) == [
        "0: The lock is taken twice.",
        "  1: Where?",
        "0: It is never dropped. /  / So the daemon hangs for ever.",
    ]


def test_the_last_words_of_a_sentence_stay_with_it() -> None:
    root = message(0, "The lock is taken twice by whoever opens the file\nfirst.\n\nSo it hangs.\n")
    reply = message(1, "> The lock is taken twice by whoever opens the file\n\nWhere?\n")
    assert told(root, reply)[:2] == ["0: The lock is taken twice by whoever opens the file / first.", "  1: Where?"]


def test_replies_to_one_passage_follow_in_the_order_of_the_thread() -> None:
    quoted = "> The lock is taken twice. It is never dropped.\n\n"
    mails = [
        message(1, quoted + "Where is it taken?\n", parent=0),
        message(2, quoted + "That was mended.\n", parent=0),
        message(3, "> Where is it taken?\n\nIn open().\n", parent=1),
    ]
    assert told(ROOT, *mails) == [
        "0: The lock is taken twice. It is never dropped.",
        "  1: Where is it taken?",
        "  3: In open().",
        "  2: That was mended.",
        "0: So the daemon hangs for ever.",
    ]


def test_a_reply_whose_quotation_is_not_found_hangs_at_the_end_of_the_message_and_shows_it() -> None:
    reply = message(1, "> Somebody said on the telephone that it is slow.\n\nIt is.\n")
    assert told(ROOT, reply) == [
        "0: The lock is taken twice. It is never dropped. /  / So the daemon hangs for ever.",
        "1: > Somebody said on the telephone that it is slow.",
        "1: It is.",
    ]


def test_a_reply_below_a_quotation_of_older_words_hangs_at_these() -> None:
    first = message(1, "> So the daemon hangs for ever.\n\nOnly until the timeout comes, I think.\n")
    second = message(
        2,
        "> > The lock is taken twice. It is never dropped.\n\nHere I disagree with Ada.\n\n"
        "> Only until the timeout comes, I think.\n\nRight.\n",
    )
    assert told(ROOT, first, second) == [
        "0: The lock is taken twice. It is never dropped.",
        "  2: Here I disagree with Ada.",
        "0: So the daemon hangs for ever.",
        "1: Only until the timeout comes, I think.",
        "2: Right.",
    ]


def test_a_top_post_hangs_at_the_end_of_the_message() -> None:
    reply = message(1, "I agree with all of it.\n\nOn Monday, Ada wrote:\n> " + ROOT.body.replace("\n", "\n> ") + "\n")
    assert told(ROOT, reply)[1:] == ["1: I agree with all of it."]


def test_words_before_the_first_quotation_lead_the_first_answer() -> None:
    reply = message(1, "Thanks for looking.\n\n> The lock is taken twice. It is never dropped.\n\nWhere?\n")
    assert told(ROOT, reply)[1:3] == ["  1: Thanks for looking.", "  1: Where?"]
    assert len(collate(*tied(ROOT, reply)).turns) == 2


def test_a_signature_goes_with_the_words_above_it_and_replies_follow_it() -> None:
    root = message(0, "The lock is taken twice.\n\nThanks,\nAda\n")
    first = message(1, "> The lock is taken twice.\n\nWhere?\n\n> Thanks,\n> Ada\n\n-- \nBen\n")
    assert told(root, first) == ["0: The lock is taken twice.", "0: Thanks, / Ada", "1: Where?", "1: --  / Ben"]


def test_a_quoted_signature_is_not_shown() -> None:
    reply = message(1, "> The lock is taken twice. It is never dropped.\n\nWhere?\n\n> -- \n> Zoe of elsewhere\n")
    assert "Zoe" not in "".join(told(ROOT, reply))


def test_a_diff_is_shown_once_and_parted_between_lines() -> None:
    diff = (
        "---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1,4 +1,4 @@ int f(void)\n"
        "-\tlock(&the_lock);\n+\tlock_once(&the_lock);\n \tmore_of_this();\n \tunlock(&the_lock);\n"
    )
    root = message(0, "Take it once.\n\nSigned-off-by: Ada <ada@example.org>\n" + diff)
    reply = message(
        1,
        "".join(f"> {line}\n" for line in diff.split("\n")[4:7]) + "\nWhy not lock_nested()?\n",
    )
    found = told(root, reply)
    assert found[:2] == ["0: Take it once.", "0: Signed-off-by: Ada <ada@example.org>"]
    assert found[2].endswith("+\tlock_once(&the_lock);")
    assert found[3:] == ["  1: Why not lock_nested()?", "0: \tmore_of_this(); /  \tunlock(&the_lock);"]


def test_a_message_that_says_nothing_has_its_place_and_its_replies() -> None:
    empty = message(1, "> The lock is taken twice. It is never dropped.\n")
    assert told(ROOT, empty, message(2, "You sent an empty mail.\n")) == [
        "0: The lock is taken twice. It is never dropped.",
        "  1: ",
        "  2: You sent an empty mail.",
        "0: So the daemon hangs for ever.",
    ]


def test_what_answers_an_absent_mail_stands_at_the_top() -> None:
    late = message(2, "I answer what is not here.\n", parent=1)
    found = collate(*tied(ROOT, late))
    assert [found.turns[top].number for top in found.tops] == [0, 1]


def test_items_are_found_in_every_node_that_holds_their_words() -> None:
    reply = message(1, "> The lock is taken twice.\n\nWhere?\n")
    found = collate(*tied(ROOT, reply))
    start, end = ROOT.body.index("taken"), ROOT.body.index("never") + 5
    parts = list(found.nodes_of(ROOT.message_id, start, end))
    assert [ROOT.body[a:b] for _, a, b in parts] == ["taken twice. ", "It is never"]
    assert [found.nodes[n].start <= a < b <= found.nodes[n].end for n, a, b in parts] == [True, True]


def _is_whole(found: Collated, mails: Sequence[Message], zones: Mapping[str, Sequence[Zone]]) -> None:
    """Every own word is in one node; the flat tree is a tree, in the order to read."""
    shown: dict[str, list[Node]] = {one.message_id: [] for one in mails}
    for node in found.nodes:
        shown[node.message_id].append(node)
    for one in mails:
        own = "".join(
            one.body[zone.start : zone.end]
            for zone in zones[one.message_id] or (Zone(Z.OWN, 0, len(one.body)),)
            if zone.kind not in (Z.QUOTE, Z.ATTRIBUTION)
        )
        nodes = sorted(shown[one.message_id], key=lambda node: (node.start, node.end))
        assert all(a.end <= b.start for a, b in pairwise(nodes))
        said = "".join(one.body[n.start : n.end] for n in nodes if n.kind not in (Z.QUOTE, Z.ATTRIBUTION))
        assert "".join(said.split()) == "".join(own.split())
    hung = [turn for node in found.nodes for turn in node.children]
    assert sorted([*hung, *found.tops]) == list(range(len(found.turns)))
    for node in found.nodes:
        assert all(found.turns[turn].parent == node.turn for turn in node.children)
    assert {turn.message_id for turn in found.turns} == {one.message_id for one in mails}
    begun = list(dict.fromkeys(node.turn for node in found.nodes))
    assert begun == list(range(len(found.turns)))
    waiting = [(turn, 0) for turn in reversed(found.tops)]
    order: list[int] = []
    of_turn: dict[int, list[int]] = {}
    for number, node in enumerate(found.nodes):
        of_turn.setdefault(node.turn, []).append(number)
    while waiting:
        turn, at = waiting.pop()
        if at < len(of_turn[turn]):
            number = of_turn[turn][at]
            order.append(number)
            waiting.append((turn, at + 1))
            waiting.extend((child, 0) for child in reversed(found.nodes[number].children))
    assert order == list(range(len(found.nodes)))


def _hangs_behind_what_it_quotes(found: Collated, mails: Sequence[Message]) -> None:
    """Nothing of a quoted passage but the rest of a word, line or sentence follows the replies to it."""
    ends = {node.turn: node.end for node in found.nodes}
    bodies = {one.message_id: one.body for one in mails}
    for node in found.nodes:
        for child in node.children:
            answers = found.turns[child].answers
            if answers is not None and answers.message_id == node.message_id and answers.end > node.start:
                behind = bodies[node.message_id][answers.end : node.end]
                assert node.end >= answers.end
                assert node.end == ends[node.turn] or node.kind not in (Z.OWN,) or len(behind.strip()) <= 24, behind


def _thread(path: Path) -> Thread:
    with closing(mailbox.mbox(str(path))) as box:
        mails = [parse(RawMail(bytes(one), str(path))) for one in box]
    thread = threads_of(mails)[0]
    zones = {one.message_id: zones_of(one.body) for one in thread.messages}
    return Thread(thread.root_id, thread.subject, thread.messages, tie(thread.messages, zones))


def test_the_bundled_thread_is_whole() -> None:
    thread = _thread(bundled("threads") / "fuse-tmp-folio-v2.mbox")
    found = collate(thread.messages, thread.zones)
    _is_whole(found, thread.messages, thread.zones)
    _hangs_behind_what_it_quotes(found, thread.messages)
    assert len(thread.messages) == 57
    answering = [turn for turn in found.turns if turn.parent is not None]
    assert sum(turn.answers is not None for turn in answering) >= 0.95 * len(answering)
    assert not [node for node in found.nodes if node.kind is Z.QUOTE]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the annotated threads are not here")
def test_every_annotated_thread_is_whole() -> None:
    paths = sorted(SHARED.glob("*.mbox"))
    assert paths
    for path in paths:
        thread = _thread(path)
        found = collate(thread.messages, thread.zones)
        _is_whole(found, thread.messages, thread.zones)
        _hangs_behind_what_it_quotes(found, thread.messages)


@st.composite
def conversations(draw: st.DrawFn) -> list[Message]:
    """Threads as people write them: inline answers, top posts, trimmed and older quotations; no word comes twice."""
    mails: list[Message] = []
    own: list[list[str]] = []
    for number in range(draw(st.integers(1, 7))):
        lines: list[str] = []
        mine: list[str] = []
        above = draw(st.integers(0, number - 1)) if number else None
        if above is not None:
            quotable = [f"> {line}" for line in own[above]] + [
                f"> {line}" for line in mails[above].body.split("\n") if line.startswith(">")
            ]
            for _ in range(draw(st.integers(0, 3))):
                if draw(st.booleans()) and quotable:
                    first = draw(st.integers(0, len(quotable) - 1))
                    lines += [*quotable[first : first + draw(st.integers(1, 3))], ""]
                if draw(st.booleans()):
                    mine.append(f"word{number}x{len(mine)} is said to be true by n{number}x{len(mine)}.")
                    lines += [mine[-1], ""]
        for _ in range(draw(st.integers(0 if mine else 1, 2))):
            mine.append(f"word{number}x{len(mine)} is said to be true by n{number}x{len(mine)}.")
            lines += [mine[-1], *([""] if draw(st.booleans()) else [])]
        own.append(mine)
        mails.append(message(number, "\n".join(lines) + "\n", parent=above))
    return mails


@given(conversations())
@settings(deadline=None)
def test_every_own_word_of_a_conversation_is_in_one_place(mails: list[Message]) -> None:
    given_mails, zones = tied(*mails)
    found = collate(given_mails, zones)
    _is_whole(found, mails, zones)
    _hangs_behind_what_it_quotes(found, mails)


@st.composite
def hostile_threads(draw: st.DrawFn) -> tuple[list[Message], dict[str, tuple[Zone, ...]]]:
    """Mails that answer and quote each other any way at all, in circles too, at places that do not exist."""
    count = draw(st.integers(1, 5))
    mails, zones = [], {}
    for number in range(count):
        body = draw(st.text(st.sampled_from("ab >\n.-é\u202e\0"), max_size=40))
        parent = draw(st.none() | st.integers(0, count))
        mails.append(message(number, body, parent=parent))
        cuts = sorted(draw(st.sets(st.integers(1, max(1, len(body) - 1)), max_size=6)) & set(range(1, len(body))))
        edges = [0, *cuts, len(body)]
        zones[mails[-1].message_id] = tuple(
            Zone(
                draw(st.sampled_from(list(Z))),
                a,
                b,
                draw(st.integers(0, 2)),
                draw(
                    st.none()
                    | st.builds(
                        Passage,
                        st.sampled_from([f"m{n}@example.org" for n in range(count + 1)]),
                        st.integers(0, 50),
                        st.integers(0, 50),
                    )
                ),
            )
            for a, b in pairwise(edges)
            if a < b
        )
    return mails, zones


@given(hostile_threads())
@settings(deadline=None)
def test_no_thread_loses_or_repeats_a_word(thread: tuple[list[Message], dict[str, tuple[Zone, ...]]]) -> None:
    mails, zones = thread
    found = collate(mails, zones)
    _is_whole(found, mails, zones)
    assert collate(mails, zones) == found


def test_a_long_chain_of_replies_and_a_busy_mail_take_no_long_time() -> None:
    body = "".join(f"line {n} of it is here\n" for n in range(4000))
    whole = (Zone(Z.OWN, 0, len(body)),)
    mails = [message(0, body)]
    zones: dict[str, tuple[Zone, ...]] = {mails[0].message_id: whole}
    for number in range(1, 20_000):
        mail = message(number, "yes\n")
        mails.append(mail)
        if number % 2:
            zones[mail.message_id] = (
                Zone(Z.QUOTE, 0, 0, 1, None),
                Zone(Z.OWN, 0, 4),
            )
    busy = message(20_000, "> q\nyes\n" * 4000, parent=0)
    ends = [at + 1 for at, char in enumerate(body) if char == "\n"]
    zones[busy.message_id] = tuple(
        zone
        for n, end in enumerate(ends)
        for zone in (
            Zone(Z.QUOTE, n * 8, n * 8 + 4, 1, Passage(mails[0].message_id, max(end - 5, 0), end - 1)),
            Zone(Z.OWN, n * 8 + 4, n * 8 + 8),
        )
    )
    began = time.process_time()
    found = collate([*mails, busy], zones)
    assert time.process_time() - began < 10
    assert max(turn.depth for turn in found.turns) == 19_999
    assert max(turn.indent for turn in found.turns) == 1
    assert len(found.turns) == 24_000
