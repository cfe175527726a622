"""In: a source tree. Out: a facts file: its functions, calls, branches and constants, and where else they are named.

The same tree and folders give the same bytes: files are taken in order of their paths, nothing of the machine or its
clock goes in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import CheckError
from sim_hooks.source import container
from sim_hooks.source.builder import Builder
from sim_hooks.source.parsing import parsed
from sim_hooks.source.tree import chosen, opened
from sim_hooks.source.wholetree import look_through


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an index holds and what it cost."""

    name: str
    version: str
    path: Path
    files: int
    functions: int
    macros: int
    calls: int
    unsure: int
    """Functions in which the grammar stumbled; nothing is concluded from their branches."""
    scanned: int
    """Files looked through for mentions."""
    bytes: int
    seconds: float


def index(
    tree: Path,
    *,
    dirs: Sequence[str] = (),
    out: Path,
    name: str = "",
    progress: Callable[[str], None] | None = None,
    step: Callable[[str], None] | None = None,
) -> IndexReport:
    """Builds the facts of a tree (a directory, .tar, .tar.gz, .tar.xz, or a linux-source .deb) into `out`.

    `dirs` are what to parse (`mm`, `fs/*` without what lies below, or a file), all where none is named. The whole tree
    is looked through for other mentions. `progress` is told each stage, `step` how far it is. `out` is written whole at
    the end, or not at all. `name` stands for the version where the tree has none. CheckError where there
    is nothing to read.
    """
    say = progress or (lambda line: None)
    often = step or say
    begun = time.monotonic()
    with opened(tree) as source:
        paths = chosen(source, tuple(dirs))
        if not paths:
            raise CheckError(str(tree), "no C file in it", "give a source tree")
        say(f"{len(paths)} files to parse")
        built = Builder()
        for number, (file, packed) in enumerate(parsed(source.root, paths), 1):
            built.add(file, packed)
            if not number % 100:
                often(f"{number} of {len(paths)} files parsed")
        title = name or (f"linux-{source.version}" if source.version else tree.name)
        header = {"name": title, "version": source.version, "dirs": sorted(dirs), "files": len(paths)}
        parts = built.parts()
        say("looking through the whole tree for other mentions")
        scanned, found = look_through(source, built.defined, built.variables, built.explained, often)
        parts |= found
        parts["paths"] = _folders(source.paths)
    header["scanned"] = scanned
    size = container.write(out, header, parts)
    return IndexReport(
        name=title,
        version=source.version,
        path=out,
        files=len(paths),
        functions=built.counted["functions"],
        macros=built.counted["macros"],
        calls=built.calls,
        unsure=built.counted["unsure"],
        scanned=scanned,
        bytes=size,
        seconds=time.monotonic() - begun,
    )


def _folders(paths: Sequence[str]) -> list[list[str]]:
    """Paths by folder: `[folder, name, name, …]`."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folder, _, file = path.rpartition("/")
        folders.setdefault(folder, []).append(file)
    return [[folder, *names] for folder, names in sorted(folders.items())]
