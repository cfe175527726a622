"""In: the README and the program. Out: proof that what the README says of commands and modules is what they are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import ROOT
from tui.cli import COMMANDS, code_map, reference

README = ROOT / "README.md"


def _cog(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The generator as the Makefile calls it."""
    command = [sys.executable, "-m", "cogapp", "-P", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_readme_is_what_its_generator_writes() -> None:
    done = _cog("--check", "README.md")
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nrun `make docs`"


def test_readme_check_fails_on_a_reference_that_was_edited(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(
        "<!-- [[[cog\nfrom tui.cli import code_map, reference\nprint(reference.markdown())\n"
        "print(code_map.markdown())\n]]] -->\n<!-- [[[end]]] -->\n"
    )
    assert _cog("-r", str(page)).returncode == 0
    written = page.read_text()
    assert "### `threadkb why`" in written
    assert "| `records.py` |" in written
    assert _cog("--check", str(page)).returncode == 0
    page.write_text(written.replace("--topic", "--subject"))
    assert _cog("--check", str(page)).returncode != 0


def test_readme_names_every_command() -> None:
    text = README.read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if f"### `threadkb {name}`" not in text]
    assert missing == []


def test_readme_names_no_command_that_does_not_exist() -> None:
    text = README.read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:\$ )?threadkb ([a-z][a-z0-9-]*)", text, re.MULTILINE)) | set(
        re.findall(r"`threadkb ([a-z][a-z0-9-]*)", text)
    )
    assert named - set(COMMANDS) == set()


def test_reference_fits_a_page() -> None:
    assert max(len(line) for line in reference.markdown().splitlines()) <= 100


@pytest.mark.parametrize("package", code_map.PACKAGES)
def test_map_has_a_line_for_every_module_of_a_package(package: str) -> None:
    mapped = {path: says for path, says in code_map.modules() if path.startswith(f"{package}/")}
    assert set(mapped) == {p.relative_to(ROOT).as_posix() for p in (ROOT / package).rglob("*.py")}
    assert all(says and "\n" not in says for says in mapped.values())


def test_map_is_a_table_whose_cells_cannot_break_it(tmp_path: Path) -> None:
    for package in code_map.PACKAGES:
        (tmp_path / package).mkdir()
    (tmp_path / "kb" / "one.py").write_text('"""In: a | b,\nand c. Out: d.\n\nMore.\n"""\n')
    assert code_map.markdown(tmp_path).splitlines()[-1] == "| `one.py` | In: a \\| b, and c. Out: d. |"
