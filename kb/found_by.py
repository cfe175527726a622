"""In: the cue of an item. Out: which reader found it, if one did; a reader and the faces agree on the wording here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_READ_BY = "read by "
_HINT = ", which takes it as "


def cue_of(reader: str, hint: str = "") -> str:
    """The cue of an item that `reader` (`MODEL at HOST`) found; `hint` is the state that it gave the item."""
    return f"{_READ_BY}{reader}" + (f"{_HINT}{hint}" if hint else "")


def reader_in(cue: str) -> str:
    """The reader that a cue names; "" where threadkb itself found the item."""
    return cue.removeprefix(_READ_BY).partition(_HINT)[0] if cue.startswith(_READ_BY) else ""


def readers_in(cues: Iterable[str]) -> list[tuple[str, int]]:
    """Each reader with how many items it found, most first; threadkb's own are left out."""
    return Counter(name for cue in cues if (name := reader_in(cue))).most_common()
