"""In: a name that several files can define. Out: its definitions by file, and one outcome for them all.

Static functions of different files may share a name: where the answer differs between them, it is inconclusive, and
says which is which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.records import Evidence, Outcome, Strength, Verdict
from sim_hooks.source.facts import Facts
from sim_hooks.source.functions import Function


def by_file(facts: Facts, name: str) -> list[list[Function]]:
    """The definitions of a name, those of one file together; a header's empty stand-in counts only by itself."""
    found = facts.named(name)
    real = [one for one in found if not one.file.endswith(".h") or facts.edges(one.number)]
    groups: dict[str, list[Function]] = {}
    for one in real or found:
        groups.setdefault(one.file, []).append(one)
    return list(groups.values())


def for_each_file(facts: Facts, name: str, decide: Callable[[Sequence[Function]], Outcome]) -> Outcome:
    """What `decide` finds for the definitions of each file, where it finds the same for all."""
    groups = by_file(facts, name)
    outcomes = [decide(group) for group in groups]
    first = outcomes[0]
    if all(one.verdict is first.verdict for one in outcomes):
        return first
    lines = tuple(
        Evidence("note", f"{one.summary}: {one.verdict}", group[0].place)
        for group, one in zip(groups, outcomes, strict=True)
    )
    said = f"{len(groups)} files define {name}, and what is asked does not hold for all of them alike"
    return Outcome(Verdict.INCONCLUSIVE, Strength.NONE, said, lines)
