"""In: a source tree and its files. Out: what is extracted of each, in order; many are parsed by several processes.

What a process hands over is what the parent would have made itself, so that the facts do not depend on their number.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim_hooks.source.extract import extract
from sim_hooks.source.extracted import Extracted

_ALONE = 400
"""Files up to which one process is quicker than starting others."""
_MOST_PROCESSES = 2
"""Each takes some 60 MiB."""
_AT_ONCE = 16
"""Files that a process is given at a time."""


def parsed(root: Path, paths: Sequence[str]) -> Iterator[tuple[Extracted, bytes]]:
    """What each file holds, in the order of `paths`, and that packed."""
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if len(paths) <= _ALONE or processes < 2 or multiprocessing.current_process().daemon:
        for path in paths:
            packed = _packed((str(root), path))
            yield unpacked(packed), packed
        return
    spawning = multiprocessing.get_context("spawn")
    with spawning.Pool(processes, initializer=_left_alone) as pool:
        for packed in pool.imap(_packed, ((str(root), path) for path in paths), chunksize=_AT_ONCE):
            yield unpacked(packed), packed


def unpacked(packed: bytes) -> Extracted:
    """What `parsed` packed."""
    file: Extracted = pickle.loads(zlib.decompress(packed))  # noqa: S301 - bytes that `_packed` made
    return file


def _packed(place: tuple[str, str]) -> bytes:
    root, path = place
    return zlib.compress(pickle.dumps(extract(path, Path(root, path).read_bytes())), level=1)


def _left_alone() -> None:
    """Ctrl-C is for the parent, which ends its children."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
