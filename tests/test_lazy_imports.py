"""In: the program started anew. Out: proof that quick commands load nothing heavy, looked up in `sys.modules`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import ROOT
from tests.support.threads import small_base

HEAVY = ("spacy", "sqlalchemy", "textual", "b4", "liblore", "requests", "rich", "networkx", "simpy", "tree_sitter")


def _loaded(*arguments: str, first: str = "pass") -> set[str]:
    """The heavy packages that are loaded after the statement `first` and a command line were carried out."""
    program = (
        f"{first}; import sys; from tui.cli import main; "
        f"code = main({list(arguments)!r}); "
        f"print('LOADED', code, *({{name.split('.')[0] for name in sys.modules}} & set({HEAVY!r})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    code, *names = done.stdout.rpartition("LOADED")[2].split()
    assert code == "0", done.stderr
    return set(names)


@pytest.fixture
def base(tmp_path: Path) -> str:
    path = tmp_path / "review.sqlite"
    small_base(path)
    return str(path)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["claims", "--help"], ["verify", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert _loaded(*arguments) == set()


@pytest.mark.parametrize("name", ["threads", "claims", "questions", "decisions", "actions"])
@pytest.mark.parametrize("json", [[], ["--json"]], ids=["text", "json"])
def test_lists_load_nothing_heavy(base: str, name: str, json: list[str]) -> None:
    assert _loaded(name, "--db", base, *json) == set()


@pytest.mark.parametrize(
    "arguments",
    [["show", "t-"], ["show", "1"], ["show", "c-86"], ["why", "d-4"], ["search", "caller"], ["export", "items"]],
    ids=lambda a: " ".join(a),
)
def test_reading_commands_load_nothing_heavy(base: str, arguments: list[str]) -> None:
    assert _loaded(*arguments, "--db", base) == set()


def test_the_guard_sees_a_heavy_import() -> None:
    assert _loaded("--version", first="import sqlalchemy") == {"sqlalchemy"}
