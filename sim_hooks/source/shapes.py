"""In: nothing. Out: the shapes of what is kept of a function: which calls it makes, under which branches.

A *body* is a list of steps; a step is a list that begins with a tag, so that it is JSON as it stands:

    ["c", line, callee, arguments]       a call; callee is `name`, `.struct.field` (through a table of functions;
                                         `*` for a struct that is not known) or `*` (through a variable)
    ["i", line, condition, then, else]   if, `?:`, the right of && and ||, both sides of #ifdef
    ["w", line, before, condition, body, after]   loop that tests first; `before`, `after`: in each round
    ["d", line, body, before, condition] loop that tests last
    ["s", line, value, cases]            switch; each case is [values, body], null among values is `default`
    ["r", line, value]                   return
    ["g", line, label]  ["l", label]  ["b"]  ["k"]    goto, label, break, continue
    ["=", place, value]                  assignment; the place is a path of names

A *value* is a number; `=NAME` a constant; `name` or `name.field` a parameter or local (-> and . are written alike);
`@name` something global (`@*.field` a field of something that has no name); `&name` an address; `:name` the result of a
call, kept only on its way to a return; `...` the rest of a macro's arguments; null what is not known; or a list of an
operator and its values, where `m` means "some mixture of".
"""

from __future__ import annotations

from typing import Any, TypeAlias

Value: TypeAlias = Any
Step: TypeAlias = list[Any]
Body: TypeAlias = list[Step]

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})


def bodies_of(step: Step) -> list[Body]:
    """The bodies inside a step."""
    match step[0]:
        case "i":
            return [step[3], step[4]]
        case "w":
            return [step[2], step[4], step[5]]
        case "d":
            return [step[2], step[3]]
        case "s":
            return [body for _, body in step[3]]
    return []


def steps_of(body: Body) -> list[Step]:
    """Every step of a body, those inside other steps too, in the order they are written."""
    out: list[Step] = []
    for step in body:
        out.append(step)
        for inner in bodies_of(step):
            out += steps_of(inner)
    return out


def values_of(step: Step) -> list[Value]:
    """The values that stand in a step itself."""
    match step[0]:
        case "c":
            return list(step[3])
        case "i" | "r" | "=":
            return [step[2]]
        case "w":
            return [step[3]]
        case "d":
            return [step[4]]
        case "s":
            return [step[2]]
    return []


def names_in(value: Value, mark: str) -> set[str]:
    """The names in a value that carry this mark (`=` constants, `@` globals, `&` addresses)."""
    if isinstance(value, str):
        return {value[1:]} if value.startswith(mark) else set()
    if isinstance(value, list):
        return {name for part in value[1:] for name in names_in(part, mark)}
    return set()


def names_global(value: Value) -> bool:
    """Whether a value names something global, such as a function."""
    if isinstance(value, str):
        return value.startswith("@")
    return isinstance(value, list) and any(names_global(part) for part in value[1:])


def paths_in(value: Value) -> set[str]:
    """The paths of parameters and locals in a value."""
    if isinstance(value, str):
        return {value.removeprefix("&")} if value[:1] not in ("=", "@", ".", ":") else set()
    return {path for part in value[1:] for path in paths_in(part)} if isinstance(value, list) else set()


def variables_in(value: Value) -> set[str]:
    """The parameters and locals in a value, without their fields."""
    return {path.partition(".")[0] for path in paths_in(value)}


def is_path(value: Value) -> bool:
    """Whether a value is a parameter or local, a field of one, or its address."""
    return isinstance(value, str) and value[:1] not in ("=", "@", ".", ":", "")


def without_results(value: Value) -> Value:
    """A value with the results of calls as unknown."""
    if isinstance(value, str):
        return None if value.startswith(":") else value
    if not isinstance(value, list):
        return value
    parts = [without_results(part) for part in value[1:]]
    tested = parts[1:] if value[0] == "?" else parts
    if all(part is None for part in tested) or (value[0] in COMPARISONS and None in parts):
        return None
    return [value[0], *parts]
