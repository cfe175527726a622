"""In: databases with versions of a series. Out: proof of what `threadkb series` prints; one is made from real mail."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from kb.reading import reading
from kb.review_reading import all_series, mails_of
from kb.store.rows import SeriesRow
from tests.support.command_line import here, on_terminal
from tests.support.mails import PATCH, mail, mboxrd
from tests.support.versions import BEN, NEW, OLD, base, diff
from tests.support.versions import mail as message

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    tags = SeriesRow(1, "ring", None, 1, 1, ((1, "Acked-by", f"{BEN} <ben@example.org>", "a2@example.org"),))
    base(tmp_path / "x.sqlite", [*OLD, *NEW], series=[tags])
    return tmp_path / "x.sqlite"


def test_series_are_listed_a_version_a_line(capsys: Capture, path: Path) -> None:
    rows = [line.split("\t") for line in here(capsys, "series", "--db", path).out.splitlines()]
    assert [row[1] for row in rows] == ["v1", "v2"]
    assert rows[0][0] == rows[1][0]
    assert [row[4] for row in rows] == ["1/1", "1/1"]
    assert rows[0][8] == "1 acked"
    assert "links to v1 as v1" in rows[1][11]


def test_series_is_found_by_id_thread_mail_and_words(capsys: Capture, path: Path) -> None:
    every = here(capsys, "series", "--json", "--db", path).out
    one = json.loads(every)[0]
    for given in (one["id"], one["id"][:6], one["versions"][1]["thread"], "b1@example.org", "WITHOUT the lock"):
        assert here(capsys, "series", given, "--json", "--db", path).out == every


def test_json_has_dates_threads_patches_stances_and_reasons(capsys: Capture, path: Path) -> None:
    old, new = json.loads(here(capsys, "series", "--json", "--db", path).out)[0]["versions"]
    assert (old["found"], old["expected"], old["mails"], old["date"][:10]) == (1, 1, 5, "2024-05-01")
    assert [(one["stance"], one["name"]) for one in old["stances"]] == [("acked", BEN)]
    assert new["joined"][0]["to"] == "a0@example.org"
    assert [patch["number"] for patch in new["patches"]] == [0, 1]


def test_series_on_a_terminal_says_why_versions_are_joined(path: Path) -> None:
    seen = on_terminal("series", "walk it", "--db", path, "--color", "never", columns=72)
    assert "joined to v1: links to v1 as v1" in seen
    assert "acked by Ben Sample, patch 1 (#2)" in seen


def test_thread_without_patches_is_no_series(capsys: Capture, tmp_path: Path) -> None:
    base(tmp_path / "x.sqlite", [message("a", "A plan")])
    ran = here(capsys, "series", "--db", tmp_path / "x.sqlite")
    assert (ran.code, ran.out, "no patch series" in ran.err) == (0, "", True)
    ran = here(capsys, "series", "plan", "--db", tmp_path / "x.sqlite")
    assert (ran.code, "is no part of a patch series" in ran.err) == (2, True)
    ran = here(capsys, "series", "s-zzzzz", "--db", tmp_path / "x.sqlite")
    assert (ran.code, "no series has this id" in ran.one_line()) == (2, True)


def test_mails_of_a_version_are_what_answers_it_where_a_thread_holds_several(tmp_path: Path) -> None:
    mails = [
        message("a", "[PATCH] ring: walk it", diff()),
        message("b", "Re: [PATCH] ring: walk it", author=BEN, under="a", day=1),
        message("c", "[PATCH v2] ring: walk it", diff("b();"), under="b", day=2),
        message("d", "Re: [PATCH v2] ring: walk it", author=BEN, under="c", day=3),
    ]
    base(tmp_path / "x.sqlite", mails)
    with reading(tmp_path / "x.sqlite") as reader:
        (one,) = all_series(reader)
        found = [sorted(name[0] for name in mails_of(reader, version)) for version in one.versions]
    assert found == [["a", "b"], ["c", "d"]]


def test_database_of_an_older_threadkb_asks_to_be_rebuilt(capsys: Capture, path: Path) -> None:
    with sqlite3.connect(path) as connection:
        for table in ("patches", "nacks", "carried", "maintainers"):
            connection.execute(f"DROP TABLE {table}")
    ran = here(capsys, "series", "--db", path)
    assert (ran.code, "`threadkb rebuild` finds them" in ran.err) == (0, True)
    assert here(capsys, "roles", "--db", path).code == 0
    ran = here(capsys, "carry", "v1", "v2", "--db", path)
    assert (ran.code, "no patch series" in ran.one_line()) == (2, True)
    assert here(capsys, "carry", "a0@example.org", "b0@example.org", "--db", path).code == 0


def test_two_versions_of_real_mail_are_joined_and_carried(capsys: Capture, tmp_path: Path) -> None:
    first = [
        mail(1, PATCH, subject="[PATCH] ring: take the lock once"),
        mail(
            2,
            "> Take the lock once.\n\nWhat happens to readers that hold the ring lock already?\n\n"
            "Reviewed-by: Ben Sample <ben@example.org>\n",
            parent=1,
            author="Ben Sample <ben@example.org>",
        ),
    ]
    log = "---\nChanges in v2:\n- Say what happens to readers that hold the ring lock (Ben)\n"
    second = [mail(9, PATCH.replace("---\n", log, 1), subject="[PATCH v2] ring: take the lock once")]
    for name, mails in (("one", first), ("two", second)):
        (tmp_path / f"{name}.mbox").write_bytes(mboxrd(mails))
        assert here(capsys, "ingest", tmp_path / f"{name}.mbox", "--db", tmp_path / "x.sqlite").code == 0
    (one,) = json.loads(here(capsys, "series", "--json", "--db", tmp_path / "x.sqlite").out)
    assert [version["version"] for version in one["versions"]] == ["v1", "v2"]
    assert [stance["stance"] for stance in one["versions"][0]["stances"]] == ["reviewed"]
    found = json.loads(
        here(capsys, "carry", "v1", "v2", "--min-confidence", "0", "--json", "--db", tmp_path / "x.sqlite").out
    )
    asked = [row for row in found["items"] if row["open"] == "unanswered question"]
    assert [(row["mark"], row["place"]["kind"]) for row in asked] == [("addressed", "changelog")]
