"""In: constants as people fix them (`mode` = `SYNC`, `cc->mode` = `A or B`). Out: what is known of parameters."""

from __future__ import annotations

import re

from sim_hooks.predicates import Parameters
from sim_hooks.source.evaluate import Atom
from sim_hooks.source.functions import Function
from sim_hooks.source.reach import Reach
from sim_hooks.source.shapes import paths_in, steps_of, values_of
from sim_hooks.source.ways import Context

_ALTERNATIVES = re.compile(r"(?:(?<!\s)\s+)?(?:\bor\b|[,/|])\s*")
_TRUTHS = {"true": 1, "false": 0, "NULL": 0}


def context(reach: Reach, function: Function, constants: Parameters) -> Context | None:
    """The context that fixes `constants` in `function`; None where it has no such parameter.

    A name that is no parameter but the field of one, in this function's body, means that field.
    """
    inside = reach.facts.inside(function.number)
    out: dict[str, frozenset[Atom]] = {}
    for name, value in constants:
        path = name.replace("->", ".").strip()
        if path.partition(".")[0] not in inside.parameters:
            fields = {
                used
                for step in steps_of(inside.body)
                for one in values_of(step)
                for used in paths_in(one)
                if used.endswith(f".{path}") and used.partition(".")[0] in inside.parameters
            }
            if len(fields) != 1:
                return None
            path = fields.pop()
        out[path] = frozenset(_atoms(value))
    return frozenset(out.items())


def _atoms(value: int | str | bool) -> list[Atom]:
    if not isinstance(value, str):
        return [int(value)]
    parts = [part for part in _ALTERNATIVES.split(value.strip()) if part]
    return [_TRUTHS.get(part, int(part) if part.lstrip("-").isdecimal() else part) for part in parts]
