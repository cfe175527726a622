"""In: a thread's review. Out: the report as a self-contained HTML page.

It says what the Markdown report says, in the same order; each id is the name of a place in the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from kb.export import html
from kb.export.html import told
from kb.export.report import LEGEND, part_of_words, repeats, section_title
from kb.export.review import Entry, Review
from kb.records import State, Verdict
from kb.views import RunView

_TONES = {
    Verdict.VERIFIED: "good",
    Verdict.REFUTED: "bad",
    Verdict.PARTLY: "doubt",
    State.ACCEPTED: "good",
    State.SUPPORTED: "good",
    State.ANSWERED: "good",
    State.DONE: "good",
    State.REJECTED: "bad",
    State.REFUTED: "bad",
    State.DISPUTED: "doubt",
    State.OPEN: "doubt",
}


def page(found: Review, short: Callable[[str], str]) -> Iterator[str]:
    """The lines of the page; `short` makes ids as people see them."""
    yield from html.page(found.thread.subject, _parts(found, short))


def _parts(found: Review, short: Callable[[str], str]) -> Iterator[str]:
    view = found.thread
    yield "<header>"
    yield f"<h1>{told(view.subject)}</h1>"
    yield (
        f'<p class="sub">{view.messages} messages by {view.people} people, {told(view.first_date[:10])} to '
        f"{told(view.last_date[:10])}; {view.items} items, {found.checked_count} checked. "
        f"Root: <code>{told(view.root_id)}</code></p>"
    )
    yield from _figures(found)
    yield "</header>"
    yield "<main>"
    if found.disagreements:
        yield from _section("Where the thread and a check disagree", "disagreements", found.disagreements)
        yield from (_entry(entry, short) for entry in found.disagreements)
        yield "</section>"
    if any(entries for _, entries in found.decisions):
        yield from _section("Decisions", "decisions", [entry for _, entries in found.decisions for entry in entries])
        for state, entries in found.decisions:
            if entries:
                yield f"<h3>{told(state).capitalize()} ({len(entries)})</h3>"
                yield from (_entry(entry, short, brief=True) for entry in entries)
        yield "</section>"
    for title, entries in found.still_open:
        if entries:
            yield from _section(title, _name(title), entries)
            yield from (_entry(entry, short, brief=True) for entry in entries)
            yield "</section>"
    for section in found.checked:
        title = section_title(section.evidence)
        yield from _section(title, _name(title), section.entries)
        yield f'<p class="soft">{_tally(section.entries)}</p>'
        if section.assumes:
            yield '<div class="assumes">All of these assume:<ul>'
            yield from (f"<li>{told(words)}</li>" for words in section.assumes)
            yield "</ul></div>"
        yield from (_entry(entry, short) for entry in section.entries)
        yield "</section>"
    if found.problems:
        yield f'<section id="problems"><h2>Problems in the mails<span class="count">{len(found.problems)}</span></h2>'
        yield "<ul>"
        yield from (f"<li><code>{told(place)}</code>: {told(what)}</li>" for place, what in found.problems)
        yield "</ul></section>"
    yield "</main>"
    yield f"<footer>{told(LEGEND)}</footer>"


def _name(title: str) -> str:
    """A title as the name of a place."""
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in title.casefold())


def _figures(found: Review) -> Iterator[str]:
    """The sections, each with its count, as links."""
    figures = [("disagreements", "disagreements", len(found.disagreements))]
    figures.append(("decisions", "decisions", sum(len(entries) for _, entries in found.decisions)))
    figures += [(_name(title), title.casefold(), len(entries)) for title, entries in found.still_open]
    for section in found.checked:
        title = section_title(section.evidence)
        figures.append((_name(title), title.casefold(), len(section.entries)))
    yield '<nav aria-label="Sections"><ul class="figures">'
    yield from (
        f'<li><a href="#{name}"><b>{count}</b><span>{told(title)}</span></a></li>'
        for name, title, count in figures
        if count
    )
    yield "</ul></nav>"


def _section(title: str, name: str, entries: Sequence[Entry]) -> Iterator[str]:
    yield f'<section id="{name}"><h2>{told(title)}<span class="count">{len(entries)}</span></h2>'


def _tally(entries: Iterable[Entry]) -> str:
    counts = Counter(entry.run.verdict for entry in entries if entry.run is not None)
    return " ".join(_tag(f"{counts[verdict]} {verdict}", verdict) for verdict in Verdict if counts[verdict])


def _tag(words: str, value: str) -> str:
    tone = next((tone for key, tone in _TONES.items() if key == value), "")
    return f'<span class="tag {tone}">{told(words)}</span>' if tone else f'<span class="tag">{told(words)}</span>'


def _entry(entry: Entry, short: Callable[[str], str], *, brief: bool = False) -> str:
    """An item with where it stands; unless `brief` with what its check showed."""
    kind = entry.kind if entry.kind in ("claim", "question", "decision", "action") else ""
    name = f' id="{told(entry.id)}"' if not brief or entry.run is None else ""
    state = _tag(entry.state, entry.state) if entry.state else ""
    verdict = _tag(entry.run.verdict, entry.run.verdict) if entry.run is not None else ""
    sure = f"<span>confidence {entry.confidence:.2f}</span>" if entry.confidence is not None else ""
    out = [
        f'<article class="entry {kind}"{name}>',
        f'<header><span class="id">{told(short(entry.id))}</span>{state}{verdict}<span>{told(entry.author)}</span>'
        f"<time>{told(entry.date[:10])}</time><span>#{entry.number}</span>{sure}</header>",
        f"<blockquote>{told(entry.quote)}</blockquote>",
    ]
    because = entry.because.removeprefix(f"{entry.state}: ")
    if because and (brief or entry.run is None):
        out.append(f'<p class="why">{told(because)}</p>')
    if entry.run is not None and not brief:
        if entry.says:
            out.append(f'<p class="why"><strong>{told(entry.says)}</strong></p>')
        out.extend(_check(entry, entry.run, short))
    out.append("</article>")
    return "\n".join(out)


def _check(entry: Entry, run: RunView, short: Callable[[str], str]) -> Iterator[str]:
    """What a check showed and rests on."""
    part = part_of_words(entry, run)
    if part:
        yield f'<p class="why">of its words, {told(part)}</p>'
    if not entry.state:
        yield '<p class="why">no item has these words, a binding names them</p>'
    yield f'<p class="finding">{told(run.summary)}</p>'
    lines = [run.evidence[index] for index in entry.shown if not repeats(run.evidence[index]["text"], run)]
    left = len(run.evidence) - len(entry.shown)
    yield "<details><summary>what it rests on</summary><ul>"
    for line in lines:
        place = f" <code>{told(line['place'])}</code>" if line["place"] else ""
        kind = "" if line["kind"] == "note" else f"{told(line['kind'])}: "
        yield f"<li>{kind}{told(line['text'])}{place}</li>"
    if left:
        yield f"<li>{left} more lines of evidence: <code>threadkb show {told(short(entry.id))} -v</code></li>"
    yield f"<li>decided by {told(run.check)}, {told(run.strength)}</li>"
    yield f"<li>bound by {told(run.bound_by)}</li>"
    if entry.assumes:
        yield f"<li>assumes: {told('; '.join(entry.assumes))}</li>"
    yield "</ul></details>"
