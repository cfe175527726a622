"""In: a database path and what a person wants done. Out: ingest, rebuild and verify carried out, and a report of each.

Here mail, checks and store meet; the command line and the browser both stand on it. Heavy parts load when called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kb.bundled import bundled
from kb.corrections import Conflict
from kb.records import Correction
from tui.means import Means, facts_path
from tui.updating import UpdateReport, update
from tui.verification import VerifyReport, verify

if TYPE_CHECKING:
    from ingest.pipeline import IngestReport
    from ingest.reader.reading import Reader
    from ingest.restoring import RestoreReport

__all__ = [
    "Means",
    "UpdateReport",
    "VerifyReport",
    "bundled_thread",
    "correct",
    "facts_path",
    "ingest",
    "rebuild",
    "restore",
    "update",
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
    fetch: bool = False,
) -> IngestReport:
    """Read every source, then keep their mails in the database at `path`. Nothing is written if a source fails.

    A `reader` finds the items where it can (`tui.cli.reader_options` makes one). With `fetch`, the mails on standard
    input stand for their threads, which are fetched.
    """
    from ingest.sources import read
    from ingest.sources.fetching import with_threads

    mails = []
    for source in sources:
        given = read(source, stdin=stdin, progress=progress)
        mails += with_threads(given, progress=progress) if fetch and source == "-" else given
    from ingest import pipeline

    return pipeline.ingest(path, mails, progress=progress, reader=reader)


def correct(path: Path, corrections: Sequence[Correction]) -> tuple[Conflict, ...]:
    """Keep what a person said by hand and let it count at once; the conflicts in the threads it touches."""
    from ingest import pipeline

    return pipeline.correct(path, corrections)


def restore(
    path: Path, lines: Iterable[bytes], place: str, *, merge: bool, progress: Callable[[int], None] | None = None
) -> RestoreReport:
    """Read a dump into the database, or merge it with what is there; SourceError names the line that is wrong."""
    from ingest import restoring

    return restoring.restore(path, lines, place, merge=merge, progress=progress)


def rebuild(path: Path, *, progress: Callable[[str], None] | None = None, reader: Reader | None = None) -> IngestReport:
    """Make everything derived again from the mails in the database at `path`."""
    from ingest import pipeline

    return pipeline.rebuild(path, progress=progress, reader=reader)
