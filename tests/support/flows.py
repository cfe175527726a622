"""In: a command line as a person types it. Out: what it prints on the bundled thread; the README's real output.

The commands run in one throw-away database, in a child process each, without colours; seconds, which differ from run to
run, are shown as 0.0.
"""

from __future__ import annotations

import atexit
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_SECONDS = re.compile(r"(?<=; )\d+\.\d+(?= s$)|(?<=\t)\d+\.\d+(?=\t)", re.MULTILINE)
ROOT = Path(__file__).parent.parent.parent


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="threadkb-flows-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def output(line: str, *, lines: int | None = None) -> str:
    """What `line` ("threadkb …") prints on standard output; with `lines`, the first ones and how many follow."""
    words = shlex.split(line)
    assert words[0] == "threadkb", line
    path = {"PATH": os.environ["PATH"], "HOME": str(_folder()), "THREADKB_DB": str(_folder() / "kb.sqlite")}
    done = subprocess.run(
        [sys.executable, "-m", "tui.cli", *words[1:]],
        cwd=ROOT,
        env=path | {"COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    printed = _SECONDS.sub("0.0", done.stdout).rstrip().splitlines()
    if lines is not None and len(printed) > lines:
        printed = [*printed[:lines], f"… {len(printed) - lines} more lines"]
    return "\n".join(text.rstrip() for text in printed)


def block(line: str, *, lines: int | None = None) -> str:
    """`line` and what it prints, as a Markdown code block."""
    return f"```console\n$ {line}\n{output(line, lines=lines)}\n```\n"


def first_id(line: str) -> str:
    """The id of the first item that `line` lists."""
    return output(line).split()[0]
