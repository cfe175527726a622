"""In: tables in mails. Out: proof that each row of figures is one claim, and that headings are none."""

from __future__ import annotations

import pytest

from ingest.tables import rows_of
from ingest.zones import zones_of
from kb.records import ItemKind, Zone, ZoneKind
from tests.support.threads import message

BENCHMARK = """\
            read     write
Before     100 MB/s  20 MB/s
After      120 MB/s  25 MB/s
% change     +20%     +25%
"""
RULED = """\
| run   |  old |  new |
|-------|------|------|
| boot  | 12.5 | 11.0 |
| build | 99.1 | 97.4 |
"""


def rows(table: str) -> list[str]:
    mail = message(0, table)
    return [row.quote.text for row in rows_of(mail, [Zone(ZoneKind.TABLE, 0, len(table))])]


def test_each_row_of_figures_is_a_claim_with_its_own_words() -> None:
    mail = message(0, BENCHMARK)
    found = list(rows_of(mail, [Zone(ZoneKind.TABLE, 0, len(BENCHMARK))]))
    assert [row.quote.text for row in found] == [
        "Before 100 MB/s 20 MB/s",
        "After 120 MB/s 25 MB/s",
        "% change +20% +25%",
    ]
    assert {row.kind for row in found} == {ItemKind.CLAIM}
    assert all(" ".join(mail.body[r.quote.start : r.quote.end].split()) == r.quote.text for r in found)


def test_headings_and_rules_are_no_rows() -> None:
    assert rows(RULED) == ["| boot | 12.5 | 11.0 |", "| build | 99.1 | 97.4 |"]


@pytest.mark.parametrize("body", ["The old run took 12 s and the new one 11 s.\n", "> a  1  2\n> b  3  4\n"])
def test_figures_outside_a_table_are_left_to_the_extractor(body: str) -> None:
    assert list(rows_of(message(0, body), zones_of(body))) == []


def test_a_table_found_by_its_zone_gives_its_rows() -> None:
    body = f"We measured this:\n\n{BENCHMARK}\nIt is faster.\n"
    assert [r.quote.text.split()[0] for r in rows_of(message(0, body), zones_of(body))] == ["Before", "After", "%"]
