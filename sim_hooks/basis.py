"""In: what verdicts are reached with. Out: one digest of it all; where it is the same, nothing need be read again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from kb import bundled as _bundled
from kb import ids, own_words
from kb.errors import CheckError
from sim_hooks.catalog import Hook
from sim_hooks.own_hooks import Place


def basis(facts_digest: str, files: Iterable[Path], places: Iterable[Place]) -> str:
    """Digest of this package, of the facts, of these files of bindings and of the hooks at these places.

    "" where a hook or a file cannot be read: then all must be looked at.
    """
    total = hashlib.sha256(facts_digest.encode())
    here = Path(__file__).parent
    code = sorted(path for kind in ("*.py", "*.toml") for path in here.rglob(kind))
    beneath = [Path(str(module.__file__)) for module in (ids, own_words, _bundled)]
    try:
        for path in (*code, *beneath, *files):
            total.update(f"{path.name}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
        for place in places:
            top = () if place.module.endswith(".py") else (place.module.partition(".")[0],)
            hook = Hook(place.name, (), place.module, "", "", rests_on=top, own=True)
            total.update(f"{place.name}\0{place.wrong}\0{hook.source_digest}\0".encode())
    except (OSError, CheckError):
        return ""
    return total.hexdigest()[:32]
