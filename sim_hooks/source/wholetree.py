"""In: a source tree, and the names that were parsed in it. Out: what the whole tree says, unparsed files included.

Where each name stands without a known call, which are exported to modules, the system calls, and what Kconfig offers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Set
from typing import Any

from sim_hooks.source.kconfig import options
from sim_hooks.source.mentions import unexplained, uses
from sim_hooks.source.tree import NOT_KERNEL, SUFFIXES, Tree

_PLACES_KEPT = 4
"""Files named for a function that is mentioned elsewhere; beyond that only their number is kept."""
_EXPORT = re.compile(rb"^[ \t]*EXPORT_(?:PER_CPU_|STATIC_)?SYMBOL(\w*)[ \t]*\([ \t\n]*(\w+)[ \t\n]*[,)]", re.MULTILINE)
_SYSTEM_CALL = re.compile(
    rb"^(?:COMPAT_)?SYSCALL(?:32)?_DEFINE\d[ \t]*\([ \t\n]*(\w+)|^asmlinkage[ \t]+long[ \t]+sys_(\w+)\([^;{]*\{",
    re.MULTILINE,
)
_NUMBERED = re.compile(rb"\b__NR(?:3264)?_(\w+)")


def look_through(
    tree: Tree, called: Set[str], held: Set[str], explained: Mapping[str, Mapping[str, int]], say: Callable[[str], None]
) -> tuple[int, dict[str, Any]]:
    """The number of files looked through, and the parts `mentions`, `exports`, `calls` and `options`.

    `called` are the functions and macros that were parsed, `held` the variables.
    """
    names = frozenset(name.encode() for name in called)
    either = names | {name.encode() for name in held}
    paths = [path for path in tree.paths if path[path.rfind(".") :] in SUFFIXES and not path.startswith(NOT_KERNEL)]
    seen = _Seen()
    for done, path in enumerate(paths, 1):
        content = (tree.root / path).read_bytes()
        seen.mention(path, unexplained(uses(content, names), explained.get(path, {})))
        if b"EXPORT_" in content:
            seen.exports(path, content, either)
        if b"SYSCALL" in content or b"asmlinkage" in content:
            for pair in _SYSTEM_CALL.findall(content):
                seen.defined |= {name.decode() for name in pair if name}
        if b"__NR" in content:
            seen.numbered |= {name.decode() for name in _NUMBERED.findall(content)}
        if not done % 2_000:
            say(f"{done} of {len(paths)} files looked through")
    return len(paths), {
        "mentions": seen.mentions(),
        "exports": dict(sorted(seen.exported.items())),
        "calls": {"defined": sorted(seen.defined), "numbered": sorted(seen.numbered - seen.defined)},
        "options": options(tree),
    }


class _Seen:
    """What was seen so far."""

    def __init__(self) -> None:
        self.exported: dict[str, list[list[Any]]] = {}
        self.defined: set[str] = set()
        self.numbered: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._places: dict[str, list[int]] = {}
        self._numbers: dict[str, int] = {}

    def mention(self, path: str, names: list[str]) -> None:
        for name in names:
            self._counts[name] += 1
            if self._counts[name] <= _PLACES_KEPT:
                self._places.setdefault(name, []).append(self._numbers.setdefault(path, len(self._numbers)))

    def exports(self, path: str, content: bytes, names: frozenset[bytes]) -> None:
        for found in _EXPORT.finditer(content):
            if found[2] in names:
                line = content.count(b"\n", 0, found.start(1)) + 1
                self.exported.setdefault(found[2].decode(), []).append([int(b"GPL" in found[1]), path, line])

    def mentions(self) -> dict[str, Any]:
        listed = {name: [self._counts[name], *self._places[name]] for name in sorted(self._places)}
        return {"files": list(self._numbers), "names": listed}
