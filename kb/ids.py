"""In: what makes a thing itself. Out: its short, typable id, like a git hash with a letter for its kind.

An item's id is a digest of (Message-ID, kind, folded quote), so it survives a new extractor and a rebuild.
The alphabet has no letter that is read as another.
"""

from __future__ import annotations

import hashlib

from kb.records import ItemKind

_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
_LENGTH = 13
SHOWN = 5
"""Characters of the digest that are shown unless more are needed to be unique."""


def digest(*parts: str) -> str:
    """13 characters (65 bits) of the SHA-256 of `parts`, each set off from the next."""
    number = int.from_bytes(hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()[:9], "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(0, _LENGTH * 5, 5))


def fold(text: str) -> str:
    """`text` with runs of white space folded to one blank."""
    return " ".join(text.split())


def item_id(message_id: str, kind: ItemKind, quote: str) -> str:
    """`c-…`, `q-…`, `d-…` or `a-…`."""
    return f"{kind[0]}-{digest(message_id, kind, fold(quote))}"


def thread_id(root_id: str) -> str:
    """`t-…` for the thread under the message `root_id`."""
    return f"t-{digest(root_id)}"
