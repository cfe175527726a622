"""In: a database path and what a person wants done. Out: ingest, rebuild and verify carried out, and a report of each.

Here mail, checks and store meet; the command line and the browser both stand on it. Heavy parts load when called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kb.bundled import bundled
from kb.corrections import Conflict
from kb.records import Correction
from tui.means import Means, facts_path
from tui.verification import VerifyReport, verify

if TYPE_CHECKING:
    from ingest.pipeline import IngestReport
    from ingest.reader.reading import Reader

__all__ = [
    "Means",
    "VerifyReport",
    "bundled_thread",
    "correct",
    "facts_path",
    "ingest",
    "rebuild",
    "verify",
]

THREAD_FILE = "fuse-tmp-folio-v2.mbox"
"""The bundled thread that `threadkb demo` reads."""


def bundled_thread() -> Path:
    """The mbox that ships with threadkb."""
    return bundled("threads", THREAD_FILE)


def ingest(
    path: Path,
    sources: Sequence[str],
    *,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
    reader: Reader | None = None,
) -> IngestReport:
    """Read every source, then keep their mails in the database at `path`. Nothing is written if a source fails.

    A `reader` finds the items where it can (`tui.cli.reader_options` makes one).
    """
    from ingest.sources import read

    mails = [mail for source in sources for mail in read(source, stdin=stdin, progress=progress)]
    from ingest import pipeline

    return pipeline.ingest(path, mails, progress=progress, reader=reader)


def correct(path: Path, corrections: Sequence[Correction]) -> tuple[Conflict, ...]:
    """Keep what a person said by hand and let it count at once; the conflicts in the threads it touches."""
    from ingest import pipeline

    return pipeline.correct(path, corrections)


def rebuild(path: Path, *, progress: Callable[[str], None] | None = None, reader: Reader | None = None) -> IngestReport:
    """Make everything derived again from the mails in the database at `path`."""
    from ingest import pipeline

    return pipeline.rebuild(path, progress=progress, reader=reader)
