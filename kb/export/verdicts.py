"""In: a reader. Out: the latest verdict of each checked item, as plain objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.reading import Reader
from kb.views import RunView


def rows(reader: Reader, thread: str | None = None) -> Iterator[dict[str, Any]]:
    """The latest run of each checked item, and of words that a binding names and no item has, in reading order."""
    for run in reader.latest_runs(thread):
        yield row(run)


def row(run: RunView) -> dict[str, Any]:
    """One run as a plain object."""
    return {
        "id": run.item_id,
        "message_id": run.message_id,
        "quote": run.quote,
        "check": run.check,
        "predicate": run.predicate,
        "bound_by": run.bound_by,
        "verdict": run.verdict,
        "strength": run.strength,
        "summary": run.summary,
        "evidence": list(run.evidence),
        "assumptions": list(run.assumptions),
        "seconds": run.seconds,
        "fingerprint": run.fingerprint,
        "reason": run.reason,
        "at": run.at,
        "extracted": run.extracted,
    }
