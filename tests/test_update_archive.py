"""Update of a public-inbox archive in git reads the new commits only, and mail that the archive took back goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.bulk import ingest_archive
from kb.arrivals import sources_in
from kb.journal_words import sentence
from kb.reading import reading
from tests.support import archives
from tests.support.derived import derived_rows
from tests.test_update import OTHER, THREAD
from tui.updating import UpdateReport, update

pytestmark = pytest.mark.skipif(not archives.installed(), reason=archives.MISSING)


def told(report: UpdateReport) -> list[str]:
    return [sentence(change, lambda full: full[:1]) for change in report.changes]


@pytest.mark.parametrize("version", [1, 2])
def test_update_takes_new_commits_and_takes_back_what_the_archive_removed(tmp_path: Path, version: int) -> None:
    archive = archives.kept_by_public_inbox(tmp_path / "archive", version)
    archive.add([*THREAD[:4], OTHER[0]])
    path = tmp_path / "kb.sqlite"
    ingest_archive(path, archive.path)
    assert update(path).changes == ()
    archive.add([THREAD[4], OTHER[1]])
    report = update(path)
    assert {"new mail #4 Cleo Sample", "new mail #1 Ada Example"} <= set(told(report))
    assert "claim c: uncontested → disputed by c, #4 Cleo Sample" in told(report)
    with reading(path) as reader:
        (known,) = sources_in(reader)
    assert str(archive.path) == known.source.address and known.source.seen
    archive.remove(THREAD[4])
    report = update(path)
    assert report.withdrawn == 1
    assert "mail #4 Cleo Sample was taken back by its archive" in told(report)
    assert "claim c: disputed → uncontested: nobody objected" in told(report)
    once = tmp_path / "once.sqlite"
    ingest_archive(once, archive.path)
    assert derived_rows(path) == derived_rows(once)
    assert update(path).changes == ()


def test_an_archive_that_is_gone_is_told(tmp_path: Path) -> None:
    archive = archives.kept_by_public_inbox(tmp_path / "archive", 2)
    archive.add(OTHER)
    path = tmp_path / "kb.sqlite"
    ingest_archive(path, archive.path)
    archive.path.rename(tmp_path / "elsewhere")
    (failure,) = update(path).failures
    assert str(failure.error).startswith(f"{archive.path}: ")
    assert len(failure.threads) == 1
