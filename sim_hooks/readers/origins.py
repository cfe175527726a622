"""In: prose such as `only called from foo()`. Out: a predicate for each such statement.

Closed statements are read only with their subject: a function, or a pronoun that stands for the head of a list entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import CallersAre, OnlyFrom
from sim_hooks.readers.wording import FUNCTION, PLAIN, Binding, Wording, name, names_function

_ROOT = r"(?<![\w.>/])[a-z_]\w{1,63}\(\d?\)"
_ONLY = re.compile(
    rf"(?:(?P<subject>{FUNCTION}|{PLAIN})|\b(?P<pronoun>[Tt]his(?: path| code path| function| one)?|[Ii]t)) "
    rf"(?:is|gets) (?:only(?: ever)? (?P<how>invoked|called|reached|reachable)|"
    rf"(?P<first>invoked|called|reached|reachable) only) "
    rf"(?P<by>by|from|through|via) (?:the )?(?P<roots>{_ROOT}(?:(?:,|,? and|,? or) (?:the )?{_ROOT}){{0,5}})"
    rf"(?P<system> (?:system ?call|syscall)s?\b)?"
)
_ONLY_CALLER = re.compile(rf"(?P<caller>{FUNCTION}) is the (?:only|sole|single) caller of (?P<subject>{FUNCTION})")
_ROOT_NAME = re.compile(r"\w+(?=\()")


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


def _only(subject: str, found: re.Match[str]) -> Binding:
    roots = tuple(_ROOT_NAME.findall(found["roots"]))
    whose = "" if found["subject"] else " (the function that heads the entry)"
    if (
        found["system"]
        or re.search(r"\(\d\)", found["roots"])
        or (found["how"] or found["first"]) not in ("invoked", "called")
        or found["by"] in ("through", "via")
    ):
        said = f"says that every way to {subject}(){whose} begins in {', '.join(roots)}"
        return Binding(OnlyFrom(subject, roots), 0.9 if found["subject"] else 0.8, said)
    said = f"says that {subject}(){whose} has no caller but {', '.join(roots)}"
    return Binding(CallersAre(subject, roots), 0.8 if found["subject"] else 0.7, said)
