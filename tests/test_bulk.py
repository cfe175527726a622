"""Whole archives: taken in once, in pieces, again, by several processes, interrupted and killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import bulk_reading, bulk_taking, label, pipeline
from ingest.bulk import BulkReport, ingest_archive
from ingest.bulk_grouping import Group, grouped, joined, parcels
from ingest.bulk_taking import batched
from ingest.discussion import worth_reading
from ingest.heading import Heading, heading_of
from ingest.mail import parse
from ingest.pace import Pace, duration
from ingest.sources.publicinbox import Arrival, read
from kb.errors import SourceError
from kb.records import RawMail
from tests.support.archives import Commits, repository
from tests.support.command_line import ROOT, here
from tests.support.dying import POISON, dying_work, failing_work
from tests.support.mails import PATCH, mail

BEN = "Ben Sample <ben@example.org>"
DERIVED = ("threads", "messages", "ancestors", "zones", "items", "topics", "entities", "links", "series", "trailers")
NUMBERED = ("series", "trailers")


def thread(first: int, words: str = "lock") -> list[bytes]:
    """A patch, a question and its answer."""
    subject = f"[PATCH] {words}: take it once ({first})"
    return [
        mail(first, PATCH, subject=subject),
        mail(first + 1, f"Does the {words} survive a reset?\n", parent=first, subject=f"Re: {subject}", author=BEN),
        mail(
            first + 2,
            f"> Does the {words} survive a reset?\n\nYes, it does.\n",
            parent=first + 1,
            subject=f"Re: {subject}",
        ),
    ]


MAILS = [content for first in range(0, 24, 3) for content in thread(first)][:23]
# the mails of two threads each come in turn, so that a batch ends within a thread
SHUFFLED = [MAILS[n] for n in sorted(range(len(MAILS)), key=lambda n: (n // 6, n % 3, n))]


def archive_of(folder: Path, mails: list[bytes]) -> Path:
    commits = Commits()
    for content in mails:
        commits.put("m", content)
    repository(folder / "git" / "0.git", commits)
    return folder


def come(archive: Path, commits: Commits) -> None:
    repository(archive / "git" / "0.git", commits, again=True)


def rows(path: Path, tables: tuple[str, ...] = DERIVED) -> dict[str, list[Any]]:
    base = sqlite3.connect(path)
    try:
        found = {table: base.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
        # a row's number says only when it was written
        return {table: sorted((row[table in NUMBERED :] for row in found[table]), key=repr) for table in tables}
    finally:
        base.close()


def at_once(path: Path, archive: Path) -> dict[str, list[Any]]:
    """What ingesting the archive's mails in one transaction gives."""
    pipeline.ingest(path, read(archive))
    return rows(path)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive_of(tmp_path_factory.mktemp("archive") / "list", SHUFFLED)


@pytest.fixture(scope="module")
def expected(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    found = at_once(tmp_path_factory.mktemp("once") / "kb.sqlite", archive)
    assert len(found["threads"]) == 8
    assert len(found["items"]) >= 8
    return found


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_taking, "MOST_MAILS", 5)
    monkeypatch.setattr(bulk_reading, "PARCEL", 4)


@pytest.mark.parametrize("jobs", [1, 2])
def test_archive_taken_in_piece_by_piece_equals_its_mails_ingested_at_once(
    archive: Path, expected: dict[str, list[Any]], tmp_path: Path, jobs: int
) -> None:
    report = ingest_archive(tmp_path / "kb.sqlite", archive, jobs=jobs)
    assert (report.added, report.known, report.removed, len(report.threads)) == (23, 0, 0, 8)
    assert sum(report.items.values()) == len(expected["items"])
    assert rows(tmp_path / "kb.sqlite") == expected


def test_second_run_takes_only_what_is_new(tmp_path: Path) -> None:
    archive, base = archive_of(tmp_path / "list", SHUFFLED[:6]), tmp_path / "kb.sqlite"
    ingest_archive(base, archive)
    again = ingest_archive(base, archive)
    assert (again.added, again.known, again.threads) == (0, 0, ())
    for number in (6, 12):
        come(archive, Commits().put("m", SHUFFLED[number]).put("m", SHUFFLED[number + 1]))
        assert ingest_archive(base, archive).added == 2
    assert rows(base) == at_once(tmp_path / "once.sqlite", archive)


def test_reply_to_a_thread_that_is_there_joins_it(tmp_path: Path) -> None:
    archive, base = archive_of(tmp_path / "list", thread(0)[:2]), tmp_path / "kb.sqlite"
    ingest_archive(base, archive)
    come(archive, Commits().put("m", thread(0)[2]))
    assert len(ingest_archive(base, archive).threads) == 1
    assert rows(base) == at_once(tmp_path / "once.sqlite", archive)


def test_mail_that_the_archive_removes_leaves_its_thread_but_its_bytes_stay(tmp_path: Path) -> None:
    spam = mail(9, "Buy now?\n", parent=0, author="Eve <eve@example.org>")
    archive, base = archive_of(tmp_path / "list", [*thread(0), spam]), tmp_path / "kb.sqlite"
    ingest_archive(base, archive)
    come(archive, Commits().put("d", spam))
    report = ingest_archive(base, archive)
    assert (report.added, report.removed, len(report.threads)) == (0, 1, 1)
    assert rows(base) == at_once(tmp_path / "once.sqlite", archive)
    assert spam in {value for row in rows(base, ("raw_mails",))["raw_mails"] for value in row}


def test_mail_that_somebody_took_in_from_elsewhere_stays_when_the_archive_removes_it(tmp_path: Path) -> None:
    archive, base = archive_of(tmp_path / "list", thread(0)), tmp_path / "kb.sqlite"
    pipeline.ingest(base, [RawMail(thread(0)[1], "elsewhere")])
    ingest_archive(base, archive)
    come(archive, Commits().put("d", thread(0)[1]))
    assert ingest_archive(base, archive).removed == 0
    assert "m1@example.org" in {row[0] for row in rows(base)["messages"]}


def test_patches_that_nobody_answers_are_searchable_and_cost_no_parse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def parsed(*_given: object) -> Iterator[Any]:
        raise AssertionError("somebody parsed")

    alone = mail(1, "The zebra is walked twice.\n" + PATCH, subject="[PATCH 1/2] zebra: walk it once")
    bot = mail(2, "Error: zebra broke?\n", parent=1, author="kernel test robot <lkp@example.org>")
    archive, base = archive_of(tmp_path / "list", [alone, bot]), tmp_path / "kb.sqlite"
    monkeypatch.setattr(label, "parse_texts", parsed)
    report = ingest_archive(base, archive)
    assert (report.unread, len(report.threads), dict(report.items)) == ((), 1, {})
    assert "zebra" in here(capsys, "search", "zebra", "--db", base).out


def message(subject: str, author: str = "Ada <ada@example.org>", origin: str = "publicinbox:/a#b") -> Any:
    return parse(RawMail(mail(1, "x\n", subject=subject, author=author), origin))


@pytest.mark.parametrize(
    ("messages", "worth"),
    [
        ([message("[PATCH v2 0/3] a"), message("[RFC PATCH] b")], False),
        ([message("[PATCH] a"), message("Re: [PATCH] a", "syzbot <syzbot+1@example.org>")], False),
        ([message("[PATCH] a"), message("Re: [PATCH] a")], True),
        ([message("a question")], True),
        ([message("[PATCH] a", origin="a.mbox#1")], True),
    ],
)
def test_thread_is_worth_reading_where_somebody_speaks_or_somebody_asked_for_it(
    messages: list[Any], worth: bool
) -> None:
    assert worth_reading(messages) is worth


SLICED = """
import sys
from ingest import bulk_reading, bulk_taking
from tui.cli import main
if __name__ == "__main__":
    bulk_taking.MOST_MAILS, bulk_reading.PARCEL = 3, 2
    sys.exit(main(sys.argv[1:]))
"""


def running(tmp_path: Path, archive: Path, jobs: int) -> subprocess.Popen[str]:
    """An ingest in a process of its own, in small pieces, which says each of them."""
    script = tmp_path / "sliced.py"
    script.write_text(SLICED)
    return subprocess.Popen(
        [sys.executable, script, "ingest", archive, "-v", "--jobs", str(jobs), "--db", tmp_path / "kb.sqlite"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def after(process: subprocess.Popen[str], lines: int) -> list[str]:
    """The next `lines` lines that it says, fewer if it ends."""
    assert process.stderr is not None
    return [line for line, _ in zip(process.stderr, range(lines), strict=False)]


def sound(path: Path) -> None:
    base = sqlite3.connect(path)
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    base.close()


@pytest.mark.slow
@pytest.mark.parametrize(("jobs", "kill_after"), [(1, (2, 5, 3, 100)), (2, (3, 8, 100))])
def test_ingest_that_is_killed_again_and_again_ends_as_if_it_never_was(
    archive: Path, expected: dict[str, list[Any]], tmp_path: Path, jobs: int, kill_after: tuple[int, ...]
) -> None:
    kills = 0
    for lines in kill_after:
        with running(tmp_path, archive, jobs) as process:
            after(process, lines)
            if process.poll() is None:
                process.kill()
            assert process.stderr is not None
            process.stderr.read()  # its end: no worker of it is left that holds the pipe
            kills += process.wait() == -signal.SIGKILL
        sound(tmp_path / "kb.sqlite")
    assert kills >= 2
    ingest_archive(tmp_path / "kb.sqlite", archive)
    assert rows(tmp_path / "kb.sqlite") == expected


def test_interrupt_keeps_what_is_finished_and_says_how_to_go_on(
    archive: Path, expected: dict[str, list[Any]], tmp_path: Path
) -> None:
    with running(tmp_path, archive, 2) as process:
        seen = after(process, 10)
        assert any(line.startswith("reading ") for line in seen), seen
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.wait() == 130
    assert "is kept, and the same command goes on from there" in said
    assert "Traceback" not in said
    assert len(rows(tmp_path / "kb.sqlite", ("raw_mails",))["raw_mails"]) == 23
    ingest_archive(tmp_path / "kb.sqlite", archive)
    assert rows(tmp_path / "kb.sqlite") == expected


@pytest.mark.parametrize(("work", "jobs"), [(dying_work, 2), (failing_work, 2), (failing_work, 1)])
def test_mail_that_kills_or_upsets_who_reads_it_is_kept_and_told_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[..., Any], jobs: int
) -> None:
    poison = mail(50, POISON.decode(), subject="Subject")
    archive, base = archive_of(tmp_path / "list", [*SHUFFLED[:6], poison, *SHUFFLED[6:12]]), tmp_path / "kb.sqlite"
    told: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(bulk_reading, "work", work)
        report = ingest_archive(base, archive, jobs=jobs, progress=Telling(told))
    assert (report.unread, len(report.threads)) == (("m50@example.org",), 4)
    assert any(line.startswith("m50@example.org: its thread cannot be read (") for line in told)
    again = ingest_archive(base, archive)
    assert (again.added, len(again.threads), again.unread) == (0, 1, ())
    assert rows(base) == at_once(tmp_path / "once.sqlite", archive)


class Telling:
    """Keeps what is told."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def __call__(self, text: str) -> None:
        self._told.append(text)

    def step(self, text: str) -> None:
        pass


class Here(Executor):
    """Does everything when it is asked, and something else before."""

    def __init__(self, before: Callable[[int], None]) -> None:
        self._before, self.asked = before, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked += 1
        self._before(self.asked)
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_thread_that_somebody_else_adds_to_meanwhile_is_derived_with_that_too(tmp_path: Path) -> None:
    archive, base = archive_of(tmp_path / "list", thread(0)[:2]), tmp_path / "kb.sqlite"
    late = RawMail(thread(0)[2], "elsewhere")

    def before(number: int) -> None:
        if number == 1:
            pipeline.ingest(base, [late])

    executor = Here(before)
    ingest_archive(base, archive, executor=executor)
    assert executor.asked == 2
    once = tmp_path / "once.sqlite"
    pipeline.ingest(once, [*read(archive), late])
    assert rows(base) == rows(once)


def test_executor_of_ones_own_is_used_and_left_open(
    archive: Path, expected: dict[str, list[Any]], tmp_path: Path
) -> None:
    executor = Here(lambda _number: None)
    ingest_archive(tmp_path / "kb.sqlite", archive, executor=executor)
    assert executor.asked >= 5
    assert rows(tmp_path / "kb.sqlite") == expected


def test_folder_that_is_no_archive_is_told_and_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="this is no public-inbox archive"):
        ingest_archive(tmp_path / "kb.sqlite", tmp_path)
    assert not (tmp_path / "kb.sqlite").exists()


def test_command_takes_an_archive_beside_a_file(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.eml").write_bytes(mail(40, PATCH, subject="[PATCH] b"))
    ran = here(capsys, "ingest", tmp_path / "a.eml", archive, "--json", "--jobs", "1", "--db", tmp_path / "kb.sqlite")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert found["added"] == 1
    assert [(one["added"], len(one["threads"])) for one in found["archives"]] == [(23, 8)]
    ran = here(capsys, "ingest", archive, "--jobs", "1", "--db", tmp_path / "kb.sqlite")
    assert ran.out.startswith("0 new mails, 0 known already; 0 threads read;")


def test_command_takes_no_reader_for_an_archive(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = here(capsys, "ingest", archive, "--reader", "http://127.0.0.1:9", "--db", tmp_path / "kb.sqlite")
    assert ran.code == 2
    assert "a whole archive is taken in without a reader" in ran.one_line()


def test_batch_never_ends_within_a_commit() -> None:
    def arrival(commit: str) -> Arrival:
        return Arrival("0", commit, mail=RawMail(b"x", "here"))

    found = list(batched(arrival(commit) for commit in "aabbbbbbbccd"))
    assert ["".join(one.commit for one in batch) for batch in found] == ["aabbbbbbb", "ccd"]


def test_batch_ends_before_it_holds_too_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_taking, "MOST_BYTES", 10)
    sizes = [4, 4, 4, 30, 1]
    found = list(batched(Arrival("0", str(n), mail=RawMail(b"x" * size, "")) for n, size in enumerate(sizes)))
    assert [len(batch) for batch in found] == [2, 1, 1, 1]


names = st.sampled_from("abcdefgh")
headings = st.lists(
    st.builds(Heading, names, st.lists(names, max_size=3).map(tuple)), max_size=8, unique_by=lambda one: one.message_id
)


@given(headings)
def test_groups_share_no_name_and_hold_every_mail_once(found: list[Heading]) -> None:
    groups = grouped(found)
    assert sorted(name for group in groups for name in group.waiting) == sorted(one.message_id for one in found)
    every = [name for group in groups for name in group.named]
    assert len(every) == len(set(every))


@given(headings, st.dictionaries(names, st.sampled_from("XYZ")))
def test_groups_that_touch_one_thread_are_one(found: list[Heading], threads: dict[str, str]) -> None:
    groups = joined(grouped(found), lambda named: {threads[name] for name in named if name in threads})
    old = [thread for group in groups for thread in group.old]
    assert len(old) == len(set(old))
    assert sorted(name for group in groups for name in group.waiting) == sorted(one.message_id for one in found)


def test_parcels_tear_no_group_apart() -> None:
    groups = [Group(tuple("x" * size), frozenset()) for size in (1, 2, 9, 1, 1, 1)]
    assert [[len(group.waiting) for group in parcel] for parcel in parcels(groups, 4)] == [[1, 2], [9], [1, 1, 1]]


HEAD = [
    b"Message-ID: <a@b.example>\n",
    b"Message-Id:\n <c@d.example>\n",
    b"In-Reply-To: Your mail <e@f.example>\n",
    b"References: <g@h.example>\r\n\t<i@j.example>\r\n",
    b"references: <k@l.example>\n",
    b"Subject: x\n y: <m@n.example>\n",
    b"Message-ID : <o@p.example>\n",
    b"no header at all\n",
    b"X: \xff\xfe\rMessage-ID: <q@r.example>\n",
    b"From u@v.example Mon Sep 17 00:00:00 2001\n",
    b" Message-ID: <folded@s.example>\n",
    b"Message-ID: <\xc3\xa9@t.example>\r\r\n",
    b"\n",
    b"\r\n",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(HEAD), max_size=7), st.binary(max_size=20))
def test_heading_says_what_the_whole_mail_says(head: list[bytes], body: bytes) -> None:
    raw = RawMail(b"".join(head) + b"\n" + body, "here")
    whole = parse(raw)
    named = dict.fromkeys(name for name in (whole.parent_id, *whole.references) if name)
    assert heading_of(raw) == Heading(whole.message_id, tuple(named))


def test_pace_tells_rate_and_time_left_once_it_knows_them() -> None:
    clock = iter([0.0, 1.0, 10.0, 20.0])
    pace = Pace("reading", 4000, "mails", clock=lambda: next(clock))
    assert pace.add(1000) == "reading 1,000 of 4,000 mails"
    assert pace.add(1000) == "reading 2,000 of 4,000 mails, 200/s, 10 s left"
    assert pace.add(3000) == "reading 5,000 of 5,000 mails, 250/s, 0 s left"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (99, "99 s"), (125, "2 min"), (7500, "2 h 5 min"), (7200, "2 h")]
)
def test_duration_is_told_in_the_unit_that_fits(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_report_is_plain_enough_for_json() -> None:
    assert json.loads(json.dumps(asdict(BulkReport("a", 1, 0, 0, ("t",), {"claim": 1}))))["items"] == {"claim": 1}
