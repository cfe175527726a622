"""In: marks by hand on what a new version makes of older items; a MAINTAINERS text. Out: they are kept, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy.exc
from sqlalchemy import insert

from kb.marks import Marked
from kb.store.opening import explain, open_engine
from kb.store.series_tables import carried, maintainers


def keep_marks(path: Path, marks: Sequence[Marked]) -> None:
    """Keep what was marked in the database at `path`, in one transaction."""
    _insert(path, carried, [asdict(one) for one in marks])


def keep_maintainers(path: Path, text: str, origin: str) -> None:
    """Remember a MAINTAINERS file in the database at `path`; the last one counts."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    _insert(path, maintainers, [{"origin": origin, "content": text, "at": now}])


def _insert(path: Path, table: sqlalchemy.Table, rows: list[dict[str, str]]) -> None:
    engine = open_engine(path, create=False)
    try:
        with engine.begin() as connection:
            if rows:
                connection.execute(insert(table), rows)
    except sqlalchemy.exc.DBAPIError as wrong:
        raise explain(wrong, path) from None
    finally:
        engine.dispose()
