"""Whatever a hook does, the caller gets an outcome in time, the next check runs, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.catalog import Hook, catalog
from sim_hooks.predicates import AllOf, PathExists, PercentChanges, SumIs
from sim_hooks.runner import Runner
from tests.support.checks import check_of, gone, odd_check, write_odd_hook

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_odd_hook(tmp_path)
    return tmp_path


@pytest.fixture
def runner(folder: Path) -> Iterator[Runner]:
    with Runner(None, jobs=1, seconds=1.0, memory_mib=128, import_from=(folder,)) as made:
        yield made


def test_an_outcome_comes_back_whole(runner: Runner) -> None:
    outcome, seconds = runner.run(odd_check("this"))
    note = Evidence("note", "seen", "here:1")
    assert outcome == Outcome(Verdict.VERIFIED, Strength.EXACT, "this is fine", (note,), ("none",))
    assert 0 <= seconds < 1


@pytest.mark.parametrize("what", ["hang", "spin"])
def test_a_check_that_takes_too_long_is_inconclusive(runner: Runner, what: str) -> None:
    start = time.monotonic()
    outcome, _ = runner.run(odd_check(what))
    assert (outcome.verdict, outcome.strength) == (Verdict.INCONCLUSIVE, Strength.NONE)
    assert "more than 1 s" in outcome.summary
    assert time.monotonic() - start < 6


def test_a_check_that_needs_too_much_memory_is_inconclusive(runner: Runner) -> None:
    outcome, _ = runner.run(odd_check("grow"))
    assert outcome.verdict == Verdict.INCONCLUSIVE
    assert "128 MiB" in outcome.summary


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("raise", "KeyError: 'no such thing"),
        ("exit", "status 3 and no result"),
        ("leave", "SystemExit: gone"),
        ("crash", "SIGSEGV"),
        ("garbage", "the hook gave str for an Outcome"),
        ("huge", "more than 1024 KiB"),
        ("not text", "cannot be read"),
        ("write", "may not write files"),
        ("kill parent", "may not write files, start programs, signal others"),
        ("kill all", "may not write files, start programs, signal others"),
        ("bomb", "may not write files, start programs"),
        ("program", "may not write files, start programs"),
        ("network", "or use the network"),
        ("remove", "may not write files"),
    ],
)
def test_a_check_that_fails_is_an_error_in_one_line(runner: Runner, what: str, said: str) -> None:
    outcome, _ = runner.run(odd_check(what))
    assert outcome.verdict == Verdict.ERROR
    assert said in outcome.summary
    assert "\n" not in outcome.summary


@pytest.mark.parametrize(
    ("what", "said"), [("write", "OSError"), ("kill parent", "gave no result"), ("crash", "SIGSEGV")]
)
def test_without_a_fence_the_limits_still_hold(folder: Path, what: str, said: str) -> None:
    with Runner(None, jobs=1, seconds=1.0, memory_mib=128, import_from=(folder,), fenced=False) as made:
        outcome, _ = made.run(odd_check(what))
        assert (outcome.verdict, said in outcome.summary) == (Verdict.ERROR, True)
        assert made.run(odd_check("next"))[0].summary == "next is fine"


def test_threads_may_be_started(runner: Runner) -> None:
    assert runner.run(odd_check("thread"))[0].summary == "thread is fine"


@pytest.mark.parametrize("what", ["hang", "grow", "crash", "huge", "kill parent", "exit"])
def test_the_next_check_is_none_the_worse(runner: Runner, what: str) -> None:
    runner.run(odd_check(what))
    assert runner.run(odd_check("next"))[0].summary == "next is fine"


def test_what_a_hook_prints_is_no_answer(runner: Runner) -> None:
    assert runner.run(odd_check("noisy"))[0].summary == "noisy is fine"


def test_a_hook_has_no_way_to_the_parent_but_its_own_result(runner: Runner) -> None:
    outcome, _ = runner.run(odd_check("speak"))
    assert outcome.verdict == Verdict.ERROR
    assert runner.run(odd_check("next"))[0].summary == "next is fine"


def test_a_check_sees_an_empty_folder_and_a_scrubbed_environment(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    outcome, _ = runner.run(odd_check("look"))
    files, names = eval(outcome.summary)
    assert files == []
    assert set(names) <= {"PATH", "LC_ALL", "PYTHONPATH", "PYTHONHASHSEED", "LC_CTYPE"}


def test_a_predicate_the_hook_cannot_use_is_an_error_that_says_what_is_known(runner: Runner) -> None:
    hook = catalog().named("arithmetic")
    outcome, _ = runner.run(check_of(PercentChanges(("1", "2"), ("1",), ("0",)), hook))
    assert outcome.verdict == Verdict.ERROR
    assert "as many of each" in outcome.summary


def test_a_missing_module_is_an_error(runner: Runner) -> None:
    hook = Hook("none", (PathExists,), "no_such_hook", "is not there", "source")
    outcome, _ = runner.run(check_of(PathExists("x"), hook))
    assert outcome.verdict == Verdict.ERROR
    assert "no_such_hook" in outcome.summary


@pytest.mark.parametrize("facts", [None, "gone.facts"])
def test_without_facts_a_check_is_not_run_and_says_what_to_do(folder: Path, facts: str | None) -> None:
    path = folder / facts if facts else None
    with Runner(path, import_from=(folder,)) as made:
        outcome, _ = made.run(check_of(PathExists("x"), write_odd_hook(folder), needs_facts=True))
    assert outcome.verdict == Verdict.NOT_RUN
    assert "threadkb source index" in outcome.summary


def test_a_broken_facts_file_leaves_the_check_not_run(folder: Path) -> None:
    broken = folder / "broken.facts"
    broken.write_bytes(b"not a facts file")
    with Runner(broken, import_from=(folder,)) as made:
        outcome, _ = made.run(check_of(PathExists("x"), write_odd_hook(folder), needs_facts=True))
    assert outcome.verdict == Verdict.NOT_RUN
    assert "broken.facts" in outcome.summary


def test_parts_of_one_check_are_decided_and_put_together(runner: Runner) -> None:
    parts = AllOf((SumIs(("28", "294"), "322"), SumIs(("1", "1"), "3")))
    hook = catalog().named("arithmetic")
    outcome, _ = runner.run(replace(check_of(parts, hook), modules={"SumIs": hook.module}))
    assert outcome.verdict == Verdict.PARTLY
    assert outcome.summary == "Refuted part 2: 1 + 1 = 2, quoted 3. Verified part 1: 28 + 294 = 322, quoted 322."


def test_jobs_run_side_by_side_and_come_as_they_end(folder: Path) -> None:
    checks = [odd_check("hang"), *(odd_check(f"check {number}") for number in range(6))]
    with Runner(None, jobs=2, seconds=1.5, import_from=(folder,)) as made:
        ended = [outcome.summary for _, outcome, _ in made.run_all(checks)]
    assert len(ended) == 7
    assert ended[-1] == "Stopped: it took more than 1.5 s."


def test_many_checks_cost_little_each(folder: Path) -> None:
    with Runner(None, jobs=2, import_from=(folder,)) as made:
        list(made.run_all([odd_check("warm"), odd_check("warm")]))
        start = time.monotonic()
        assert len(list(made.run_all([odd_check("quick")] * 60))) == 60
        assert time.monotonic() - start < 60 * 0.1


def test_one_child_serves_many_checks(runner: Runner) -> None:
    assert len({runner.run(odd_check("pid"))[0].summary for _ in range(3)}) == 1


def test_closing_ends_the_children(folder: Path) -> None:
    with Runner(None, jobs=1, import_from=(folder,)) as made:
        pid = int(made.run(odd_check("pid"))[0].summary)
        assert Path(f"/proc/{pid}").exists()
    assert gone(pid)


def test_a_process_that_a_hook_sends_away_is_ended_with_the_check(folder: Path) -> None:
    with Runner(None, jobs=1, seconds=1.0, import_from=(folder,), fenced=False) as made:
        outcome, _ = made.run(odd_check("go away"))
        if outcome.verdict is Verdict.VERIFIED:
            assert gone(int(outcome.summary))
        else:  # no process can be started under the limit, which root is not held to
            assert os.getuid() != 0
        assert made.run(odd_check("this"))[0].verdict is Verdict.VERIFIED


def test_a_reader_who_stops_halfway_leaves_no_check_running(folder: Path) -> None:
    with Runner(None, jobs=2, seconds=30, import_from=(folder,)) as made:
        results = made.run_all([odd_check("pid"), odd_check("hang"), odd_check("hang")])
        next(results)
        results.close()
        assert made.run(odd_check("after"))[0].summary == "after is fine"


def test_children_go_when_their_parent_is_killed(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from sim_hooks.runner import Runner; "
        "from tests.support.checks import odd_check; "
        f"made = Runner(None, jobs=1, seconds=60, import_from=(Path({str(folder)!r}),)); "
        "print(made.run(odd_check('pid'))[0].summary, flush=True); made.run(odd_check('hang'))"
    )
    own = os.environ | {"TMPDIR": str(folder)}  # what a killed parent cannot clear away goes with the test's folder
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT, env=own) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.3)
        os.kill(parent.pid, signal.SIGKILL)
    assert gone(child)
