"""The house's walls: import contracts that were seen to fail, module headlines, module sizes."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("kb", "ingest", "sim_hooks", "tui")
MODULES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))
LONGEST = 320
"""Lines of a module; the house style asks for 60 to 250 and a reason beyond 300."""


def _contracts(root: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([tool, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("kb/ids.py", "import ingest.mail"),
        ("ingest/mail.py", "import sim_hooks.predicates"),
        ("sim_hooks/predicates.py", "import ingest.mail"),
        ("sim_hooks/predicates.py", "import tui.workspace"),
        ("ingest/mail.py", "import liblore"),
        ("kb/ids.py", "import rich"),
    ],
)
def test_import_contract_fails_on_a_forbidden_import(tmp_path: Path, module: str, line: str) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.gz"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = _contracts(tmp_path)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_says_what_comes_in_and_what_goes_out(path: Path) -> None:
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    head = words.split("\n\n")[0]
    if path.name == "__init__.py" and path.parent.name in PACKAGES:
        assert ":" in head
    else:
        assert head.startswith("In: ")
        assert "Out: " in head


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_is_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_no_code_names_the_bundled_threads_people() -> None:
    mbox = (ROOT / "data" / "threads" / "fuse-tmp-folio-v2.mbox").read_text(encoding="utf-8", errors="replace")
    families = {
        line.removeprefix("From:").split("<")[0].strip().strip('"').split()[-1].casefold()
        for line in mbox.splitlines()
        if line.startswith("From:") and "<" in line
    }
    assert len(families) >= 4
    words = {word.casefold() for path in MODULES for word in path.read_text(encoding="utf-8").split()}
    assert not families & words
