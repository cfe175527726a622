"""Each predicate about source code decided both ways, on a small tree and on a mutated twin of it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from kb.errors import CheckError
from kb.records import Outcome, Strength, Verdict
from sim_hooks.hooks.source import decide
from sim_hooks.predicates import (
    ArgumentHas,
    CallersAre,
    Calls,
    Chain,
    DefinedIn,
    OnlyFrom,
    PathExists,
    Predicate,
    Reaches,
    SumIs,
    parameters,
)
from sim_hooks.source.facts import Facts
from tests.support.ctree import facts_of

HEADER = """
enum mode { ASYNC_MODE, LIGHT_MODE, SYNC_MODE };
#define F_BASE 1
#define F_IO 2
#define F_MOVE 4
#define F_NOFS (F_BASE | F_IO)
#define wrapped(x) tagged(plain(x))
struct control { enum mode mode; int order; };
struct ops { int (*flush)(int); };
struct file { const struct ops *f_op; };
int move(enum mode mode);
"""
MOVER = """
#include "x.h"
static void wait_here(int page)
{
}

static int unmap(enum mode mode, int page)
{
	switch (mode) {
	case SYNC_MODE:
		break;
	default:
		return 1;
	}
	wait_here(page);
	return 0;
}

int move(enum mode mode)
{
	return unmap(mode, 1);
}

static int fault(int page)
{
	return move(ASYNC_MODE);
}

int plain(int x)
{
	return 0;
}

int through(int page)
{
	wrapped(page);
	return allocate(F_NOFS | F_BASE, 0);
}

static int zone(struct control *cc)
{
	lru_add(1);
	return move(cc->mode);
}

int order(int prio)
{
	struct control cc = { .order = 1, .mode = prio ? ASYNC_MODE : LIGHT_MODE };

	return zone(&cc);
}

int range(void)
{
	struct control cc = { .mode = SYNC_MODE };

	return zone(&cc);
}

SYSCALL_DEFINE2(shift, int, from, int, to)
{
	return fault(from);
}

static void each(int sb)
{
	plain(sb);
}

void all(void)
{
	iterate(each, 0);
}

static int my_flush(int x)
{
	return plain(x);
}

static const struct ops my_ops = { .flush = my_flush };

int close_it(struct file *file)
{
	return file->f_op->flush(1);
}
"""
OTHER = '#include "x.h"\nint driver(void)\n{\n\treturn order(1);\n}\n'
FILES = {"mm/x.h": HEADER, "mm/move.c": MOVER, "drivers/d.c": OTHER, "Documentation/move.rst": "move() is here\n"}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return facts_of(tmp_path_factory.mktemp("tree"), FILES, dirs=["mm"])


def twin(tmp_path: Path, before: str, after: str) -> Facts:
    assert before in MOVER
    return facts_of(tmp_path, {**FILES, "mm/move.c": MOVER.replace(before, after)}, dirs=["mm"])


DECIDED: list[tuple[Predicate, Verdict, Strength]] = [
    (Calls("fault", "move"), Verdict.VERIFIED, Strength.EDGE),
    (Calls("fault", "plain"), Verdict.REFUTED, Strength.EDGE),
    (Calls("fault", "unmap"), Verdict.PARTLY, Strength.PATH),
    (Calls("through", "plain"), Verdict.VERIFIED, Strength.EDGE),
    (Calls("fault", "move", "ASYNC_MODE"), Verdict.VERIFIED, Strength.EDGE),
    (Calls("fault", "move", "SYNC_MODE"), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
    (Calls("zone", "move", "LIGHT_MODE"), Verdict.VERIFIED, Strength.CONSTANT_SENSITIVE),
    (Calls("range", "zone", "SYNC_MODE"), Verdict.VERIFIED, Strength.CONSTANT_SENSITIVE),
    (Calls("range", "zone", "ASYNC_MODE"), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
    (Calls("all", "each"), Verdict.VERIFIED, Strength.PATH),
    (Calls("close_it", "my_flush"), Verdict.VERIFIED, Strength.PATH),
    (Calls("nowhere", "move"), Verdict.INCONCLUSIVE, Strength.NONE),
    (Chain(("move", "unmap", "wait_here")), Verdict.VERIFIED, Strength.EDGE),
    (Chain(("shift()", "fault", "move", "unmap", "wait_here")), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
    (Chain(("order", "zone", "move", "unmap", "wait_here")), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
    (Chain(("range", "zone", "move", "unmap", "wait_here")), Verdict.VERIFIED, Strength.CONSTANT_SENSITIVE),
    (Chain(("range", "move", "wait_here")), Verdict.VERIFIED, Strength.PATH),
    (
        Chain(("zone", "move", "unmap", "wait_here"), parameters(mode="ASYNC_MODE or LIGHT_MODE")),
        Verdict.REFUTED,
        Strength.CONSTANT_SENSITIVE,
    ),
    (Chain(("all", "each", "plain")), Verdict.VERIFIED, Strength.PATH),
    (Chain(("close_it", "my_flush", "plain")), Verdict.VERIFIED, Strength.PATH),
    (Chain(("all", "fault")), Verdict.REFUTED, Strength.CLOSED_WORLD),
    (Chain(("all", "wait_here")), Verdict.INCONCLUSIVE, Strength.NONE),
    (Chain(("move", "gone")), Verdict.INCONCLUSIVE, Strength.NONE),
    (Reaches("move", "wait_here", parameters(mode="SYNC_MODE")), Verdict.VERIFIED, Strength.CONSTANT_SENSITIVE),
    (Reaches("move", "wait_here", parameters(mode="ASYNC_MODE")), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
    (Reaches("zone", "wait_here", (("cc->mode", "LIGHT_MODE"),)), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
    (Reaches("close_it", "plain"), Verdict.VERIFIED, Strength.PATH),
    (Reaches("move", "wait_here", parameters(nothing="X")), Verdict.INCONCLUSIVE, Strength.NONE),
    (OnlyFrom("fault", ("shift",)), Verdict.VERIFIED, Strength.CLOSED_WORLD),
    (OnlyFrom("fault", ("order",)), Verdict.REFUTED, Strength.PATH),
    (OnlyFrom("zone", ("order", "range")), Verdict.VERIFIED, Strength.CLOSED_WORLD),
    (OnlyFrom("zone", ("range",)), Verdict.INCONCLUSIVE, Strength.NONE),
    (CallersAre("zone", ("order", "range")), Verdict.VERIFIED, Strength.CLOSED_WORLD),
    (CallersAre("zone", ("order",)), Verdict.REFUTED, Strength.CLOSED_WORLD),
    (CallersAre("zone", ("order",), complete=False), Verdict.VERIFIED, Strength.EDGE),
    (CallersAre("zone", ("order", "range", "fault")), Verdict.REFUTED, Strength.CLOSED_WORLD),
    (CallersAre("order", ()), Verdict.INCONCLUSIVE, Strength.NONE),
    (DefinedIn("zone", "move.c"), Verdict.VERIFIED, Strength.EDGE),
    (DefinedIn("zone", "mm/x.h"), Verdict.REFUTED, Strength.EDGE),
    (DefinedIn("zone", "drivers/d.c"), Verdict.INCONCLUSIVE, Strength.NONE),
    (PathExists("Documentation/move.rst"), Verdict.VERIFIED, Strength.CLOSED_WORLD),
    (PathExists("Documentation/gone.rst"), Verdict.INCONCLUSIVE, Strength.NONE),
    (PathExists("Documentation/gone.rst", expect=False), Verdict.VERIFIED, Strength.CLOSED_WORLD),
    (ArgumentHas("through", "allocate", ("F_BASE", "F_IO"), ("F_MOVE",)), Verdict.VERIFIED, Strength.EDGE),
    (ArgumentHas("through", "allocate", ("F_MOVE",)), Verdict.REFUTED, Strength.EDGE),
    (ArgumentHas("through", "allocate", ("F_NOFS",), ("F_IO",)), Verdict.REFUTED, Strength.EDGE),
    (ArgumentHas("fault", "allocate", ("F_MOVE",)), Verdict.INCONCLUSIVE, Strength.NONE),
]


@pytest.mark.parametrize(("predicate", "verdict", "strength"), DECIDED, ids=lambda value: str(value)[:70])
def test_hook_decides_each_predicate(facts: Facts, predicate: Predicate, verdict: Verdict, strength: Strength) -> None:
    outcome = decide(predicate, facts)
    assert (outcome.verdict, outcome.strength) == (verdict, strength), outcome


def outcome_of(facts: Facts, predicate: Predicate) -> Outcome:
    return decide(predicate, facts)


def test_expect_false_turns_verified_and_refuted_round_and_nothing_else(facts: Facts) -> None:
    assert decide(Calls("fault", "move", expect=False), facts).verdict is Verdict.REFUTED
    assert decide(Calls("fault", "plain", expect=False), facts).verdict is Verdict.VERIFIED
    assert decide(Calls("fault", "unmap", expect=False), facts).verdict is Verdict.PARTLY
    assert decide(Calls("nowhere", "move", expect=False), facts).verdict is Verdict.INCONCLUSIVE


def test_a_way_that_may_be_taken_does_not_refute_that_it_never_is(facts: Facts) -> None:
    assert decide(Reaches("close_it", "plain", expect=False), facts).verdict is Verdict.INCONCLUSIVE
    assert decide(Reaches("range", "move", expect=False), facts).verdict is Verdict.INCONCLUSIVE
    assert decide(Calls("close_it", "my_flush", expect=False), facts).verdict is Verdict.INCONCLUSIVE
    assert decide(Reaches("fault", "move", expect=False), facts).verdict is Verdict.REFUTED
    sync = parameters(mode="SYNC_MODE")
    assert decide(Reaches("move", "wait_here", sync, expect=False), facts).verdict is Verdict.REFUTED


def _ladder(steps: int) -> str:
    """C functions of which each calls the next, the first called `top` and the last `bottom`."""
    names = ["top", *(f"rung_{number}" for number in range(steps - 1)), "bottom"]
    bodies = [f"int {name}(int x)\n{{\n\treturn {below}(x);\n}}\n" for name, below in pairwise(names)]
    return "\n".join(["int bottom(int x)\n{\n\treturn 0;\n}\n", *reversed(bodies)])


def test_a_way_of_many_calls_says_little(tmp_path: Path) -> None:
    near = facts_of(tmp_path / "near", {"mm/l.c": _ladder(8)}, dirs=["mm"])
    far = facts_of(tmp_path / "far", {"mm/l.c": _ladder(9)}, dirs=["mm"])
    assert decide(Reaches("top", "bottom"), near).verdict is Verdict.VERIFIED
    assert decide(Reaches("top", "bottom"), far).verdict is Verdict.INCONCLUSIVE


def test_a_chain_that_leaves_out_functions_of_their_own_holds_in_part(tmp_path: Path) -> None:
    chain = Chain(("top", "bottom"))
    plain = facts_of(tmp_path / "plain", {"mm/l.c": _ladder(2)}, dirs=["mm"])
    inlined = _ladder(2).replace("int rung_0", "static int rung_0")
    assert decide(chain, plain).verdict is Verdict.PARTLY
    assert decide(chain, facts_of(tmp_path / "inlined", {"mm/l.c": inlined}, dirs=["mm"])).verdict is Verdict.VERIFIED


def test_a_chain_does_not_lead_through_a_function_that_it_names_elsewhere(tmp_path: Path) -> None:
    tree = """
static int last(int x)
{
	return 0;
}

static int first(int x)
{
	return last(middle(x));
}

static int middle(int x)
{
	return first(x);
}
"""
    facts = facts_of(tmp_path, {"mm/c.c": tree}, dirs=["mm"])
    assert decide(Chain(("first", "middle", "last")), facts).verdict is Verdict.PARTLY
    assert decide(Chain(("middle", "first", "last")), facts).verdict is Verdict.VERIFIED


def test_a_file_may_call_the_static_functions_of_one_that_includes_it(tmp_path: Path) -> None:
    whole = (
        'static int place(int x)\n{\n\treturn x;\n}\n\n#include "p-vm.c"\n\nint top(int x)\n{\n\treturn fill(x);\n}\n'
    )
    part = "static int fill(int x)\n{\n\treturn place(x);\n}\n"
    facts = facts_of(tmp_path, {"mm/p.c": whole, "mm/p-vm.c": part}, dirs=["mm"])
    assert decide(CallersAre("place", ("fill",)), facts).verdict is Verdict.VERIFIED
    assert decide(CallersAre("place", ("top",)), facts).verdict is Verdict.PARTLY
    assert decide(Chain(("top", "fill", "place")), facts).verdict is Verdict.VERIFIED
    apart = facts_of(tmp_path / "2", {"mm/p.c": whole, "fs/p-vm.c": part}, dirs=["mm", "fs"])
    assert decide(CallersAre("place", ("fill",)), apart).verdict is not Verdict.VERIFIED


def test_chain_is_possible_in_a_twin_whose_caller_passes_another_constant(tmp_path: Path) -> None:
    chain = Chain(("fault", "move", "unmap", "wait_here"))
    other = twin(tmp_path, "move(ASYNC_MODE)", "move(SYNC_MODE)")
    assert decide(chain, other).verdict is Verdict.VERIFIED


def test_chain_is_impossible_in_a_twin_whose_switch_lets_nothing_through(tmp_path: Path) -> None:
    chain = Chain(("range", "zone", "move", "unmap", "wait_here"))
    other = twin(tmp_path, "case SYNC_MODE:\n\t\tbreak;", "case SYNC_MODE:\n\t\treturn 2;")
    assert decide(chain, other).verdict is Verdict.REFUTED


def test_chain_stays_open_in_a_twin_that_assigns_the_field_on_the_way(tmp_path: Path) -> None:
    chain = Chain(("order", "zone", "move", "unmap", "wait_here"))
    other = twin(tmp_path, "\tlru_add(1);", "\tprepare(cc);")
    assert decide(chain, other).verdict is Verdict.VERIFIED


def test_only_from_is_not_verified_in_a_twin_where_an_unparsed_file_names_the_function(tmp_path: Path) -> None:
    files = {**FILES, "drivers/e.c": "void g(void)\n{\n\tmove(2);\n}\n"}
    other = facts_of(tmp_path, files, dirs=["mm"])
    asked = CallersAre("move", ("fault", "zone"))
    outcome = decide(asked, other)
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert any("drivers/e.c" in line.text for line in outcome.evidence)
    assert decide(asked, facts_of(tmp_path / "2", FILES, dirs=["mm"])).verdict is Verdict.VERIFIED


def test_only_from_is_not_verified_where_a_call_hides_from_the_grammar(tmp_path: Path) -> None:
    hidden = MOVER + "\nMADE_BY_A_MACRO(zone)\n"
    other = facts_of(tmp_path, {**FILES, "mm/move.c": hidden}, dirs=["mm"])
    assert decide(CallersAre("zone", ("order", "range")), other).verdict is Verdict.INCONCLUSIVE


def test_refuted_chain_names_the_branch_and_its_line(facts: Facts) -> None:
    outcome = decide(Chain(("fault", "move", "unmap", "wait_here")), facts)
    assert outcome.evidence[-1].place == "mm/move.c:9"
    assert "mode = ASYNC_MODE" in outcome.evidence[-1].text
    assert outcome.evidence[0].place == "mm/move.c:26"


def test_callers_are_listed_with_the_constants_they_pass(facts: Facts) -> None:
    outcome = decide(CallersAre("move", ("fault", "zone")), facts)
    assert [line.text for line in outcome.evidence] == [
        "fault calls move with ASYNC_MODE",
        "zone calls move with cc->mode = ASYNC_MODE or LIGHT_MODE or SYNC_MODE",
    ]


def test_outcome_names_the_tree_and_what_was_parsed(facts: Facts) -> None:
    assumed = " ".join(decide(Calls("fault", "move"), facts).assumptions)
    assert "linux-9.8.7" in assumed
    assert "parsed: mm" in assumed


def test_hook_refuses_a_predicate_of_another_kind(facts: Facts) -> None:
    with pytest.raises(CheckError, match="SumIs is not about source code"):
        decide(SumIs(("1",), "1"), facts)
