"""In: C files as text. Out: the facts of a tree that holds just these, as the real index builds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim_hooks.source import index
from sim_hooks.source.facts import Facts

MAKEFILE = "VERSION = 9\nPATCHLEVEL = 8\nSUBLEVEL = 7\nEXTRAVERSION =\n"


def plant(root: Path, files: Mapping[str, str]) -> Path:
    """Writes the files and a Makefile below `root`."""
    for name, text in {"Makefile": MAKEFILE, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def facts_of(root: Path, files: Mapping[str, str], *, dirs: Sequence[str] = ()) -> Facts:
    """The facts of a tree with these files."""
    plant(root / "tree", files)
    index(root / "tree", dirs=dirs, out=root / "facts.json.gz")
    return Facts.load(root / "facts.json.gz")
