"""In: bodies with arrows in them. Out: proof that a chain of calls is one claim, and that other arrows are none."""

from __future__ import annotations

import time

import pytest

from ingest.chains import chains_of
from ingest.zones import zones_of
from kb.records import ItemKind
from tests.support.threads import message


def chains(body: str) -> list[str]:
    return [item.quote.text for item in chains_of(message(0, body), zones_of(body))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("It goes open_it() -> lock_it() -> read_it().\n", ["open_it() -> lock_it() -> read_it()"]),
        (
            "This path:\n\n  open_it() ->\n  lock_it() -> wait_for_it()\n  -> read_it()\n",
            ["open_it() -> lock_it() -> wait_for_it() -> read_it()"],
        ),
        (
            "a_call() -> b_call() -> /* WITH_MODE */\n  c_call() -> d_call()\n",
            ["a_call() -> b_call() -> /* WITH_MODE */ c_call() -> d_call()"],
        ),
        ("... -> first() -> second() -> third()\n", ["... -> first() -> second() -> third()"]),
        ("Is it open_it() -> lock_it() -> read_it()?\n", []),
        ("only open_it() -> lock_it()\n", []),
        ("page->mapping->host->i_sb is set\n", []),
        ("one -> two -> three\n", []),
        ("> open_it() -> lock_it() -> read_it()\n", []),
        ("first() -> second()\n\n-> third() -> fourth()\n", []),
    ],
)
def test_chain_of_calls_is_one_claim(body: str, expected: list[str]) -> None:
    assert chains(body) == expected


def test_chain_stands_where_its_quote_says() -> None:
    body = "See:\n  open_it() ->\n  lock_it() -> read_it()\n"
    mail = message(0, body)
    (item,) = chains_of(mail, zones_of(body))
    assert item.kind is ItemKind.CLAIM
    assert " ".join(body[item.quote.start : item.quote.end].split()) == item.quote.text


@pytest.mark.parametrize("bait", ["a() -> ", "a() ->\n", "a() -> /* x */ ", "a()->", "... -> ", "a" * 50])
def test_chains_are_found_in_linear_time(bait: str) -> None:
    body = bait * (200_000 // len(bait))
    began = time.process_time()
    list(chains_of(message(0, body), zones_of(body)))
    assert time.process_time() - began < 10
