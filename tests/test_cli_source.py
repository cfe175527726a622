"""In: a small source tree. Out: proof that `source index` writes its facts, and what it says of a tree that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import here

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder, name in (("mm", "one"), ("fs", "two")):
        (tmp_path / "tree" / folder).mkdir(parents=True)
        text = f"int {name}(int mode)\n{{\n\treturn other(mode);\n}}\n"
        (tmp_path / "tree" / folder / f"{name}.c").write_text(text)
    return tmp_path / "tree"


def test_source_index_writes_facts_and_reports_them(capsys: Capture, tree: Path) -> None:
    out = tree.parent / "tree.facts"
    row = json.loads(here(capsys, "source", "index", tree, "--out", out, "--json").out)
    assert (row["files"], row["functions"], row["path"]) == (2, 2, str(out))
    assert out.stat().st_size == row["bytes"]
    ran = here(capsys, "source", "index", tree, "--dirs", "mm", "--out", out)
    assert ran.code == 0
    assert "functions\t1" in ran.out.splitlines()


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        (["absent"], 2, "there is no such tree"),
        (["empty"], 1, "no C file"),
        (["tree", "--dirs", "nosuch"], 1, "nosuch"),
    ],
)
def test_source_index_of_what_is_no_tree_is_one_line(
    capsys: Capture, tree: Path, given: list[str], code: int, words: str
) -> None:
    (tree.parent / "empty").mkdir()
    out = tree.parent / "out.facts"
    ran = here(capsys, "source", "index", tree.parent / given[0], *given[1:], "--out", out)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.splitlines()[-1].startswith("threadkb: ")
    assert words in ran.err.splitlines()[-1]
    assert not out.exists()
