"""Returns, locks, values, masks, exports, structs, tables, system calls, Kconfig: decided both ways on a small tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.records import Verdict
from sim_hooks.hooks.source import decide
from sim_hooks.predicates import (
    ArgumentHas,
    CallersAre,
    Calls,
    ConfigIs,
    ConstantIs,
    DefaultIs,
    HasField,
    Installs,
    IsExported,
    IsStatic,
    MaskHas,
    PathExists,
    Predicate,
    ReturnsError,
    SystemCallExists,
    TakesLock,
    parameters,
)
from sim_hooks.source.facts import Facts
from tests.support.ctree import facts_of

HEADER = """
#define ENOENT 2
#define EAGAIN 11
#define ENOMEM 12
#define EIO 5
enum pos { IO_POS, FS_POS, WAIT_POS, ZONE_POS };
#define F_IO ((__force flags_t)BIT(IO_POS))
#define F_FS BIT(FS_POS)
#define F_WAIT BIT(WAIT_POS)
#define F_ZONE BIT(ZONE_POS)
#define F_KERNEL (F_IO | F_FS | F_WAIT)
#define F_NOFS (F_KERNEL & ~F_FS)
#define MAX_WAIT (5 * HZ)
#define BUFFER_SIZE 4096
#ifdef CONFIG_BIG
#define BATCH 64
#else
#define BATCH 32
#endif
enum level { LOW, MIDDLE, HIGH };
struct box {
	spinlock_t lock;
	union {
		int inner;
		long other;
	};
	struct list_head queue, waiting;
	unsigned int flag : 1;
	void (*done)(struct box *box);
};
struct odd {
	int plain;
	DECLARE_THING(made, 3);
};
struct table_ops { int (*open)(int); int (*write)(int); };
static inline void box_lock(struct box *box)
{
	mutex_lock(&box->queue_mutex);
}
struct tail { int queue_mutex; int s_lock; };
"""
CODE = """
#include "k.h"
static DEFINE_SPINLOCK(list_lock);
static unsigned int waiting = 30;
int sysctl_rounds = 5;
static bool quick;
module_param(quick, bool, 0644);
static unsigned int depth_now = MAX_WAIT;
module_param_named(depth, depth_now, uint, 0644);
static struct ctl_table rows[] = {
	{ .procname = "rounds", .data = &sysctl_rounds, .maxlen = sizeof(int) },
};

static int fetch(int x)
{
	if (x > 3)
		return -EIO;
	return 0;
}

int outer(int x)
{
	int err = -ENOMEM;

	if (x == 1)
		goto out;
	err = fetch(x);
	if (err)
		return err;
	if (x == 2)
		err = -EAGAIN;
out:
	return err;
}

int handles(int x)
{
	int err = fetch(x);

	if (err == -EIO)
		err = -EAGAIN;
	return err;
}

int overwritten(int x)
{
	int err = -ENOMEM;

	err = 0;
	if (x)
		err = -EIO;
	return err;
}

void *made(int x)
{
	if (x)
		return ERR_PTR(-ENOMEM);
	return NULL;
}

int positive(int x)
{
	int err = fetch(x);

	if (err >= 0)
		return err;
	return 0;
}

int hidden(int x)
{
	LEAVE_IF(x);
	return 0;
}
#define LEAVE_IF(x) do { if (x) return -ENOENT; } while (0)

EXPORT_SYMBOL_GPL(outer);

int locks(struct box *box)
{
	spin_lock(&box->lock);
	spin_unlock(&box->lock);
	guard(mutex)(&box->guarded);
	spin_lock_irqsave(&list_lock, flags);
	return allocate(F_NOFS | F_ZONE, 0);
}
EXPORT_SYMBOL(locks);

int by_wrapper(struct box *box)
{
	box_lock(box);
	return allocate(F_KERNEL & ~F_WAIT, 0);
}

int by_helper(struct box *box)
{
	return locks(box);
}

int by_pointer(spinlock_t *any)
{
	spin_lock(any);
	return 0;
}

static int my_open(int x)
{
	return fetch(x);
}

static const struct table_ops my_ops = {
	.open = my_open,
	.write = not_here,
};

SYSCALL_DEFINE1(shift, int, x)
{
	return outer(x);
}

int low(int x)
{
	return run(LOW, x);
}

int either(int x)
{
	return run(x ? LOW : HIGH, x);
}

int run(enum level level, int x)
{
	return fetch(x);
}
"""
KCONFIG = """
config BASE
	bool "Base"
	default y
	help
		This text says depends on NOTHING
		and config FAKE, too.

if BASE
config INNER
	tristate "Inner"
	depends on NET && (A_SIDE || B_SIDE)
	select HELPER
	select OTHER if NET
source "sub/Kconfig"
endif

config NET
	bool
config A_SIDE
	def_bool n
config B_SIDE
	bool
	default y if NET
config HELPER
	int "How many"
	default 300
config OTHER
	bool
"""
FILES = {
    "mm/k.h": HEADER,
    "mm/k.c": CODE,
    "Kconfig": KCONFIG,
    "sub/Kconfig": "config DEEP\n\tbool\n\tdepends on !A_SIDE\n",
    "drivers/e.c": "int twice(int x)\n{\n\treturn -EIO;\n}\n",
}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return facts_of(tmp_path_factory.mktemp("tree"), FILES, dirs=["mm"])


YES, NO, PART, OPEN = Verdict.VERIFIED, Verdict.REFUTED, Verdict.PARTLY, Verdict.INCONCLUSIVE
DECIDED: list[tuple[Predicate, Verdict]] = [
    (ReturnsError("fetch", "EIO"), YES),
    (ReturnsError("fetch()", "-EIO"), YES),
    (ReturnsError("fetch", "EAGAIN"), NO),
    (ReturnsError("outer", "ENOMEM"), YES),
    (ReturnsError("outer", "EAGAIN"), YES),
    (ReturnsError("outer", "EIO"), YES),
    (ReturnsError("outer", "ENOENT"), NO),
    (ReturnsError("outer", "EGONE"), OPEN),
    (ReturnsError("handles", "EAGAIN"), YES),
    (ReturnsError("handles", "EIO"), OPEN),
    (ReturnsError("overwritten", "ENOMEM"), NO),
    (ReturnsError("overwritten", "EIO"), YES),
    (ReturnsError("made", "ENOMEM"), YES),
    (ReturnsError("made", "EIO"), NO),
    (ReturnsError("positive", "EIO"), OPEN),
    (ReturnsError("hidden", "EIO"), OPEN),
    (ReturnsError("my_open", "EIO"), YES),
    (ReturnsError("nowhere", "EIO"), OPEN),
    (TakesLock("locks", "lock"), YES),
    (TakesLock("locks", "box->lock"), YES),
    (TakesLock("locks", "tail->lock"), OPEN),
    (TakesLock("locks", "guarded"), YES),
    (TakesLock("locks", "&list_lock"), YES),
    (TakesLock("locks", "s_lock"), NO),
    (TakesLock("locks", "no_such_lock"), OPEN),
    (TakesLock("by_wrapper", "queue_mutex"), YES),
    (TakesLock("by_wrapper", "list_lock"), NO),
    (TakesLock("by_helper", "list_lock"), PART),
    (TakesLock("by_helper", "list_lock", deep=True), YES),
    (TakesLock("by_helper", "s_lock", deep=True), OPEN),
    (TakesLock("by_pointer", "list_lock"), OPEN),
    (TakesLock("nowhere", "list_lock"), OPEN),
    (ConstantIs("BUFFER_SIZE", "4096"), YES),
    (ConstantIs("BUFFER_SIZE", "1 << 12"), YES),
    (ConstantIs("BUFFER_SIZE", "8192"), NO),
    (ConstantIs("MAX_WAIT", "5 * HZ"), YES),
    (ConstantIs("MAX_WAIT", "HZ * (10 / 2)"), YES),
    (ConstantIs("MAX_WAIT", "10 * HZ"), NO),
    (ConstantIs("MAX_WAIT", "500"), OPEN),
    (ConstantIs("MAX_WAIT", "5 * NO_SUCH"), OPEN),
    (ConstantIs("BATCH", "64"), PART),
    (ConstantIs("BATCH", "16"), NO),
    (ConstantIs("HIGH", "2"), YES),
    (ConstantIs("HIGH", "3"), NO),
    (ConstantIs("waiting", "30"), YES),
    (ConstantIs("GONE", "3"), OPEN),
    (ConstantIs("BUFFER_SIZE", "a page"), OPEN),
    (MaskHas("F_KERNEL", ("F_IO", "F_FS")), YES),
    (MaskHas("F_KERNEL", ("F_ZONE",)), NO),
    (MaskHas("F_NOFS", ("F_IO",), ("F_FS",)), YES),
    (MaskHas("F_NOFS", ("F_FS",)), NO),
    (MaskHas("F_NOFS", ("F_GONE",)), OPEN),
    (ArgumentHas("locks", "allocate", ("F_ZONE",), ("F_FS",)), YES),
    (ArgumentHas("locks", "allocate", ("F_FS",)), NO),
    (ArgumentHas("by_wrapper", "allocate", ("F_WAIT",)), NO),
    (ArgumentHas("by_wrapper", "allocate", ("F_IO",), ("F_WAIT",)), YES),
    (DefaultIs("waiting", "30"), YES),
    (DefaultIs("quick", "0"), YES),
    (DefaultIs("quick", "true"), OPEN),
    (DefaultIs("depth", "5 * HZ"), YES),
    (DefaultIs("depth", "30"), OPEN),
    (DefaultIs("vm.rounds", "5"), YES),
    (DefaultIs("rounds", "6"), NO),
    (DefaultIs("nothing", "6"), OPEN),
    (IsExported("outer"), YES),
    (IsExported("outer", "yes"), YES),
    (IsExported("outer", "no"), NO),
    (IsExported("locks", "yes"), NO),
    (IsExported("handles"), NO),
    (IsExported("gone"), OPEN),
    (IsStatic("fetch"), YES),
    (IsStatic("outer"), NO),
    (IsStatic("gone"), OPEN),
    (HasField("box", "lock"), YES),
    (HasField("struct box", "inner"), YES),
    (HasField("box", "waiting"), YES),
    (HasField("box", "flag"), YES),
    (HasField("box", "done"), YES),
    (HasField("box", "plain"), NO),
    (HasField("odd", "plain"), YES),
    (HasField("odd", "made"), OPEN),
    (HasField("gone", "plain"), OPEN),
    (Installs("my_ops", ".open", "my_open"), YES),
    (Installs("my_ops", "open", "fetch"), NO),
    (Installs("my_ops", "write", "not_here"), YES),
    (Installs("my_ops", "flush"), NO),
    (Installs("my_ops", "open"), YES),
    (Installs("my_ops", "open", "gone"), OPEN),
    (Installs("table_ops", "open", "my_open"), YES),
    (Installs("table_ops", "open", "fetch"), OPEN),
    (Installs("gone_ops", "open"), OPEN),
    (SystemCallExists("shift"), YES),
    (SystemCallExists("sys_shift()"), YES),
    (SystemCallExists("unshift"), NO),
    (ConfigIs("BASE"), YES),
    (ConfigIs("FAKE"), NO),
    (ConfigIs("CONFIG_BASE", default="y"), YES),
    (ConfigIs("BASE", default="n"), NO),
    (ConfigIs("NET", default="n"), YES),
    (ConfigIs("B_SIDE", default="y"), PART),
    (ConfigIs("HELPER", default="300"), YES),
    (ConfigIs("HELPER", default="30"), NO),
    (ConfigIs("INNER", ("NET",)), YES),
    (ConfigIs("INNER", ("BASE",)), YES),
    (ConfigIs("INNER", ("A_SIDE",)), PART),
    (ConfigIs("INNER", ("OTHER",)), NO),
    (ConfigIs("INNER", ("GONE",)), OPEN),
    (ConfigIs("INNER", ("NET",), ("HELPER",)), YES),
    (ConfigIs("INNER", selects=("OTHER",)), PART),
    (ConfigIs("INNER", selects=("BASE",)), NO),
    (ConfigIs("DEEP", ("BASE", "!A_SIDE")), YES),
    (CallersAre("run", ("low", "either"), modes=parameters(low="LOW")), YES),
    (CallersAre("run", ("low", "either"), modes=parameters(low="HIGH")), NO),
    (CallersAre("run", ("low", "either"), modes=parameters(either="MIDDLE")), NO),
    (CallersAre("run", ("low", "either"), modes=parameters(either="LOW or HIGH")), YES),
    (CallersAre("run", ("low", "either"), modes=parameters(either="LOW")), PART),
]


@pytest.mark.parametrize(("predicate", "verdict"), DECIDED, ids=lambda value: str(value)[:90])
def test_hook_decides_each_kind(facts: Facts, predicate: Predicate, verdict: Verdict) -> None:
    outcome = decide(predicate, facts)
    assert outcome.verdict is verdict, outcome
    if verdict in (YES, NO) and not isinstance(predicate, (SystemCallExists, ConfigIs)):
        assert outcome.evidence
        assert all(line.place for line in outcome.evidence)


TWINS: list[tuple[Predicate, str, str, str]] = [
    (ReturnsError("fetch", "EIO"), "mm/k.c", "return -EIO;", "return -EAGAIN;"),
    (ReturnsError("overwritten", "ENOMEM"), "mm/k.c", "err = 0;", "sync();"),
    (TakesLock("locks", "lock"), "mm/k.c", "spin_lock(&box->lock)", "spin_lock(&box->s_lock)"),
    (TakesLock("by_wrapper", "queue_mutex"), "mm/k.h", "mutex_lock(&box->", "mutex_unlock(&box->"),
    (ConstantIs("MAX_WAIT", "5 * HZ"), "mm/k.h", "(5 * HZ)", "(6 * HZ)"),
    (MaskHas("F_NOFS", ("F_FS",)), "mm/k.h", "& ~F_FS", "& ~F_IO"),
    (DefaultIs("rounds", "5"), "mm/k.c", "sysctl_rounds = 5", "sysctl_rounds = 50"),
    (IsExported("outer"), "mm/k.c", "EXPORT_SYMBOL_GPL(outer);", ""),
    (IsStatic("fetch"), "mm/k.c", "static int fetch", "int fetch"),
    (HasField("box", "inner"), "mm/k.h", "int inner;", "int out;"),
    (Installs("my_ops", "open", "my_open"), "mm/k.c", ".open = my_open", ".open = fetch"),
    (SystemCallExists("shift"), "mm/k.c", "DEFINE1(shift", "DEFINE1(move"),
    (ConfigIs("INNER", ("NET",)), "Kconfig", "depends on NET &&", "depends on OTHER &&"),
    (ConfigIs("HELPER", default="300"), "Kconfig", "default 300", "default 30"),
    (CallersAre("run", ("low", "either"), modes=parameters(low="LOW")), "mm/k.c", "run(LOW", "run(MIDDLE"),
    (ArgumentHas("by_wrapper", "allocate", ("F_WAIT",)), "mm/k.c", "F_KERNEL & ~F_WAIT", "F_KERNEL"),
]


@pytest.mark.parametrize(("predicate", "file", "before", "after"), TWINS, ids=lambda value: str(value)[:60])
def test_hook_decides_the_other_way_in_a_mutated_tree(
    facts: Facts, tmp_path: Path, predicate: Predicate, file: str, before: str, after: str
) -> None:
    assert FILES[file].count(before) == 1
    twin = facts_of(tmp_path, {**FILES, file: FILES[file].replace(before, after)}, dirs=["mm"])
    assert {decide(predicate, facts).verdict, decide(predicate, twin).verdict} == {YES, NO}


def test_an_operation_that_stands_under_ifdef_is_not_refuted(tmp_path: Path) -> None:
    rows = "\t.open = t_open,\n#ifdef X\n\t.sync = t_sync,\n#endif\n\t.flush = t_flush,\n"
    table = f"static const struct ops t_ops = {{\n{rows}}};\n"
    bodies = "".join(f"static int t_{name}(int x)\n{{\n\treturn 0;\n}}\n" for name in ("open", "sync", "flush"))
    facts = facts_of(tmp_path, {"mm/t.c": bodies + table})
    assert decide(Installs("t_ops", "open", "t_open"), facts).verdict is YES
    assert decide(Installs("t_ops", "flush", "t_flush"), facts).verdict is not NO
    assert decide(Installs("t_ops", "sync", "t_sync"), facts).verdict is not NO
    assert decide(Installs("t_ops", "read"), facts).verdict is OPEN
    assert decide(Installs("t_ops", "open", "t_sync"), facts).verdict is NO


def test_two_functions_of_one_name_are_told_apart_where_they_differ(tmp_path: Path) -> None:
    one = "static int get(int x)\n{\n\treturn -EIO;\n}\nint a(void)\n{\n\tspin_lock(&l);\n\treturn get(1);\n}\n"
    other = "static int get(int x)\n{\n\treturn 0;\n}\nint b(void)\n{\n\treturn get(1);\n}\n"
    errors = "#define EIO 5\n"
    facts = facts_of(tmp_path, {"mm/e.h": errors, "mm/a.c": one, "mm/b.c": other})
    outcome = decide(ReturnsError("get", "EIO"), facts)
    assert outcome.verdict is OPEN
    assert {line.place for line in outcome.evidence} == {"mm/a.c:1", "mm/b.c:1"}
    assert decide(ReturnsError("a", "EIO"), facts).verdict is YES
    assert decide(ReturnsError("b", "EIO"), facts).verdict is NO
    calls = facts_of(tmp_path / "2", {"a.c": one.replace("get(1)", "f(1)"), "b.c": other.replace("int b", "int a")})
    assert decide(Calls("a", "get"), calls).verdict is OPEN


def test_what_rests_on_all_of_a_tree_is_open_for_a_folder_of_one(tmp_path: Path) -> None:
    whole = facts_of(tmp_path / "1", FILES)
    part = facts_of(tmp_path / "2", {**FILES, "Makefile": "obj-y += k.o\n"})
    for asked in (CallersAre("run", ("low", "either")), IsExported("handles"), PathExists("gone.c", expect=False)):
        assert decide(asked, whole).verdict in (YES, NO)
        outcome = decide(asked, part)
        assert outcome.verdict is OPEN
        assert "no whole tree" in outcome.summary
    assert decide(Calls("low", "run"), part).verdict is YES
