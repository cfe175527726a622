"""In: a reader and a thread. Out: what a report of it says: where it disagrees, what was decided, is open, was checked.

Each checked thing stands once: among the disagreements, or else under the kind of evidence that its verdict rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kb.attention import disagreements, is_open
from kb.export.verdicts import row
from kb.reading import Filter, Reader
from kb.records import ItemKind, State, Verdict
from kb.views import ItemView, RunView, ThreadView

SHOWN = 4
"""Lines of evidence that a report shows of one check."""
SEVERAL = "several"
"""The kind of evidence of a check in parts that rest on different kinds."""
OTHER = "other"
"""The kind of evidence of hooks that are not known here."""

_DECIDED = (State.ACCEPTED, State.REJECTED, State.SUPERSEDED, State.PROPOSED)
_OPEN = (
    ("Open questions", ItemKind.QUESTION),
    ("Disputed claims", ItemKind.CLAIM),
    ("Actions not done", ItemKind.ACTION),
)
_VERDICTS = (
    Verdict.REFUTED,
    Verdict.PARTLY,
    Verdict.VERIFIED,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_RUN,
    Verdict.ERROR,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One item, or words that a binding names and no item has, with the run of its check if it has one."""

    id: str
    kind: str
    """The item's kind, or `words`."""
    number: int
    author: str
    date: str
    quote: str
    state: str
    """Where it stands in the thread; "" for words."""
    because: str
    confidence: float | None
    says: str = ""
    """How thread and verdict disagree, in words."""
    run: RunView | None = None
    evidence: str = ""
    """The kind of evidence that the verdict rests on."""
    shown: tuple[int, ...] = ()
    """The lines of evidence to show, by index."""
    assumes: tuple[str, ...] = ()
    """What the verdict assumes, beside what all of its section do."""


@dataclass(frozen=True, slots=True)
class Checked:
    """All that one kind of evidence decided, and is no disagreement."""

    evidence: str
    assumes: tuple[str, ...]
    """What every verdict here assumes."""
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A report's content."""

    thread: ThreadView
    checked_count: int
    disagreements: tuple[Entry, ...]
    decisions: tuple[tuple[str, tuple[Entry, ...]], ...]
    still_open: tuple[tuple[str, tuple[Entry, ...]], ...]
    checked: tuple[Checked, ...]
    problems: tuple[tuple[str, str], ...] = field(default=())


def first(run: RunView, limit: int) -> Sequence[int]:
    """The first lines of the evidence."""
    return range(min(limit, len(run.evidence)))


def review(
    reader: Reader,
    thread: str,
    *,
    kinds: Mapping[str, str] | None = None,
    essential: Callable[[RunView, int], Sequence[int]] = first,
) -> Review:
    """What there is to say of the thread with this full id.

    `kinds` has the kind of evidence of each hook by its name; `essential` chooses the lines of evidence to show.
    """
    items = reader.items(Filter(thread=thread))
    runs = {run.item_id: run for run in reader.latest_runs(thread)}
    by_hook = kinds or {}

    def entry(item: ItemView, says: str = "") -> Entry:
        made = Entry(
            id=item.id,
            kind=item.kind,
            number=item.number,
            author=item.author,
            date=item.date,
            quote=item.quote,
            state=item.state,
            because=item.because,
            confidence=item.confidence,
        )
        run = runs.get(item.id)
        return made if run is None else _with_run(made, run, says, by_hook, essential)

    odd = disagreements(items)
    apart = {item.id for item, _ in odd}
    checked = [entry(item) for item in items if item.id in runs and item.id not in apart]
    words = [_with_run(_words(run), run, "", by_hook, essential) for run in runs.values() if not run.extracted]
    decisions = [item for item in items if item.kind == ItemKind.DECISION]
    return Review(
        thread=reader.threads(thread)[0],
        checked_count=len(runs),
        disagreements=tuple(entry(item, says) for item, says in odd),
        decisions=tuple((s, tuple(entry(i) for i in decisions if i.state == s)) for s in _DECIDED),
        still_open=tuple(
            (title, tuple(entry(i) for i in items if i.kind == kind and is_open(i))) for title, kind in _OPEN
        ),
        checked=tuple(_by_evidence([*checked, *words], by_hook)),
        problems=reader.problems(thread),
    )


def _words(run: RunView) -> Entry:
    return Entry(run.item_id, "words", run.number, run.author, run.date, run.quote, "", "", None)


def _with_run(
    entry: Entry,
    run: RunView,
    says: str,
    kinds: Mapping[str, str],
    essential: Callable[[RunView, int], Sequence[int]],
) -> Entry:
    evidence = kinds.get(run.check, OTHER)
    by = f"by {run.check if evidence in (OTHER, SEVERAL) else evidence}"
    return replace(
        entry,
        run=run,
        says=says.replace("by the check", by),
        evidence=evidence,
        shown=tuple(essential(run, SHOWN)),
        assumes=run.assumptions,
    )


def _by_evidence(entries: Sequence[Entry], kinds: Mapping[str, str]) -> Iterable[Checked]:
    """Sections in the order in which hooks are listed, others last; in each, by verdict and then in reading order."""
    order = [*dict.fromkeys(kinds.values()), OTHER]
    for evidence in order:
        found = [entry for entry in entries if entry.evidence == evidence]
        if not found:
            continue
        told = [set(entry.run.assumptions) for entry in found if entry.run is not None and entry.run.assumptions]
        shared = set.intersection(*told) if len(told) > 1 else set()
        kept = [replace(each, assumes=tuple(a for a in each.assumes if a not in shared)) for each in found]
        kept.sort(key=lambda each: _VERDICTS.index(Verdict(each.run.verdict)) if each.run else len(_VERDICTS))
        first_said = next((entry.run.assumptions for entry in found if entry.run and entry.run.assumptions), ())
        yield Checked(evidence, tuple(a for a in first_said if a in shared), tuple(kept))


def rows(found: Review) -> dict[str, Any]:
    """The whole as plain objects."""
    return {
        "thread": found.thread.id,
        "subject": found.thread.subject,
        "messages": found.thread.messages,
        "checked": found.checked_count,
        "disagreements": [_row(entry) for entry in found.disagreements],
        "decisions": {state: [_row(entry) for entry in entries] for state, entries in found.decisions},
        "open": {title: [_row(entry) for entry in entries] for title, entries in found.still_open},
        "by_evidence": {
            section.evidence: {
                "assumes": list(section.assumes),
                "entries": [_row(entry) for entry in section.entries],
            }
            for section in found.checked
        },
        "problems": [{"place": place, "what": what} for place, what in found.problems],
    }


def _row(entry: Entry) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": entry.id,
        "kind": entry.kind,
        "number": entry.number,
        "author": entry.author,
        "date": entry.date,
        "quote": entry.quote,
        "state": entry.state or None,
        "because": entry.because,
        "confidence": entry.confidence,
    }
    if entry.run is not None:
        values["disagreement"] = entry.says or None
        values["run"] = row(entry.run)
    return values
