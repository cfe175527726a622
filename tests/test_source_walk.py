"""Constants through a function's branches: each construct of C, with a constant that goes on and one that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim_hooks.source.reach import Reach
from sim_hooks.source.walked import Walked
from tests.support.ctree import facts_of

MODES = """enum mode { ASYNC_MODE, LIGHT_MODE, SYNC_MODE };
#define ALIAS_MODE SYNC_MODE
#define SMALL 3
#define LARGE 0x10
int g(void) { return LARGE | ASYNC_MODE; }
"""


def walked(tmp_path: Path, body: str, mode: str, *, before: str = "") -> Walked:
    text = f"{MODES}{before}\nint f(int mode, struct box *b)\n{{\n\t{body}\n}}\n"
    facts = facts_of(tmp_path, {"a.c": text})
    function = facts.named("f")[0]
    known = {"mode": frozenset((mode,))} if mode else {}
    return Reach(facts).walk(function.number, frozenset(known.items()))


def come_to(tmp_path: Path, body: str, mode: str, *, before: str = "") -> set[str]:
    return {site.callee for site in walked(tmp_path, body, mode, before=before).sites}


CASES = {
    "if": ("if (mode == SYNC_MODE) hit();", "SYNC_MODE", "ASYNC_MODE"),
    "else": ("if (mode == ASYNC_MODE) miss(); else hit();", "SYNC_MODE", "ASYNC_MODE"),
    "else if": (
        "if (mode == ASYNC_MODE) a(); else if (mode == LIGHT_MODE) hit(); else b();",
        "LIGHT_MODE",
        "SYNC_MODE",
    ),
    "not equal": ("if (mode != ASYNC_MODE) hit();", "LIGHT_MODE", "ASYNC_MODE"),
    "constant on the left": ("if (SYNC_MODE == mode) hit();", "SYNC_MODE", "ASYNC_MODE"),
    "order": ("if (mode >= LIGHT_MODE) hit();", "SYNC_MODE", "ASYNC_MODE"),
    "not": ("if (!(mode == SYNC_MODE)) hit();", "ASYNC_MODE", "SYNC_MODE"),
    "truth": ("if (mode) hit();", "SYNC_MODE", "ASYNC_MODE"),
    "not truth": ("if (!mode) hit();", "ASYNC_MODE", "SYNC_MODE"),
    "and": ("if (other() && mode == SYNC_MODE) hit();", "SYNC_MODE", "ASYNC_MODE"),
    "and before a call": ("if (mode == SYNC_MODE && hit()) x();", "SYNC_MODE", "ASYNC_MODE"),
    "or before a call": ("if (mode == SYNC_MODE || hit()) x();", "ASYNC_MODE", "SYNC_MODE"),
    "likely": ("if (likely(mode == SYNC_MODE)) hit();", "SYNC_MODE", "ASYNC_MODE"),
    "unlikely": ("if (unlikely(mode != SYNC_MODE)) hit();", "LIGHT_MODE", "SYNC_MODE"),
    "alias of a constant": ("if (mode == ALIAS_MODE) hit();", "SYNC_MODE", "ASYNC_MODE"),
    "numbers of macros": ("if (mode < SMALL) hit();", "SYNC_MODE", "LARGE"),
    "return": ("if (mode == ASYNC_MODE) return 0; hit();", "SYNC_MODE", "ASYNC_MODE"),
    "goto": ("if (mode == ASYNC_MODE) goto out; hit(); out: end();", "SYNC_MODE", "ASYNC_MODE"),
    "goto back": ("again: if (mode == SYNC_MODE) hit(); if (other()) goto again;", "SYNC_MODE", "ASYNC_MODE"),
    "conditional expression": ("x(mode == SYNC_MODE ? hit() : miss());", "SYNC_MODE", "ASYNC_MODE"),
    "case": ("switch (mode) { case SYNC_MODE: hit(); break; default: miss(); }", "SYNC_MODE", "ASYNC_MODE"),
    "default": ("switch (mode) { case SYNC_MODE: miss(); break; default: hit(); }", "ASYNC_MODE", "SYNC_MODE"),
    "fall through": (
        "switch (mode) { case ASYNC_MODE: a(); case LIGHT_MODE: hit(); break; case SYNC_MODE: b(); }",
        "ASYNC_MODE",
        "SYNC_MODE",
    ),
    "two labels": (
        "switch (mode) { case ASYNC_MODE: case LIGHT_MODE: hit(); break; default: b(); }",
        "LIGHT_MODE",
        "SYNC_MODE",
    ),
    "leaving a switch": (
        "switch (mode) { case SYNC_MODE: break; default: goto out; } hit(); out: end();",
        "SYNC_MODE",
        "ASYNC_MODE",
    ),
    "while": ("while (mode == SYNC_MODE) hit();", "SYNC_MODE", "ASYNC_MODE"),
    "for without a test": ("for (;;) { if (mode == SYNC_MODE) break; } hit();", "SYNC_MODE", "ASYNC_MODE"),
    "break": ("while (other()) { if (mode == ASYNC_MODE) break; hit(); }", "SYNC_MODE", "ASYNC_MODE"),
    "continue": ("while (other()) { if (mode == ASYNC_MODE) continue; hit(); }", "SYNC_MODE", "ASYNC_MODE"),
    "local set once": ("bool sync = mode != ASYNC_MODE; if (sync) hit();", "SYNC_MODE", "ASYNC_MODE"),
    "narrowed by a branch": (
        "if (mode != SYNC_MODE) return; if (mode == ASYNC_MODE) miss(); hit();",
        "SYNC_MODE",
        "LIGHT_MODE",
    ),
    "iterator": ("list_for_each_entry(p, head, list) { if (mode == SYNC_MODE) hit(); }", "SYNC_MODE", "ASYNC_MODE"),
    "statement expression": ("x(({ if (mode == SYNC_MODE) hit(); 0; }));", "SYNC_MODE", "ASYNC_MODE"),
}


@pytest.mark.parametrize("case", CASES)
def test_walk_comes_to_a_call_just_with_the_constant_that_lets_it(tmp_path: Path, case: str) -> None:
    body, takes, avoids = CASES[case]
    assert "hit" in come_to(tmp_path / "1", body, takes)
    assert "hit" not in come_to(tmp_path / "2", body, avoids)
    assert "hit" in come_to(tmp_path / "3", body, "")


STAY_OPEN = {
    "data decides": "if (b->count) hit();",
    "both sides of ifdef": "\n#ifdef CONFIG_X\n\treturn 0;\n#else\n\tx();\n#endif\n\thit();",
    "a constant without a number": "if (mode == UNKNOWN_MODE) hit();",
    "a variable set anew": "mode = other(); if (mode == SYNC_MODE) hit();",
    "a variable whose address was passed": "set(&mode); if (mode == SYNC_MODE) hit();",
    "a variable that a pointer can set": "int *p = &mode; *p = other(); if (mode == SYNC_MODE) hit();",
    "a local that a pointer can set": "int m = ASYNC_MODE; int *p = &m; *p = other(); if (m == SYNC_MODE) hit();",
    "a variable set in a loop": "while (other()) { if (mode == SYNC_MODE) hit(); mode = other(); }",
    "a label that a macro is given": "try_or_jump(b, failed); return 0; failed: hit();",
    "a label that nothing is seen to jump to": "return 0; failed: hit();",
    "a do loop's body": "do { hit(); } while (mode == SYNC_MODE);",
    "a variable that a macro sets": "for_each_thing(mode) { if (mode == SYNC_MODE) hit(); }",
}


@pytest.mark.parametrize("case", STAY_OPEN)
def test_walk_leaves_open_what_no_constant_decides(tmp_path: Path, case: str) -> None:
    assert "hit" in come_to(tmp_path, STAY_OPEN[case], "ASYNC_MODE")


def test_walk_names_the_branch_that_cuts_a_call_off(tmp_path: Path) -> None:
    walk = walked(
        tmp_path, "switch (mode) {\ncase SYNC_MODE:\nbreak;\ndefault:\ngoto out;\n}\nhit();\nout:\nend();", "ASYNC_MODE"
    )
    cut = walk.cut_off[("hit", 15)]
    assert (cut.line, cut.because) == (9, "mode = ASYNC_MODE")


def test_walk_concludes_nothing_where_the_grammar_stumbled(tmp_path: Path) -> None:
    body = "if (mode == SYNC_MODE) { hit(); } else } else { ( ;"
    assert "hit" in come_to(tmp_path, body, "ASYNC_MODE")


def test_walk_passes_two_values_of_a_conditional_expression(tmp_path: Path) -> None:
    walk = walked(tmp_path, "int m = other() ? SYNC_MODE : LIGHT_MODE; g(m);", "")
    site = next(site for site in walk.sites if site.callee == "g")
    assert site.known["m"] == {"SYNC_MODE", "LIGHT_MODE"}
