"""`threadkb update` and `threadkb changes` as people type them: what they print, what they say, how they fail."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.sources import read
from kb.reading import reading
from kb.records import Outcome, Run, Source, SourceKind, Strength, Verdict
from kb.store.writing import writing
from sim_hooks.source.container import Container
from tests.support.command_line import apart, here
from tests.support.mails import mail
from tests.support.threads import START
from tests.test_update import THREAD, put
from tui.as_records import run_of
from tui.means import bundled_facts

TABLE = """\
            small       large
Before      100 MiB/s   200 MiB/s
After       110 MiB/s   240 MiB/s
% diff        {}         {}
"""
DIFF = "diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-old();\n+new();\n"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, read(str(put(tmp_path / "review.mbox", THREAD[:3]))))
    return path


def verified(base: Path, quote: str) -> str:
    """Let the claim with that quote have a verdict; its id."""
    with reading(base) as reader:
        item = next(i for i in reader.items() if i.quote == quote)
    outcome = Outcome(Verdict.VERIFIED, Strength.EXACT, "it is so")
    run = Run(item.id, item.message_id, item.quote, "hand", {}, "hand", outcome, 0.1, "f", START)
    with writing(base) as writer:
        writer.add_run(run)
    return item.id


def test_update_prints_the_changes_newest_first_and_changes_prints_them_again(
    capsys: Capture, base: Path, tmp_path: Path
) -> None:
    claim = verified(base, "The caller does not hold it.")
    put(tmp_path / "review.mbox", THREAD)
    ran = here(capsys, "update", "--no-check", "--db", base)
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert (ran.code, [row[0] for row in rows]) == (0, ["state", "item", "mail", "state", "item", "mail"])
    assert rows[0][7].startswith(f"claim {claim[:7]}: verified, now disputed in the thread by c-")
    assert rows[0][7].endswith(", #4 Cleo Sample")
    assert here(capsys, "changes", "--db", base).out == ran.out
    assert here(capsys, "changes", "--since", "LAST", "--db", base).out == ran.out
    every = here(capsys, "changes", "--since", "1d", "--db", base).out
    assert every.startswith(ran.out) and every.count("\n") == ran.out.count("\n") + 1
    rows_of_one = json.loads(here(capsys, "changes", "a lock", "--json", "--db", base).out)
    assert [row["what"] for row in rows_of_one] == [row[0] for row in rows]
    assert rows_of_one[0]["sentence"] == rows[0][7]


def test_update_as_json_holds_the_changes_and_the_failures(capsys: Capture, base: Path, tmp_path: Path) -> None:
    (tmp_path / "review.mbox").unlink()
    ran = here(capsys, "update", "--json", "--db", base)
    found = json.loads(ran.out)
    assert (ran.code, found["changes"], found["arrival"]) == (1, [], 0)
    (failure,) = found["failures"]
    assert (failure["kind"], failure["source"]) == ("file", str(tmp_path / "review.mbox"))
    assert f"threadkb: {tmp_path / 'review.mbox'}: is not there any more; " in ran.err


def test_update_that_finds_nothing_says_so_and_loads_nothing_heavy(base: Path) -> None:
    first = apart("update", "--db", base)
    assert (first.code, first.out, first.err) == (0, "", "nothing is new; 1 source asked\n")
    program = (
        "import sys; from tui.cli import main; code = main(['update', '--db', sys.argv[1]]); "
        "assert not {'spacy', 'sqlalchemy', 'b4', 'numpy'} & set(sys.modules); sys.exit(code)"
    )
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", program, str(base)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "nothing is new; 1 source asked\n")


def test_update_runs_checks_again_in_a_thread_that_was_checked(capsys: Capture, tmp_path: Path) -> None:
    first = mail(1, TABLE.format("10%", "20%"), subject="[PATCH] time")
    reply = mail(2, "Here it is\n\n" + TABLE.format("90%", "95%"), parent=1)
    path, box = tmp_path / "kb.sqlite", tmp_path / "review.mbox"
    pipeline.ingest(path, read(str(put(box, [first]))))
    assert "verified" in here(capsys, "verify", "--db", path).out
    put(box, [first, reply])
    ran = here(capsys, "update", "--json", "--db", path)
    found = json.loads(ran.out)
    assert found["checked"] >= 1
    verdicts = [(row["before"], row["after"]) for row in found["changes"] if row["what"] == "verdict"]
    assert (None, "refuted") in verdicts
    again = json.loads(here(capsys, "changes", "--json", "--db", path).out)
    assert again == found["changes"]


def test_changes_says_where_nothing_changed_yet(capsys: Capture, base: Path) -> None:
    ran = here(capsys, "changes", "--since", "2999-01-01", "--db", base)
    assert (ran.code, ran.out) == (0, "")
    assert "nothing changed since then" in ran.err


@pytest.mark.parametrize("command", [["update", "no such thread"], ["changes", "no such thread"]])
def test_a_thread_that_is_not_there_is_a_usage_error(capsys: Capture, base: Path, command: list[str]) -> None:
    ran = here(capsys, *command, "--db", base)
    assert (ran.code, "no thread has this id" in ran.one_line()) == (2, True)


def test_nothing_that_a_mail_holds_reaches_the_terminal_raw(capsys: Capture, base: Path, tmp_path: Path) -> None:
    author = "\x1b[31mEve\x07 <eve@example.org>"
    words = "> I think we should drop it then.\n\nWhy should \x1b]0;we\x07 drop it?\n"
    put(tmp_path / "review.mbox", [*THREAD[:3], mail(4, words, parent=3, author=author)])
    os.utime(tmp_path / "review.mbox", (1_700_000_000, 1_700_000_077))
    ran = here(capsys, "update", "--db", base)
    again = here(capsys, "changes", "--json", "--db", base)
    assert ran.out and "Eve" in ran.out
    assert not {"\x1b", "\x07"} & set(ran.out + ran.err + again.out)


def test_changes_says_that_an_archive_taken_in_whole_is_not_in_the_journal(capsys: Capture, base: Path) -> None:
    with writing(base) as writer:
        writer.saw(Source(SourceKind.PUBLICINBOX, "/archive", ""), datetime.now(UTC))
    ran = here(capsys, "changes", "--since", "2999-01-01", "--db", base)
    assert "what `ingest` takes from a whole archive is not written into it" in ran.err


def test_a_forgotten_mail_that_its_source_still_has_is_no_news(
    capsys: Capture, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(base) as reader:
        gone = reader.messages(reader.threads()[0].id)[-1].message_id
    assert here(capsys, "forget", gone, "--yes", "--db", base).code == 0
    box = next(p for p in tmp_path.rglob("*.mbox"))
    box.touch()  # so that it is read again
    monkeypatch.setattr(pipeline, "ingest", None)
    ran = here(capsys, "update", "--db", base)
    assert (ran.code, ran.out, ran.err) == (0, "", "nothing is new; 1 source asked\n")


def test_update_says_which_tag_or_nack_a_new_mail_gives(capsys: Capture, tmp_path: Path) -> None:
    patch = mail(
        1, "We drop the lock.\n\nSigned-off-by: Ada Example <ada@example.org>\n---\n" + DIFF, subject="[PATCH] a"
    )
    tag = mail(2, "Reviewed-by: Ada Example <ada@example.org>\n", subject="Re: [PATCH] a", parent=1)
    no = mail(3, "NACK. This breaks it.\n", subject="Re: [PATCH] a", parent=1, author="Ben Sample <ben@example.org>")
    path, box = tmp_path / "kb.sqlite", tmp_path / "review.mbox"
    pipeline.ingest(path, read(str(put(box, [patch]))))
    put(box, [patch, tag, no])
    found = json.loads(here(capsys, "update", "--json", "--db", path).out)["changes"]
    told = [row["sentence"] for row in found if row["what"] == "mail"]
    assert told == ["new mail #2 Ben Sample: NACK", "new mail #1 Ada Example: Reviewed-by"]


def test_ingest_as_json_has_its_changes_as_update_gives_them(capsys: Capture, tmp_path: Path) -> None:
    path, box = tmp_path / "kb.sqlite", put(tmp_path / "review.mbox", [mail(1, "We drop the lock.\n")])
    found = json.loads(here(capsys, "ingest", "--json", box, "--db", path).out)
    assert [(row["what"], row["arrival"]) for row in found["changes"]] == [("thread", 1)]
    assert found["arrival"] == 1
    assert "batch" not in found


@pytest.mark.parametrize(("tree", "left"), [("linux-next-1", True), ("", False)])
def test_update_leaves_verdicts_on_another_source_tree_and_says_so(
    capsys: Capture, tmp_path: Path, tree: str, left: bool
) -> None:
    own = bundled_facts()
    assert own is not None
    first, path, box = mail(1, TABLE.format("10%", "20%"), subject="[PATCH]"), tmp_path / "kb.sqlite", tmp_path / "b"
    pipeline.ingest(path, read(str(put(box, [first]))))
    here(capsys, "verify", "--db", path)
    with reading(path) as reader:
        last = reader.latest_runs()[0]
    looked = (f"the source is {tree or Container(own).header['name']}, not the tree of the thread",)
    outcome = Outcome(Verdict.VERIFIED, Strength.EDGE, "it calls it", assumptions=looked)
    with writing(path) as writer:
        writer.add_run(replace(run_of(last), outcome=outcome, fingerprint="old", at=datetime.now(UTC)))
    put(box, [first, mail(2, "I do not think so.\n", parent=1)])
    ran = here(capsys, "update", "--db", path)
    assert ("was checked against linux-next-1, not against linux-" in ran.err) == left
    with reading(path) as reader:
        assert (reader.runs_of(last.item_id)[0].summary == "it calls it") == left


def test_who_says_something_is_told_where_git_knows_nobody(
    capsys: Capture, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    with reading(base) as reader:
        own = reader.items()[0].id
    assert "git knows no user.name" in here(capsys, "correct", "confirm", own, "--db", base).err
    assert not here(capsys, "correct", "confirm", own, "--who", "Ada", "--db", base).err
