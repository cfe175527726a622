"""In: the lines of a body that are neither quotation nor diff. Out: which are trace, code, table or trailer.

Prose stays own words however it is indented, and so does a call chain drawn with arrows or by indentation: reviewers
argue with those. Only lines whose shape prose cannot have are taken away from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.zone_lines import (
    is_code,
    is_command,
    is_figures,
    is_heading,
    is_listed,
    is_prose,
    is_rule,
    is_shell,
    is_trailer,
)
from ingest.zone_traces import is_trace
from kb.records import ZoneKind

_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_LONGEST_FENCE = 400


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Start and end of each run of true flags."""
    found = []
    at = 0
    while at < len(flags):
        end = at + 1
        if flags[at]:
            while end < len(flags) and flags[end]:
                end += 1
            found.append((at, end))
        at = end
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


class Blocks:
    """Kinds of the lines of a body, found pass by pass; a line that has a kind keeps it."""

    def __init__(self, lines: Sequence[str], kinds: list[ZoneKind | None]) -> None:
        self.lines = lines
        self.kinds = kinds

    def mark(self, start: int, end: int, kind: ZoneKind) -> None:
        for row in range(start, end):
            if self.kinds[row] is None:
                self.kinds[row] = kind

    def _free(self, row: int) -> bool:
        return 0 <= row < len(self.lines) and self.kinds[row] is None

    def _text(self, row: int) -> bool:
        return self._free(row) and bool(self.lines[row].strip())

    def fences(self) -> None:
        """Text between fences is code."""
        opened: int | None = None
        for row, line in enumerate(self.lines):
            if not self._free(row):
                opened = None
            elif _FENCE.match(line):
                if opened is not None and row - opened <= _LONGEST_FENCE:
                    self.mark(opened, row + 1, ZoneKind.CODE)
                    opened = None
                else:
                    opened = row

    def traces(self) -> None:
        """Lines of logs and call traces, with up to two odd lines between them that are no prose."""
        flags = [self._text(row) and is_trace(line) for row, line in enumerate(self.lines)]
        last = None
        for start, end in _runs(flags):
            if last is not None and start - last <= 3:
                between = [row for row in range(last, start) if self.lines[row].strip()]
                if len(between) <= 2 and all(self._free(row) and not is_prose(self.lines[row]) for row in between):
                    self.mark(last, start, ZoneKind.TRACE)
            self.mark(start, end, ZoneKind.TRACE)
            last = end

    def trailers(self) -> None:
        """Trailers, and the lines that go on with one or stand in brackets between two."""
        flags = [self._text(row) and is_trailer(line) for row, line in enumerate(self.lines)]
        for start, end in _runs(flags):
            self.mark(start, end, ZoneKind.TRAILER)
            row = end
            while self._text(row) and not flags[row] and row - end < 3:
                line = self.lines[row]
                if not (line[:1] in " \t" and line.strip()) and not (
                    line.startswith("[") and line.rstrip().endswith("]")
                ):
                    break
                row += 1
            if row > end:
                self.mark(end, row, ZoneKind.TRAILER)

    def tables(self) -> None:
        """Two or more rows of figures, with the heading above and the rules between."""
        flags = [self._text(row) and is_figures(line) for row, line in enumerate(self.lines)]
        for row, line in enumerate(self.lines):
            near = (row > 0 and flags[row - 1]) or (row + 1 < len(flags) and flags[row + 1])
            if not flags[row] and near and self._text(row) and is_rule(line):
                flags[row] = True
        for row in range(1, len(flags) - 1):
            if flags[row - 1] and flags[row + 1] and self._text(row) and not is_prose(self.lines[row]):
                flags[row] = True
        for start, end in _runs(flags):
            if sum(is_figures(self.lines[row]) for row in range(start, end)) < 2:
                continue
            while self._text(start - 1) and (is_heading(self.lines[start - 1]) or is_rule(self.lines[start - 1])):
                start -= 1
            while self._text(end) and is_rule(self.lines[end]):
                end += 1
            self.mark(start, end, ZoneKind.TABLE)

    def code(self) -> None:
        """Program text and shell listings: runs in which half of the lines can be nothing else."""
        for row, line in enumerate(self.lines):
            if self._text(row) and is_shell(line):
                end = row + 1
                while self._text(end) and (
                    _indent(self.lines[end]) >= 2 or is_listed(self.lines[end]) or not is_prose(self.lines[end])
                ):
                    end += 1
                self.mark(row, end, ZoneKind.CODE)
            elif self._text(row) and is_command(line):
                end = row + 1
                while self._text(end) and not is_prose(self.lines[end]) and "=" in self.lines[end]:
                    end += 1
                self.mark(row, end, ZoneKind.CODE)
        strong = [self._text(row) and is_code(line) for row, line in enumerate(self.lines)]
        loose = [
            strong[row] or (self._text(row) and self._may_go_on(row, strong)) for row, line in enumerate(self.lines)
        ]
        for start, end in _runs(loose):
            while start < end and not strong[start] and not self._opens(start):
                start += 1
            while end > start and not strong[end - 1]:
                end -= 1
            sure = sum(strong[start:end])
            if not sure or sure * 2 < end - start:
                continue
            if sure == 1 and not self._single(start):
                continue
            self.mark(start, end, ZoneKind.CODE)

    def _opens(self, row: int) -> bool:
        """A function's head, which only the body below it tells from prose."""
        line = self.lines[row].rstrip()
        return (
            line.endswith(")")
            and "(" in line
            and not is_prose(line)
            and self.lines[row + 1 : row + 2] in (["{"], ["\t{"])
        )

    def _may_go_on(self, row: int, strong: Sequence[bool]) -> bool:
        line = self.lines[row]
        if is_prose(line) and not line.lstrip().startswith(("*", "/*")):
            return False
        return _indent(line) >= 1 or line.rstrip().endswith((")", ",", "...", ":"))

    def _single(self, row: int) -> bool:
        """Whether one line of code alone is a listing: it is no part of a paragraph."""
        alone = not self._text(row - 1) and not self._text(row + 1)
        return alone and not is_prose(self.lines[row]) and self.lines[row].rstrip().endswith((";", "{", "}"))
