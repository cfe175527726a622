"""In: a directory, a tar file, or Debian's linux-source package. Out: a source tree on disk, and its name and version.

An archive is unpacked, only what can hold source, into a temporary directory that goes away with the context.
"""

from __future__ import annotations

import re
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from kb.errors import CheckError

SUFFIXES = frozenset({".c", ".h", ".S", ".rs", ".inc"})
"""Files that can name a function of the kernel."""
NOT_KERNEL = ("Documentation/", "scripts/", "tools/", "samples/", "usr/")
"""Folders whose code does not run in the kernel."""
_AR_MAGIC = b"!<arch>\n"


@dataclass(frozen=True, slots=True)
class Tree:
    """A source tree on disk."""

    root: Path
    version: str
    """From the top Makefile, or "" where it names none."""
    paths: tuple[str, ...]
    """Every file of the tree, relative, sorted."""


@contextmanager
def opened(place: Path) -> Iterator[Tree]:
    """The tree at `place`; CheckError where it is no tree and no archive of one."""
    if place.is_dir():
        yield _tree(place, tuple(sorted(_walk(place))))
        return
    if not place.is_file():
        raise CheckError(
            str(place), "no such directory or file", "give a source tree, a .tar.xz or a linux-source .deb"
        )
    with tempfile.TemporaryDirectory(prefix="threadkb-source-") as scratch:
        try:
            with place.open("rb") as stream:
                paths = _unpack(stream, Path(scratch), str(place))
        except (tarfile.TarError, EOFError, OSError) as wrong:
            raise CheckError(
                str(place), f"cannot be unpacked: {wrong}", "give a .tar, .tar.gz, .tar.xz or .deb"
            ) from None
        yield _tree(Path(scratch), tuple(sorted(paths)))


def _walk(root: Path) -> Iterator[str]:
    stack = [root]
    while stack:
        for entry in stack.pop().iterdir():
            if entry.name == ".git" or entry.is_symlink():
                continue
            if entry.is_dir():
                stack.append(entry)
            elif entry.is_file():
                yield entry.relative_to(root).as_posix()


def _tree(root: Path, paths: tuple[str, ...]) -> Tree:
    makefile = root / "Makefile"
    text = makefile.read_text("utf-8", "replace")[:4000] if makefile.is_file() else ""
    parts = [
        re.search(rf"^{part}[ \t]*=[ \t]*([\w.-]+)", text, re.MULTILINE)
        for part in ("VERSION", "PATCHLEVEL", "SUBLEVEL")
    ]
    extra = re.search(r"^EXTRAVERSION[ \t]*=[ \t]*([\w.-]+)", text, re.MULTILINE)
    version = ".".join(part[1] for part in parts if part) + (extra[1] if extra and parts[0] else "")
    return Tree(root, version, paths)


def _unpack(stream: BinaryIO, scratch: Path, place: str) -> list[str]:
    magic = stream.read(len(_AR_MAGIC))
    if magic == _AR_MAGIC:
        _seek_package(stream, place)
        with tarfile.open(fileobj=stream, mode="r|*") as package:
            for member in package:
                if re.search(r"usr/src/linux-source-[\w.+-]+\.tar\.\w+\Z", member.name):
                    inner = package.extractfile(member)
                    assert inner is not None
                    with tarfile.open(fileobj=inner, mode="r|*") as archive:
                        return _members(archive, scratch)
        raise CheckError(place, "the package holds no usr/src/linux-source-*.tar", "give Debian's linux-source package")
    stream.seek(0)
    with tarfile.open(fileobj=stream, mode="r|*") as archive:
        return _members(archive, scratch)


def _seek_package(stream: BinaryIO, place: str) -> None:
    """Moves to the content of data.tar in an ar archive (ar(5): 60 byte headers, even offsets)."""
    while len(header := stream.read(60)) == 60:
        name, size = header[:16].decode("ascii", "replace").strip().rstrip("/"), int(header[48:58])
        if name.startswith("data.tar"):
            return
        stream.seek(size + size % 2, 1)
    raise CheckError(place, "the package holds no data.tar", "give a Debian package")


def _members(archive: tarfile.TarFile, scratch: Path) -> list[str]:
    """Unpacks what can hold source; names of all files, below the one top folder that such archives have."""
    paths = []
    for member in archive:
        if not member.isfile():
            continue
        inside = (
            PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if "/" in member.name.lstrip("./")
            else PurePosixPath(member.name)
        )
        if not inside.parts or ".." in inside.parts or inside.is_absolute():
            continue
        paths.append(inside.as_posix())
        if inside.suffix in SUFFIXES or paths[-1] == "Makefile" or inside.name.startswith("Kconfig"):
            target = scratch / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            content = cast("IO[bytes]", archive.extractfile(member))
            target.write_bytes(content.read())
    return paths


def chosen(tree: Tree, dirs: tuple[str, ...]) -> list[str]:
    """The C files of `dirs` (`mm` with all below it, `fs/*` without), single files, or all where none is named."""
    wanted: set[str] = set()
    sources = [path for path in tree.paths if path.endswith((".c", ".h"))]
    for one in dirs:
        flat = one.endswith("/*")
        start = one.removesuffix("*").rstrip("/") + "/"
        found = [
            path
            for path in sources
            if path == one or (path.startswith(start) and not (flat and "/" in path[len(start) :]))
        ]
        if not found:
            raise CheckError(
                one, f"no C file in this folder of the tree {tree.version}".rstrip(), "give folders below the tree"
            )
        wanted.update(found)
    return sorted(wanted) if dirs else sources
