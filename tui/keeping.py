"""In: runs, one by one. Out: the database that keeps them, whatever interrupts the rest."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.records import Run


@contextmanager
def keeping(path: Path, told: Callable[[Run], None]) -> Iterator[Callable[[Run], None]]:
    """A function that keeps a run and tells of it: a second's worth at once, and the rest when the block ends."""
    waiting: list[Run] = []
    last = time.monotonic()

    def flush() -> None:
        if waiting:
            from kb.store.writing import writing

            with _undisturbed():
                with writing(path, create=False) as writer:
                    for run in waiting:
                        writer.add_run(run)
                waiting.clear()

    def keep(run: Run) -> None:
        nonlocal last
        waiting.append(run)
        told(run)
        if time.monotonic() - last > 1:
            flush()
            last = time.monotonic()

    try:
        yield keep
    finally:
        flush()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C waits until the block has ended, so that runs are kept once each."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed:
            signal.raise_signal(signal.SIGINT)
