"""In: a step of a body that does not branch, and what is known before it. Out: what is known after it.

What a walk has come to so far, and what cuts off the rest, is kept here for the steps that branch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sim_hooks.source.evaluate import Atom, Evaluator, Known, spelled
from sim_hooks.source.shapes import Step, Value
from sim_hooks.source.walked import Cut, Site, Walked, without


class Straight:
    """The steps of a walk that go straight on: calls, assignments, ways out."""

    def __init__(
        self,
        evaluator: Evaluator,
        forgets: Callable[[str, Sequence[Value], str], bool],
        writes: Callable[[str, int], Collection[int]],
    ) -> None:
        self._evaluator = evaluator
        self._forgets = forgets
        self._writes = writes
        self._pointed_to: set[str] = set()
        self._cut = Cut(0, "")
        self.result = Walked()

    def _leave(self, known: Known | None, line: int, how: str) -> None:
        if known is not None and not self._cut.line:
            self._cut = Cut(line, how)

    def _call(self, step: Step, known: Known | None) -> Known | None:
        callee, line, arguments = step[2], step[1], step[3]
        if known is None:
            self.result.cut_off.setdefault((callee, line), self._cut)
            return None
        self.result.sites.append(Site(callee, line, tuple(arguments), known))
        self.result.cut_off.pop((callee, line), None)
        gone = {
            value[1:] for value in arguments if isinstance(value, str) and value.startswith("&") and "." not in value
        }
        known = {path: atoms for path, atoms in known.items() if path not in gone}
        for place in self._writes(callee, len(arguments)):
            if place < len(arguments) and isinstance(arguments[place], str):
                known = without(known, {arguments[place].removeprefix("&")})
        inner = {value[1:] for value in arguments if isinstance(value, str) and value.startswith("&") and "." in value}
        known = without(known, inner)
        fields = [path for path in known if "." in path and self._forgets(callee, arguments, path)]
        return {path: atoms for path, atoms in known.items() if path not in fields} if fields else known

    def _assign(self, path: str, value: Value, known: Known) -> Known:
        if not path:
            return known
        atoms = self._evaluator.possible(value, known)
        out = without(known, {path})
        if atoms is not None and not path.startswith("@") and path not in self._pointed_to:
            return {**out, path: atoms}
        return out

    def _decided(self, truth: bool | None, line: int, condition: Value, known: Known | None) -> Cut:
        if truth is None or known is None:
            return self._cut
        return Cut(line, f"{spelled(condition, known)} is {'true' if truth else 'false'}")

    def _is(self, atom: Atom, label: Value) -> bool | None:
        found = None if label == "?" else self._evaluator.possible(label, {})
        return None if found is None or len(found) != 1 else self._evaluator.compared("==", atom, next(iter(found)))
