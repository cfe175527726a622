"""b4's own code runs the check and reads the answer: what is open or refuted, and never a traceback."""

from __future__ import annotations

import email.message
import json
import os
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from kb.export import checks
from kb.reading import reading
from kb.records import ItemKind, Relation, Verdict
from kb.store.writing import writing
from tests.support.command_line import ROOT, apart
from tests.support.git_settings import git_settings
from tests.support.threads import derived, item, link, message, run, small_base

HEAVY = ("spacy", "sqlalchemy", "textual", "b4", "liblore", "requests", "rich")


def _mail(message_id: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ada Example <ada@example.org>"
    mail["Subject"] = "[PATCH 0/2] a"
    mail["Message-ID"] = f"<{message_id}>"
    mail.set_content("Mend it.\n")
    return mail


def _base(path: Path) -> None:
    """A cover letter and two patches: a refuted claim below the first, two open questions below the second."""
    mails = [
        message(0, "This series mends the lock.\n", subject="[PATCH 0/2] a"),
        message(1, "The lock is taken twice.\n", parent=0),
        message(2, "Drop the second one.\n", parent=0),
        message(3, "Is it needed? Who takes it?\n", parent=2, author="Ben Sample"),
        message(4, "It is taken once.\n", parent=1, author="Ben Sample"),
    ]
    items = [
        item(ItemKind.CLAIM, mails[1], "The lock is taken twice."),
        item(ItemKind.QUESTION, mails[3], "Is it needed?"),
        item(ItemKind.QUESTION, mails[3], "Who takes it?"),
        item(ItemKind.CLAIM, mails[4], "It is taken once."),
    ]
    with writing(path) as writer:
        writer.add_thread(derived(mails, items, [link(items[3], Relation.SUPPORTS, items[0])]))
        writer.add_run(run(items[0], Verdict.REFUTED, summary="it is taken once"))
        writer.add_run(run(items[3], Verdict.VERIFIED))


def _results(path: Path, message_id: str) -> dict[str, str]:
    with reading(path) as reader:
        (found,) = checks.results(reader, message_id)
    return found


def test_cover_letter_answers_for_its_whole_thread(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    _base(path)
    found = _results(path, "m0@example.org")
    assert (found["tool"], found["status"]) == ("threadkb", "fail")
    assert found["summary"] == "1 claim refuted, 2 open questions"
    listed = json.loads(found["details"])
    assert [(entry["status"], entry["state"]) for entry in listed] == [("fail", "refuted")] + [("warn", "open")] * 2
    assert listed[0]["description"] == "The lock is taken twice.; the check: it is taken once"
    assert listed[1]["context"].endswith("#3 Ben Sample")


def test_patch_answers_for_the_replies_below_it(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    _base(path)
    assert _results(path, "m2@example.org")["summary"] == "2 open questions"
    assert _results(path, "m2@example.org")["status"] == "warn"
    assert _results(path, "m1@example.org")["summary"] == "1 claim refuted"
    nothing = _results(path, "m4@example.org")
    assert (nothing["status"], nothing["summary"]) == ("pass", "nothing open; 1 item, 1 verified")


def test_unknown_mail_is_a_warning_that_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    _base(path)
    found = _results(path, "elsewhere@example.org")
    assert found["status"] == "warn"
    assert found["summary"] == "not in the knowledge base; `threadkb ingest elsewhere@example.org` fetches it"
    assert "$(" not in _results(path, "$(reboot)@example.org")["summary"]


def test_long_lists_are_cut_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    mail = message(0, "".join(f"What is {n}?\n" for n in range(100)))
    with writing(path) as writer:
        writer.add_thread(derived([mail], [item(ItemKind.QUESTION, mail, f"What is {n}?") for n in range(100)]))
    found = _results(path, mail.message_id)
    assert found["summary"] == "100 open questions"
    listed = json.loads(found["details"])
    assert len(listed) == 41 and listed[-1]["description"].startswith("60 more: `threadkb show t-")


COMMAND = f"{sys.executable} -m tui.cli b4-check"


def _b4(monkeypatch: pytest.MonkeyPatch, home: Path, db: Path) -> None:
    """b4 away from the user's home, with our command as git's configuration names it."""
    git_settings(
        monkeypatch, home, [("b4.review-series-check-cmd", COMMAND), ("b4.review-perpatch-check-cmd", COMMAND)]
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("THREADKB_DB", str(db))


def test_b4_runs_the_check_and_reads_its_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from b4.review import checks as of_b4

    path = tmp_path / "kb.sqlite"
    _base(path)
    _b4(monkeypatch, tmp_path, path)
    cover: tuple[str, email.message.EmailMessage] = ("m0@example.org", _mail("m0@example.org"))
    (result,) = of_b4.run_series_checks(cover, [COMMAND], str(tmp_path))
    assert result["tool"] == "threadkb"
    assert (result["status"], result["summary"]) == ("fail", "1 claim refuted, 2 open questions")
    patches = [(f"m{n}@example.org", _mail(f"m{n}@example.org")) for n in (1, 2, 9)]
    found = of_b4.run_perpatch_checks(patches, [COMMAND], str(tmp_path))
    assert [[(r["status"], r["summary"].partition(";")[0]) for r in found[name]] for name, _ in patches] == [
        [("fail", "1 claim refuted")],
        [("warn", "2 open questions")],
        [("warn", "not in the knowledge base")],
    ]
    connection = of_b4.get_db()
    try:
        of_b4.store_results(connection, cover[0], [result])
        assert of_b4.get_cached_results(connection, [cover[0]])[cover[0]] == [result]
    finally:
        connection.close()


def test_b4_finds_the_command_in_gits_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kb.sqlite"
    _base(path)
    _b4(monkeypatch, tmp_path, path)
    program = (
        "import b4; from b4.review import checks; b4._setup_main_config(); "
        "one, series = checks.load_check_cmds(); print(one, series)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{[COMMAND]} {[COMMAND]}"


async def test_b4s_review_screen_shows_what_the_check_says(tmp_path: Path) -> None:
    from b4.review_tui._modals import TrackingCheckResultsScreen
    from textual.app import App
    from textual.widgets import RichLog

    path = tmp_path / "kb.sqlite"
    _base(path)
    app: App[None] = App()
    async with app.run_test(size=(120, 40)) as pilot:
        matrix = {(0, "threadkb"): _results(path, "m0@example.org")}
        screen = TrackingCheckResultsScreen("Results", ["0/2"], ["a"], ["threadkb"], matrix)
        await app.push_screen(screen)
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        shown = "\n".join(strip.text for strip in screen.query_one("#tcr-detail", RichLog).lines)
    assert "threadkb — FAIL" in shown
    assert "1 claim refuted, 2 open questions" in shown
    assert "Who takes it?" in shown


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\0\xff\n\n",
        b"Message-ID: \n\n",
        b"Message-ID: <a b>\n\n",
        b"Message-ID: <\x1b[2J\xff@x>\n\nx",
        b"x" * 100_000,
    ],
    ids=["nothing", "bytes", "empty", "blank", "escape", "long"],
)
def test_no_mail_makes_the_check_fail(tmp_path: Path, mail: bytes) -> None:
    path = tmp_path / "kb.sqlite"
    small_base(path)
    ran = apart("b4-check", "--db", path, stdin=mail)
    (result,) = json.loads(ran.out)
    assert (ran.code, ran.err, result["status"]) == (0, "", "warn")
    assert "\x1b" not in ran.out


def test_no_or_damaged_knowledge_base_is_a_warning(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.sqlite"
    small_base(damaged)
    damaged.write_bytes(damaged.read_bytes()[:3000])
    for path in (tmp_path / "none.sqlite", damaged, tmp_path):
        ran = apart("b4-check", "--db", path, stdin=_mail("m0@example.org").as_bytes())
        (result,) = json.loads(ran.out)
        assert (ran.code, result["status"]) == (0, "warn"), path
        assert result["summary"]


def test_check_loads_nothing_heavy_and_is_quick(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    _base(path)
    program = (
        "import sys; from tui.cli import main; code = main(['b4-check', '--db', sys.argv[1]]); "
        f"print('LOADED', code, *({{name.split('.')[0] for name in sys.modules}} & set({HEAVY!r})))"
    )
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        cwd=ROOT,
        input=_mail("m0@example.org").as_bytes(),
        capture_output=True,
        check=True,
    )
    assert time.perf_counter() - began < 10
    assert done.stdout.decode().rpartition("LOADED")[2].split() == ["0"]
