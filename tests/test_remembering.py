"""What is remembered of mails changes nothing but the time: a thread grown in any way reads as if it came at once."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from ingest.derive import zoned_threads
from ingest.extract import Extraction, extract
from ingest.mail import parse
from ingest.remembering import Reading, from_text, remembered, to_text
from ingest.sources import read
from kb.records import Message, RawMail, Thread
from tests.test_update import OTHER, THREAD

FUSE = Path(__file__).parent.parent / "data" / "threads" / "fuse-tmp-folio-v2.mbox"
EVERY = "THREADKB_EVERY_CUT"
"""Set, the bundled thread is cut after each of its mails; this takes minutes."""


@cache
def fuse() -> tuple[Message, ...]:
    return tuple(parse(mail) for mail in read(str(FUSE)))


@cache
def at_once() -> tuple[Thread, Extraction]:
    (thread,) = zoned_threads(fuse())
    return thread, extract(thread)


@cache
def readings_at_once() -> dict[str, Reading]:
    return remembered(at_once()[0], {})[1]


def memory_of(messages: tuple[Message, ...], memory: Mapping[str, Reading]) -> dict[str, Reading]:
    out = dict(memory)
    for thread in zoned_threads(messages):
        out.update(remembered(thread, out)[1])
    return out


def test_nothing_remembered_gives_what_extract_gives() -> None:
    thread, found = at_once()
    assert remembered(thread, {})[0] == found


@pytest.mark.parametrize("cut", range(1, 57) if os.environ.get(EVERY) else [1, 23, 41, 56])
def test_a_thread_that_grows_in_any_order_reads_as_if_it_came_at_once(cut: int) -> None:
    thread, found = at_once()
    mails = list(fuse())
    random.Random(cut).shuffle(mails)
    early = memory_of(tuple(mails[:cut]), {})
    again, readings = remembered(thread, early)
    assert again == found
    assert readings == readings_at_once()
    assert readings.keys() == {m.message_id for m in mails}


def test_a_mail_is_read_again_only_where_what_it_depends_on_changed() -> None:
    messages = tuple(parse(RawMail(one, "tests")) for one in THREAD)
    before = memory_of(messages[:4], {})
    after = memory_of(messages, before)
    assert {name for name in before if after[name] is not before[name]} == set()
    orphans = memory_of((messages[0], messages[2]), {})
    whole = memory_of(messages, orphans)
    # the third mail answers the second, which was not there
    assert whole["m3@example.org"] is not orphans["m3@example.org"]


def test_a_reading_comes_back_as_it_was_kept() -> None:
    messages = tuple(parse(RawMail(one, "tests")) for one in (*THREAD, *OTHER))
    for reading in memory_of(messages, {}).values():
        assert from_text(reading.key, to_text(reading)) == reading


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"Ada Example <ada", b"Bea Example <bea"), (b"[PATCH] a lock", b"a lock"), (b"taken twice", b"taken thrice")],
)
def test_a_mail_of_another_author_subject_or_wording_is_read_again(old: bytes, new: bytes) -> None:
    before = memory_of(tuple(parse(RawMail(one, "tests")) for one in THREAD), {})
    changed = (THREAD[0].replace(old, new), *THREAD[1:])
    after = memory_of(tuple(parse(RawMail(one, "tests")) for one in changed), before)
    assert after["m1@example.org"] is not before["m1@example.org"]
