"""In: text. Out: the identifiers that it names: functions, flags, system calls, sysctls, files, commits, Message-IDs.

By pattern alone, in the order in which they stand, each once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIRECTORY = r"(?:[A-Za-z0-9_][\w.+-]{0,60}/){1,8}"
_SOURCE = r"(?:[chSs]|cc|rst|txt|py|sh|rs|dtsi?|yaml|json|lds|toml)"
_LORE = r"https?://(?:lore\.kernel\.org|lkml\.kernel\.org|patch\.msgid\.link)/\S{0,20}?"
_AREA = r"(?:kernel|vm|fs|net|user|crypto|debug|dev)"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("message", _LORE + r"(?P<name>[\w.+=%-]{6,120}@[\w.-]{3,80})"),
    ("message", r"<(?P<name>[\w.+=%-]{6,120}@[\w-]{1,60}(?:\.[\w-]{1,60}){0,6})>"),
    ("manual", r"\b(?P<name>[a-z_][a-z0-9_-]{1,40}\([1-9]\))"),
    ("function", r"(?<![\w.>-])(?P<name>[A-Za-z_][A-Za-z0-9_]{1,80}\(\))"),
    ("sysctl", r"(?<!\w)(?P<name>/proc/sys/[\w./-]{1,100}\w)"),
    (
        "sysctl",
        rf"(?<![\w./])(?P<name>{_AREA}(?:\.[a-z][a-z0-9_-]{{1,60}}){{1,4}})(?<!\.org)(?<!\.net)(?<!\.com)(?![\w(/])",
    ),
    ("file", rf"(?<![\w/.:~-])(?P<name>{_DIRECTORY}[\w.+-]{{1,60}}\.{_SOURCE})(?::[0-9]{{1,6}})?\b"),
    ("file", r"(?<![\w/.-])(?P<name>[A-Za-z0-9_][\w+-]{0,60}\.(?:[chS]|rst|dts|yaml))(?::[0-9]{1,6})?\b(?!\()"),
    ("file", r"(?<![\w.:/])(?P<name>/(?:proc|sys|dev|etc|usr|tmp|var|run)/[\w./*-]{1,100}[\w*])"),
    ("file", r"\b(?P<name>Kconfig|Makefile|MAINTAINERS)\b"),
    ("flag", r"\b(?P<name>[A-Z][A-Z0-9]{1,20}(?:_[A-Z0-9]{1,30}){1,8})\b"),
    ("flag", r"(?<!\w)(?P<name>__[A-Z]{2,20}(?:_[A-Z0-9]{1,30}){0,6})\b"),
    ("member", r"\b(?P<name>[a-z_][a-z0-9_]{0,40}->[a-z_][a-z0-9_]{1,60}(?:->[a-z_][a-z0-9_]{1,60}){0,4})"),
    ("struct", r"\b(?P<name>(?:struct|enum|union) [a-z_][a-z0-9_]{1,60})\b"),
    ("commit", r"\b(?P<name>(?=[0-9a-f]{0,39}[0-9])(?=[0-9a-f]{0,39}[a-f])[0-9a-f]{12,40})\b"),
    ("commit", r"\bcommit (?P<name>[0-9a-f]{7,40})\b"),
    ("identifier", r"(?<![\w./-])(?P<name>_{0,2}[a-z][a-z0-9]{0,30}(?:_[a-z0-9]{1,30}){1,8})(?![\w(/-])"),
)
_COMPILED = tuple((sort, re.compile(pattern)) for sort, pattern in _PATTERNS)
_LONGEST = 4000


def named(text: str) -> Iterator[tuple[str, str, int]]:
    """(sort, name, place) of each identifier in `text`, by place; no stretch is read twice, the first pattern wins."""
    taken: list[tuple[int, int]] = []
    hits: list[tuple[int, str, str]] = []
    for sort, pattern in _COMPILED:
        for match in pattern.finditer(text[:_LONGEST]):
            start, end = match.span("name")
            if any(start < b and end > a for a, b in taken):
                continue
            taken.append((start, end))
            hits.append((start, sort, match["name"]))
    for start, sort, name in sorted(hits):
        yield sort, name, start


def entities_of(text: str, *, most: int = 12) -> tuple[str, ...]:
    """The names in `text`, each once, at most `most`."""
    return tuple(dict.fromkeys(name for _, name, _ in named(text)))[:most]
