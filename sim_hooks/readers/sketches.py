"""In: a sketch of code such as `f while { g h }`. Out: that the function calls what the braces hold.

Only names stand in the braces; anything else is code that says more than which calls there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import Calls, Predicate, all_of
from sim_hooks.readers.wording import Binding, Wording, name, names_function

_NAME = r"[a-z_]\w{0,40}_\w{1,40}(?:\(\))?"
_SKETCH = re.compile(
    rf"(?<![\w.>])(?P<subject>{_NAME}):? (?:\{{ )?(?:while|for|do|loop)(?: ?\([^()]{{0,40}}\))? \{{ "
    rf"(?P<inside>{_NAME};?(?: {_NAME};?){{0,9}}) \}}"
)


def read(words: Wording) -> Iterator[Binding]:
    """The calls that a sketch shows."""
    for found in _SKETCH.finditer(words.text):
        subject = name(found["subject"])
        inside = [name(each).rstrip(";") for each in found["inside"].split()]
        if words.stated(*found.span()) and all(map(names_function, inside)) and subject not in inside:
            calls: list[Predicate] = [Calls(subject, each) for each in inside]
            why = f"sketches {subject}() with its calls of {', '.join(inside)}"
            yield Binding(all_of(calls), 0.9, why, words=found[0])
