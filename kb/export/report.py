"""In: a reader and a thread. Out: a Markdown report: decisions, what is open, claims with their verdicts and evidence.

Every word of a mail is escaped, so that no mail can add structure, links or HTML to the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb.attention import disagreements, is_open
from kb.reading import Filter, Reader
from kb.records import ItemKind, State, Verdict
from kb.views import ItemView, RunView
from kb.visible import one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&$@-]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
"""What Markdown or HTML gives a meaning, and what would make a bare address a link."""


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


def escaped(text: str) -> str:
    """`text` on one line, with each character that Markdown or HTML gives a meaning set off by a backslash."""
    return _SPECIAL.sub(r"\\\1", one_line(text))


def markdown(reader: Reader, thread: str) -> str:
    """The report of the thread with this full id."""
    return "\n".join(_lines(reader, thread)) + "\n"


def _lines(reader: Reader, thread: str) -> Iterator[str]:
    view = reader.threads(thread)[0]
    items = reader.items(Filter(thread=thread))
    runs = {run.item_id: run for run in reader.latest_runs(thread)}
    yield f"# {escaped(view.subject)}"
    yield ""
    yield (
        f"{view.messages} messages by {view.people} people, {view.first_date[:10]} to {view.last_date[:10]}; "
        f"{view.items} items, {len(runs)} checked. Root: {escaped(view.root_id)}."
    )
    yield ""
    yield (
        "Items were found by a program, each with the confidence given. States are folded from what people wrote; "
        "verdicts come from what was run. Neither changes the other. "
        "A verdict from a model holds in that model, which is simpler than a kernel."
    )
    odd = disagreements(items)
    yield from _section(
        "Where the thread and a check disagree", [(item, f"**{escaped(words)}**") for item, words in odd], reader, runs
    )
    decisions = [item for item in items if item.kind == ItemKind.DECISION]
    for state in _DECIDED:
        found = [(i, escaped(i.because.removeprefix(f"{state}: "))) for i in decisions if i.state == state]
        yield from _section(f"Decisions: {state}", found, reader, {})
    for title, kind in _OPEN:
        still = [(i, escaped(i.because.removeprefix(f"{i.state}: "))) for i in items if i.kind == kind and is_open(i)]
        yield from _section(title, still, reader, {})
    shown = {item.id for item, _ in odd}
    for verdict in _VERDICTS:
        checked = [
            (i, f"{i.state} in the thread; **{verdict}** by {escaped(i.check or '')}, {escaped(i.strength or '')}")
            for i in items
            if i.verdict == verdict and i.id not in shown
        ]
        yield from _section(f"Checked: {verdict}", checked, reader, runs)
    problems = reader.problems(thread)
    if problems:
        yield ""
        yield "## Problems in the mails"
        yield ""
        for place, what in problems:
            yield f"- {escaped(place)}: {escaped(what)}"


def _section(
    title: str, entries: Iterable[tuple[ItemView, str]], reader: Reader, runs: dict[str, RunView]
) -> Iterator[str]:
    entries = list(entries)
    if not entries:
        return
    yield ""
    yield f"## {title} ({len(entries)})"
    for item, words in entries:
        yield ""
        yield (
            f"- `{reader.shown(item.id)}` \\#{item.number} {escaped(item.author)}, {item.date[:10]}, "
            f"{item.confidence:.2f}: {words}  "
        )
        yield f"  “{escaped(item.quote)}”"
        run = runs.get(item.id)
        if run is not None:
            yield from _evidence(run, item)


def _evidence(run: RunView, item: ItemView) -> Iterator[str]:
    yield f"    - {escaped(run.summary)}"
    part = one_line(run.quote)
    if part != one_line(item.quote) and part not in one_line(run.bound_by):
        yield f"    - of its words only “{escaped(part)}”"
    yield f"    - bound by {escaped(run.bound_by)}"
    for line in run.evidence:
        place = f" ({escaped(line['place'])})" if line["place"] else ""
        kind = "" if line["kind"] == "note" else f"{escaped(line['kind'])}: "
        yield f"    - {kind}{escaped(line['text'])}{place}"
    for words in run.assumptions:
        yield f"    - assumes: {escaped(words)}"
