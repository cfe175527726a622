"""In: ConstantIs, MaskHas, DefaultIs. Out: an outcome for the plain claim, before `expect` turns it round.

Where #ifdef gives a name several definitions that differ, it is told which of them agree; none is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import ConstantIs, DefaultIs, MaskHas
from sim_hooks.source.constant import constant_value
from sim_hooks.source.definitions import Definition
from sim_hooks.source.masks import Bits, bits_of, holds, misses
from sim_hooks.source.outcomes import inconclusive
from sim_hooks.source.reach import Reach
from sim_hooks.source.reckon import Sum, alike, names_left, spelled_sum
from sim_hooks.source.shapes import Value


def decide_constant(reach: Reach, asked: ConstantIs) -> Outcome:
    """Whether a constant or variable has that value."""
    known, name = reach.facts.known, asked.name.strip()
    found = known.constants(name) or known.variables(name)
    if not found:
        return _unknown(reach, name)
    return _compared(reach, name, asked.value, found)


def decide_default(reach: Reach, asked: DefaultIs) -> Outcome:
    """Whether a module parameter, sysctl or variable starts with that value."""
    known, name = reach.facts.known, asked.name.strip().rpartition(".")[2].rpartition("/")[2]
    called = known.settings(name)
    told = tuple(Evidence("fact", f"the {kind} {name} is held in {held}", place) for kind, held, place in called)
    files = {place.rpartition(":")[0] for _, _, place in called}
    found = [one for _, held, _ in called for one in known.variables(held)]
    own = [one for one in found if one.file in files] or found
    if not called:
        own = known.variables(name)
    if not own:
        return inconclusive(f"no variable that holds {name} is known in the folders parsed of {reach.facts.name}", told)
    if len({held for _, held, _ in called}) > 1:
        return inconclusive(f"{name} is the name of several settings", told)
    outcome = _compared(reach, name, asked.value, [one for at, one in enumerate(own) if one not in own[:at]])
    if outcome.verdict is Verdict.REFUTED and any(one.value == 0 for one in own):
        return inconclusive(f"{name} is 0 before anything runs, and what sets it later was not looked at", told)
    return Outcome(outcome.verdict, outcome.strength, outcome.summary, (*told, *outcome.evidence))


def _unknown(reach: Reach, name: str) -> Outcome:
    return inconclusive(f"no constant or variable {name} is known in the folders parsed of {reach.facts.name}")


def _compared(reach: Reach, name: str, value: str, found: Sequence[Definition]) -> Outcome:
    known = reach.facts.known
    wanted = constant_value(value)
    if wanted is None:
        return inconclusive(f"{value!r} is no constant that can be compared")
    asked = known.sum_of(wanted)
    unknown = [one for one in sorted(_names(wanted)) if not known.constants(one) and one not in _named_in(found)]
    answers: list[bool | None] = []
    lines: list[Evidence] = []
    for one in found:
        is_now = known.sum_of(one.value)
        same = _same(reach, one, wanted, is_now, asked)
        answers.append(None if same is False and unknown else same)
        shown = spelled_sum(is_now) if is_now is not None else "no plain number"
        lines.append(Evidence("fact", f"{name} is {shown}", one.place))
    if unknown and True not in answers:
        return inconclusive(f"{', '.join(unknown)} is not known in the folders parsed", tuple(lines))
    return _together(name, value, answers, tuple(lines))


def _same(reach: Reach, one: Definition, wanted: Value, is_now: Sum | None, asked: Sum | None) -> bool | None:
    if one.value == wanted and wanted is not None:
        return True
    if is_now is None or asked is None:
        return None
    found = alike(is_now, asked)
    several = [left for left in names_left({**is_now, **asked}) if len(reach.facts.known.constants(left)) > 1]
    return None if found is False and several and len({*is_now, *asked}) > 1 else found


def _names(value: Value) -> set[str]:
    if isinstance(value, str):
        return {value[1:]}
    return {name for part in value[1:] for name in _names(part)} if isinstance(value, (list, tuple)) else set()


def _named_in(found: Sequence[Definition]) -> set[str]:
    return {name for one in found for name in _names(one.value)}


def _together(name: str, value: str, answers: Sequence[bool | None], lines: tuple[Evidence, ...]) -> Outcome:
    if all(answers):
        return Outcome(Verdict.VERIFIED, Strength.EDGE, f"{name} is {value}", lines)
    if all(answer is False for answer in answers):
        return Outcome(Verdict.REFUTED, Strength.EDGE, f"{name} is not {value}: {lines[0].text}", lines)
    if True in answers:
        said = f"{name} is {value} in {answers.count(True)} of its {len(answers)} definitions"
        return Outcome(Verdict.PARTLY, Strength.EDGE, said, lines)
    return inconclusive(f"whether {name} is {value} cannot be told from its definitions", lines)


def decide_mask(reach: Reach, asked: MaskHas) -> Outcome:
    """Whether a constant is made of all of `has` and none of `lacks`."""
    known, mask = reach.facts.known, asked.mask.strip()
    found = known.constants(mask)
    if not found:
        return _unknown(reach, mask)
    unknown = [name for name in (*asked.has, *asked.lacks) if not known.constants(name)]
    if unknown:
        return inconclusive(f"no constant {', '.join(unknown)} is known in the folders parsed of {reach.facts.name}")
    answers = [_has(known.constant, known.spelled_out, one.value, asked) for one in found]
    wanted = " and ".join([*asked.has, *(f"no {name}" for name in asked.lacks)])
    lines = tuple(
        Evidence("fact", f"{mask} {_verb(answer)} {wanted}", one.place)
        for one, answer in zip(found, answers, strict=True)
    )
    return _together(mask, f"made with {wanted}", answers, lines)


def _verb(answer: bool | None) -> str:
    return "may or may not have" if answer is None else "has" if answer else "does not have"


def _has(
    number: Callable[[str], int | None], spelled: Callable[[set[str]], set[str]], value: Value, asked: MaskHas
) -> bool | None:
    bits: Bits = bits_of(value, lambda one: number(one[1:]) if one[:1] == "=" else None)
    answers = [holds(bits, number(name), name, value, spelled) for name in asked.has]
    answers += [misses(bits, number(name)) for name in asked.lacks]
    return False if False in answers else None if None in answers else True
