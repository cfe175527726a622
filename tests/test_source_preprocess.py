"""Kernel idioms become plain C, line for line."""

from __future__ import annotations

import time

import pytest

from sim_hooks.source.extract import extract
from sim_hooks.source.preprocess import readable


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SYSCALL_DEFINE0(sync)\n{", "long __do_sys_sync(void)\n{"),
        ("SYSCALL_DEFINE2(shift, int, a,\n\tconst char __user *, b)", "long __do_sys_shift(int a, const char * b)\n"),
        ("COMPAT_SYSCALL_DEFINE1(shift, int, a)", "long __do_compat_sys_shift(int a)"),
        ("\tlist_for_each_entry(p, h, l) {", "\twhile (list_for_each_entry(p, h, l)) {"),
        ("\tif (x)\n\t\tfor_each_node(n)\n\t\t\tf(n);", "\tif (x)\n\t\twhile (for_each_node(n))\n\t\t\tf(n);"),
        ("\treturn xa_for_each_count(x);", "\treturn xa_for_each_count(x);"),
        ("static void for_each_thing(int x)\n{", "static void for_each_thing(int x)\n{"),
        ("#define for_each_thing(x) for (;;)", "#define for_each_thing(x) for (;;)"),
        ("x = list_first_entry(a, struct folio, lru);", "x = list_first_entry(a, folio, lru);"),
        ("y = min_t(unsigned long, a, b);", "y = min_t(unsigned_long_type, a, b);"),
        ("z = sizeof(struct folio);", "z = sizeof(struct folio);"),
        ("int f(struct folio *folio, int b)", "int f(struct folio *folio, int b)"),
        ("\tstatic DEFINE_MUTEX(m);", "\tDEFINE_MUTEX(m);"),
        ("a = 1; /* one\ntwo */ b = 2; // three", "a = 1;  \n b = 2;  "),
        ('s = "/* no comment */";', 's = "/* no comment */";'),
    ],
)
def test_readable_rewrites_kernel_idioms(text: str, wanted: str) -> None:
    assert readable(text) == wanted


def test_readable_keeps_every_line_where_it_was() -> None:
    text = "/* a\n b */\nSYSCALL_DEFINE2(x, int, a,\n\tint, b)\n{\n}\n__printf(1,\n 2)\nvoid f(void)\n{\n\tg();\n}\n"
    assert readable(text).count("\n") == text.count("\n")
    assert [function.line for function in extract("a.c", text.encode()).functions] == [3, 9]


@pytest.mark.parametrize(
    "piece", ["SYSCALL_DEFINE1(", "/* ", "for_each(", "(struct a ,", '"', "__printf(", "a(int ", "'\\\\"]
)
def test_readable_takes_hostile_text_in_linear_time(piece: str) -> None:
    begun = time.process_time()
    readable(piece * 3_000)
    readable(" " + piece * 3_000 + ")" * 3_000)
    assert time.process_time() - begun < 5


ATTRIBUTED = """
static __always_inline __must_check int first(int a) __releases(lock) __acquires(other)
{
	return 1;
}
static int __init second(void)
{
	return 2;
}
__printf(1, 2)
void third(const char *fmt, ...)
{
}
"""


def test_extract_finds_functions_under_their_attributes() -> None:
    found = extract("a.c", ATTRIBUTED.encode())
    assert [(one.name, one.line, one.static) for one in found.functions] == [
        ("first", 2, True),
        ("second", 6, True),
        ("third", 11, False),
    ]
    assert found.errors == 0


def test_extract_reads_constants_macros_tables_and_fields() -> None:
    text = """
enum size { SMALL, MEDIUM = 5, LARGE };
#define FLAGS (A_FLAG | B_FLAG)
#define SIXTEEN 0x10
#define twice(x) do { once(x); once(x); } while (0)
#define other_name real_name
struct holder { struct ops *o; int n; };
static const struct ops table = { .open = my_open, .size = 3 };
"""
    found = extract("a.h", text.encode())
    assert {one.name: one.value for one in found.constants} == {
        "SMALL": 0,
        "MEDIUM": 5,
        "LARGE": 6,
        "FLAGS": ["|", "=A_FLAG", "=B_FLAG"],
        "SIXTEEN": 16,
    }
    assert found.families == dict.fromkeys(("SMALL", "MEDIUM", "LARGE"), "SMALL")
    assert found.installed == [("ops", "open", "my_open", 8)]
    assert [(one.variable, one.tag, one.rows, one.whole) for one in found.tables] == [
        ("table", "ops", (("open", "my_open", 8), ("size", "", 8)), True)
    ]
    assert [(one.tag, one.fields, one.whole) for one in found.structs] == [("holder", ("o", "n"), True)]
    assert found.fields == {"o": {"ops"}}
    twice, alias = found.functions
    assert [step[2] for step in twice.lowered.body[0][2]] == ["once", "once"]
    assert alias.lowered.body == [["c", 6, "real_name", ["..."]]]


def test_extract_of_garbage_raises_nothing() -> None:
    for content in (b"", b"\x00\xff" * 500, b"int f( {{{", b"}" * 1000, b"#define X(\n", b"enum { A = "):
        extract("a.c", content)
