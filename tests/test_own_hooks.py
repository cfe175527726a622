"""A hook of one's own decides what it brings; whatever it does wrong becomes one verdict and harms nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from kb.errors import CheckError
from sim_hooks import own_hooks
from sim_hooks.runner import Runner
from tests.support.command_line import ROOT, here
from tests.support.own_hooks import BINDING, CLAIM, GOOD, claim_base, with_body, write_binding, write_hook

Capture = pytest.CaptureFixture[str]
FIGURES = "Before  100 MiB/s\nAfter   110 MiB/s\n% diff   10%"


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("THREADKB_HOOKS", "THREADKB_FACTS"):
        monkeypatch.delenv(name, raising=False)


def _verified(capsys: Capture, tmp_path: Path, hook: str, *, number: int = 2) -> dict[str, str]:
    """The verdict and the summary of the bound claim, and of a claim that is none of the hook's business."""
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES)
    folder = write_hook(tmp_path / "hooks", hook)
    bound = write_binding(tmp_path / "own.toml", number)
    ran = here(capsys, "verify", "--db", path, "--hooks", folder, "--bindings", bound, "--json", "--jobs", "1")
    rows = json.loads(ran.out)
    assert {row["quote"]: row["verdict"] for row in rows}[" ".join(FIGURES.split())] == "verified"
    (row,) = [row for row in rows if row["quote"] == CLAIM]
    left = {path.name for path in folder.rglob("*")}
    assert left == {"even.py"}
    return {"verdict": row["verdict"], "summary": row["summary"], "check": row["check"], "err": ran.err}


@pytest.mark.parametrize(("number", "verdict"), [(2, "verified"), (3, "refuted")])
def test_a_hook_of_ones_own_decides_its_kind(capsys: Capture, tmp_path: Path, number: int, verdict: str) -> None:
    found = _verified(capsys, tmp_path, GOOD, number=number)
    assert (found["verdict"], found["check"], found["summary"]) == (verdict, "even", f"{number} is looked at.")


BROKEN = {
    "raises": (with_body("raise KeyError('nothing here')"), "error", "KeyError: 'nothing here'"),
    "returns nonsense": (with_body("return 'yes'"), "error", "the hook gave str for an Outcome"),
    "gives no verdict": (with_body("return Outcome('maybe', Strength.EXACT, '')"), "error", "'maybe' is not a valid"),
    "leaves": (with_body("import os; os._exit(3)"), "error", "status 3 and no result"),
    "stops the interpreter": (with_body("raise SystemExit(0)"), "error", "SystemExit"),
    "eats memory": (with_body("kept = []", "while True: kept.append(bytearray(1 << 26))"), "inconclusive", "MiB"),
    "recurses": (with_body("return decide(predicate, facts)"), "error", "RecursionError"),
    "forks a bomb": (with_body("import os", "for _ in range(30): os.fork()"), "error", "start programs"),
    "starts a program": (with_body("import subprocess", "subprocess.run(['true'])"), "error", "start programs"),
    "writes a file": (with_body("open('left', 'w')"), "error", "may not write files"),
    "writes beside itself": (with_body("open(__file__ + '.x', 'w')"), "error", "may not write files"),
    "removes itself": (with_body("import os; os.unlink(__file__)"), "error", "may not write files"),
    "signals all": (with_body("import os, signal; os.kill(-1, signal.SIGCONT)"), "error", "signal others"),
    "has a file signal others": (
        with_body("import fcntl, os", "ends = os.pipe()", "fcntl.fcntl(ends[0], fcntl.F_SETOWN, os.getppid())"),
        "error",
        "PermissionError",
    ),
    "calls out": (
        with_body("import socket; socket.create_connection(('127.0.0.1', 9), timeout=1)"),
        "error",
        "use the network",
    ),
    "fails to import": ("import no_such_module_at_all\n" + GOOD, "error", "no_such_module_at_all"),
    "is no Python": (GOOD + "\ndef (", "error", "SyntaxError"),
    "leaves at import": ("import os; os._exit(4)\n" + GOOD, "error", "status 4 and no result"),
    "says what no text can hold": (
        with_body("return Outcome(Verdict.VERIFIED, Strength.EXACT, 'half \\ud800 of it')"),
        "verified",
        "half ? of it",
    ),
    "nests without end": (
        with_body("import sys", "deep = []", "for _ in range(5000): deep = [deep]", "return Outcome(deep, 1, '')"),
        "error",
        "RecursionError",
    ),
    "stops itself": (with_body("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), "error", "SIGKILL"),
    "has no decide": (GOOD.replace("def decide", "def other"), "error", "decide"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_hook_gives_one_clear_verdict_and_stops_nothing(capsys: Capture, tmp_path: Path, how: str) -> None:
    hook, verdict, said = BROKEN[how]
    found = _verified(capsys, tmp_path, hook)
    assert found["verdict"] == verdict
    assert said in found["summary"]
    assert "\n" not in found["summary"]


@pytest.mark.parametrize("place", ["import", "decide"])
def test_what_a_hook_prints_reaches_nobody(capsys: Capture, tmp_path: Path, place: str) -> None:
    rubbish = "import os, sys; print('\\x1b[2Jgone'); os.write(2, b'\\x1b[2J'); os.write(1, b'{}\\n')"
    hook = f"{rubbish}\n{GOOD}" if place == "import" else with_body(rubbish)
    found = _verified(capsys, tmp_path, hook)
    assert found["verdict"] == "verified"
    assert "\x1b" not in found["err"]


def test_what_a_hook_says_cannot_act_on_a_terminal(capsys: Capture, tmp_path: Path) -> None:
    hook = with_body("return Outcome(Verdict.VERIFIED, Strength.EXACT, '\\x1b[2Jgone\\nnext')")
    _verified(capsys, tmp_path, hook)
    folder, bound = tmp_path / "hooks", tmp_path / "own.toml"
    options = ("--db", tmp_path / "kb.sqlite", "--hooks", folder, "--bindings", bound)
    ran = here(capsys, "verify", *options, "--all")
    shown = here(capsys, "export", "report", "--db", tmp_path / "kb.sqlite")
    assert "\x1b" not in ran.out + ran.err + shown.out
    assert "<U+001B>" in ran.out


def test_a_hook_that_hangs_is_inconclusive_and_gone(tmp_path: Path) -> None:
    folder = write_hook(tmp_path / "hooks", with_body("import time; time.sleep(600)"))
    with Runner(None, jobs=1, seconds=1.0) as runner:
        own = own_hooks.find(own_hooks.places([folder]), runner)
        (kind,) = own.kinds.values()
        from sim_hooks import verify as checking
        from sim_hooks.catalog import catalog
        from sim_hooks.readers.wording import Binding
        from tests.support.checks import claim

        item = claim(CLAIM)
        (check,) = checking.plan([item], {item.id: (Binding(kind(2), 1.0, "so"),)}, {}, catalog(*own.hooks), "")
        start = time.monotonic()
        outcome, _ = runner.run(check)
    assert (outcome.verdict, "more than 1 s" in outcome.summary) == ("inconclusive", True)
    assert time.monotonic() - start < 10


def test_a_hook_that_hangs_when_it_is_imported_is_left_out(tmp_path: Path) -> None:
    folder = write_hook(tmp_path / "hooks", "import time; time.sleep(600)\n" + GOOD)
    write_hook(folder, GOOD.replace("Even", "Odd"), name="odd.py")
    with Runner(None, jobs=1, seconds=0.7) as runner:
        own = own_hooks.find(own_hooks.places([folder]), runner)
    assert [hook.name for hook in own.hooks] == ["odd"]
    (problem,) = own.problems
    assert problem.endswith("even.py: took more than 0.7 s; this hook is left out")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.replace("KINDS = (Even,)", ""), "KINDS: is None; write a tuple of dataclasses"),
        (GOOD.replace("KINDS = (Even,)", "KINDS = Even"), "write a tuple of dataclasses"),
        (GOOD.replace("KINDS = (Even,)", "KINDS = (int,)"), "KINDS: holds <class 'int'>"),
        (GOOD.replace("KINDS = (Even,)", "KINDS = ()"), "KINDS: is empty"),
        (GOOD.replace("Even", "Calls"), "'Calls' is a kind that threadkb has"),
        (GOOD.replace('"arithmetic"', "7"), "EVIDENCE: is 7"),
    ],
)
def test_a_hook_without_sense_is_left_out_with_a_reason(tmp_path: Path, content: str, said: str) -> None:
    with Runner(None, jobs=1) as runner:
        own = own_hooks.find(own_hooks.places([write_hook(tmp_path / "hooks", content)]), runner)
    assert own.hooks == ()
    assert said in own.problems[0]


def test_a_name_or_a_kind_that_is_taken_is_refused(tmp_path: Path) -> None:
    folder = write_hook(tmp_path / "hooks", name="a.py")
    write_hook(folder, name="b.py")
    write_hook(folder, GOOD.replace("Even", "Odd"), name="source.py")
    with Runner(None, jobs=1) as runner:
        own = own_hooks.find(own_hooks.places([folder]), runner)
    assert [hook.name for hook in own.hooks] == ["a"]
    assert "b.py: another hook decides 'Even' already" in own.problems[0]
    assert "source.py: there is a hook called 'source' already" in own.problems[1]


def test_a_hook_may_import_what_lies_beside_it_and_its_digest_follows(tmp_path: Path) -> None:
    folder = write_hook(tmp_path / "hooks", "import _halves\n" + GOOD)
    write_hook(folder, "HALF = 2\n", name="_halves.py")
    digests = []
    for more in ("", "MORE = 1\n"):
        with (folder / "_halves.py").open("a") as file:
            file.write(more)
        ask = (
            "import sys; from pathlib import Path\n"
            "from sim_hooks import own_hooks; from sim_hooks.runner import Runner\n"
            "with Runner(None, jobs=1) as runner:\n"
            "    own = own_hooks.find(own_hooks.places([Path(sys.argv[1])]), runner)\n"
            "print([hook.source_digest for hook in own.hooks], own.problems)"
        )
        done = subprocess.run(
            [sys.executable, "-c", ask, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        digests.append(done.stdout)
    assert digests[0].endswith("()\n")
    assert digests[0] != digests[1]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="none: cannot be read: No such file"):
        own_hooks.places([tmp_path / "none"])


def test_installed_packages_offer_hooks_by_an_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    offered = [
        EntryPoint("even", "own_package_of_a_test.even", own_hooks.GROUP),
        EntryPoint("wrong", "own_package_of_a_test.even:HOOK", own_hooks.GROUP),
    ]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda *, group: offered if group == own_hooks.GROUP else [])
    package = write_hook(tmp_path / "own_package_of_a_test")
    (package / "__init__.py").touch()
    with Runner(None, jobs=1, import_from=(tmp_path,)) as runner:
        own = own_hooks.find(own_hooks.places(), runner)
    assert [(hook.name, hook.module) for hook in own.hooks] == [("even", "own_package_of_a_test.even")]
    assert "its entry point names 'own_package_of_a_test.even:HOOK'; name a module" in own.problems[0]
    assert "own_package_of_a_test" not in sys.modules


def test_the_example_that_ships_reads_and_decides(capsys: Capture, tmp_path: Path) -> None:
    right, wrong = "So 256 pages are 1 MiB.", "But 512 pages are 1 MiB."
    path, named = claim_base(tmp_path / "kb.sqlite", right, wrong)
    folder = tmp_path / "hooks"
    folder.mkdir()
    (folder / "pages.py").write_text(here(capsys, "hooks", "example").out, encoding="utf-8")
    assert len([line for line in (folder / "pages.py").read_text().splitlines() if line.strip()]) <= 21
    ran = here(capsys, "verify", "--db", path, "--hooks", folder)
    rows = {line.split("\t")[0]: line.split("\t") for line in ran.out.splitlines()}
    assert {key: row[1:4] for key, row in rows.items()} == {
        named[right].id[:7]: ["verified", "exact", "pages"],
        named[wrong].id[:7]: ["refuted", "exact", "pages"],
    }
    assert "512 pages are 2 MiB." in ran.out
    shown = here(capsys, "show", named[wrong].id, "--db", path).out
    assert "rule: [pages] the words give pages and MiB" in shown


def test_what_a_hook_reads_stands_beside_what_rules_read_but_not_beside_a_persons_word(
    capsys: Capture, tmp_path: Path
) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES)
    bind = (
        "\nfrom sim_hooks.readers.wording import Binding\n"
        "def bind(item):\n"
        "    yield Binding(Even(3), 0.9, 'a test reads it so')\n"
    )
    folder = write_hook(tmp_path / "hooks", GOOD + bind)
    bound = write_binding(tmp_path / "own.toml")
    ran = here(capsys, "verify", "--db", path, "--hooks", folder, "--bindings", bound, "--json")
    by_quote = {row["quote"]: row for row in json.loads(ran.out)}
    assert by_quote[CLAIM]["predicate"] == {"kind": "Even", "number": 2, "marks": ["a"]}
    both = by_quote[" ".join(FIGURES.split())]
    assert [part["kind"] for part in both["predicate"]["parts"]] == ["PercentChanges", "Even"]
    assert both["verdict"] == "partly"


def test_a_hook_whose_reading_fails_is_named_and_the_rest_is_read(capsys: Capture, tmp_path: Path) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES)
    folder = write_hook(tmp_path / "hooks", GOOD + "\ndef bind(item):\n    raise ValueError('cannot read')\n")
    ran = here(capsys, "verify", "--db", path, "--hooks", folder)
    assert ran.code == 1
    assert "bind failed: ValueError: cannot read" in ran.err
    assert len(ran.out.splitlines()) == 1


def test_a_hook_that_is_mended_is_run_again(capsys: Capture, tmp_path: Path) -> None:
    assert _verified(capsys, tmp_path, with_body("raise KeyError('x')"))["verdict"] == "error"
    write_hook(tmp_path / "hooks")
    options = ("--hooks", tmp_path / "hooks", "--bindings", tmp_path / "own.toml", "--db", tmp_path / "kb.sqlite")
    (row,) = here(capsys, "verify", *options).out.splitlines()
    assert (row.split("\t")[1], row.split("\t")[4], row.split("\t")[8]) == ("verified", "hook changed", "was error")


def test_a_hook_that_asks_for_facts_is_given_them(capsys: Capture, tmp_path: Path) -> None:
    hook = with_body("return Outcome(Verdict.VERIFIED, Strength.EDGE, facts.name)") + "\nNEEDS_FACTS = True\n"
    tree = tmp_path / "linux-1.0"
    (tree / "mm").mkdir(parents=True)
    (tree / "mm" / "one.c").write_text("void one(void)\n{\n}\n", encoding="utf-8")
    facts = tmp_path / "one.facts"
    assert here(capsys, "source", "index", tree, "--out", facts).code == 0
    path, _ = claim_base(tmp_path / "kb.sqlite")
    own = ("--hooks", write_hook(tmp_path / "hooks", hook), "--bindings", write_binding(tmp_path / "own.toml"))
    (row,) = json.loads(here(capsys, "verify", "--db", path, "--facts", facts, "--json", *own).out)
    assert (row["verdict"], row["summary"]) == ("verified", "linux-1.0")
    assert "facts" in here(capsys, "hooks", "show", "even", *own[:2]).out


def test_a_run_without_the_fence_says_so(tmp_path: Path) -> None:
    from sim_hooks.catalog import catalog
    from tests.support.checks import check_of

    folder = write_hook(tmp_path / "hooks")
    assumed = {}
    for fenced in (True, False):
        with Runner(None, jobs=1, fenced=fenced) as runner:
            own = own_hooks.find(own_hooks.places([folder]), runner)
            predicate = own.kinds["Even"](2)
            check = check_of(predicate, own.hooks[0])
            check = replace(check, modules=catalog(*own.hooks).modules(predicate))
            assumed[fenced] = runner.run(check)[0].assumptions
    assert assumed == {
        True: (),
        False: ("the system could not keep this check from the network, other processes and files",),
    }


def test_hooks_named_by_the_environment_are_found(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADKB_HOOKS", str(write_hook(tmp_path / "hooks")))
    rows = {row["name"]: row for row in json.loads(here(capsys, "hooks", "list", "--json").out)}
    assert rows["even"]["kinds"] == [{"kind": "Even", "fields": ["number", "marks"], "says": "`number` can be halved."}]
    assert "Even(number, marks)" in here(capsys, "hooks", "show", "even").out


def test_a_broken_hook_is_named_by_hooks_list_which_lists_the_others(capsys: Capture, tmp_path: Path) -> None:
    folder = write_hook(tmp_path / "hooks", "def (")
    ran = here(capsys, "hooks", "list", "--hooks", folder)
    assert ran.code == 1
    assert "even.py: SyntaxError" in ran.err
    assert "arithmetic" in ran.out


def test_bindings_for_a_kind_that_nobody_has_are_named_with_file_and_line(capsys: Capture, tmp_path: Path) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", FIGURES)
    own = tmp_path / "own.toml"
    own.write_text(BINDING.format(number=2) + "\n# more\n" + BINDING.format(number=3), encoding="utf-8")
    ran = here(capsys, "verify", "--db", path, "--bindings", own)
    assert ran.code == 1
    assert f"{own}:2, predicate: no predicate kind 'Even'; kinds are Calls" in ran.err
    assert f"{own}:11, predicate: no predicate kind 'Even'" in ran.err
    assert len(ran.out.splitlines()) == 1
