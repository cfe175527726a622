"""In: an explored model. Out: a fair run that never comes to its end, or None if there is none.

A run is fair if no process that must move can move for ever without pause and never does (weak fairness per process).
The states that a fair endless run visits for ever lie in one strongly connected component of the states that are not
done, and such a component holds one exactly if each process that must move is stopped somewhere in it or moves in it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator

from sim_hooks.explore import Explored, S, Step, Trace


def find_endless(explored: Explored[S]) -> Trace | None:
    """A run of least way in that is stuck or goes round for ever, without any state in which all is done."""
    parents = _reachable_not_done(explored)
    who, must = _process_bits(explored)
    distance = {state: number for number, state in enumerate(parents)}  # breadth first: a nearer state comes earlier
    best: tuple[int, frozenset[int]] | None = None
    for component in _components(explored, parents):
        inside = frozenset(component)
        moving, never_stopped = 0, must
        for state in component:
            can = 0
            for edge in range(explored.first_edge[state], explored.first_edge[state + 1]):
                bit = who[explored.taken[edge]]
                can |= bit
                if explored.targets[edge] in inside:
                    moving |= bit
            never_stopped &= can
            if not can & must and (best is None or distance[state] < distance[best[0]]):
                best = (state, frozenset())
        if not never_stopped & ~moving:
            entry = min(component, key=distance.__getitem__)
            if best is None or distance[entry] < distance[best[0]]:
                best = (entry, inside)
    if best is None:
        return None
    entry, inside = best
    edges: list[int] = []
    at = entry
    while parents[at] >= 0:
        edges.append(parents[at])
        at = _source(explored, parents[at])
    loop = _loop(explored, inside, entry) if inside else []
    return Trace(_steps(explored, reversed(edges)), _steps(explored, loop))


def _steps(explored: Explored[S], edges: Iterator[int] | list[int]) -> tuple[Step, ...]:
    moves = explored.model.moves
    named = (moves[explored.taken[edge]] for edge in edges)
    return tuple(Step(process.name, action.name) for process, action in named)


def _process_bits(explored: Explored[S]) -> tuple[list[int], int]:
    """For each move the bit of its process, and the bits of all processes that must move."""
    bits = {process.name: 1 << number for number, process in enumerate(explored.model.processes)}
    must = sum(bits[process.name] for process in explored.model.processes if process.must_move)
    return [bits[process.name] for process, _ in explored.model.moves], must


def _reachable_not_done(explored: Explored[S]) -> dict[int, int]:
    """The expanded states that a run can visit before its end, breadth first, each with an edge in (-1: a start)."""
    done, order, last = explored.model.done, explored.order, explored.expanded
    parents: dict[int, int] = {}
    for state in range(last):
        if explored.parents[state] >= 0:
            break
        if not done(order[state]):
            parents[state] = -1
    queue = deque(parents)
    while queue:
        state = queue.popleft()
        for edge in range(explored.first_edge[state], explored.first_edge[state + 1]):
            target = explored.targets[edge]
            if target not in parents and target < last and not done(order[target]):
                parents[target] = edge
                queue.append(target)
    return parents


def _source(explored: Explored[S], edge: int) -> int:
    return bisect_right(explored.first_edge, edge) - 1


def _components(explored: Explored[S], among: dict[int, int]) -> Iterator[list[int]]:
    """The strongly connected components of the states `among`, by Tarjan's algorithm without recursion."""
    first_edge, targets = explored.first_edge, explored.targets
    low: dict[int, int] = {}
    finished: set[int] = set()
    stack: list[int] = []
    for root in among:
        if root in low:
            continue
        index = {root: len(low)}
        low[root] = index[root]
        stack.append(root)
        path = [(root, first_edge[root])]
        while path:
            state, edge = path.pop()
            end = first_edge[state + 1]
            while edge < end:
                target = targets[edge]
                edge += 1
                if target not in among or target in finished:
                    continue
                if target not in low:
                    path.append((state, edge))
                    index[target] = low[target] = len(low)
                    stack.append(target)
                    path.append((target, first_edge[target]))
                    break
                if index[target] < low[state]:
                    low[state] = index[target]
            else:
                if path and low[state] < low[path[-1][0]]:
                    low[path[-1][0]] = low[state]
                if low[state] == index[state]:
                    component = [stack.pop()]
                    while component[-1] != state:
                        component.append(stack.pop())
                    finished.update(component)
                    yield component


def _loop(explored: Explored[S], inside: frozenset[int], entry: int) -> list[int]:
    """A walk from `entry` back to it in which each process that must move moves, or is stopped somewhere on the way."""
    who, must = _process_bits(explored)

    def stopped(state: int) -> int:
        can = 0
        for edge in range(explored.first_edge[state], explored.first_edge[state + 1]):
            can |= who[explored.taken[edge]]
        return must & ~can

    def settles(edge: int) -> int:
        return who[explored.taken[edge]] | stopped(explored.targets[edge])

    def pays(still: int) -> Callable[[int], bool]:
        return lambda edge: bool(settles(edge) & still)

    owing = must & ~stopped(entry)
    walk: list[int] = []
    at = entry
    while owing:
        leg = _walk(explored, inside, at, pays(owing))
        for edge in leg:
            owing &= ~settles(edge)
        walk += leg
        at = explored.targets[leg[-1]]
    if at != entry or not walk:
        walk += _walk(explored, inside, at, lambda edge: explored.targets[edge] == entry)
    return walk


def _walk(explored: Explored[S], inside: frozenset[int], start: int, arrives: Callable[[int], bool]) -> list[int]:
    """The shortest walk within `inside` from `start` whose last edge `arrives`; there is one by the caller's word."""
    came: dict[int, int] = {}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        for edge in range(explored.first_edge[state], explored.first_edge[state + 1]):
            target = explored.targets[edge]
            if target not in inside:
                continue
            if arrives(edge):
                walk = [edge]
                while state != start:
                    walk.append(came[state])
                    state = _source(explored, came[state])
                return walk[::-1]
            if target not in came and target != start:
                came[target] = edge
                queue.append(target)
    raise AssertionError("a strongly connected component has a walk between any two of its states")
