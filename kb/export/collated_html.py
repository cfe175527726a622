"""In: a thread read once. Out: the same as a self-contained HTML page, replies set in, items marked.

Every run stands on one level of the page, set in by a number, so that a deep thread nests nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kb.export import html
from kb.export.collated import Block, Page, Run
from kb.export.collated_words import label, when
from kb.export.html import said, told
from kb.ids import digest
from kb.records import ZoneKind

_PRE = frozenset({ZoneKind.CODE, ZoneKind.DIFF, ZoneKind.TABLE, ZoneKind.TRACE, ZoneKind.TRAILER})
_LONG = 40
"""Lines from which a patch is folded."""


def page(page: Page, short: Callable[[str], str]) -> Iterator[str]:
    """The lines of the page; `short` makes ids as people see them."""
    yield from html.page(page.thread.subject, _parts(page, short))


def _parts(page: Page, short: Callable[[str], str]) -> Iterator[str]:
    view = page.thread
    yield "<header>"
    yield f"<h1>{told(view.subject)}</h1>"
    yield (
        f'<p class="sub">{view.messages} messages by {view.people} people, {told(view.first_date[:10])} to '
        f"{told(view.last_date[:10])}. Each passage is followed by the replies to it; what they quote is not "
        "repeated.</p>"
    )
    yield "</header>"
    yield "<main>"
    for run in page.runs():
        yield from _run(run, short)
    yield "</main>"


def _run(run: Run, short: Callable[[str], str]) -> Iterator[str]:
    name = f' id="m{run.turn.number}"' if run.first else ""
    yield f'<article class="run"{name} style="--i:{run.turn.indent}">'
    yield f"<header>{_head(run)}</header>"
    for block in run.blocks:
        yield _block(block, short)
    if not run.blocks:
        yield '<p class="soft">(no words of their own)</p>'
    yield "</article>"


def _head(run: Run) -> str:
    hue = sum(map(ord, digest(run.message.address or run.message.author))) * 47 % 360
    who = f'<b style="--h:{hue}">{told(run.message.author)}</b>'
    number = f"#{run.turn.number}"
    if not run.begins:
        return f'{who}<span>continued</span><a href="#m{run.turn.number}">{number}</a>'
    to = f"<span>to {told(run.to.author)}</span>" if run.to is not None else ""
    return f'{who}{to}<time datetime="{told(run.message.date)}">{told(when(run))}</time><span>{number}</span>'


def _block(block: Block, short: Callable[[str], str]) -> str:
    words = "".join(_pieces(block, short))
    if block.kind is ZoneKind.DIFF:
        count = block.text.count("\n") + 1
        files = sum(line.startswith("diff ") for line in block.text.split("\n"))
        told_of = f"{files} file{'' if files == 1 else 's'}, {count} lines" if files else f"{count} lines"
        fold = "" if count >= _LONG else " open"
        return f"<details{fold}><summary>patch, {told_of}</summary><pre>{words}</pre></details>"
    if block.kind in _PRE:
        return f'<pre class="{block.kind}">{words}</pre>'
    return f'<div class="words {block.kind}">{words}</div>'


def _pieces(block: Block, short: Callable[[str], str]) -> Iterator[str]:
    begins_line = True
    for piece in block.pieces:
        words = _coloured(piece.text, begins_line) if block.kind is ZoneKind.DIFF else said(piece.text)
        begins_line = piece.text.endswith("\n")
        kinds = " ".join(dict.fromkeys(item.kind for item in piece.items))
        yield f'<mark class="{kinds}">{words}</mark>' if kinds else words
        for item in piece.ending:
            yield f'<wbr><span class="label {item.kind}">{told(label(item, short))}</span>'


def _coloured(text: str, begins_line: bool) -> str:
    """Lines of a diff, each in its colour; a first line that began elsewhere has none."""
    out = []
    for number, line in enumerate(text.split("\n")):
        look = ""
        if number or begins_line:
            look = "place" if line.startswith(("@@", "diff ")) else {"+": "added", "-": "removed"}.get(line[:1], "")
        out.append(f'<span class="{look}">{said(line)}</span>' if look else said(line))
    return "\n".join(out)
