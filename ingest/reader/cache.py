"""In: what was asked of which model. Out: the answer that was kept for it, if any; a file an answer.

A name is the digest of the model, the instructions and the mail, so an answer never serves another question. The files
hold words of mails and are for their owner alone; any of them may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

_LARGEST = 1 << 20


def folder() -> Path:
    """Where answers are kept unless told otherwise: in the user's cache directory."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("threadkb")) / "reader"


def name_of(*parts: str) -> str:
    """The name under which the answer to `parts` is kept."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Answers:
    """Kept answers in a folder, made when the first one is kept. A folder that cannot be used keeps nothing."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def get(self, name: str) -> str | None:
        """The answer kept under `name`; None where none is, or none that can be read."""
        try:
            with self._file(name).open("rb") as file:
                kept = json.loads(file.read(_LARGEST))
        except (OSError, ValueError, RecursionError):
            return None
        text = kept.get("answer") if isinstance(kept, dict) and kept.get("name") == name else None
        return text if isinstance(text, str) else None

    def put(self, name: str, model: str, answer: str) -> None:
        """Keep `answer` under `name`, whole or not at all."""
        file = self._file(name)
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, unfinished = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="ascii") as out:
                    json.dump({"name": name, "model": model, "answer": answer}, out)
                Path(unfinished).replace(file)
            except OSError:
                Path(unfinished).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._place / name[:2] / f"{name}.json"
