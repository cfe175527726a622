"""In: the parts of a facts file. Out: gzip bytes that are the same for the same parts, and the parts again, one by one.

A facts file is JSON lines, each line a gzip member of its own, so that any gzip tool reads it and a reader can unpack
one line without the others. The first line says where the others are. Written to a temporary name and renamed.
"""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import zlib
from pathlib import Path
from typing import Any

from kb.errors import CheckError

FORMAT = 2
KIND = "threadkb source facts"
_REBUILD = "build it with `threadkb source index TREE`"


def write(path: Path, header: dict[str, Any], parts: dict[str, Any]) -> int:
    """Writes the file atomically; the number of its bytes. A part may come `packed` already."""
    members = {name: part if isinstance(part, bytes) else packed(part) for name, part in parts.items()}
    at, places = 0, {}
    for name, member in members.items():
        places[name] = [at, len(member)]
        at += len(member)
    first = packed({"kind": KIND, "format": FORMAT, **header, "parts": places})
    whole = b"".join([first, *members.values()])
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(whole)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
    return len(whole)


def packed(part: Any) -> bytes:
    """A part as it stands in the file."""
    return gzip.compress(_line(part), compresslevel=9, mtime=0)


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


class Container:
    """An opened facts file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._content = path.read_bytes()
        except OSError as wrong:
            raise CheckError(str(path), f"cannot be read: {wrong.strerror}", _REBUILD) from None
        unpacker = zlib.decompressobj(wbits=31)
        try:
            self.header: dict[str, Any] = json.loads(unpacker.decompress(self._content))
            known = self.header["kind"] == KIND
        except (zlib.error, ValueError, KeyError, TypeError):
            known = False
        if not known or not unpacker.eof:
            raise CheckError(str(path), "is no facts file", _REBUILD)
        if self.header.get("format") != FORMAT:
            raise CheckError(
                str(path), f"has format {self.header.get('format')!r}, this threadkb reads {FORMAT}", _REBUILD
            )
        self._start = len(self._content) - len(unpacker.unused_data)

    def part(self, name: str) -> Any:
        """One part; CheckError where the file is cut off or was changed."""
        try:
            at, size = self.header["parts"][name]
            return json.loads(gzip.decompress(self._content[self._start + at : self._start + at + size]))
        except (KeyError, OSError, EOFError, zlib.error, ValueError, TypeError) as wrong:
            raise CheckError(str(self.path), f"part {name!r} is damaged ({type(wrong).__name__})", _REBUILD) from None
