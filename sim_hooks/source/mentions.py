"""In: the text of every source file. Out: where a function is named without a call that the index knows.

"Only X calls this" may be said only when nothing is left over here: a name that stands in a file that was not parsed,
or more often in a parsed file than the calls found there explain, could be a caller.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping

_IGNORED = re.compile(rb'/\*.*?(?:\*/|\Z)|//[^\n]*|"(?:[^"\\\n]|\\.)*"', re.DOTALL)
_NAME = re.compile(rb"(?<![\w.>])[A-Za-z_]\w*")
_NO_TYPE = rb"(?!(?:return|else|do|goto|case|sizeof|typeof|in|and|not)\b)"
_DECLARED = re.compile(
    rb"(?<![\w.>])" + _NO_TYPE + rb"[A-Za-z_]\w*(?:[ \t\n]+|[ \t\n]*\*+[ \t\n]*)([a-zA-Z_]\w*)[ \t]*\("
)
_LISTED = rb"EXPORT_(?=\w*SYMBOL)\w++|ALLOW_ERROR_INJECTION|NOKPROBE_SYMBOL|SYSCALL_ALIAS|__SYSCALL\w*|COND_SYSCALL\w*"
_EXPORTED = re.compile(rb"\b(?:" + _LISTED + rb")\s*\(([^;{}()]*)\)")
_SYSTEM_CALL = re.compile(
    rb"\bSYSCALL(?:32)?_DEFINE\d\s*\(\s*([A-Za-z_]\w*)|\bCOMPAT_SYSCALL(?:32)?_DEFINE\d\s*\(\s*([A-Za-z_]\w*)"
)
_DEFINED = re.compile(rb"#[ \t]*(?:define|undef|ifdef|ifndef)[ \t]+([A-Za-z_]\w*)|defined\s*+\(?+\s*+([A-Za-z_]\w*)")


def uses(content: bytes, wanted: Container[bytes]) -> dict[bytes, int]:
    """How often each wanted name stands in a file other than declared, exported or as a field."""
    text = _IGNORED.sub(b" ", content)
    found: Iterable[bytes] = _NAME.findall(text)
    counted = Counter(name for name in found if name in wanted)
    if not counted:
        return {}
    counted.subtract(name for name in _DECLARED.findall(text) if name in counted)
    for listed in _EXPORTED.findall(text):
        counted.subtract(name for name in _NAME.findall(listed) if name in counted)
    counted.subtract(name for pair in _DEFINED.findall(text) for name in pair if name in counted)
    counted.subtract(name for pair in _SYSTEM_CALL.findall(text) for name in pair if name in counted)
    return {name: count for name, count in counted.items() if count > 0}


def unexplained(used: Mapping[bytes, int], explained: Mapping[str, int]) -> list[str]:
    """The names that a parsed file uses more often than its known calls, arguments and tables explain."""
    return sorted(name.decode() for name, count in used.items() if count > explained.get(name.decode(), 0))
