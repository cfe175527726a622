"""The explorer agrees with brute force on small graphs, its traces can be replayed, and a bound is never passed off."""

from __future__ import annotations

from itertools import chain, combinations

import networkx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim_hooks.explore import Action, Model, Process, Step, Trace, explore, find_deadlock, find_state
from sim_hooks.fairness import find_endless
from tests.support.models import Picture

STATES = st.integers(0, 5)
PICTURES = st.builds(
    Picture,
    st.lists(st.tuples(st.integers(0, 2), STATES, STATES), max_size=14, unique=True).map(tuple),
    st.lists(STATES, min_size=1, max_size=2, unique=True).map(tuple),
    st.frozensets(STATES, max_size=3),
    st.frozensets(st.integers(0, 2), max_size=2),
)
SPIN = Picture(((0, 0, 1), (0, 1, 0), (1, 0, 2), (1, 1, 2)), done=frozenset({2}))
"""Process 0 goes round; process 1 can end it from both states of the round."""


def _holds_a_fair_run(picture: Picture, subset: frozenset[int]) -> bool:
    """Whether a fair run can visit exactly these states for ever, by the definition."""
    inner = [edge for edge in picture.edges if edge[1] in subset and edge[2] in subset]
    graph = networkx.DiGraph()
    graph.add_nodes_from(subset)
    graph.add_edges_from((source, target) for _, source, target in inner)
    if not networkx.is_strongly_connected(graph):
        return False
    moving = {process for process, _, _ in inner}
    return all(
        process in moving or any(not picture.can(process, state) for state in subset)
        for process in picture.processes_that_must_move()
    )


def _brute_force_traps(picture: Picture) -> list[frozenset[int]]:
    states = sorted(picture.reachable(through_done=False))
    subsets = chain.from_iterable(combinations(states, size) for size in range(1, len(states) + 1))
    return [one for one in map(frozenset, subsets) if _holds_a_fair_run(picture, one)]


def _replay(picture: Picture, trace: Trace) -> tuple[list[int], list[int]]:
    """The states of the steps and of the loop, checked against the picture."""

    def follow(state: int, steps: tuple[Step, ...]) -> list[int]:
        states = [state]
        for step in steps:
            source, _, target = step.action.partition(">")
            assert int(source) == states[-1]
            assert (int(step.process[1:]), int(source), int(target)) in picture.edges
            states.append(int(target))
        return states

    firsts = [int((trace.steps + trace.loop)[0].action.partition(">")[0])] if trace.steps or trace.loop else []
    start = firsts[0] if firsts else picture.starts[0]
    assert start in picture.starts
    steps = follow(start, trace.steps)
    return steps, follow(steps[-1], trace.loop)


@settings(deadline=None)
@given(PICTURES)
def test_explore_finds_what_brute_force_finds(picture: Picture) -> None:
    explored = explore(picture.model())
    reachable = picture.reachable()
    assert set(explored.order) == reachable
    assert explored.states == len(reachable)
    assert explored.transitions == sum(source in reachable for _, source, _ in picture.edges)
    assert explored.exhaustive


@settings(deadline=None)
@given(PICTURES, STATES)
def test_find_state_gives_a_shortest_run(picture: Picture, wanted: int) -> None:
    explored = explore(picture.model())
    trace = find_state(explored, lambda state: state == wanted)
    graph = networkx.DiGraph((source, target) for _, source, target in picture.edges)
    graph.add_nodes_from((*picture.starts, wanted))
    ways = [
        networkx.shortest_path_length(graph, start, wanted)
        for start in picture.starts
        if networkx.has_path(graph, start, wanted)
    ]
    assert (len(trace.steps) if trace else None) == min(ways, default=None)
    if trace and trace.steps:
        assert _replay(picture, trace)[0][-1] == wanted


@settings(deadline=None)
@given(PICTURES)
def test_find_deadlock_finds_exactly_the_states_where_nobody_can_move(picture: Picture) -> None:
    stuck = {
        state
        for state in picture.reachable()
        if state not in picture.done and not any(source == state for _, source, _ in picture.edges)
    }
    trace = find_deadlock(explore(picture.model()))
    assert (trace is not None) == bool(stuck)
    if trace and trace.steps:
        assert _replay(picture, trace)[0][-1] in stuck


@settings(deadline=None)
@given(PICTURES)
@example(SPIN)
@example(Picture(((0, 0, 1), (0, 1, 0), (1, 0, 2)), done=frozenset({2})))
def test_find_endless_agrees_with_brute_force_over_all_sets_of_states(picture: Picture) -> None:
    trace = find_endless(explore(picture.model()))
    traps = _brute_force_traps(picture)
    assert (trace is not None) == bool(traps)
    if trace is None or not (trace.steps or trace.loop):
        return
    steps, loop = _replay(picture, trace)
    assert not picture.done & {*steps, *loop}
    assert loop[0] == loop[-1]
    movers = {int(step.process[1:]) for step in trace.loop}
    for process in picture.processes_that_must_move():
        assert process in movers or any(not picture.can(process, state) for state in loop)


def test_endless_round_that_somebody_can_always_leave_is_not_fair() -> None:
    assert find_endless(explore(SPIN.model())) is None


def test_endless_round_that_can_be_left_from_one_state_only_is_found_with_its_loop() -> None:
    picture = Picture(((0, 0, 1), (0, 1, 0), (1, 0, 2)), done=frozenset({2}))
    trace = find_endless(explore(picture.model()))
    assert trace == Trace((), (Step("p0", "0>1"), Step("p0", "1>0")))


def test_endless_round_that_only_an_idle_process_can_leave_is_found() -> None:
    picture = Picture(((0, 0, 1), (0, 1, 0), (1, 0, 2), (1, 1, 2)), done=frozenset({2}), idle=frozenset({1}))
    trace = find_endless(explore(picture.model()))
    assert trace is not None
    assert [str(step) for step in trace.loop] == ["p0 0>1", "p0 1>0"]


def test_run_that_waits_for_an_idle_process_is_stuck_without_a_deadlock() -> None:
    explored = explore(Picture(((1, 0, 1),), done=frozenset({1}), idle=frozenset({1})).model())
    assert find_deadlock(explored) is None
    assert find_endless(explored) == Trace(())


def test_long_chains_need_no_recursion() -> None:
    tick: Action[int] = Action("ticks", lambda state: state < 20_000, lambda state: state + 1)
    model = Model((Process("clock", (tick,)),), (0,), lambda state: False)
    trace = find_endless(explore(model))
    assert trace is not None
    assert len(trace.steps) == 20_000


def _counters(count: int, top: int) -> Model[tuple[int, ...]]:
    def counter(which: int) -> Process[tuple[int, ...]]:
        return Process(
            f"counter {which}",
            (
                Action(
                    "goes up",
                    lambda state: state[which] < top,
                    lambda state: (*state[:which], state[which] + 1, *state[which + 1 :]),
                ),
            ),
        )

    return Model(tuple(map(counter, range(count))), ((0,) * count,), lambda state: min(state) == top)


def test_counts_and_depth_of_counters_are_what_arithmetic_says() -> None:
    explored = explore(_counters(3, 9))
    assert (explored.states, explored.transitions, explored.depth) == (1000, 3 * 9 * 100, 27)
    assert find_endless(explored) is None


def test_bound_is_kept_and_reported() -> None:
    explored = explore(_counters(3, 9), limit=50)
    assert explored.expanded == 50
    assert not explored.exhaustive
    assert find_deadlock(explored) is None
    assert find_endless(explored) is None
    assert explore(_counters(3, 9), limit=1000).exhaustive
