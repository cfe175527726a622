"""In: a thread. Out: what taking in one new reply to it costs in a small and in a large knowledge base, as a ratio.

The same thread lies in both, in an mbox to which replies are added one by one; each base is updated in turns in this
process, with the parser loaded, so that nothing but the work itself is measured.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.support.mails import mboxrd

SMALL, LARGE = 60, (2_000, 20_000)
"""Messages in the whole base."""
ROUNDS = 7
_WORDS = "I think that point {0} holds for the lock as well.\n\nCan you say what reader {0} does there?\n"


def measure(thread_file: Path, *, large: Sequence[int] = LARGE, rounds: int = ROUNDS) -> Iterator[dict[str, Any]]:
    """Rows for replies to the thread in `thread_file`, for each size: an update, and one that finds nothing new."""
    from ingest.sources import read

    mails = [mail.content for mail in read(str(thread_file))]
    root = mails[0].lower().split(b"message-id: <")[1].split(b">")[0].decode()
    with tempfile.TemporaryDirectory() as folder:
        box = Path(folder) / "thread.mbox"
        box.write_bytes(mboxrd(mails))
        bases = {size: _base(Path(folder) / f"{size}.sqlite", box, size - len(mails)) for size in (SMALL, *large)}
        took: dict[int, list[float]] = {size: [] for size in bases}
        idle: dict[int, list[float]] = {size: [] for size in bases}
        for number in range(rounds + 1):
            mails.append(_reply(root, number))
            box.write_bytes(mboxrd(mails))
            # long ago, so that the file's time can be trusted
            os.utime(box, (1_700_000_000, 1_700_000_000 + number))
            for size, base in list(bases.items())[:: 1 if number % 2 else -1]:
                new, none = _seconds(base, root), _seconds(base, root)
                if number:  # the first warms up
                    took[size].append(new)
                    idle[size].append(none)
    for size in large:
        for what, found in (("update of one reply", took), ("update that finds nothing new", idle)):
            yield {
                "what": f"{what}, {size:,} messages",
                "seconds": median(found[size]),
                "peer": f"the same, {SMALL} messages",
                "peer_seconds": median(found[SMALL]),
                "ratio": median(a / b for a, b in zip(found[size], found[SMALL], strict=True)),
            }


def _base(path: Path, box: Path, others: int) -> Path:
    from ingest import pipeline
    from ingest.sources import read
    from tests.support.filled import fill

    fill(path, others)
    pipeline.ingest(path, read(str(box)))
    return path


def _seconds(base: Path, root: str) -> float:
    from kb.reading import reading
    from tui.updating import update

    with reading(base) as reader:
        thread = reader.thread(root)
    began = time.perf_counter()
    report = update(base, [thread])
    seconds = time.perf_counter() - began
    assert not report.failures, report.failures
    return seconds


def _reply(root: str, number: int) -> bytes:
    lines = [
        "From: Ada Example <ada@example.org>",
        f"Date: Wed, {number + 1} Jan 2025 10:00:00 +0000",
        "Subject: Re: a reply",
        f"Message-ID: <reply{number}@example.org>",
        f"In-Reply-To: <{root}>",
        f"References: <{root}>",
    ]
    return "\n".join([*lines, "", _WORDS.format(number)]).encode()
