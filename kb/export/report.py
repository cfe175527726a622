"""In: a reader and a thread. Out: a Markdown report: decisions, what is open, claims with their verdicts and evidence.

Every word of a mail is escaped, so that no mail can add structure, links or HTML to the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb.attention import disagreements, is_open
from kb.reading import Filter, Reader
from kb.records import ItemKind, Verdict
from kb.views import ItemView, RunView
from kb.visible import one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&$@-]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
"""What Markdown or HTML gives a meaning, and what would make a bare address a link."""


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
        "States are folded from what people wrote; verdicts from what was run. Neither changes the other. "
        "A verdict from a model holds in that model, which is simpler than a kernel."
    )
    odd = disagreements(items)
    yield from _section(
        "Where the thread and a check disagree", [(item, f"**{escaped(words)}**") for item, words in odd], reader, runs
    )
    decisions = [(i, f"**{i.state}**, {escaped(i.because)}") for i in items if i.kind == ItemKind.DECISION]
    yield from _section("Decisions", decisions, reader, {})
    still = [(i, f"{i.kind}, **{i.state}**, {escaped(i.because)}") for i in items if is_open(i)]
    yield from _section("Open", still, reader, {})
    for verdict in Verdict:
        checked = [(i, f"**{verdict}** by {i.check}, {i.strength}") for i in items if i.verdict == verdict]
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
        yield f"- `{reader.shown(item.id)}` \\#{item.number} {escaped(item.author)}, {item.date[:10]}: {words}  "
        yield f"  “{escaped(item.quote)}”"
        run = runs.get(item.id)
        if run is not None:
            yield from _evidence(run)


def _evidence(run: RunView) -> Iterator[str]:
    yield f"    - {escaped(run.summary)} ({escaped(run.bound_by)})"
    for line in run.evidence:
        place = f" ({escaped(line['place'])})" if line["place"] else ""
        yield f"    - {escaped(line['kind'])}: {escaped(line['text'])}{place}"
    for words in run.assumptions:
        yield f"    - assumes: {escaped(words)}"
