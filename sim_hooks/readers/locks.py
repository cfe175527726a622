"""In: prose such as `foo() takes the i_lock`. Out: that the function, or what it calls, takes that lock.

That a function holds a lock says nothing of who took it, and is left alone. So is a kind of lock without a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import Reaches, TakesLock
from sim_hooks.readers.wording import FUNCTION, PLAIN, Binding, Wording, name, names_function

_LOCK = (
    r"(?P<lock>(?:[a-z]\w{0,30}(?:->|\.)){0,2}&?[a-z]\w{0,30}_(?:lock|mutex|sem|rwsem|rwlock|seqlock)\b(?!\())"
    r"(?! (?:argument|parameter|flag|field|variable|pointer))"
)
_OFTEN = r"(?:(?:also|always|then|still|already|simply|just|currently|itself) ){0,2}"
_TAKES = re.compile(
    rf"(?P<subject>{FUNCTION}|{PLAIN}) {_OFTEN}"
    rf"(?P<verb>takes|acquires|grabs|(?:does not|doesn't|never) {_OFTEN}(?:takes?|acquires?|grabs?)) "
    rf"(?:the |an? |its |both the )?{_LOCK}"
)
_TAKEN = re.compile(
    rf"{_LOCK} (?:is|gets) (?P<no>not |never )?{_OFTEN}(?:taken|acquired|grabbed) (?:by|in|inside|from) "
    rf"(?P<subject>{FUNCTION})"
)
_WAITS = re.compile(
    rf"(?P<subject>{FUNCTION}|{PLAIN}) {_OFTEN}(?:waits|blocks|sleeps|is waiting|is blocked|is stuck|gets stuck) "
    rf"(?:(?:for|on) (?:the )?[a-z][\w ]{{1,40}} )?(?:in|inside) (?P<callee>{FUNCTION})"
)


def read(words: Wording) -> Iterator[Binding]:
    """The locks that functions are said to take, and the functions in which they are said to wait."""
    for found in _TAKES.finditer(words.text):
        negated = not found["verb"].split()[-1].endswith("s") or "never" in found["verb"]
        subject, lock = name(found["subject"]), found["lock"].lstrip("&")
        fits = words.asserts(*found.span(), negated=negated)
        if fits and names_function(subject):
            said = f"says that {subject}() {'does not take' if negated else 'takes'} {lock}, be it in what it calls"
            yield Binding(TakesLock(subject, lock, True, not negated), 0.8, said)
    for found in _TAKEN.finditer(words.text):
        subject, lock = name(found["subject"]), found["lock"].lstrip("&")
        if words.asserts(*found.span(), negated=bool(found["no"])) and names_function(subject):
            said = f"says that {subject}() {'does not take' if found['no'] else 'takes'} {lock}, be it in what it calls"
            yield Binding(TakesLock(subject, lock, True, not found["no"]), 0.8, said)
    for found in _WAITS.finditer(words.text):
        subject, callee = name(found["subject"]), name(found["callee"])
        if words.asserts(*found.span()) and subject != callee and names_function(subject) and names_function(callee):
            yield Binding(Reaches(subject, callee), 0.85, f"says that {subject}() waits in {callee}()")
