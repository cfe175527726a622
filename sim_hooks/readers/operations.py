"""In: prose such as `an allocation can cause compaction` or `foo() is used to migrate pages`. Out: ways of calls.

`operations.toml` says by which function a kernel does what people call it. That something can lead to something else is
a way of calls between the two; that it never does is not read, for words name more ways than one function has.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from sim_hooks.predicates import Predicate, Reaches, all_of
from sim_hooks.readers.wording import FUNCTION, Binding, Wording, name, names_function

_CAUSES = (
    r"(?: can| may| might| could)?(?: also| then| in turn| directly| indirectly)? "
    r"(?:causes?|causing|triggers?|triggering|leads? to|leading to|results? in|resulting in|starts?)"
)
_DOES = (
    r"(?: can| may| might| could)?(?: also| then| in turn)? "
    r"(?:cause(?:s)?|trigger(?:s)?|lead(?:s)? to|do(?:es)?|perform(?:s)?) (?:a |an |the )?"
)


@dataclass(frozen=True, slots=True)
class _Shapes:
    """The expressions that the operations make."""

    chain: re.Pattern[str]
    link: re.Pattern[str]
    by_function: re.Pattern[str]
    functions: Mapping[str, str]
    """The function of each operation, by the name of its group."""


@lru_cache(maxsize=1)
def _shapes() -> _Shapes:
    text = files("sim_hooks.readers").joinpath("operations.toml").read_text(encoding="utf-8")
    known = tomllib.loads(text)["operation"]
    functions = {f"o{place}": str(one["function"]) for place, one in enumerate(known)}

    def either(prefix: str, *keys: str) -> str:
        named = [
            f"(?P<{prefix}o{place}>{'|'.join(one[key] for key in keys if key in one)})"
            for place, one in enumerate(known)
            if any(key in one for key in keys)
        ]
        return rf"\b(?:{'|'.join(named)})\b"

    doing = rf"(?:{_DOES}{either('t', 'is')}| (?:can |may |might |could )?{either('d', 'does')})"
    return _Shapes(
        re.compile(rf"{either('a', 'is')}{_CAUSES} (?:a |an |the )?{either('b', 'is')}", re.IGNORECASE),
        re.compile(rf"(?:,? (?:which|that)){doing}", re.IGNORECASE),
        re.compile(
            rf"(?P<subject>{FUNCTION})(?:[^.;:?!()]{{0,60}}?\b(?:is|are) used to {either('u', 'does')}|{doing})",
            re.IGNORECASE,
        ),
        functions,
    )


def read(words: Wording) -> Iterator[Binding]:
    """What is said to lead to what."""
    shapes = _shapes()
    for found in shapes.chain.finditer(words.text):
        if not words.asserts(*found.span()):
            continue
        steps = [_meant(found, "a", shapes), _meant(found, "b", shapes)]
        if more := shapes.link.match(words.text, found.end()):
            steps.append(_meant(more, "td", shapes))
        ways: list[Predicate] = [Reaches(one, two) for one, two in pairwise(steps) if one != two]
        if ways:
            why = f"says what can lead to what; these are {', '.join(f'{step}()' for step in steps)}"
            yield Binding(all_of(ways), 0.85, why)
    for found in shapes.by_function.finditer(words.text):
        subject, target = name(found["subject"]), _meant(found, "utd", shapes)
        if subject != target and names_function(subject) and words.stated(*found.span()):
            why = f"says what {subject}() does, which is the work of {target}()"
            yield Binding(Reaches(subject, target), 0.8, why)


def _meant(found: re.Match[str], prefixes: str, shapes: _Shapes) -> str:
    """The function of the operation that was found under one of the prefixes."""
    for group, words in found.groupdict().items():
        if words and group[0] in prefixes and group[1:] in shapes.functions:
            return shapes.functions[group[1:]]
    raise AssertionError("one of the operations was found")
