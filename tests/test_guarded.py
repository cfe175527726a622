"""Guarded commands do what their text says, all at once, and a text that does not fit is refused with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.errors import CheckError
from sim_hooks.explore import explore
from sim_hooks.guarded import Actor, Command, Scene, System, compiled, flag, number, words


def _system(when: str = "light == red", do: str = "light = green", done: str = "light == green") -> System:
    return System(
        variables=(
            words("light", "red", "green"),
            number("cars", 3, start=2),
            flag("night"),
            words("sign", "stop", "go"),
        ),
        actors=(Actor("driver", (Command("drives", when, do),)),),
        done=done,
        scenes=(Scene("green", "the light is green", "light == green"),),
        constants={"strict": True, "most": 3},
    )


def _after(do: str) -> tuple[object, ...]:
    """The state that the one command leads to."""
    model = compiled(_system("True", do))
    (_, action), *_ = model.moves
    return action.effect(model.starts[0])


def test_start_holds_the_first_values_in_the_order_of_declaration() -> None:
    assert compiled(_system()).starts == (("red", 2, False, "stop"),)


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("light == red and cars == 2", True),
        ("light != red or cars > 2", False),
        ("light in (green,)", False),
        ("light not in (green,)", True),
        ("not night and cars + 1 == most", True),
        ("strict and cars - 1 <= 0", False),
        ("(cars == 2 if strict else cars == 3)", True),
        ("night", False),
    ],
)
def test_guard_reads_as_in_python(when: str, holds: bool) -> None:
    model = compiled(_system(when))
    (_, action), *_ = model.moves
    assert action.guard(model.starts[0]) is holds


def test_assignments_happen_at_once() -> None:
    assert _after("cars = cars + 1; night = cars == 2") == ("red", 3, True, "stop")
    assert _after("light = green if cars == 2 else red; cars = 0 if light == red else 1") == ("green", 0, False, "stop")


def test_model_is_explored_with_its_scenes_and_its_end() -> None:
    model = compiled(_system())
    explored = explore(model)
    assert explored.states == 2
    assert [model.done(state) for state in explored.order] == [False, True]
    assert [model.by_situation["green"].holds(state) for state in explored.order] == [False, True]


@pytest.mark.parametrize(
    ("when", "do", "words_of_the_error"),
    [
        ("light == blue", "light = green", "no variable, word or constant 'blue'; variables are cars, light"),
        ("light == go", "light = green", "compares what can never be equal; the left side holds green, red"),
        ("light < green", "light = green", "words have no order"),
        ("light == 1", "light = green", "compares what can never be equal"),
        ("light", "light = green", "a word stands where a number or a truth value should"),
        ("light in green", "light = green", "`in` and a list in brackets go together"),
        ("cars ==", "light = green", "cannot be read"),
        ("len(light)", "light = green", "Call is not known here"),
        ("cars == 2", "light = stop", "'light' cannot hold this; it holds green, red"),
        ("cars == 2", "light = 1", "'light' cannot hold this"),
        ("cars == 2", "cars = go", "'cars' cannot hold this"),
        ("cars == 2", "strict = False", "'strict' cannot be assigned here"),
        ("cars == 2", "cars = 1; cars = 2", "'cars' cannot be assigned here"),
        ("cars == 2", "cars", "is no assignment"),
        ("cars == 2", "light = green if night else 1", "the two values of a choice are of different sorts"),
        ("().__class__", "light = green", "Attribute is not known here"),
        ("'red' == light", "light = green", "Constant is not known here"),
    ],
)
def test_text_that_does_not_fit_is_refused(when: str, do: str, words_of_the_error: str) -> None:
    with pytest.raises(CheckError) as raised:
        compiled(_system(when, do))
    assert words_of_the_error in str(raised.value)


def test_two_commands_of_one_actor_are_a_choice() -> None:
    both = replace(
        _system(),
        actors=(
            Actor(
                "driver",
                (Command("waits", "night", "night = False"), Command("drives", "True", "light = green; night = True")),
            ),
        ),
    )
    assert explore(compiled(both)).transitions == 4
