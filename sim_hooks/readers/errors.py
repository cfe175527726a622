"""In: prose such as `foo() returns -EAGAIN when …`. Out: that some return of the function gives that error.

Under what condition it does so is not read; that it never does is, where nothing limits it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import ReturnsError
from sim_hooks.readers.wording import FUNCTION, PLAIN, Binding, Wording, name, names_function

_SPELLED = (
    "NOMEM|AGAIN|INVAL|IO|BUSY|INTR|PERM|ACCES|NOENT|EXIST|FAULT|OPNOTSUPP|NOTSUPP|TIMEDOUT|NOSPC|NODEV|BADF|ROFS|STALE"
)
_CODE = rf"(?P<minus>-|ERR_PTR\(-|(?=E(?:{_SPELLED})\b))(?P<code>E[A-Z0-9]{{2,15}})\)?"
_OFTEN = r"(?:(?:also|always|then|still|already|simply|just|currently|correctly|immediately) ){0,2}"
_RETURNS = re.compile(
    rf"(?P<subject>{FUNCTION}|{PLAIN}) {_OFTEN}"
    rf"(?P<verb>returns|fails with|errors out with|bails out with|(?:can|may|might|could) {_OFTEN}(?:return|fail with)"
    rf"|(?:does not|doesn't|never|cannot|can't) {_OFTEN}(?:returns?|fail with)) (?:an? )?(?:error )?{_CODE}(?![\w/])"
)
_RETURNED = re.compile(
    rf"{_CODE} (?:is|gets) (?:also |always |then )?returned (?:by|from) (?P<subject>{FUNCTION}|{PLAIN})"
)
_NOT = re.compile(r"not|n't|never")


def read(words: Wording) -> Iterator[Binding]:
    """The errors that functions are said to return."""
    for found in _RETURNS.finditer(words.text):
        negated = bool(_NOT.search(found["verb"]))
        subject = name(found["subject"])
        fits = words.asserts(*found.span(), negated=True) if negated else words.stated(*found.span())
        if fits and names_function(subject) and _of_a_kernel(found, subject):
            said = f"says that {subject}() {'never returns' if negated else 'can return'} -{found['code']}"
            rest = "" if negated else "; when it does is not looked at"
            yield Binding(ReturnsError(subject, found["code"], not negated), 0.85, f"{said}{rest}")
    for found in _RETURNED.finditer(words.text):
        subject = name(found["subject"])
        if words.stated(*found.span()) and names_function(subject) and _of_a_kernel(found, subject):
            said = f"says that {subject}() can return -{found['code']}; when it does is not looked at"
            yield Binding(ReturnsError(subject, found["code"]), 0.85, said)


def _of_a_kernel(found: re.Match[str], subject: str) -> bool:
    """Whether an error is given as a kernel does; without a minus, what `close()` gives may be a library's."""
    return bool(found["minus"]) or "_" in subject
