"""In: a body and what is known at its start. Out: the calls that a run can come to, and what cuts off the others.

Structural: if/else, switch with fall-through, loops, goto, break, continue, return. It leaves out a way only where a
constant decides against it; data, locks and time decide nothing, so "comes to" always means "may come to".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sim_hooks.source.evaluate import Evaluator, Known, spelled
from sim_hooks.source.shapes import Body, Step, Value, steps_of
from sim_hooks.source.straight import Straight
from sim_hooks.source.walked import Cut, Site, Walked, addresses, without

MOST_ROUNDS = 12
"""Rounds of a loop, or over a function for its gotos, before all that is known is given up."""


@dataclass(slots=True)
class _Scope:
    breaks: Known | None = None
    continues: Known | None = None


class Walk(Straight):
    """One walk through one body."""

    def __init__(
        self,
        evaluator: Evaluator,
        body: Body,
        known: Known,
        *,
        unsure: bool = False,
        forgets: Callable[[str, Sequence[Value], str], bool] = lambda callee, arguments, path: False,
        writes: Callable[[str, int], Collection[int]] = lambda callee, arguments: (),
    ) -> None:
        """`forgets(callee, arguments, path)`: whether that call may change the field `path`.

        `writes(callee, count)`: the places of the arguments that a macro of that name sets.
        """
        super().__init__(evaluator, forgets, writes)
        self._body = body
        self._unsure = unsure
        self._labels: dict[str, Known | None] = {}
        self._hidden: set[str] = set()
        """Labels that something else than a goto can jump to: a macro that is given the name, or assembly."""
        self._scopes: list[_Scope] = []
        self._run(dict(known))

    @property
    def lost(self) -> bool:
        """Whether nothing may be concluded from the branches."""
        return self._unsure

    def _run(self, start: Known) -> None:
        if self._unsure:
            everything = steps_of(self._body)
            self.result.sites = [Site(step[2], step[1], tuple(step[3]), {}) for step in everything if step[0] == "c"]
            return
        steps = steps_of(self._body)
        jumped_to = {step[2] for step in steps if step[0] == "g"}
        passed = {name for step in steps if step[0] == "c" for one in step[3] for name in _every_name(one)}
        labels = {step[1] for step in steps if step[0] == "l"}
        self._hidden = {label for label in labels if label not in jumped_to or label in passed}
        for step in steps:
            if step[0] == "=":
                self._pointed_to |= addresses(step[2])
        start = without(start, self._pointed_to)
        for number in range(MOST_ROUNDS + 1):
            before = dict(self._labels)
            self.result = Walked()
            self._visit(self._body, start)
            if before == self._labels:
                return
            if number == MOST_ROUNDS - 1:
                self._labels = {label: {} for label in self._labels}
        self._unsure = True
        self.result = Walked()
        self._run(start)

    # Statements; each takes what is known before it (None: no run comes here) and gives what is known after it.

    def _visit(self, body: Body, known: Known | None) -> Known | None:
        for step in body:
            known = self._step(step, known)
        return known

    def _step(self, step: Step, known: Known | None) -> Known | None:
        match step[0]:
            case "c":
                return self._call(step, known)
            case "=":
                return None if known is None else self._assign(step[1], step[2], known)
            case "i":
                return self._branch(step, known)
            case "w":
                return self._loop(step, known)
            case "d":
                return self._loop_last(step, known)
            case "s":
                return self._switch(step, known)
            case "l" if step[1] in self._hidden:
                return {}
            case "l":
                return self._evaluator.joined(known, self._labels.get(step[1]))
            case "r":
                if known is not None:
                    self.result.returns.append((step[1], self._evaluator.possible(step[2], known)))
                self._leave(known, step[1], "returns")
                return None
            case "g":
                if known is not None:
                    self._labels[step[2]] = self._evaluator.joined(self._labels.get(step[2]), known)
                self._leave(known, step[1], f"goes to {step[2]}")
                return None
            case "b":
                if self._scopes and known is not None:
                    self._scopes[-1].breaks = self._evaluator.joined(self._scopes[-1].breaks, known)
                return None
            case "k":
                for scope in reversed(self._scopes):
                    if known is not None and isinstance(scope, _LoopScope):
                        scope.continues = self._evaluator.joined(scope.continues, known)
                        break
                return None
        return known

    def _branch(self, step: Step, known: Known | None) -> Known | None:
        _, line, condition, then, other = step
        truth = None if known is None else self._evaluator.truth(condition, known)
        outer, decided = self._cut, self._decided(truth, line, condition, known)
        ends = []
        for body, way in ((then, True), (other, False)):
            taken = known is not None and truth is not (not way)
            self._cut = outer if known is None else (Cut(0, "") if taken else decided)
            ends.append(
                self._visit(body, self._evaluator.given(condition, known, way) if taken and known is not None else None)
            )
        after = self._evaluator.joined(*ends)
        self._cut = (
            decided
            if after is None and truth is not None
            else (outer if known is None or after is not None else self._cut)
        )
        return after

    def _switch(self, step: Step, known: Known | None) -> Known | None:
        _, line, value, cases = step
        if known is None:
            for _, body in cases:
                self._visit(body, None)
            return None
        atoms = self._evaluator.possible(value, known)
        labels = [label for found, _ in cases for label in found if label is not None]
        left = (
            None
            if atoms is None
            else frozenset(one for one in atoms if not any(self._is(one, label) for label in labels))
        )
        cut = Cut(line, f"{spelled(value, known)}") if atoms is not None else Cut(0, "")
        scope = _Scope()
        self._scopes.append(scope)
        flowing: Known | None = None
        has_default = False
        for found, body in cases:
            entering: Known | None = None
            for label in found:
                if label is None:
                    has_default = True
                    taken = left is None or bool(left)
                    entered = known if left is None or not isinstance(value, str) else {**known, value: left}
                else:
                    taken = atoms is None or any(self._is(one, label) is not False for one in atoms)
                    entered = known if label == "?" else self._evaluator.given(["==", value, label], known, True)
                entering = self._evaluator.joined(entering, entered) if taken else entering
            flowing = self._evaluator.joined(flowing, entering)
            if flowing is None:
                self._cut = cut
            flowing = self._visit(body, flowing)
        self._scopes.pop()
        past = None if has_default or (left is not None and not left) else known
        after = self._evaluator.joined(self._evaluator.joined(flowing, scope.breaks), past)
        self._cut = cut if after is None and cut.line else (Cut(0, "") if after is not None else self._cut)
        return after

    def _loop(self, step: Step, known: Known | None) -> Known | None:
        _, line, before, condition, body, after = step
        head, out = known, None
        for number in range(MOST_ROUNDS):
            scope = _LoopScope()
            self._scopes.append(scope)
            tested = self._visit(before, head)
            truth = None if tested is None else self._evaluator.truth(condition, tested)
            outer = self._cut
            self._cut = self._decided(truth, line, condition, tested)
            inside = tested if truth is not False else None
            ended = self._visit(body, None if inside is None else self._evaluator.given(condition, inside, True))
            ended = self._visit(after, self._evaluator.joined(ended, scope.continues))
            self._scopes.pop()
            self._cut = outer
            past = None if tested is None or truth is True else self._evaluator.given(condition, tested, False)
            out = self._evaluator.joined(past, scope.breaks)
            again = self._evaluator.joined(head, ended)
            if again == head:
                break
            head = {} if number == MOST_ROUNDS - 2 else again
        if out is None and known is not None:
            self._cut = Cut(line, "the loop is never left")
        return out

    def _loop_last(self, step: Step, known: Known | None) -> Known | None:
        _, line, body, before, condition = step
        head, out = known, None
        for number in range(MOST_ROUNDS):
            scope = _LoopScope()
            self._scopes.append(scope)
            ended = self._visit(body, head)
            tested = self._visit(before, self._evaluator.joined(ended, scope.continues))
            self._scopes.pop()
            truth = None if tested is None else self._evaluator.truth(condition, tested)
            past = None if tested is None or truth is True else self._evaluator.given(condition, tested, False)
            out = self._evaluator.joined(past, scope.breaks)
            back = None if tested is None or truth is False else self._evaluator.given(condition, tested, True)
            again = self._evaluator.joined(head, back)
            if again == head:
                break
            head = {} if number == MOST_ROUNDS - 2 else again
        if out is None and known is not None and not self._cut.line:
            self._cut = Cut(line, "the loop is never left")
        return out


class _LoopScope(_Scope):
    __slots__ = ()


def _every_name(value: Value) -> set[str]:
    if isinstance(value, str):
        return {value.lstrip("=@&:")}
    return {name for part in value[1:] for name in _every_name(part)} if isinstance(value, list) else set()
