"""In: an item, or the trail to it, as views. Out: the page that shows it, in lines. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kb.attention import disagreement
from kb.records import Relation
from kb.roles import Roles
from kb.runs import compass
from kb.views import ItemView, LinkView, RunView
from kb.visible import one_line
from kb.why import Step, Trail
from tui.cli.itemlines import counted
from tui.cli.layout import Paint, Role, wrap
from tui.evidence import checked_words, essential

_INDENT = "    "
_LABEL = 12
_LINES = 12
"""Lines of evidence that a page shows unless it shows them all."""


@dataclass(frozen=True, slots=True)
class Page:
    """How a page is written."""

    short: Callable[[str], str]
    paint: Paint
    width: int
    whole: bool = False
    """Leaves no line of evidence out."""
    roles: Roles | None = None
    """What people are in the review, to say it beside their names."""

    def title(self, text: str) -> str:
        """A heading."""
        return self.paint(text, Role.STRONG)

    def text(self, text: str, *, indent: str = _INDENT, limit: int | None = None) -> list[str]:
        """A stranger's or our own words, wrapped."""
        return wrap(text, self.width, indent=indent, limit=limit)

    def field(self, label: str, text: str, *, indent: str = "") -> list[str]:
        """A label, and a text wrapped beside it."""
        left = f"{indent}{label:<{_LABEL}}"
        first, *rest = wrap(text, self.width, indent=" " * len(left)) or [left]
        return [self.paint(left, Role.FAINT) + first[len(left) :], *rest]

    def head(self, item: ItemView) -> str:
        """One line that says which item it is and where it stands."""
        verdict = f", check: {self.paint.word(item.verdict)}" if item.verdict else ""
        role = self.roles.words(item.thread_id, item.address) if self.roles is not None else ""
        who = one_line(item.author) + (f" ({role})" if role else "")
        return (
            f"{self.paint(self.short(item.id), Role.NAME)}  #{item.number} {item.date[:10]} {who}: "
            f"{item.kind}, {self.paint.word(item.state)}{verdict}"
        )


def item_page(
    page: Page,
    item: ItemView,
    subject: str,
    links: Sequence[tuple[LinkView, ItemView]],
    runs: Sequence[RunView],
    trail: Trail | None = None,
) -> Iterator[str]:
    """An item with all that is known of it; `links` pairs each link with the item at its other end."""
    yield page.head(item)
    yield from page.text(f'"{item.quote}"')
    if item.says and item.says != item.quote:
        yield from page.text(f"says: {item.says}")
    yield ""
    yield from page.field("thread", f"{page.short(item.thread_id)}  {subject}")
    yield from page.field("mail", f"#{item.number}  {item.message_id}")
    yield from page.field("state", standing(item))
    if trail is not None:
        yield from voices(page, trail)
    yield from page.field("found", f"with confidence {item.confidence:.2f}: {item.cue}")
    if item.topics:
        yield from page.field("topics", f"{', '.join(item.topics)}")
    if item.entities:
        yield from page.field("names", f"{', '.join(item.entities)}")
    if words := disagreement(item):
        yield f"{page.paint('!', Role.BAD)} {words}"
    yield from _links(page, item, links)
    if runs:
        yield ""
        several = f" (the latest of {len(runs)} runs)" if len(runs) > 1 else ""
        yield f"{page.title('Check:')} {page.paint.word(runs[0].verdict)}{several}"
        yield from run_lines(page, runs[0], item.quote)


_SAID = {
    Relation.ACCEPTS: "accepted by",
    Relation.SUPPORTS: "backed by",
    Relation.DISPUTES: "disputed by",
    Relation.REJECTS: "rejected by",
    Relation.REFUTES: "refuted by",
}


def voices(page: Page, trail: Trail) -> Iterator[str]:
    """Who agreed with an item and who objected, each with their roles and the mail that says so."""
    every = (*trail.agreed_by, *trail.objected_by)
    for relation, label in _SAID.items():
        names = [
            f"{voice.name} ({', '.join((*voice.roles, f'#{voice.number}'))})"
            for voice in every
            if voice.relation == relation
        ]
        if names:
            yield from page.field(label, ", ".join(names))


def standing(item: ItemView) -> str:
    """An item's state and its reason, the state said once."""
    return item.because if item.because.startswith(item.state) else f"{item.state}: {item.because}"


def _links(page: Page, item: ItemView, links: Sequence[tuple[LinkView, ItemView]]) -> Iterator[str]:
    groups = (
        ("It", [(link, other, link.relation) for link, other in links if link.source == item.id]),
        ("To it", [(link, other, f"{link.relation} it") for link, other in links if link.source != item.id]),
    )
    for title, group in groups:
        if not group:
            continue
        yield ""
        yield page.title(title)
        for link, other, relation in group:
            yield f"  {relation}  {page.head(other)}"
            yield from page.text(f'"{other.quote}"', indent="      ", limit=2)
            yield from page.text(f"because {link.because} ({link.confidence:.2f})", indent="      ", limit=2)


def run_lines(page: Page, run: RunView, quote: str) -> Iterator[str]:
    """A run: what was checked of an item that says `quote`, what came out, on what it rests."""
    yield from page.text(run.summary, indent="  ")
    part = checked_words(run, quote)
    if part and part not in one_line(run.bound_by):
        yield from page.field("words", f"{compass(part, one_line(quote))} “{part}”", indent="  ")
    for number, each in enumerate(_parts(run.predicate)):
        yield from page.field("predicate" if number == 0 else "and", predicate_text(each), indent="  ")
    yield from page.field("bound", f"by {run.bound_by}", indent="  ")
    yield from page.field("hook", f"{run.check}, strength {run.strength}, {run.seconds:.2f} s, {run.at}", indent="  ")
    if run.evidence:
        yield f"  {page.title('evidence')}"
        yield from _evidence(page, run)
    if run.assumptions:
        yield f"  {page.title('assumes')}"
        for words in run.assumptions:
            yield from page.text(words)


def _evidence(page: Page, run: RunView) -> Iterator[str]:
    """The lines a verdict rests on, the heads of parts before what they rest on; gaps say how much they leave out."""
    shown = range(len(run.evidence)) if page.whole else essential(run, _LINES)
    after = 0
    for index in [*shown, len(run.evidence)]:
        if index > after:
            yield page.paint(f"{_INDENT}  … {counted(index - after, 'line')} left out; -v shows all", Role.FAINT)
        after = index + 1
        if index < len(run.evidence):
            line = run.evidence[index]
            place = f"  [{line['place']}]" if line.get("place") else ""
            head, rest = (line["text"], "") if line["kind"] == "note" else (f"{line['kind']}: {line['text']}", "  ")
            yield from page.text(f"{head}{place}", indent=_INDENT + rest)


def _parts(predicate: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a predicate that asks for several things at once; else the predicate alone."""
    parts = predicate.get("parts")
    if predicate.get("kind") == "AllOf" and predicate.get("expect") is not False and isinstance(parts, list):
        return parts
    return [predicate]


def predicate_text(predicate: dict[str, Any]) -> str:
    """A predicate as people read it: `Reaches(start=f, target=g, expect=False)`; what is empty is left out."""
    parts = [
        f"{name}={_value(value)}"
        for name, value in predicate.items()
        if name != "kind" and value not in ("", [], {}, None) and not (name == "expect" and value is True)
    ]
    return f"{predicate.get('kind', '?')}({', '.join(parts)})"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return predicate_text(value) if "kind" in value else ", ".join(f"{k}: {v}" for k, v in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return str(value)


_SECTIONS = (
    ("Answers", "answers"),
    ("Moved by", "moved_by"),
    ("Answered or done by", "answered_by"),
    ("Agreed", "agreed"),
    ("Objected", "objected"),
    ("Replaces or refines", "replaces"),
    ("Replaced or refined by", "replaced_by"),
    ("Speaks to", "speaks_to"),
    ("Leads to", "leads_to"),
)


def trail_page(page: Page, trail: Trail) -> Iterator[str]:
    """How an item came to stand where it stands."""
    yield page.head(trail.item)
    yield from page.text(f'"{trail.item.quote}"')
    yield from page.text(standing(trail.item))
    yield from voices(page, trail)
    empty = True
    for title, name in _SECTIONS:
        steps: tuple[Step, ...] = getattr(trail, name)
        if steps:
            empty = False
            yield ""
            yield page.title(title)
            yield from _steps(page, steps)
    if empty:
        yield ""
        yield "Nothing in the thread is linked to it."


def _steps(page: Page, steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        yield f"  {page.head(step.item)}"
        yield from page.text(f'"{step.item.quote}"', indent="      ", limit=3)
        if step.item.verdict and step.item.summary:
            yield from page.text(f"check {step.item.verdict}: {step.item.summary}", indent="      ", limit=3)
        yield from page.text(f"{step.relation}: {step.because}", indent="      ", limit=2)
