"""In: lines, tables and values that a command found. Out: stdout; nothing else writes there.

On a terminal lines are coloured and fitted to its width. Elsewhere they are plain, stable and of a fixed width.
JSON holds no character that a terminal would act on: those are written as escapes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kb.errors import StoreError
from kb.visible import one_line, visible
from tui.cli.layout import Paint, Role, cells, pad, wrap

_PLAIN_WIDTH = 100
_MOST = 120
_BEYOND_ASCII = re.compile(r"[^\x20-\x7e\n]")


class Output:
    """stdout, as a command uses it."""

    def __init__(self, *, color: str = "auto") -> None:
        self.tty = sys.stdout.isatty()
        """A person reads along."""
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self.paint = Paint(color == "always" or (color == "auto" and self.tty and not plain))
        self.width = min(shutil.get_terminal_size().columns, _MOST) if self.tty else _PLAIN_WIDTH

    def line(self, text: str = "") -> None:
        """One line that is safe already."""
        _write(text + "\n")

    def lines(self, lines: Iterable[str]) -> None:
        """Several lines that are safe already."""
        for line in lines:
            self.line(line)

    def fields(self, *values: object) -> None:
        """One record on one line, fields set off by tabs; what a field holds cannot break it."""
        self.line("\t".join(visible(" ".join(str(value).split()), keep="") or "-" for value in values))

    def json(self, value: Any) -> None:
        """One JSON document: an object over several lines, an array with one element a line."""
        if isinstance(value, list) and value:
            self.line("[" + ",\n ".join(_dumps(each) for each in value) + "]")
        else:
            self.line(_dumps(value, indent=2))

    def json_lines(self, values: Iterable[Any]) -> None:
        """One JSON value a line."""
        for value in values:
            self.line(_dumps(value))

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Rows under their heads on a terminal, the last column wrapped; tab-separated records elsewhere."""
        if not self.tty:
            for row in rows:
                self.fields(*row)
            return
        shown = [[one_line(cell) for cell in row[:-1]] for row in [heads, *rows]]
        widths = [max(cells(row[n]) for row in shown) for n in range(len(heads) - 1)]
        room = sum(widths) + 2 * len(widths)
        for number, (row, last) in enumerate(zip(shown, [heads[-1], *(row[-1] for row in rows)], strict=True)):
            left = "".join(pad(cell, width) + "  " for cell, width in zip(row, widths, strict=True))
            first, *rest = wrap(last, self.width - room) or [""]
            line = (left + first).rstrip()
            self.line(self.paint(line, Role.STRONG) if number == 0 else line)
            self.lines(" " * room + each for each in rest)


def prepare() -> None:
    """Make the streams take every character, as an escape where need be; a closed one swallows what it is given."""
    for name in ("stdout", "stderr"):
        # Python leaves None where the descriptor was closed at the start
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open until the end
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def finish() -> None:
    """Push out what is still held back; raises as a write does."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as wrong:
        raise _unwritable(wrong) from None


def abandon() -> None:
    """Forget stdout after its reader has gone, so that closing it at exit says nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as wrong:
        raise _unwritable(wrong) from None


def _unwritable(wrong: OSError) -> StoreError:
    return StoreError("stdout", f"cannot be written: {wrong.strerror}", "make room or write elsewhere")


def _dumps(value: Any, *, indent: int | None = None) -> str:
    unicode = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not unicode, indent=indent, default=str)
    return _BEYOND_ASCII.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if visible(char, keep="") == char:
        return char
    return "\\u007f" if char == "\x7f" else json.dumps(char)[1:-1]
