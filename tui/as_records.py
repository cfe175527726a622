"""In: views of the database. Out: the records that checks take and that are kept. Pure."""

from __future__ import annotations

from datetime import datetime

from kb.records import Evidence, Item, ItemKind, Outcome, Quote, Run, Strength, Verdict
from kb.views import ItemView, RunView


def item_of(view: ItemView) -> Item:
    """An item as checks take it."""
    quote = Quote(view.message_id, view.start, view.end, view.quote)
    kind = ItemKind(view.kind)
    return Item(view.id, kind, quote, view.says, view.confidence, view.cue, view.topics, view.entities)


def run_of(view: RunView) -> Run:
    """A run as it was kept."""
    evidence = tuple(Evidence(line["kind"], line["text"], line["place"]) for line in view.evidence)
    outcome = Outcome(Verdict(view.verdict), Strength(view.strength), view.summary, evidence, view.assumptions)
    return Run(
        item_id=view.item_id,
        message_id=view.message_id,
        quote=view.quote,
        check=view.check,
        predicate=view.predicate,
        bound_by=view.bound_by,
        outcome=outcome,
        seconds=view.seconds,
        fingerprint=view.fingerprint,
        at=datetime.fromisoformat(view.at),
        reason=view.reason,
    )
