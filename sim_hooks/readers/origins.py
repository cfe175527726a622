"""In: prose such as `only called from foo()` or `foo() is defined in a/b.c`. Out: a predicate for each such statement.

Closed statements are read only with their subject: a function, or a pronoun that stands for the head of a list entry. A
list of call sites is read whole, from the numbered entries that follow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import CallersAre, DefinedIn, OnlyFrom
from sim_hooks.readers.wording import FUNCTION, PLAIN, Binding, Wording, name, names_function

_ROOT = r"(?<![\w.>/])[a-z_]\w{1,63}\(\d?\)"
_ONLY = re.compile(
    rf"(?:(?P<subject>{FUNCTION}|{PLAIN})|\b(?P<pronoun>[Tt]his(?: path| code path| function| one)?|[Ii]t)) "
    rf"(?:is|gets) (?:only(?: ever)? (?:invoked|called|reached|reachable)|(?:invoked|called|reached|reachable) only) "
    rf"(?:by|from|through|via) (?:the )?(?P<roots>{_ROOT}(?:(?:,|,? and|,? or) (?:the )?{_ROOT}){{0,5}})"
    rf"(?P<system> (?:system ?call|syscall)s?\b)?"
)
_ONLY_CALLER = re.compile(rf"(?P<caller>{FUNCTION}) is the (?:only|sole|single) caller of (?P<subject>{FUNCTION})")
_PLACES = re.compile(
    rf"\b[Tt]hese are (?:all )?the (?:only )?(?:places|callers|call ?sites|functions)(?: where| that| which)?"
    rf"(?: we| they)? (?:call|of|invoke) (?P<subject>{FUNCTION}):?$"
)
_ENTRY = re.compile(rf"\s{{0,20}}\(?(\d{{1,3}})[.)]\s{{1,8}}({FUNCTION})")
_ROOT_NAME = re.compile(r"\w+(?=\()")
_FILE = r"(?<![\w./])(?:[\w.+-]{1,60}/){1,12}[\w.+-]{1,60}\.[chS]\b"
_DEFINED = re.compile(
    rf"(?P<subject>{FUNCTION}|{PLAIN}) (?:is (?:defined |implemented |found )?|lives |resides )in (?P<path>{_FILE})"
)


def read(words: Wording) -> Iterator[Binding]:
    """The closed statements that the words make."""
    for found in _ONLY.finditer(words.text):
        subject = name(found["subject"]) if found["subject"] else words.head
        if subject and names_function(subject) and words.asserts(*found.span()):
            yield _only(subject, found)
    for found in _ONLY_CALLER.finditer(words.text):
        if words.asserts(*found.span()):
            subject, caller = name(found["subject"]), name(found["caller"])
            yield Binding(CallersAre(subject, (caller,)), 0.85, f"says that {caller}() alone calls {subject}()")
    if (found_places := _PLACES.search(words.text)) and words.asserts(*found_places.span()):
        yield from _places(name(found_places["subject"]), words)
    for found in _DEFINED.finditer(words.text):
        if words.asserts(*found.span()):
            subject = name(found["subject"])
            yield Binding(DefinedIn(subject, found["path"]), 0.85, f"says in which file {subject}() stands")


def _only(subject: str, found: re.Match[str]) -> Binding:
    roots = tuple(_ROOT_NAME.findall(found["roots"]))
    whose = "" if found["subject"] else " (the function that heads the entry)"
    system = found["system"] or re.search(r"\(\d\)", found["roots"])
    if system:
        said = f"says that {subject}(){whose} is reached only from the system call {', '.join(roots)}"
        return Binding(OnlyFrom(subject, roots), 0.9 if found["subject"] else 0.8, said)
    said = f"says that {subject}(){whose} has no caller but {', '.join(roots)}"
    return Binding(CallersAre(subject, roots), 0.8 if found["subject"] else 0.7, said)


def _places(subject: str, words: Wording) -> Iterator[Binding]:
    """The list that follows: entries numbered from 1 without a gap, each headed by a function."""
    callers: list[str] = []
    for line in words.after:
        if (entry := _ENTRY.match(line)) and int(entry[1]) == len(callers) + 1:
            callers.append(name(entry[2]))
    if len(callers) > 1:
        why = f"lists {len(callers)} functions as the places where {subject}() is called"
        yield Binding(CallersAre(subject, tuple(callers)), 0.85, why)
