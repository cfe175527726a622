"""In: the parameters that a predicate names. Out: the model they describe, or an error that names what exists.

A setting is complete: every declared parameter has a value of its declared type, given or default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from kb.errors import CheckError
from sim_hooks.explore import Model
from sim_hooks.guarded import State, System, compiled
from sim_hooks.predicates import Parameters

Setting: TypeAlias = Mapping[str, Any]
"""Parameter name to value: bool, int or str as declared."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One knob of a model; its type is that of `default`."""

    name: str
    default: int | str | bool
    meaning: str
    choices: tuple[str, ...] = ()
    """The words allowed, for a text."""
    least: int = 0
    most: int = 0
    """The range allowed, for a number."""
    said: tuple[str, ...] = ()
    """A setting in words: for no and yes, for each of `choices`, or for 0, 1 and more; `{}` stands for the number."""
    where: tuple[str, str] = ("", "")
    """Another parameter and the value that it must have for this one to matter."""

    def words(self, value: object) -> str:
        """`value` as a person says it."""
        if not self.said:
            return f"{self.name} {_word(value)}"
        if isinstance(value, bool):
            return self.said[value]
        if isinstance(value, int):
            return self.said[min(value, len(self.said) - 1)].format(value)
        return self.said[self.choices.index(str(value))]

    def matters(self, setting: Setting) -> bool:
        """Whether it changes anything in this setting."""
        name, value = self.where
        return not name or _word(setting[name]) == value

    def read(self, place: str, value: object) -> int | str | bool:
        """`value` as this parameter's type; 0 and 1 stand for no and yes. CheckError says what is allowed."""
        if isinstance(self.default, bool):
            if isinstance(value, int) and value in (0, 1):
                return bool(value)
            raise CheckError(place, f"{self.name} is {value!r}", "write true or false")
        if isinstance(self.default, int):
            if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
                return value
            raise CheckError(place, f"{self.name} is {value!r}", f"write a number from {self.least} to {self.most}")
        if isinstance(value, str) and value in self.choices:
            return value
        raise CheckError(place, f"{self.name} is {value!r}", f"choices are {', '.join(self.choices)}")


def settle(name: str, declared: tuple[Parameter, ...], given: Parameters) -> dict[str, Any]:
    """The complete setting of model `name`; CheckError for an unknown parameter or a value out of range."""
    place = f"model {name}"
    known = {parameter.name: parameter for parameter in declared}
    for word, _ in given:
        if word not in known:
            raise CheckError(place, f"no parameter {word!r}", f"parameters are {', '.join(known)}")
    values = dict(given)
    return {word: parameter.read(place, values.get(word, parameter.default)) for word, parameter in known.items()}


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A family of models: what it is about, its parameters, what it leaves out, and how to build one of them."""

    name: str
    about: str
    parameters: tuple[Parameter, ...]
    assumptions: tuple[str, ...]
    """What every model of the family leaves out or takes for granted, one sentence each."""
    build: Callable[[Setting], System]
    """The system for a complete setting."""

    def system(self, given: Parameters) -> System:
        """The guarded commands for these parameters."""
        return self.build(settle(self.name, self.parameters, given))

    def model(self, given: Parameters) -> tuple[Model[State], Setting]:
        """The model for these parameters, with the setting after defaults."""
        setting = settle(self.name, self.parameters, given)
        return compiled(self.build(setting)), setting


@dataclass(frozen=True, slots=True)
class Stalls:
    """What the runs of a timed model showed, in seconds."""

    longest: float
    mean: float
    waits: int
    share: float = 0.0
    """Share of the time that a waiter who tries again and again is held up, 0 where it was not asked for."""


@dataclass(frozen=True, slots=True)
class TimedSpec:
    """A family of models in simulated time that measure how long a waiter is held up."""

    name: str
    about: str
    parameters: tuple[Parameter, ...]
    assumptions: tuple[str, ...]
    symbols: Mapping[str, str]
    """The letters that a bound may use, with the parameter that each stands for."""
    simulate: Callable[[Setting], Stalls]


def worded(declared: tuple[Parameter, ...], given: Parameters, setting: Setting) -> str:
    """What a predicate says of a model, in words; of the whole setting if it names nothing."""
    named = {name for name, _ in given}
    return ", ".join(
        parameter.words(setting[parameter.name])
        for parameter in declared
        if (parameter.name in named or not named) and parameter.matters(setting)
    )


def unsaid(declared: tuple[Parameter, ...], given: Parameters, setting: Setting) -> tuple[str, ...]:
    """One line for each parameter that matters and took its default because the predicate does not name it."""
    named = {name for name, _ in given}
    return tuple(
        f"as nothing else is said: {parameter.words(setting[parameter.name])}"
        for parameter in declared
        if parameter.name not in named and parameter.matters(setting)
    )


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
