"""In: prose such as `foo_fops sets .release to foo_release()`. Out: what tables of operations hold, and system calls.

A table is named as kernels name one, with `ops` at the end. That there is a system call is read only where it is called
one, and where nothing says of which system.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import Installs, SystemCallExists
from sim_hooks.readers.wording import FUNCTION, PLAIN, Binding, Wording, name, names_function

_TABLE = r"(?<![\w.>/])(?P<table>_{0,2}[a-z]\w{1,50}(?:ops|operations))\b"
_OPERATION = r"(?:->|\.)(?P<operation>[a-z]\w{1,40})\b(?:\(\))?(?![\w.(]|->)"
_SETS = re.compile(
    rf"{_TABLE} (?:already |also |currently )?(?P<verb>sets|has|implements|provides|defines|installs|"
    rf"(?:does not|doesn't) (?:set|have|implement|provide|define)|has no|sets no) (?:an? |the |its own |any )?"
    rf"{_OPERATION}"
    rf"(?:(?: callback| method| operation| hook| handler)?(?: to| as|, which is| =) (?P<function>{FUNCTION}|{PLAIN}))?"
)
_IS = re.compile(
    rf"{_TABLE}(?:'s (?:->|\.)?|\.|->)(?P<operation>[a-z]\w{{1,40}})(?:\(\))? (?:is set to|is|points to|=|calls) "
    rf"(?P<function>{FUNCTION}|{PLAIN})"
)
_AS = re.compile(
    rf"(?P<function>{FUNCTION}) is (?:the |an? )?{_OPERATION}(?: callback| method| operation| hook| handler)? "
    rf"(?:of|in|for) (?:the )?(?:struct )?{_TABLE}"
)
_NEGATED = re.compile(r"\bno\b|not|n't")
_SYSTEM_CALL = re.compile(
    r"\b(?:[Ll]inux|[Tt]he kernel|[Ww]e|[Tt]here) (?:already |currently )?"
    r"(?P<verb>has|have|provides|is|does not have|doesn't have|has no|have no|is no|lacks) "
    r"(?:an? |any |the |no )?(?:system ?call |syscall )?(?P<name>[a-z][a-z0-9_]{2,30})\((?:2)?\)"
    r"(?P<called> (?:system ?call|syscall))?(?=[\s.,;!)]|$)"
)


def read(words: Wording) -> Iterator[Binding]:
    """The operations that tables are said to have, and the system calls that are said to exist."""
    for found in _SETS.finditer(words.text):
        negated = bool(_NEGATED.search(found["verb"]))
        if words.asserts(*found.span(), negated=negated):
            function = name(found["function"] or "")
            to = f" to {function}()" if function else ""
            said = f"says that {found['table']} sets {'no ' if negated else ''}.{found['operation']}{to}"
            yield Binding(Installs(found["table"], found["operation"], function, not negated), 0.85, said)
    for pattern in (_IS, _AS):
        for found in pattern.finditer(words.text):
            function = name(found["function"])
            if words.asserts(*found.span()) and names_function(function):
                said = f"says that {found['table']} sets .{found['operation']} to {function}()"
                yield Binding(Installs(found["table"], found["operation"], function), 0.85, said)
    for found in _SYSTEM_CALL.finditer(words.text):
        if not found["called"] and "call" not in found[0][: found.start("name") - found.start()]:
            continue
        negated = found["verb"] in ("does not have", "doesn't have", "has no", "have no", "is no", "lacks")
        negated = negated or " no " in found[0]
        if words.asserts(*found.span(), negated=negated):
            said = f"says that there is {'no' if negated else 'a'} system call {found['name']}"
            yield Binding(SystemCallExists(found["name"], not negated), 0.85, said)
