"""In: the runs of words that no item has. Out: the page that shows them, in lines, or as plain objects. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kb.export.verdicts import row
from kb.views import RunView
from kb.visible import one_line
from tui.cli.layout import Role
from tui.cli.pages import Page, run_lines


def words_page(page: Page, runs: Sequence[RunView], subject: str) -> Iterator[str]:
    """Words that were checked though the extraction has no item with them; `runs`, latest first, is not empty."""
    run = runs[0]
    name = page.paint(page.short(run.item_id), Role.NAME)
    yield f"{name}  #{run.number} {run.date[:10]} {one_line(run.author)}: words, check: {page.paint.word(run.verdict)}"
    yield from page.text(f'"{run.quote}"')
    yield ""
    yield from page.field("thread", f"{page.short(run.thread_id)}  {subject}")
    yield from page.field("mail", f"#{run.number}  {run.message_id}")
    yield from page.field("found", f"no item of the extraction; named by {named_by(run)}")
    yield ""
    several = f" (the latest of {len(runs)} runs)" if len(runs) > 1 else ""
    yield f"{page.title('Check:')} {page.paint.word(run.verdict)}{several}"
    yield from run_lines(page, run, run.quote)


def words_row(runs: Sequence[RunView]) -> dict[str, Any]:
    """The same as a plain object: the words, where they stand, all runs."""
    run = runs[0]
    return {
        "id": run.item_id,
        "thread": run.thread_id,
        "message_id": run.message_id,
        "quote": run.quote,
        "author": run.author,
        "date": run.date,
        "verdict": run.verdict,
        "extracted": False,
        "named_by": named_by(run),
        "runs": [row(each) for each in runs],
    }


def named_by(run: RunView) -> str:
    """Who named these words: `a binding of NAME`, or a rule."""
    if not run.bound_by.startswith("hand"):
        return "a rule"
    who = run.bound_by.rpartition("(")[2].partition(")")[0]
    return f"a binding of {who}" if who and run.bound_by.rstrip().endswith((")", "”.")) else "a binding"
