"""In: prose such as `only called from foo()`. Out: a predicate for each such statement.

Closed statements are read only with their subject: a function, or a pronoun that stands for the head of a list entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import CallerCount, CallersAre, OnlyFrom
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
_ONLY_ONE_IS = re.compile(
    rf"\b[Tt]he (?:only|sole|single) caller of (?P<subject>{FUNCTION}|{PLAIN}) is (?P<caller>{FUNCTION})"
)
_NUMBERS = {
    "no": 0,
    "one": 1,
    "a single": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
}
_COUNT = r"(?P<count>no|one|a single|two|three|four|five|six|seven|eight|\d{1,2})"
_CALLERS = r"(?:direct |in-tree |in-kernel |remaining )?callers?"
_NO_MORE = (
    r"(?!,? (?:that|which|who|whose|left|with|without|in|inside|outside|from|passing|where|after|before|so far)\b)"
)
"""Only some callers are counted, or those of another day, where such a word follows."""
_MANY = re.compile(
    rf"\b[Tt]here(?:'s| is| are) (?:currently |now )?(?:only |just |exactly )?{_COUNT} {_CALLERS} (?:of|to|for) "
    rf"(?P<subject>{FUNCTION}|{PLAIN}){_NO_MORE}|"
    rf"(?P<subject_too>{FUNCTION}|{PLAIN}) (?:only |just |currently )?has (?:only |just |exactly |currently )?"
    rf"{_COUNT.replace('count', 'count_too')} {_CALLERS}\b{_NO_MORE}"
)
_NOBODY = re.compile(rf"\b(?:[Nn]obody|[Nn]o ?one|[Nn]othing) (?:else )?(?:calls|invokes) (?P<subject>{FUNCTION})")
_ROOT_NAME = re.compile(r"\b\w++(?=\()")


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
    for found in _ONLY_ONE_IS.finditer(words.text):
        if words.asserts(*found.span()):
            subject, caller = name(found["subject"]), name(found["caller"])
            yield Binding(CallersAre(subject, (caller,)), 0.85, f"says that {caller}() alone calls {subject}()")
    for found in _MANY.finditer(words.text):
        subject = name(found["subject"] or found["subject_too"])
        said = (found["count"] or found["count_too"]).lower()
        count = _NUMBERS[said] if said in _NUMBERS else int(said)
        if names_function(subject) and words.asserts(*found.span(), negated=not count):
            yield Binding(CallerCount(subject, count), 0.85, f"says that {subject}() has {count or 'no'} callers")
    for found in _NOBODY.finditer(words.text):
        subject = name(found["subject"])
        if " else " not in found[0] and names_function(subject) and words.asserts(*found.span(), negated=True):
            yield Binding(CallerCount(subject, 0), 0.85, f"says that nobody calls {subject}()")


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
