"""In: the name of something that ships with threadkb. Out: its path, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

from kb.errors import CheckError

_INSTALLED = Path(__file__).parent / "bundled"
_CHECKOUT = Path(__file__).parent.parent / "data"


def bundled(*parts: str) -> Path:
    """The path of `data/<parts>`; CheckError where the installation lacks it."""
    for root in (_INSTALLED, _CHECKOUT):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise CheckError("/".join(parts), "is missing from this installation of threadkb", "install it again")
