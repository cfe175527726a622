"""In: `--db`, the environment, the platform. Out: the database's file, as a path.

Nothing is created here.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kb.errors import UsageError

VARIABLE = "THREADKB_DB"


def database_path(given: str | None) -> Path:
    """`given` (a file or a sqlite:/// URL), else $THREADKB_DB, else `threadkb.sqlite` in the user's data directory."""
    text = given or os.environ.get(VARIABLE, "")
    if not text:
        import platformdirs

        return Path(platformdirs.user_data_dir("threadkb")) / "threadkb.sqlite"
    if "://" not in text:
        try:
            return Path(text).expanduser()
        except RuntimeError:
            raise UsageError("--db", f"'{text}' has no home directory", "write the whole path") from None
    parts = urlsplit(text)
    if parts.scheme.split("+")[0] != "sqlite":
        raise UsageError("--db", f"'{parts.scheme}://' databases are not supported", "give a file or sqlite:///FILE")
    if parts.query or parts.fragment:
        rest = text[len(f"{parts.scheme}://{parts.netloc}{parts.path}") :]
        raise UsageError("--db", f"'{rest}' is not understood", "write %3F or %23 for ? or # in a file's name")
    if parts.netloc or not parts.path.lstrip("/"):
        raise UsageError("--db", f"'{text}' names no file", "write sqlite:///relative/file or sqlite:////absolute/file")
    return Path(unquote(parts.path[1:]))
