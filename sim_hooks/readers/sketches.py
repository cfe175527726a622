"""In: a sketch of code such as `f while { g h }`, or a tree of calls drawn by indentation. Out: the calls it shows.

A sketch holds names, loops, branches and braces and nothing else; anything else is code that says more than which calls
there are. In a tree without braces steps may be left out, so a way is looked for and not an edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim_hooks.predicates import Calls, Predicate, Reaches, all_of
from sim_hooks.readers.wording import Binding, Wording, name, names_function

_NAME = r"[a-z_]\w{0,40}_\w{1,40}(?:\((?:\.\.\.)?\))?"
_LOOP = r"(?:while|for|do|loop|if|else|retry|repeat)(?: ?\([^()]{0,40}\))?"
_SKETCH = re.compile(
    rf"(?<![\w.>])(?P<subject>{_NAME}):? (?:\{{ )?{_LOOP} \{{ (?P<inside>{_NAME};?(?: {_NAME};?){{0,9}}) \}}"
)
_DRAWN = re.compile(
    r"(?P<indent>[ \t]{0,60})(?P<branch>(?:[|`+\\└├│─>-]{1,4}[ \t]{0,4}){0,8})"
    r"(?P<name>_{0,3}[a-z]\w{0,30}_\w{1,50}|[a-z_]\w{1,60}(?=\())(?:\((?:\.\.\.)?\))?;?\s{0,4}$"
)
_LEAST, _MOST = 3, 40
"""Lines of a tree."""
_TAB = 8


def read(words: Wording) -> Iterator[Binding]:
    """The calls that a sketch or a tree shows."""
    for found in _SKETCH.finditer(words.text):
        subject = name(found["subject"])
        inside = [name(each).rstrip(";") for each in found["inside"].split()]
        if words.stated(*found.span()) and all(map(names_function, inside)) and subject not in inside:
            calls: list[Predicate] = [Calls(subject, each) for each in inside]
            why = f"sketches {subject}() with its calls of {', '.join(inside)}"
            yield Binding(all_of(calls), 0.9, why, words=found[0])
    pairs = _tree(words.lines)
    if pairs and words.stated(0, len(words.text)):
        ways: list[Predicate] = [Reaches(above, below) for above, below in pairs]
        shown = ", ".join(f"{above} > {below}" for above, below in pairs[:6])
        yield Binding(all_of(ways), 0.9, f"draws a tree of calls by indentation: {shown}")


def _tree(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Caller and callee of each branch of a tree that the lines are, all of them, one name a line."""
    lines = [line for line in lines if line.strip()]
    if not _LEAST <= len(lines) <= _MOST:
        return []
    pairs: dict[tuple[str, str], None] = {}
    above: list[tuple[int, str]] = []
    for line in lines:
        found = _DRAWN.match(line)
        if found is None or not names_function(found["name"]):
            return []
        depth = len(f"{found['indent']}{found['branch']}".expandtabs(_TAB))
        while above and above[-1][0] >= depth:
            above.pop()
        if above:
            pairs[above[-1][1], found["name"]] = None
        elif pairs:
            return []  # a second root: a list of trees, or no tree
        above.append((depth, found["name"]))
    return [pair for pair in pairs if pair[0] != pair[1]] if len(pairs) >= _LEAST - 1 else []
