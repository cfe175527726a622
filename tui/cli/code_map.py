"""In: the packages' files. Out: the README's map of the code: one line a module, from what its docstring says first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("kb", "ingest", "sim_hooks", "tui")
"""From the ground up."""
_ROOT = Path(__file__).parent.parent.parent


def modules(root: Path = _ROOT) -> Iterator[tuple[str, str]]:
    """(path relative to `root`, first paragraph of the docstring) of every module, package by package."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py"), key=lambda p: (p.parent.as_posix(), p.name)):
            yield path.relative_to(root).as_posix(), headline(path)


def headline(path: Path) -> str:
    """The first paragraph of a module's docstring on one line, "" where it has none."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return " ".join(text.split("\n\n")[0].split()) if text else ""


def markdown(root: Path = _ROOT) -> str:
    """The map: a table for each package."""
    lines: list[str] = []
    last = ""
    for path, says in modules(root):
        package = path.split("/")[0]
        if package != last:
            lines += ["", f"**{package}/**", "", "| module | what comes in, what goes out |", "|---|---|"]
            last = package
        lines.append(f"| `{path.removeprefix(package + '/')}` | {says.replace('|', chr(92) + '|')} |")
    return "\n".join(lines).strip() + "\n"
