"""In: a reader and a thread. Out: a Markdown report: decisions, what is open, claims with their verdicts and evidence.

Every word of a mail is escaped, so that no mail can add structure, links or HTML to the report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kb.export.review import OTHER, Entry, Review, first, review
from kb.reading import Reader
from kb.records import Verdict
from kb.runs import compass
from kb.views import RunView
from kb.visible import one_line

_SPECIAL = re.compile(r"([\\`*_\[\]#|<>~&$@]|:(?=//)|(?<=www)\.|^[-+]|(?<=^\d)[.)]|(?<=^\d\d)[.)])", re.IGNORECASE)
"""What Markdown or HTML gives a meaning, at the beginning or anywhere, and what would make a bare address a link."""
_PART = re.compile(r"part \d+, [a-z-]+: ")
"""How the evidence of one of several parts begins."""

_BY = {
    "arithmetic": "by arithmetic",
    "model": "by a model",
    "source": "by source",
    "several": "in several ways",
    OTHER: "otherwise",
}
LEGEND = (
    "Items were found by a program, each with the confidence given. States are folded from what people wrote; "
    "verdicts come from what was run. Neither changes the other. "
    "A verdict from a model holds in that model, which is simpler than a kernel."
)


def escaped(text: str) -> str:
    """`text` on one line, with each character that Markdown or HTML gives a meaning set off by a backslash."""
    return _SPECIAL.sub(r"\\\1", one_line(text))


def markdown(
    reader: Reader,
    thread: str,
    *,
    kinds: Mapping[str, str] | None = None,
    essential: Callable[[RunView, int], Sequence[int]] = first,
) -> str:
    """The report of the thread with this full id; `kinds` and `essential` as in `review`."""
    return text(review(reader, thread, kinds=kinds, essential=essential), reader.shown)


def text(found: Review, short: Callable[[str], str]) -> str:
    """A review in Markdown; `short` makes ids as people see them."""
    return "\n".join(_lines(found, short)) + "\n"


def _lines(found: Review, short: Callable[[str], str]) -> Iterator[str]:
    view = found.thread
    yield f"# {escaped(view.subject)}"
    yield ""
    yield (
        f"{view.messages} messages by {view.people} people, {view.first_date[:10]} to {view.last_date[:10]}; "
        f"{view.items} items, {found.checked_count} checked. Root: {escaped(view.root_id)}."
    )
    yield ""
    yield LEGEND
    if found.disagreements:
        yield from _title("Where the thread and a check disagree", len(found.disagreements))
        for entry in found.disagreements:
            yield from _checked(entry, short, f"**{escaped(entry.says)}**")
    for state, entries in found.decisions:
        yield from _standing(f"Decisions: {state}", entries, short)
    for title, entries in found.still_open:
        yield from _standing(title, entries, short)
    for section in found.checked:
        yield from _title(escaped(section_title(section.evidence)), len(section.entries))
        yield ""
        yield f"{_tally(section.entries)}."
        if section.assumes:
            yield ""
            yield "All of these assume:"
            yield ""
            yield from (f"- {escaped(words)}" for words in section.assumes)
        for entry in section.entries:
            yield from _checked(entry, short, f"**{entry.run.verdict}**" if entry.run else "")
    if found.problems:
        yield ""
        yield "## Problems in the mails"
        yield ""
        for place, what in found.problems:
            yield f"- {escaped(place)}: {escaped(what)}"


def section_title(evidence: str) -> str:
    """What stands over all that one kind of evidence decided."""
    return f"Checked {_BY.get(evidence, f'by {evidence}')}"


def part_of_words(entry: Entry, run: RunView) -> str:
    """Which part of an item's words was checked, where that is not all and what bound it does not say so."""
    part = one_line(run.quote)
    if part == one_line(entry.quote) or part in one_line(run.bound_by):
        return ""
    return f"{compass(part, one_line(entry.quote))} “{part}”"


def repeats(line: str, run: RunView) -> bool:
    """Whether a line of evidence only says again what the summary says."""
    return _PART.sub("", line, count=1).rstrip(".") in run.summary


def _title(title: str, count: int) -> Iterator[str]:
    yield ""
    yield f"## {title} ({count})"


def _tally(entries: Iterable[Entry]) -> str:
    counts = Counter(entry.run.verdict for entry in entries if entry.run is not None)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])


def _standing(title: str, entries: Sequence[Entry], short: Callable[[str], str]) -> Iterator[str]:
    """Items by where they stand in the thread, each with the reason."""
    if not entries:
        return
    yield from _title(title, len(entries))
    for entry in entries:
        yield ""
        because = escaped(entry.because.removeprefix(f"{entry.state}: "))
        yield f"- {_who(entry, short)}, {entry.confidence:.2f}: {because}  "
        yield f"  “{escaped(entry.quote)}”"


def _who(entry: Entry, short: Callable[[str], str]) -> str:
    return f"`{short(entry.id)}` \\#{entry.number} {escaped(entry.author)}, {entry.date[:10]}"


def _checked(entry: Entry, short: Callable[[str], str], head: str) -> Iterator[str]:
    """A checked thing: what came out, who said it, its words, what that rests on."""
    run = entry.run
    assert run is not None
    stands = f"; {entry.state} in the thread" if entry.state else "; no item has these words, a binding names them"
    where = "" if entry.says else stands
    yield ""
    yield f"- {head} ({escaped(run.check)}, {escaped(run.strength)}): {_who(entry, short)}{escaped(where)}  "
    yield f"  “{escaped(entry.quote)}”"
    if part := part_of_words(entry, run):
        yield f"    - of its words, {escaped(part)}"
    yield f"    - {escaped(run.summary)}"
    for index in entry.shown:
        line = run.evidence[index]
        if repeats(line["text"], run):
            continue
        place = f" ({escaped(line['place'])})" if line["place"] else ""
        kind = "" if line["kind"] == "note" else f"{escaped(line['kind'])}: "
        yield f"    - {kind}{escaped(line['text'])}{place}"
    left = len(run.evidence) - len(entry.shown)
    if left:
        yield f"    - {left} more lines of evidence: `threadkb show {short(entry.id)} -v`"
    yield f"    - bound by {escaped(run.bound_by)}"
    if entry.assumes:
        yield f"    - assumes: {escaped('; '.join(entry.assumes))}"
