"""In: a title and the parts of a page. Out: one HTML file that needs nothing else: no script, no font, no picture.

A page forbids itself to load anything. Words of a mail reach it through `said` alone, so that no mail adds markup.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from kb.visible import visible

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def said(text: str, *, keep: str = "\n\t") -> str:
    """`text` as HTML shows it, with hidden characters visible; `keep` as in `kb.visible.visible`."""
    return html.escape(visible(text, keep=keep))


def told(text: str) -> str:
    """`text` on one line as HTML shows it."""
    return said(" ".join(text.split()), keep="")


def page(title: str, parts: Iterable[str]) -> Iterator[str]:
    """The lines of the file; `title` is plain, `parts` are HTML."""
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{told(title)}</title>"
    yield f"<style>\n{_look()}</style>"
    yield "</head>"
    yield "<body>"
    yield from parts
    yield "</body>"
    yield "</html>"


@cache
def _look() -> str:
    """The style sheet, kept as text beside this file."""
    return Path(__file__).with_name("page.css").read_text(encoding="utf-8")
