"""In: ConfigIs. Out: an outcome for the plain claim, before `expect` turns it round.

All of Kconfig is known, so a symbol that is not there is refuted; what it depends on or selects must be one as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.predicates import ConfigIs
from sim_hooks.source.definitions import Definitions, Option
from sim_hooks.source.outcomes import inconclusive
from sim_hooks.source.reach import Reach

_FAR = 4
"""Symbols through which a dependency is followed."""


@dataclass(slots=True)
class _Answers:
    found: list[bool | None] = field(default_factory=list)
    """For each thing asked: so, not so, or in part."""
    open: list[str] = field(default_factory=list)
    lines: list[Evidence] = field(default_factory=list)

    def add(self, answer: bool | None, said: str, place: str) -> None:
        self.found.append(answer)
        self.lines.append(Evidence("fact", said, place))


def _plain(symbol: str) -> str:
    return symbol.strip().removeprefix("CONFIG_")


def decide_config(reach: Reach, asked: ConfigIs) -> Outcome:
    """Whether Kconfig has the symbol, with these dependencies, selections and default."""
    known, symbol = reach.facts.known, _plain(asked.symbol)
    options = known.options(symbol)
    if not options:
        if not known.has_options:
            return inconclusive(f"{reach.facts.name} has no Kconfig")
        said = f"Kconfig of {reach.facts.name} has no {symbol}"
        if asked.depends_on or asked.selects or asked.default:
            return inconclusive(said)
        return Outcome(Verdict.REFUTED, Strength.CLOSED_WORLD, said)
    answers = _Answers()
    for wanted in map(_plain, asked.depends_on):
        _depends(known, symbol, options, wanted, answers)
    for wanted in map(_plain, asked.selects):
        _selects(known, symbol, options, wanted, answers)
    if asked.default:
        _default(symbol, options, asked.default.strip().strip('"'), answers)
    places = tuple(Evidence("fact", f"{symbol} is an option", one.place) for one in options)
    return _told(symbol, answers, places)


def _told(symbol: str, answers: _Answers, places: tuple[Evidence, ...]) -> Outcome:
    lines = (*answers.lines, *places)
    if not answers.found and not answers.open:
        return Outcome(Verdict.VERIFIED, Strength.CLOSED_WORLD, f"Kconfig has {symbol}", places)
    said = "; ".join([*(line.text for line in answers.lines), *answers.open])
    if False in answers.found and True not in answers.found and None not in answers.found:
        return Outcome(Verdict.REFUTED, Strength.EDGE, said, lines)
    if answers.open:
        return inconclusive(said, lines)
    if all(answers.found):
        return Outcome(Verdict.VERIFIED, Strength.EDGE, said, lines)
    return Outcome(Verdict.PARTLY, Strength.EDGE, said, lines)


def _depends(known: Definitions, symbol: str, options: Sequence[Option], wanted: str, answers: _Answers) -> None:
    if not known.options(wanted.lstrip("!")):
        answers.open.append(f"there is no symbol {wanted.lstrip('!')}")
        return
    direct = [wanted in one.needs for one in options]
    place = options[direct.index(True)].place if any(direct) else options[0].place
    if all(direct):
        answers.add(True, f"{symbol} depends on {wanted}", place)
    elif any(direct):
        answers.add(None, f"{symbol} depends on {wanted} in {direct.count(True)} of {len(options)} entries", place)
    elif any(wanted.lstrip("!") in part.lstrip("!").split("|") for one in options for part in one.needs):
        answers.add(None, f"{symbol} depends on {wanted} among others", place)
    elif through := _through(known, options, wanted, {symbol}, _FAR):
        answers.add(None, f"{symbol} depends on {wanted} only through {through}", place)
    elif any("?" in part for one in options for part in one.needs):
        answers.open.append(f"not all that {symbol} depends on is known")
    else:
        answers.add(False, f"{symbol} does not depend on {wanted}", place)


def _through(known: Definitions, options: Sequence[Option], wanted: str, seen: set[str], depth: int) -> str:
    for part in (part for one in options for part in one.needs):
        for name in part.split("|") if depth else ():
            if name.startswith("!") or name in seen or not name:
                continue
            seen.add(name)
            inner = known.options(name)
            needs = [word for one in inner for need in one.needs for word in (need, *need.lstrip("!").split("|"))]
            if wanted in needs or wanted.lstrip("!") in needs or _through(known, inner, wanted, seen, depth - 1):
                return name
    return ""


def _selects(known: Definitions, symbol: str, options: Sequence[Option], wanted: str, answers: _Answers) -> None:
    if not known.options(wanted):
        answers.open.append(f"there is no symbol {wanted}")
        return
    selected = {name for one in options for name in one.selects}
    place = options[0].place
    if all(wanted in one.selects for one in options):
        answers.add(True, f"{symbol} selects {wanted}", place)
    elif wanted in selected or f"{wanted}|" in selected:
        answers.add(None, f"{symbol} selects {wanted} under a condition", place)
    else:
        answers.add(False, f"{symbol} does not select {wanted}", place)


def _default(symbol: str, options: Sequence[Option], wanted: str, answers: _Answers) -> None:
    values = [(value, conditional) for one in options for value, conditional in one.defaults]
    place = next((one.place for one in options if one.defaults), options[0].place)
    if not values:
        switch = all(one.kind in ("bool", "tristate") for one in options)
        if switch and wanted in ("y", "m", "n"):
            answers.add(wanted == "n", f"{symbol} has no default, so it is n", place)
        else:
            answers.add(False, f"{symbol} has no default", place)
        return
    shown = ", ".join(f"{value}{' under a condition' if conditional else ''}" for value, conditional in values)
    named = {value for value, _ in values}
    switches = {"y", "m", "n"}
    if named == {wanted} and not any(conditional for _, conditional in values):
        answers.add(True, f"{symbol} has the default {shown}", place)
        return
    otherwise = wanted == "n" and all(conditional for _, conditional in values)
    told = wanted in named or (wanted in switches and bool(named - switches)) or otherwise
    answers.add(None if told else False, f"{symbol} has the default {shown}", place)
