"""In: where a run starts, with which constants. Out: whether and how it can come to a function, or what cuts it off.

Constants travel: from a call's arguments into the callee's parameters, fields of a structure along with the pointer to
it. A field keeps what is known of it until a function is called that can come to assign that field of that struct.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from sim_hooks.source.evaluate import Atom, Evaluator
from sim_hooks.source.facts import Facts
from sim_hooks.source.functions import Edge, Function
from sim_hooks.source.shapes import Value, is_path, names_in, steps_of, values_of, variables_in
from sim_hooks.source.walk import Walk
from sim_hooks.source.walked import Site, Walked
from sim_hooks.source.ways import NOTHING, Context, CutCall, Hop, Way

MOST_CONTEXTS = 12
"""Contexts tried for one function before it is taken with nothing known."""


class Reach:
    """Answers about one tree; remembers the walks it has made."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.evaluator = Evaluator(facts)
        self._walks: dict[tuple[int, Context], Walked] = {}
        self._read: dict[int, frozenset[str]] = {}
        self._modifiers: dict[str, frozenset[int]] = {}
        self._set_by: dict[int, frozenset[int]] = {}
        self._leading: dict[tuple[frozenset[int], bool], dict[int, int]] = {}

    # One function -----------------------------------------------------------------------------------------------

    def walk(self, number: int, context: Context = NOTHING) -> Walked:
        """What a run through one function comes to."""
        key = (number, context)
        if key not in self._walks:
            function, inside = self.facts.function(number), self.facts.inside(number)
            structs = inside.structs
            self._walks[key] = Walk(
                self.evaluator,
                inside.body,
                dict(context),
                unsure=function.unsure,
                forgets=lambda callee, arguments, path: self._forgets(function.file, structs, callee, arguments, path),
                writes=lambda callee, count: self._writes(function.file, callee, count),
            ).result
        return self._walks[key]

    def _forgets(
        self, file: str, structs: Mapping[str, str], callee: str, arguments: Sequence[Value], path: str
    ) -> bool:
        base, _, field = path.partition(".")
        struct = structs.get(base)
        if struct is None or "." in field:
            return True
        if callee in ("*", "") or callee.startswith("."):
            return False
        meant = self.facts.meant(callee, file)
        if not meant:
            return not callee.startswith("trace_") and any(argument in (base, f"&{base}") for argument in arguments)
        place = f"{struct}.{field}"
        if place not in self._modifiers:
            self._modifiers[place] = frozenset(self.leading(frozenset(self.facts.assigners(place))))
        return any(number in self._modifiers[place] for number in meant)

    def writes_of(self, file: str) -> Callable[[str, int], Collection[int]]:
        """For calls in a file: the places of the arguments that a macro of that name sets."""
        return lambda callee, count: self._writes(file, callee, count)

    def _writes(self, file: str, callee: str, count: int) -> Collection[int]:
        meant = self.facts.meant(callee, file) if callee != "*" else []
        if not meant and "for_each" in callee:
            return range(count)
        out: set[int] = set()
        for number in meant:
            if number not in self._set_by:
                inside, function = self.facts.inside(number), self.facts.function(number)
                assigned = {step[1] for step in steps_of(inside.body) if step[0] == "="} if function.macro else set()
                every = function.macro and ("for_each" in function.name or function.unsure)
                self._set_by[number] = frozenset(
                    place for place, name in enumerate(inside.parameters) if every or name in assigned
                )
            out |= self._set_by[number]
        return out

    def read(self, number: int) -> frozenset[str]:
        """The names that a function's steps read."""
        if number not in self._read:
            steps = steps_of(self.facts.inside(number).body)
            self._read[number] = frozenset(
                name for step in steps for value in values_of(step) for name in variables_in(value)
            )
        return self._read[number]

    def entering(self, site: Site, number: int) -> Context:
        """What a call tells of its callee's parameters."""
        out: dict[str, frozenset[Atom]] = {}
        for parameter, argument in zip(self.facts.inside(number).parameters, site.arguments, strict=False):
            if parameter not in self.read(number):
                continue
            atoms = self.evaluator.possible(argument, site.known)
            if atoms is not None:
                out[parameter] = atoms
            if is_path(argument):
                base = argument.removeprefix("&") + "."
                for path, known in site.known.items():
                    if path.startswith(base):
                        out[f"{parameter}.{path[len(base) :]}"] = known
        return frozenset(out.items())

    def calls(self, number: int, context: Context = NOTHING, *, tables: bool = False) -> list[Hop]:
        """The calls that a run through one function comes to."""
        function = self.facts.function(number)
        out: list[Hop] = []
        for site in self.walk(number, context).sites:
            if site.callee.startswith("."):
                meant = self.facts.meant(site.callee, function.file) if tables else []
                kind = Edge.TABLE
            else:
                meant, kind = self.facts.meant(site.callee, function.file) if site.callee != "*" else [], Edge.DIRECT
            out += [Hop(function, kind, site.line, self.facts.function(one), self.entering(site, one)) for one in meant]
            for argument in site.arguments:
                for name in sorted(names_in(argument, "@")):
                    out += self._passed(function, name, site.line)
        seen = {hop.callee.name for hop in out if hop.kind is Edge.PASSED}
        for kind, name in self.facts.edges(number):
            if kind is Edge.PASSED and name not in seen:
                out += self._passed(function, name, function.line)
        return out

    def _passed(self, function: Function, name: str, line: int) -> list[Hop]:
        meant = [self.facts.function(one) for one in self.facts.meant(name, function.file)]
        return [Hop(function, Edge.PASSED, line, one, NOTHING) for one in meant if not one.macro]

    # Ways through many ------------------------------------------------------------------------------------------

    def leading(self, targets: frozenset[int], *, tables: bool = False, most: int | None = None) -> dict[int, int]:
        """Every function from which calls lead to one of `targets`, whatever the constants, and in how many calls."""
        key = (targets, tables)
        if key in self._leading and most is None:
            return self._leading[key]
        found = dict.fromkeys(targets, 0)
        level, calls = list(targets), 0
        while level and (most is None or calls < most):
            calls += 1
            further = []
            for number in level:
                for _, caller in self.facts.callers(number, tables=tables):
                    if caller not in found:
                        found[caller] = calls
                        further.append(caller)
            level = further
        if most is None:
            self._leading[key] = found
        return found

    def ways(
        self,
        starts: Sequence[Way],
        targets: frozenset[int],
        *,
        tables: bool = False,
        most: int | None = None,
        carrying: Callable[[Context], bool] = lambda context: True,
    ) -> tuple[list[Way], list[CutCall]]:
        """How runs from `starts` come to `targets`, shortest first, and the calls that are cut off where none does.

        `most` bounds the number of calls. Each target comes once for each context. Functions on the way are entered
        only with a context that is `carrying`.
        """
        leads = self.leading(targets, tables=tables, most=most)
        ends: dict[tuple[int, Context], Way] = {}
        cuts: dict[tuple[int, str, int], CutCall] = {}
        tried: dict[int, set[Context]] = {}
        level = [way for way in starts if way.number in leads]
        calls = 0
        while level and (most is None or calls < most):
            calls += 1
            further: list[Way] = []
            for way in level:
                self._note_cuts(way, leads, cuts)
                for hop in self.calls(way.number, way.context, tables=tables):
                    number = hop.callee.number
                    if number not in leads or (most is not None and leads[number] > most - calls):
                        continue
                    onward = Way(number, hop.context, (*way.hops, hop))
                    if number in targets:
                        ends.setdefault((number, hop.context), onward)
                        continue
                    if not carrying(hop.context):
                        continue
                    seen = tried.setdefault(number, set())
                    if len(seen) >= MOST_CONTEXTS:
                        onward = Way(number, NOTHING, onward.hops)
                    if onward.context not in seen and NOTHING not in seen:
                        seen.add(onward.context)
                        further.append(onward)
            if most is None and ends:
                break
            level = further
        found = sorted(ends.values(), key=lambda way: len(way.hops))
        if len(found) > MOST_CONTEXTS:
            first = {way.number: way for way in reversed(found)}
            found = [Way(way.number, NOTHING, way.hops) for way in first.values()]
        return found, list(cuts.values())

    def _note_cuts(self, way: Way, leads: dict[int, int], cuts: dict[tuple[int, str, int], CutCall]) -> None:
        function = self.facts.function(way.number)
        for (callee, line), cut in self.walk(way.number, way.context).cut_off.items():
            if callee[:1] not in ("*", ".") and any(one in leads for one in self.facts.meant(callee, function.file)):
                cuts.setdefault((way.number, callee, line), CutCall(function, callee, line, cut))
