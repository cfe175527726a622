"""In: what a page or an API tells of a mail. Out: the bytes of a mail that says the same.

Equal words give equal bytes, whatever else the process has loaded (the standard library's own encoder can be
switched over by any module). A header is one logical line, whatever its value holds.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

_CHARACTERS = 12
"""Characters of an encoded word: at most 48 bytes, so that the word stays under the 75 characters of RFC 2047."""


def rebuilt(headers: Sequence[tuple[str, str]], body: str) -> bytes:
    """A plain-text mail in UTF-8. The values of `headers` are ready for a header; their line breaks are lost."""
    lines = [f"{name}: {' '.join(value.split())}" for name, value in headers]
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return "\n".join([*lines, "", body]).encode("utf-8", "replace")


def encoded(text: str) -> str:
    """`text` for a header: as it is where it is printable ASCII, else in encoded words (RFC 2047)."""
    if text.isascii() and text.isprintable():
        return text
    pieces = (text[at : at + _CHARACTERS] for at in range(0, len(text), _CHARACTERS))
    return " ".join(f"=?utf-8?b?{b64encode(piece.encode('utf-8', 'replace')).decode()}?=" for piece in pieces)


def sender(name: str, address: str) -> str:
    """The value of a From header."""
    plain = name.isascii() and name.isprintable()
    shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' if plain else encoded(name)
    return f"{shown} <{address}>"
