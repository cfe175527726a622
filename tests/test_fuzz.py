"""Real mails, broken by chance: nothing raises, zones cover the body, equal bytes give equal messages, in any order."""

from __future__ import annotations

import os
import random
from pathlib import Path

from ingest.derive import zoned_threads
from ingest.heading import heading_of
from ingest.mail import parse
from ingest.sources.mbox import split
from kb.records import RawMail
from kb.visible import visible
from tests.support.mutations import broken

FUSE = Path(__file__).resolve().parent.parent / "data" / "threads" / "fuse-tmp-folio-v2.mbox"
MANY = int(os.environ.get("FUZZ_MAILS", "300"))
FIRST = int(os.environ.get("FUZZ_SEED", "0"))


def _mails() -> list[bytes]:
    return split(FUSE.read_bytes())


def test_broken_mails_raise_nothing_and_their_heading_is_that_of_the_whole() -> None:
    mails = _mails()
    for seed in range(FIRST, FIRST + MANY):
        raw = RawMail(broken(mails, seed), "fuzz")
        message = parse(raw)
        assert message == parse(raw), seed
        message.body.encode("utf-8")
        heading = heading_of(raw)
        assert heading.message_id == message.message_id, seed
        named = (message.parent_id, *message.references)
        assert heading.ancestors == tuple(dict.fromkeys(name for name in named if name)), seed
        assert "\x1b" not in visible(message.subject + message.author + message.body)


def test_zones_of_broken_mails_cover_their_bodies_in_any_order_of_arrival() -> None:
    mails = _mails()
    for seed in range(FIRST, FIRST + MANY, 30):
        messages = [parse(RawMail(broken(mails, one), "fuzz")) for one in range(seed, seed + 30)]
        threads = zoned_threads(messages)
        shuffled = list(messages)
        random.Random(seed).shuffle(shuffled)
        assert zoned_threads(shuffled) == threads, seed
        for thread in threads:
            for message in thread.messages:
                at = 0
                for zone in thread.zones[message.message_id]:
                    assert zone.start == at < zone.end, seed
                    at = zone.end
                assert at == len(message.body), seed
