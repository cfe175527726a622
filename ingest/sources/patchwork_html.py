"""In: a patchwork page as HTML. Out: the page as text, as a browser would save it.

Only what carries a post is kept: headings, the table of facts, the line above each post and the post itself, which is
the text of a `pre` with the class `content`. Source: patchwork's own template of a submission.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(("br", "div", "h1", "h2", "h3", "li", "nav", "p", "table", "tr", "ul"))
_ABOVE_POST = re.compile(r", \d{4}, [^,]{1,12} UTC(?: \| #\d{1,5})?$")
_UNSEEN = frozenset(("script", "style", "title"))


def is_html(content: bytes) -> bool:
    """Whether it begins like an HTML document."""
    return content[:1000].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def text_of(html: str) -> str:
    """The lines of the page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n".join(reader.lines)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._piece: list[str] = []
        self._unseen = False
        self._in_post = self._in_other = False
        self._awaits_post = False
        """After the line above a post come labels that a browser hides, then the post."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen = True
        elif tag == "pre":
            self._end_line()
            self._in_post = "content" in (dict(attrs).get("class") or "").split()
            self._in_other = not self._in_post
        elif tag in _BLOCKS and not self._in_post:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = False
        elif tag == "pre":
            if self._in_post:
                lines = "".join(self._piece).removeprefix("\n").split("\n")
                self.lines += lines if lines[-1].strip() else lines[:-1]
                self._awaits_post = False
            self._piece = []
            self._in_post = self._in_other = False
        elif tag in _BLOCKS and not self._in_post:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if self._in_post or not (self._unseen or self._in_other):
            self._piece.append(data)

    def _end_line(self) -> None:
        line = " ".join("".join(self._piece).split())
        self._piece = []
        if line and not self._awaits_post:
            self.lines.append(line)
            self._awaits_post = _ABOVE_POST.search(line) is not None
