"""In: an item as a view, a verdict, lines of evidence. Out: a run of its check as the database gives it."""

from __future__ import annotations

from kb.views import ItemView, RunView


def kept(of: ItemView, verdict: str, summary: str, *evidence: tuple[str, str]) -> RunView:
    """A run as it was kept; `evidence` has kind and text of each line."""
    return RunView(
        item_id=of.id,
        message_id=of.message_id,
        quote=of.quote,
        check="hook",
        predicate={},
        bound_by="rule: because",
        verdict=verdict,
        strength="exact",
        summary=summary,
        evidence=tuple({"kind": kind, "text": text, "place": ""} for kind, text in evidence),
        assumptions=(),
        seconds=0.0,
        fingerprint="",
        reason="never run",
        at="2024-05-01T00:00:00+00:00",
    )
