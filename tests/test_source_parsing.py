"""Several processes parse what one does: the facts are the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim_hooks.source import index, parsing
from tests.support.ctree import plant

FILES = {
    f"mm/{letter}.c": f"int {letter}_one(int mode)\n{{\n\treturn {letter}_two(mode, SOME_FLAG);\n}}\n"
    for letter in "abcdef"
}


def test_several_processes_give_the_same_facts_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = plant(tmp_path / "tree", FILES)
    index(tree, out=tmp_path / "one.facts")
    monkeypatch.setattr(parsing, "_ALONE", 0)
    monkeypatch.setattr(parsing, "_AT_ONCE", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    report = index(tree, out=tmp_path / "two.facts")
    assert report.files == len(FILES)
    assert (tmp_path / "one.facts").read_bytes() == (tmp_path / "two.facts").read_bytes()


def test_a_file_that_goes_missing_meanwhile_is_an_error_and_no_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = plant(tmp_path / "tree", FILES)
    monkeypatch.setattr(parsing, "_ALONE", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with pytest.raises(OSError, match="No such file"):
        list(parsing.parsed(tree, ["mm/a.c", "mm/gone.c"]))
