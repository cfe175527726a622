"""In: the lines of a body. Out: which lines are a diff, its file heads or a diffstat.

A hunk's own header says how many lines it has, so that a remark after a hunk is not taken for context.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.zone_lines import LONGEST, is_prose

_FILE_HEAD = re.compile(
    r"diff (?:--git |--cc |--combined |-\w+ |a/)|index [0-9a-f]{6,40}(?:,[0-9a-f]{6,40})?\.\.[0-9a-f]{6,40}"
    r"|(?:old|new|deleted file|new file) mode \d|(?:dis)?similarity index \d|(?:rename|copy) (?:from|to) \S"
    r"|Binary files .{0,300} differ|GIT binary patch|Index: \S+$|={60,}$|\\ No newline at end"
)
_OLD = re.compile(r"--- (?:a/|/dev/null|\S{1,200}/|\S{1,200}\.(?:c|h|S|py|rst|sh|txt|orig)\b|\S+\t)")
_NEW = re.compile(r"\+\+\+ \S")
_HUNK = re.compile(r"@@+ -(\d{1,7})(?:,(\d{1,7}))? \+(\d{1,7})(?:,(\d{1,7}))? @@")
_LOOSE_HUNK = re.compile(r"@@+ .{0,200}?@@+(?:\s|$)|@@ *-?[.\d]*,? *\+?[.\d]*|@@$")
_STAT = re.compile(r" [\w./{}=>~,+ -]{1,200}? +\| +(?:\d+(?: [-+]*)?|Bin.{0,60}|0|Unmerged)\s*$")
_STAT_END = re.compile(r" \d+ files? changed(?:, \d+ (?:insertions?|deletions?)\([-+]\)){0,2}\s*$")
_STAT_MODE = re.compile(r" (?:create|delete) mode \d{6} \S|  ?(?:rename|copy) .{1,200} \(\d+%\)$|  ?mode change \d{6}")
_STATS = (_STAT, _STAT_END, _STAT_MODE)
_SHORTLOG = re.compile(r"[^\W\d_][^:]{1,60} \(\d{1,4}\):\s*$")
_PASTED_PATCH = re.compile(r"From [0-9a-f]{40} Mon Sep 17 00:00:00 2001")
_CODE_MARK = re.compile(
    r"[-+]\s*(?:\t|\}|\{|#|/\*|\*/|//|$)|[-+].{0,300}[;{})(,=\\]\s*$|[-+]\s*(?:static|struct|return|if|for|else|case|goto)\b"
)


def _is_diff_line(line: str) -> bool:
    return line[:1] in {"+", "-", "\\"} or line[:1] == " " or line[:1] == "\t"


def _hunk_end(lines: Sequence[str], at: int) -> int:
    """The line after the hunk whose header stands at `at`."""
    counts = _HUNK.match(lines[at])
    old = int(counts[2] or 1) if counts else 0
    new = int(counts[4] or 1) if counts else 0
    row = at + 1
    while row < len(lines):
        line = lines[row]
        mark = line[:1]
        left = old > 0 or new > 0
        if mark == "\\":
            row += 1
            continue
        if not line.strip() and mark != "+" and mark != "-":
            following = row + 1
            while following < len(lines) and following - row <= 3 and not lines[following].strip():
                following += 1
            if not left or following >= len(lines) or following - row > 3:
                break
            next_line = lines[following]
            if not _is_diff_line(next_line) or next_line.startswith("-- ") or next_line == "--":
                break
            old, new, row = old - 1, new - 1, row + 1
            continue
        if mark == "+" and not (not left and _NEW.match(line)):
            new -= 1
        elif mark == "-" and (
            left or not (_OLD.match(line) or line.rstrip() in {"--", "---"} or line.startswith("-- "))
        ):
            if line.rstrip() == "--" and old <= 0:
                break
            old -= 1
        elif mark == " " or (mark == "\t" and left):
            if not left and is_prose(line) and not line.startswith((" \t", "  ")):
                break
            old, new = old - 1, new - 1
        else:
            break
        row += 1
    return row


def _loose_run(lines: Sequence[str], at: int) -> tuple[int, int]:
    """The line after a run of `+`/`-` lines without a header that begins at `at`, and where the run was looked at to.

    The first is `at` where the run is prose or a list.
    """
    row = at
    marked = code = 0
    while row < len(lines) and lines[row].strip() and _is_diff_line(lines[row]):
        if lines[row][0] in "+-":
            if lines[row].startswith(("-- ", "--- ")) and not marked:
                return at, at + 1
            marked += 1
            code += bool(_CODE_MARK.match(lines[row][:LONGEST])) and not (
                is_prose(lines[row]) and lines[row][1:2] == " " and not lines[row].rstrip().endswith((";", "{"))
            )
        row += 1
    seen = row
    while row > at and lines[row - 1][0] not in "+-" and not lines[row - 1].startswith((" \t", "\t", "  ")):
        row -= 1
    return (row, seen) if marked >= 2 and code * 3 >= marked * 2 else (at, seen)


def diff_lines(lines: Sequence[str]) -> list[bool]:
    """For each line whether it belongs to a diff or diffstat."""
    found = [False] * len(lines)
    patch = any(_STAT_END.match(line[:LONGEST]) or line.startswith("diff --git ") for line in lines)
    at = seen = 0
    while at < len(lines):
        line = lines[at][:LONGEST]
        end = at
        if _HUNK.match(line) or (line.startswith("@@") and _LOOSE_HUNK.match(line)):
            end = _hunk_end(lines, at)
        elif _FILE_HEAD.match(line):
            end = at + 1
            if line.startswith("GIT binary patch"):
                while end < len(lines) and not lines[end].startswith(("diff ", "-- ")):
                    end += 1
            if line.startswith("=") and not (at and lines[at - 1].startswith("Index: ")):
                end = at
        elif _OLD.match(line) and at + 1 < len(lines) and _NEW.match(lines[at + 1]):
            end = at + 2
        elif patch and (line.rstrip() == "---" or any(shape.match(line) for shape in _STATS)):
            end = at + 1
        elif patch and _SHORTLOG.match(line):
            end = at + 1
            while end < len(lines) and lines[end].startswith("  ") and lines[end].strip():
                end += 1
        elif (
            _STAT.match(line) and at + 1 < len(lines) and (_STAT.match(lines[at + 1]) or _STAT_END.match(lines[at + 1]))
        ):
            end = at + 1
        elif _PASTED_PATCH.match(line):
            end = at + 1
            while end < len(lines) and end < at + 12 and lines[end].strip():
                end += 1
        elif line[:1] in {"+", "-"} and at >= seen:
            end, seen = _loose_run(lines, at)
        if end > at:
            found[at:end] = [True] * (end - at)
            at = end
        else:
            at += 1
    return found
