"""In: a thread and its gold annotation. Out: how well the extractor finds what people found, in figures.

Everything happens in memory; no database is read or written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.errors import SourceError
from tui.cli.layout import Paint, Role
from tui.cli.narration import Progress
from tui.cli.options import Command, Settings, with_json

if TYPE_CHECKING:
    from ingest.evaluate import Agreement, Score
    from kb.store.rows import DerivedThread


@click.command(
    "eval",
    cls=Command,
    short_help="Measure the extractor against a gold annotation.",
    examples=(
        ("threadkb eval review.mbox review.gold.jsonl", "precision, recall and F1, overall and by kind"),
        ("threadkb eval review.mbox review.gold.jsonl --json", "the figures as JSON"),
    ),
    exits={1: "a file cannot be read, or is no annotation."},
)
@click.argument("thread", type=click.Path(path_type=Path), metavar="THREAD.mbox")
@click.argument("gold", type=click.Path(path_type=Path), metavar="GOLD.jsonl")
@with_json
@click.pass_obj
def evaluate(settings: Settings, thread: Path, gold: Path, as_json: bool) -> None:
    """Run the extractor on a thread in memory, and measure what it finds against what people found.

    Two items match when they stand in the same mail, have the same kind, and their words overlap by half or more. What
    the annotation marks as not sure is no miss, and no error where it is found.
    """
    from ingest.annotated import gold_rows

    rows = gold_rows(gold)
    if not thread.is_file():
        raise SourceError(str(thread), "there is no such file", "give an mbox")
    from ingest.derive import derive
    from ingest.evaluate import score
    from ingest.mail import parse
    from ingest.sources import read

    out = settings.output()
    with Progress(verbose=settings.verbose) as progress:
        messages = [parse(mail) for mail in read(str(thread), progress=progress)]
        found = [row for derived in derive(messages, progress=progress) for row in predicted(derived)]
    figures = score(rows, found, messages)
    if as_json:
        out.json(figures_row(figures))
    else:
        out.lines(figures_page(figures, out.paint))


def predicted(derived: DerivedThread) -> Iterator[dict[str, object]]:
    """The items of a derived thread with what is compared of them."""
    for item in derived.items:
        yield {
            "id": item.id,
            "message_id": item.quote.message_id,
            "kind": str(item.kind),
            "quote": item.quote.text,
            "state": str(derived.standings[item.id].state),
            "links": [{"to": k.target, "rel": str(k.relation)} for k in derived.links if k.source == item.id],
        }


def figures_row(figures: Score) -> dict[str, Any]:
    """The figures as plain values, named as the project's scoring script names them."""
    rows: dict[str, Any] = {}
    for least, at in figures.at.items():
        rows[str(least)] = {
            "micro": _row(at.micro),
            **{kind: _row(agreement) for kind, agreement in at.kinds.items()},
            "macro_f1": at.macro_f1,
            "any_kind": _row(at.any_kind),
            "kind_accuracy": at.kind_accuracy,
        }
    return {
        **rows,
        "state_accuracy": figures.state_accuracy,
        "state_accuracy_by_kind": dict(figures.states),
        "links": {**_row(figures.links), "reachable": figures.reachable},
        "links_any_relation": _row(figures.links_any_relation),
        "unplaced_gold": figures.unplaced_gold,
        "unplaced_pred": figures.unplaced_predicted,
    }


def _row(agreement: Agreement) -> Mapping[str, float]:
    return {
        "p": agreement.precision,
        "r": agreement.recall,
        "f1": agreement.f1,
        "pred": agreement.predicted,
        "gold": agreement.gold,
    }


def figures_page(figures: Score, paint: Paint) -> Iterator[str]:
    """The figures for people."""
    for least, at in figures.at.items():
        yield paint(f"overlap of {least} or more", Role.STRONG)
        yield f"  {'all kinds':<10} {_words(at.micro)}"
        for kind, agreement in at.kinds.items():
            yield f"  {kind:<10} {_words(agreement)}"
        yield f"  macro F1 {at.macro_f1:.3f}"
        yield f"  whatever the kind F1 {at.any_kind.f1:.3f}, the kind right in {at.kind_accuracy:.3f} of these"
    shares = ", ".join(f"{kind} {'-' if share is None else f'{share:.3f}'}" for kind, share in figures.states.items())
    yield f"state right on matched items: {figures.state_accuracy:.3f} ({shares})"
    yield f"links: {_words(figures.links)}, {figures.reachable} with both ends found"
    yield f"links whatever the relation: {_words(figures.links_any_relation)}"
    if figures.unplaced_gold or figures.unplaced_predicted:
        yield f"without a place in the thread: {figures.unplaced_gold} gold, {figures.unplaced_predicted} found"


def _words(agreement: Agreement) -> str:
    return (
        f"P {agreement.precision:.3f}  R {agreement.recall:.3f}  F1 {agreement.f1:.3f}  "
        f"({agreement.predicted} found, {agreement.gold} gold)"
    )
