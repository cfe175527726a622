"""In: a model as guarded actions of named processes. Out: all its reachable states, and shortest runs to the odd ones.

Breadth first, so the first run found to a state is a shortest one; a state is expanded at most once, and never half.
The shape (starts, actions, next state, named properties, one checker over all models) is stateright's.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)

STATES_AT_MOST = 500_000
"""States expanded before an exploration counts as bounded; some 300 bytes each for a state of ten fields."""


@dataclass(frozen=True, slots=True)
class Action(Generic[S]):
    """What a process may do where `guard` holds; `effect` gives the state after it. A choice is two actions."""

    name: str
    """A phrase that reads on from the process's name: `waits for the folio`."""
    guard: Callable[[S], bool]
    effect: Callable[[S], S]


@dataclass(frozen=True, slots=True)
class Process(Generic[S]):
    """One actor of a model."""

    name: str
    actions: tuple[Action[S], ...]
    must_move: bool = True
    """Whether it takes a step sooner or later while it can without pause (weak fairness); an adversary need not."""


@dataclass(frozen=True, slots=True)
class Situation(Generic[S]):
    """A property that some reachable state has: it shows that the interesting case happens at all."""

    name: str
    meaning: str
    holds: Callable[[S], bool]


@dataclass(frozen=True, slots=True)
class Model(Generic[S]):
    """A transition system; the states are hashable values compared by equality, tuples for speed."""

    processes: tuple[Process[S], ...]
    starts: tuple[S, ...]
    done: Callable[[S], bool]
    """Whether all that should come to an end has."""
    situations: tuple[Situation[S], ...] = ()

    @property
    def moves(self) -> tuple[tuple[Process[S], Action[S]], ...]:
        """Every action with its process, in the order in which `Explored` counts them."""
        return tuple((process, action) for process in self.processes for action in process.actions)

    @property
    def by_situation(self) -> Mapping[str, Situation[S]]:
        """The situations by name."""
        return {situation.name: situation for situation in self.situations}


@dataclass(frozen=True, slots=True)
class Step:
    """One process doing one thing."""

    process: str
    action: str

    def __str__(self) -> str:
        return f"{self.process} {self.action}"


@dataclass(frozen=True, slots=True)
class Trace:
    """A run from a start: `steps`, then `loop` over and over; with an empty loop it stays where the steps led."""

    steps: tuple[Step, ...]
    loop: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Explored(Generic[S]):
    """The reachable part of a model as a graph of numbered states, in breadth-first order.

    The edges of state n are those from `first_edge[n]` up to `first_edge[n + 1]`; `targets` and `taken` say where each
    leads and by which of `model.moves`. `parents` (-1 for a start) and `parent_moves` keep one shortest way to a state.
    """

    model: Model[S]
    order: Sequence[S]
    first_edge: Sequence[int]
    targets: Sequence[int]
    taken: Sequence[int]
    parents: Sequence[int]
    parent_moves: Sequence[int]
    depth: int
    """Steps of the longest shortest run."""

    @property
    def states(self) -> int:
        """Distinct states found."""
        return len(self.order)

    @property
    def transitions(self) -> int:
        """Steps found, each counted once per state that it starts from."""
        return len(self.targets)

    @property
    def expanded(self) -> int:
        """States 0 up to this one have all their edges here; the others were met and not followed."""
        return len(self.first_edge) - 1

    @property
    def exhaustive(self) -> bool:
        """Whether every state found was expanded."""
        return self.expanded == self.states

    def way_to(self, state: int) -> tuple[Step, ...]:
        """A shortest run to a state."""
        moves = self.model.moves
        steps: list[Step] = []
        while self.parents[state] >= 0:
            process, action = moves[self.parent_moves[state]]
            steps.append(Step(process.name, action.name))
            state = self.parents[state]
        return tuple(reversed(steps))


def explore(model: Model[S], *, limit: int = STATES_AT_MOST) -> Explored[S]:
    """Follow every action from every state until nothing new is met or `limit` states were expanded."""
    moves = tuple((number, action.guard, action.effect) for number, (_, action) in enumerate(model.moves))
    order = list(dict.fromkeys(model.starts))
    numbers = {state: number for number, state in enumerate(order)}
    first_edge, targets, taken = array("q", [0]), array("q"), array("q")
    parents, parent_moves, depths = array("q", [-1] * len(order)), array("q", [-1] * len(order)), [0] * len(order)
    found = len(order)
    number_of = numbers.setdefault
    for here, state in enumerate(order):  # grows while it is walked
        if here >= limit:
            break
        for move, guard, effect in moves:
            if guard(state):
                after = effect(state)
                target = number_of(after, found)
                if target == found:
                    found += 1
                    order.append(after)
                    parents.append(here)
                    parent_moves.append(move)
                    depths.append(depths[here] + 1)
                targets.append(target)
                taken.append(move)
        first_edge.append(len(targets))
    return Explored(model, order, first_edge, targets, taken, parents, parent_moves, max(depths, default=0))


def find_deadlock(explored: Explored[S]) -> Trace | None:
    """A shortest run to a state in which nobody can move and not all is done."""
    first_edge, done = explored.first_edge, explored.model.done
    for state in range(explored.expanded):
        if first_edge[state] == first_edge[state + 1] and not done(explored.order[state]):
            return Trace(explored.way_to(state))
    return None


def find_state(explored: Explored[S], holds: Callable[[S], bool]) -> Trace | None:
    """A shortest run to a state in which `holds` is true."""
    for number, state in enumerate(explored.order):
        if holds(state):
            return Trace(explored.way_to(number))
    return None
