"""In: prose such as `foo() is defined in a/b.c` or `Documentation/x.rst explains …`. Out: predicates.

That a file tells something is read of documents only, for patches write of code that is yet to come. What it tells is
not looked at: the predicate then stands for the words that name the file, and for no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import DefinedIn, PathExists
from sim_hooks.readers.wording import FUNCTION, PLAIN, Binding, Wording, name

_NAME = r"[\w.+-]{1,60}"
_SOURCE = rf"(?<![\w./-])(?:{_NAME}/){{1,12}}{_NAME}\.[chS]\b"
_DEFINED = re.compile(
    rf"(?P<subject>{FUNCTION}|{PLAIN}) (?:is (?:defined |implemented |located |found )?|lives |resides )in "
    rf"(?P<path>{_SOURCE})"
)
_HOLDS = re.compile(
    rf"(?P<path>{_SOURCE}) (?:already |also )?(?:defines|implements|provides|contains the definition of) "
    rf"(?:the |its own |the definition of |the implementation of )?(?P<subject>{FUNCTION})(?! (?:call|user|test|doc))"
)
_TELLS = re.compile(
    rf"(?<![\w./-])(?P<path>Documentation/(?:{_NAME}/){{0,12}}{_NAME}\.(?:rst|txt|ya?ml)) "
    r"(?:already |also |even |currently )?"
    r"(?:explains|describes|documents|says|states|mentions|tells)\b"
)


def read(words: Wording) -> Iterator[Binding]:
    """Where functions are said to stand, and the files that are said to tell something."""
    for found in _DEFINED.finditer(words.text):
        if words.asserts(*found.span()):
            subject = name(found["subject"])
            yield Binding(DefinedIn(subject, found["path"]), 0.85, f"says in which file {subject}() stands")
    for found in _HOLDS.finditer(words.text):
        if words.asserts(*found.span()):
            subject = name(found["subject"])
            yield Binding(DefinedIn(subject, found["path"]), 0.85, f"says in which file {subject}() stands")
    for found in _TELLS.finditer(words.text):
        if words.stated(*found.span(), asked=True):
            why = "says that a file of the tree tells something; that it is there is looked at, and not what it tells"
            yield Binding(PathExists(found["path"]), 0.85, why, words=found["path"])
