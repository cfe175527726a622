"""In: a database. Out: what its corrections teach. And models, kept in a folder of the user's, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

from ingest.by_hand import corrected
from ingest.softmax import Models, to_bytes
from ingest.taught import Taught, taught_by
from kb.corrections import effective, moved, touching
from kb.errors import StoreError, UsageError
from kb.store.writing import writing

CARD = "learnt.json"


def taught_in(path: Path, progress: Callable[[str], None] | None = None) -> tuple[Taught, ...]:
    """What the corrections in the database at `path` teach, thread by thread."""
    with writing(path, create=False) as writer:
        corrections = effective(moved(writer.corrections(), writer.replacements()))
        named = {one.message_id for correction in corrections for one in correction.named}
        threads = [(writer.thread(one), writer.extracted(one)) for one in sorted(writer.threads_of(named))]
    out = []
    for thread, extracted in threads:
        if progress is not None:
            progress(f"reading {len(thread.messages)} messages of “{thread.subject}”")
        mine = touching(corrections, {message.message_id for message in thread.messages})
        out.append(taught_by(thread, corrected(thread, extracted, mine).items, mine))
    return tuple(out)


def folder_for(given: Path | None) -> Path:
    """Where learnt models go; UsageError for the package's own folder, whose models are everybody's."""
    if given is None:
        import platformdirs

        return Path(platformdirs.user_data_dir("threadkb")) / "model"
    package = Path(str(files("ingest"))).resolve()
    if given.resolve().is_relative_to(package):
        raise UsageError("--out", f"'{given}' belongs to threadkb itself", "give a folder of your own")
    return given


def digest(models: Models) -> str:
    """Which models these are."""
    return hashlib.sha256(to_bytes(models.kinds) + to_bytes(models.links)).hexdigest()


def keep(folder: Path, models: Models, card: Mapping[str, object]) -> None:
    """Write `models` and their card into `folder`, made if absent. StoreError where that fails."""
    contents = {
        "kinds.bin": to_bytes(models.kinds),
        "links.bin": to_bytes(models.links),
        CARD: (json.dumps(card, indent=2, sort_keys=True) + "\n").encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".learning-") as unfinished:
            for name, content in contents.items():
                (Path(unfinished) / name).write_bytes(content)
            for name in contents:
                os.replace(Path(unfinished) / name, folder / name)  # noqa: PTH105 - over what is there
    except OSError as wrong:
        raise StoreError(
            str(folder), f"cannot be written: {wrong.strerror}", "give another folder with --out"
        ) from None
