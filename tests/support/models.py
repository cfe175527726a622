"""In: a model. Out: its broken twin, or a tiny model made from a picture of its graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product

from kb.errors import CheckError
from sim_hooks.explore import Action, Model, Process
from sim_hooks.guarded import Command, System
from sim_hooks.models.spec import ModelSpec, Parameter


def broken(system: System, command: str, *, when: str = "", do: str = "") -> System:
    """The system with another guard or effect for every command of that name; the name must be there."""
    assert any(one.name == command for actor in system.actors for one in actor.commands), command

    def changed(one: Command) -> Command:
        return replace(one, when=when or one.when, do=do or one.do) if one.name == command else one

    return replace(
        system,
        actors=tuple(replace(actor, commands=tuple(map(changed, actor.commands))) for actor in system.actors),
    )


NEVER = "False"
"""A guard that keeps a command from ever being taken."""


def every_system(spec: ModelSpec) -> Iterator[System]:
    """A system for each combination of choices and yes or no that there is, numbers at their default."""

    def values(parameter: Parameter) -> tuple[int | str | bool, ...]:
        return (False, True) if isinstance(parameter.default, bool) else parameter.choices or (parameter.default,)

    for combination in product(*map(values, spec.parameters)):
        with suppress(CheckError):  # a combination that the family rules out
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
