"""In: a function's body. Out: the same body without what no answer depends on."""

from __future__ import annotations

from sim_hooks.source.shapes import (
    Body,
    Step,
    names_global,
    names_in,
    steps_of,
    values_of,
    variables_in,
    without_results,
)


def tidy(body: Body) -> Body:
    """The body without assignments that no branch, call or result reads, and without branches that hold nothing."""
    _forget_results(body)
    steps = steps_of(body)
    read = {name for step in steps if step[0] != "=" for value in values_of(step) for name in variables_in(value)}
    writes = [(step[1].partition(".")[0], step[2]) for step in steps if step[0] == "="]
    growing = True
    while growing:
        more = {name for target, value in writes if target in read for name in variables_in(value)} - read
        read |= more
        growing = bool(more)
    return _kept(body, read)


def _kept(body: Body, read: set[str]) -> Body:
    out: Body = []
    for step in body:
        kept: Step = step
        match step[0]:
            case "=":
                if step[1].partition(".")[0] not in read:
                    if not names_global(step[2]) and not names_in(step[2], "&") & read:
                        continue
                    kept = ["=", step[1] if "." in step[1] else "", step[2]]
            case "i":
                kept = [*step[:3], _kept(step[3], read), _kept(step[4], read)]
                if not kept[3] and not kept[4]:
                    continue
            case "w":
                kept = [step[0], step[1], _kept(step[2], read), step[3], _kept(step[4], read), _kept(step[5], read)]
            case "d":
                kept = [step[0], step[1], _kept(step[2], read), _kept(step[3], read), step[4]]
            case "s":
                kept = [*step[:3], [[labels, _kept(inner, read)] for labels, inner in step[3]]]
        out.append(kept)
    return out


def _forget_results(body: Body) -> None:
    """Makes the results of calls unknown, except where they can come to be returned."""
    steps = steps_of(body)
    writes = [(step[1].partition(".")[0], step[2]) for step in steps if step[0] == "="]
    returned: set[str] = {name for step in steps if step[0] == "r" for name in variables_in(step[2])}
    growing = bool(returned)
    while growing:
        more = {name for target, value in writes if target in returned for name in variables_in(value)} - returned
        returned |= more
        growing = bool(more)
    for step in steps:
        match step[0]:
            case "c":
                step[3] = [without_results(one) for one in step[3]]
            case "i" | "s":
                step[2] = without_results(step[2])
            case "w":
                step[3] = without_results(step[3])
            case "d":
                step[4] = without_results(step[4])
            case "=" if "." in step[1] or step[1] not in returned:
                step[2] = without_results(step[2])
