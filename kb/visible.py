"""In: text that a stranger wrote. Out: text that is safe on a terminal, with every hidden character made visible.

Control characters, escape sequences, bidirectional overrides, zero-width characters, lone surrogates and private-use
characters become `<U+XXXX>`; line feed and tab stay where `keep` names them. A sequence is never dropped, so a reader
sees that something was there.
"""

from __future__ import annotations

import unicodedata

_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_HIDDEN_SPACES = {"\u2800", "\u3164", "\uffa0", "\u115f", "\u1160"}


def visible(text: str, *, keep: str = "\n\t") -> str:
    """`text` with each character that a terminal would act on, or not show, written as `<U+XXXX>`.

    `keep` holds the control characters that may pass (line feed and tab by default, "" for one line).
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char
        if char in keep or not (unicodedata.category(char) in _HIDDEN_CATEGORIES or char in _HIDDEN_SPACES)
        else f"<U+{ord(char):04X}>"
        for char in text
    )


def one_line(text: str, *, width: int | None = None) -> str:
    """`text` on one line: white space folded, hidden characters visible, cut to `width` with an ellipsis."""
    line = visible(" ".join(text.split()), keep="")
    if width is not None and len(line) > width:
        return line[: max(width - 1, 0)] + "…"
    return line
