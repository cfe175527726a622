"""In: somebody's words as a mail wraps them. Out: the same with the line ends that only wrapping put there as blanks.

No character is added or taken away, so that offsets stay true.
"""

from __future__ import annotations

import re
from itertools import pairwise

_BULLET = re.compile(r"\s*(?:[-*+•o–—]\s|[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})(?:\.\d{1,3})*[.)\]:]\s)")
_WORD = re.compile(r"\S+")
_NARROWEST, _WIDEST = 56, 80
"""Lines shorter than the first are broken on purpose; wrapping stops at the second."""
_SLACK = 5
"""Cells by which a program may wrap before the line is full."""


def flowed(text: str) -> str:
    """`text` with each line end replaced by a blank where the next word would not have fitted on the line."""
    lines = text.split("\n")
    width = min(max((len(line) for line in lines), default=0), _WIDEST)
    if width < _NARROWEST:
        return text
    out = [lines[0]]
    for above, line in pairwise(lines):
        out.append(" " if _continues(above, line, width) else "\n")
        out.append(line)
    return "".join(out)


def _continues(above: str, line: str, width: int) -> bool:
    word = _WORD.search(line)
    if word is None or not above.strip() or _BULLET.match(line) or line.startswith((">", "|")):
        return False
    step = word.start() - _margin(above)
    if step > 0 and not (_BULLET.match(above) and step <= 6):
        return False
    return len(above.rstrip()) + 1 + len(word[0]) > width - _SLACK


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())
