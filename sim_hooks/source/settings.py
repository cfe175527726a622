"""In: the readable text of a C file. Out: its module parameters, sysctls and locks, each with its variable."""

from __future__ import annotations

import re

_PARAMETER = re.compile(
    r"^[ \t]*(?:module_param(?:_unsafe)?|core_param|module_param_hw)[ \t]*\([ \t\n]*(\w+)[ \t\n]*,[ \t\n]*(\w+)"
    r"|^[ \t]*(?:module_param_named(?:_unsafe)?)[ \t]*\([ \t\n]*(\w+)[ \t\n]*,[ \t\n]*([\w.]+)",
    re.MULTILINE,
)
_SYSCTL = re.compile(r"\.procname[ \t]*=[ \t]*\"([\w.-]+)\"")
_STORE = re.compile(r"\.data[ \t]*=[ \t]*+&?+[ \t]*+(\w+)[ \t\n]*[,}]")
_LOCK = re.compile(r"\bDEFINE_(?=\w*(?:LOCK|MUTEX|RWSEM|SEMAPHORE|SRCU))\w++[ \t]*+\([ \t]*(\w+)")
_LONGEST_ROW = 600


def settings(text: str) -> list[tuple[str, str, str, int]]:
    """`parameter`, `sysctl` or `lock`, the name that people use, the variable, the line; in the order of the text."""
    out = []
    for found in _PARAMETER.finditer(text):
        core = found[0].lstrip().startswith("core_param")
        name, variable = (found[1], found[2] if core else found[1]) if found[1] else (found[3], found[4])
        out.append(("parameter", name, variable, _line(text, found.start())))
    for found in _SYSCTL.finditer(text):
        end = text.find("}", found.end(), found.end() + _LONGEST_ROW)
        start = text.rfind("{", max(0, found.start() - _LONGEST_ROW), found.start())
        store = _STORE.search(text, start, end + 1) if 0 <= start < end else None
        if store is not None:
            out.append(("sysctl", found[1], store[1], _line(text, found.start())))
    out += [("lock", found[1], found[1], _line(text, found.start())) for found in _LOCK.finditer(text)]
    return sorted(out, key=lambda row: row[3])


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
