"""In: single lines of a body. Out: whether each is one of a kernel log, oops, call trace, register dump or debugger.

A whole line must have the shape; a function with its offset inside a sentence is no trace.
"""

from __future__ import annotations

import re

from ingest.zone_lines import LONGEST

_OFFSET = r"[\w.$:]{2,120}\+(?:0x)?[0-9a-f]{1,8}/(?:0x)?[0-9a-f]{1,8}"
_PLACE = r"(?:\S{1,200}/)?[\w.-]{1,80}\.(?:[chS]|rs|cpp):\d+"
_SHAPES = (
    # log lines: seconds since boot, an address, syslog's date
    r"(?:<\d>)?\[ *\d{1,9}\.\d{3,9}\]",
    r"(?:<\d>)?\[<?[0-9a-f]{8,16}>?\](?:\s|$)",
    r"\[<0>\] ",
    r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,60} (?:kernel|systemd|[\w.-]{1,40}\[\d{1,9}\])[:\[]",
    # frames of a stack
    rf"(?:\[[^\]]{{1,40}}\]\s*)?(?:\? ?)?{_OFFSET}(?: ?[\[(][^\])]{{0,80}}[\])]){{0,4}}(?: {_PLACE})?(?: \[inline\])?$",
    rf"[\w.]{{2,100}} {_PLACE}(?: \[inline\])?$",
    r"#\d{1,3}:? +(?:0x)?[0-9a-f]{8,16}\b",
    r"#\d{1,3} +(?:0x[0-9a-f]{1,16} in )?\w{1,100} ?\(.{0,200}\) at \S{1,200}:\d",
    # headings
    r"(?:Call [Tt]race|Stack [Tt]race|Backtrace|stack backtrace):",
    r"</?(?:TASK|IRQ|NMI|SOFTIRQ|#\w{1,8})>$",
    r"(?:Modules linked in:|Hardware name:|Workqueue: \w|CPU: \d+ |Kernel panic - |Oops(?:: |\[)|BUG: \w)",
    r"(?:general protection fault|Unable to handle kernel|Internal error: |-{6,}\[ cut here|---\[ end |PANIC: )",
    r"(?:WARNING: CPU: |WARNING: [a-z ]{5,60} detected|INFO: task |INFO: rcu|K[AC]SAN: |UBSAN: |#PF: |PGD [0-9a-f])",
    r"={30,}$",
    r"(?:(?:Read|Write) of size \d+ (?:at|by)|(?:Allocated|Freed) by task \d|The buggy address|Memory state around)",
    r"(?:page last (?:allocated|free)|page_owner |raw: [0-9a-f]{16})",
    # registers and memory
    r"(?:Code: )?(?:<?\(?[0-9a-f]{2}\)?>? ){6,}",
    r"Code: (?:[0-9a-f<>()]{4,10} ){3}",
    r"(?:R[A-Z0-9]{2}|E[A-Z]{2}|[CD]R\d|[CDEFGS]S|LR|SP|NIP|MSR|GPR\d{1,2}|CFAR|XER)\s?: +?[0-9a-f(]{4,17}[0-9a-f:) ]",
    r"(?:x\d{1,2}|pc|lr|sp|ra|epc|r\d{1,2}) ?: +?[0-9a-f]{8,16}\b|(?:pc|lr) : [\w.]{1,100}\+0x",
    r">?[0-9a-f]{16}: (?:[0-9a-f]{2} ){8}",
    # tracers
    r"[\w<>./:-]{1,60}-\d{1,9} +\[\d{3}\] [\w.]{0,8} *\d{1,9}\.\d+:",
    r"\w{2,40}\(.{0,200}\) += (?:-?\d{1,12}|0x[0-9a-f]{1,16}|\?)(?: \S.{0,80})?$",
)
_TRACE = re.compile(r"\s{0,60}(?:" + "|".join(_SHAPES) + ")")


def is_trace(line: str) -> bool:
    """A line of a kernel log, oops, call trace, register dump, debugger or tracer."""
    return bool(_TRACE.match(line[:LONGEST].rstrip()))
