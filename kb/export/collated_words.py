"""In: a thread read once. Out: the same as text for a terminal or as Markdown.

Nothing in a mail can act on a terminal, nor add structure, links or HTML to the Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kb.export.collated import Block, Page, Run
from kb.export.report import escaped
from kb.records import ZoneKind
from kb.views import ItemView
from kb.visible import one_line, visible

_TICKS = re.compile(r"`{3,}")
_CODE = frozenset({ZoneKind.CODE, ZoneKind.DIFF, ZoneKind.TABLE, ZoneKind.TRACE, ZoneKind.TRAILER})
DEEPEST = 12
"""Levels that are set in; deeper ones stand at this one and say how deep they are."""


def text(page: Page, short: Callable[[str], str]) -> Iterator[str]:
    """The lines of the text; `short` makes ids as people see them."""
    yield one_line(page.thread.subject)
    yield one_line(_counted(page))
    for run in page.runs():
        bar = "│ " * min(run.turn.indent, DEEPEST)
        yield bar.rstrip()
        yield f"{bar}{_head(run)}".rstrip()
        for number, block in enumerate(run.blocks):
            if number:
                yield bar.rstrip()
            yield from (f"{bar}{line}".rstrip() for line in _text_of(block, short))
        if not run.blocks:
            yield f"{bar}(no words of their own)"


def _counted(page: Page) -> str:
    view = page.thread
    return f"{view.messages} messages by {view.people} people, {view.first_date[:10]} to {view.last_date[:10]}"


def _head(run: Run) -> str:
    who = f"#{run.turn.number} {one_line(run.message.author)}"
    deep = f"  [level {run.turn.indent}]" if run.turn.indent > DEEPEST else ""
    if not run.begins:
        return f"{who}, continued{deep}"
    to = f", to {one_line(run.to.author)}" if run.to is not None else ""
    return f"{who}, {when(run)}{to}{deep}"


def when(run: Run) -> str:
    """The minute in which a run's message was written, in UTC."""
    return f"{run.message.date[:10]} {run.message.date[11:16]}"


def label(item: ItemView, short: Callable[[str], str]) -> str:
    """What stands behind an item's words."""
    return f"{item.kind} {short(item.id)}, {item.state}"


def _text_of(block: Block, short: Callable[[str], str]) -> list[str]:
    out: list[str] = []
    for piece in block.pieces:
        words = visible(piece.text)
        out.append(f"‹{words}›" if piece.items else words)
        out.extend(f" {{{label(item, short)}}}" for item in piece.ending)
    return "".join(out).split("\n")


def markdown(page: Page, short: Callable[[str], str]) -> Iterator[str]:
    """The lines of the Markdown; replies are nested block quotations."""
    yield f"# {escaped(page.thread.subject)}"
    yield ""
    yield f"{escaped(_counted(page))}."
    for run in page.runs():
        bar = "> " * min(run.turn.indent, DEEPEST)
        yield ""
        # a paragraph that begins further out would be taken into the quotation above it
        yield "<!-- -->"
        yield ""
        yield f"{bar}{_markdown_head(run)}"
        for block in run.blocks:
            yield bar.rstrip()
            yield from (f"{bar}{line}".rstrip(" ") for line in _markdown_of(block, short))
        if not run.blocks:
            yield bar.rstrip()
            yield f"{bar}*(no words of their own)*"


def _markdown_head(run: Run) -> str:
    who = f"**\\#{run.turn.number} {escaped(run.message.author)}**"
    deep = f" (level {run.turn.indent})" if run.turn.indent > DEEPEST else ""
    if not run.begins:
        return f"{who}, continued{deep}"
    to = f", to {escaped(run.to.author)}" if run.to is not None else ""
    return f"{who}, {when(run)}{to}{deep}"


def _markdown_of(block: Block, short: Callable[[str], str]) -> Iterator[str]:
    if block.kind in _CODE:
        words = visible(block.text)
        fence = "`" * max([3, *(len(ticks[0]) + 1 for ticks in _TICKS.finditer(words))])
        yield f"{fence}{'diff' if block.kind is ZoneKind.DIFF else 'text'}"
        yield from words.split("\n")
        yield fence
        marked = [item for piece in block.pieces for item in piece.ending]
        if marked:
            yield ""
            yield "; ".join(f"*{escaped(label(item, short))}*" for item in marked)
        return
    lines = _marked(block, short).split("\n")
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        # Markdown joins lines; a backslash at the end keeps them apart
        yield f"{line}\\" if line and below else line


def _marked(block: Block, short: Callable[[str], str]) -> str:
    """The words of a block, bold where items cover them, a label behind each item."""
    out: list[str] = []
    bold = False
    for piece in block.pieces:
        for number, words in enumerate(piece.text.split("\n")):
            if number:
                out.append("**" * bold + "\n")
                bold = False
            bare = escaped(words)
            if bold and not piece.items:
                out.append("**")
                bold = False
            out.append(" " if out and words[:1].isspace() and not out[-1].endswith((" ", "\n")) else "")
            if bare and piece.items and not bold:
                out.append("**")
                bold = True
            out.append(bare)
            if bare and words[-1:].isspace() and not bold:
                out.append(" ")
        if piece.ending:
            out.append("**" * bold)
            bold = False
            out.extend(f" *({escaped(label(item, short))})* " for item in piece.ending)
    out.append("**" * bold)
    return "\n".join(" ".join(line.split()) for line in "".join(out).split("\n"))
