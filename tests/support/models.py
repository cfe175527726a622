"""In: a model. Out: its broken twin, or a tiny model made from a picture of its graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sim_hooks.explore import Action, Model, Process
from sim_hooks.models.spec import ModelSpec, Parameter


def broken(
    model: Model[Any],
    action: str,
    *,
    guard: Callable[[Any], bool] | None = None,
    effect: Callable[[Any], Any] | None = None,
) -> Model[Any]:
    """The model with another guard or effect for every action of that name; the name must be there."""
    assert any(one.name == action for _, one in model.moves), action

    def changed(one: Action[Any]) -> Action[Any]:
        if one.name != action:
            return one
        return replace(one, guard=guard or one.guard, effect=effect or one.effect)

    return replace(
        model,
        processes=tuple(
            replace(process, actions=tuple(changed(one) for one in process.actions)) for process in model.processes
        ),
    )


def never(state: object) -> bool:
    """A guard that keeps an action from ever being taken."""
    del state
    return False


def every_model(spec: ModelSpec) -> Iterator[Model[Any]]:
    """A model for each combination of choices and yes or no, numbers at their default."""

    def values(parameter: Parameter) -> tuple[int | str | bool, ...]:
        return (False, True) if isinstance(parameter.default, bool) else parameter.choices or (parameter.default,)

    for combination in product(*map(values, spec.parameters)):
        yield spec.build({one.name: value for one, value in zip(spec.parameters, combination, strict=True)})


@dataclass(frozen=True, slots=True)
class Picture:
    """A graph drawn by hand: edges (process, from, to) over small numbers, which are done, and who need not move."""

    edges: tuple[tuple[int, int, int], ...]
    starts: tuple[int, ...] = (0,)
    done: frozenset[int] = frozenset()
    idle: frozenset[int] = frozenset()

    def model(self) -> Model[int]:
        """The model whose graph this is; the action `3>4` leads from 3 to 4."""

        def action(source: int, target: int) -> Action[int]:
            return Action(f"{source}>{target}", lambda state: state == source, lambda state: target)

        who = sorted({process for process, _, _ in self.edges} | self.idle)
        return Model(
            tuple(
                Process(
                    f"p{one}",
                    tuple(action(source, target) for process, source, target in self.edges if process == one),
                    must_move=one not in self.idle,
                )
                for one in who
            ),
            self.starts,
            lambda state: state in self.done,
        )

    def can(self, process: int, state: int) -> bool:
        """Whether the process can move in that state."""
        return any(one == process and source == state for one, source, _ in self.edges)

    def reachable(self, *, through_done: bool = True) -> set[int]:
        """The states that a run can visit, or can visit before its end."""
        seen: set[int] = set()
        waiting: Sequence[int] = self.starts
        while waiting:
            new = {state for state in waiting if state not in seen and (through_done or state not in self.done)}
            seen |= new
            waiting = [target for _, source, target in self.edges if source in new]
        return seen

    def processes_that_must_move(self) -> set[int]:
        """The processes under weak fairness."""
        return {process for process, _, _ in self.edges} - self.idle
