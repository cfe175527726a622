"""In: a path of this machine. Out: the shortest way to write it that still says where it is.

What is no absolute path (a URL, a stream's name) stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kb.bundled import bundled
from kb.errors import CheckError


def near(text: str) -> str:
    """`text` by its name where it ships with threadkb, else from the working or home folder where that is shorter."""
    path = Path(text)
    if not path.is_absolute():
        return text
    shipped = _below(path, lambda: bundled("threads"))
    if shipped:
        return f"{shipped} (ships with threadkb)"
    here, home = _below(path, Path.cwd), _below(path, Path.home)
    return min((way for way in (text, here, home and f"~/{home}") if way), key=len)


def _below(path: Path, folder: Callable[[], Path]) -> str:
    """`path` as seen from `folder`; "" where it does not stand below it, or the folder is gone or unknown."""
    try:
        root = folder()
    except (CheckError, OSError, RuntimeError):
        return ""
    return str(path.relative_to(root)) if path.is_relative_to(root) and path != root else ""
