"""The many forms in which people state calls, tables, sums and callers, and the twins that are left alone."""

from __future__ import annotations

import time

import pytest

from kb.records import Verdict
from sim_hooks.bind import bind
from sim_hooks.hooks import arithmetic
from sim_hooks.predicates import (
    AllOf,
    CallerCount,
    CallersAre,
    Calls,
    ConfigIs,
    DefaultIs,
    DefinedIn,
    Installs,
    IsExported,
    PercentChanges,
    Predicate,
    ProductIs,
    QuotientIs,
    Reaches,
    ReturnsError,
    SumIs,
    SystemCallExists,
    TakesLock,
)
from tests.support.checks import claim


def read(words: str, context: str = "") -> list[Predicate]:
    return [binding.predicate for binding in bind(claim(words), context or words)]


@pytest.mark.parametrize(
    ("words", "predicates"),
    [
        ("a_one() calls b_two(), which calls c_three()", [Calls("a_one", "b_two"), Calls("b_two", "c_three")]),
        ("a_one() calls b_two() and c_three().", [Calls("a_one", "b_two"), Calls("a_one", "c_three")]),
        ("a_one() calls b_two.", [Calls("a_one", "b_two")]),
        ("a_one() and b_two() call c_three()", [AllOf((Calls("a_one", "c_three"), Calls("b_two", "c_three")))]),
        ("a_one(), which a few functions down calls b_two()", [Reaches("a_one", "b_two")]),
        ("a_one() ends up in b_two()", [Reaches("a_one", "b_two")]),
        ("a_one() leads to b_two().", [Reaches("a_one", "b_two")]),
        ("a_one() is a thin wrapper around b_two()", [Reaches("a_one", "b_two")]),
        ("a_one() passes MODE_ONE to b_two()", [Calls("a_one", "b_two", "MODE_ONE")]),
        ("b_two() is called with MODE_ONE from a_one()", [Calls("a_one", "b_two", "MODE_ONE")]),
        ("There is no call to b_two() in a_one().", [Calls("a_one", "b_two", expect=False)]),
        ("We end up in b_two() when somebody calls a_one()", [Reaches("a_one", "b_two")]),
        ("`a_one()` calls `b_two()`", [Calls("a_one", "b_two")]),
    ],
)
def test_calls_are_read_in_many_forms(words: str, predicates: list[Predicate]) -> None:
    assert read(words) == predicates


@pytest.mark.parametrize(
    "words",
    [
        "a_one() calls b_two callbacks",
        "a_one() calls b_two() and c_three() with MODE_ONE",
        "There is no call to b_two() in a_one() yet",
        "Should a_one() end up in b_two()?",
        "a_one() leads to b_two() only with the flag",
        "a_one() will pass MODE_ONE to b_two()",
    ],
)
def test_what_says_more_or_other_than_a_call_is_left_alone(words: str) -> None:
    assert read(words) == []


def test_of_two_calls_named_in_turn_the_second_is_not_given_to_the_first() -> None:
    assert read("a_one() calls b_two() and c_three() in turn calls d_four()") == [
        Calls("a_one", "b_two"),
        Reaches("c_three", "d_four"),
    ]


@pytest.mark.parametrize(
    ("words", "predicate"),
    [
        ("There's only one caller of a_one()", CallerCount("a_one", 1)),
        ("a_one() has three callers.", CallerCount("a_one", 3)),
        ("Nobody calls a_one().", CallerCount("a_one", 0)),
        ("The only caller of a_one() is b_two()", CallersAre("a_one", ("b_two",))),
        ("some_lock is taken by a_one()", TakesLock("a_one", "some_lock", deep=True)),
        ("-EAGAIN is returned by a_one()", ReturnsError("a_one", "EAGAIN")),
        ("a_one() returns ENOMEM", ReturnsError("a_one", "ENOMEM")),
        ("fs/some/file.c implements a_one()", DefinedIn("a_one", "fs/some/file.c")),
        ("some_fops sets .release to a_release()", Installs("some_fops", "release", "a_release")),
        ("some_aops has no .migrate_folio", Installs("some_aops", "migrate_folio", expect=False)),
        ("a_release() is the ->release() of some_fops", Installs("some_fops", "release", "a_release")),
        ("There is no mmadvise() system call.", SystemCallExists("mmadvise", expect=False)),
        ("Linux has a fsync(2) system call.", SystemCallExists("fsync")),
        ("vm.some_ratio defaults to 60, which is a lot", DefaultIs("vm.some_ratio", "60")),
        ("a_one() is exported to modules", IsExported("a_one")),
        ("CONFIG_SOME_THING is enabled by default", ConfigIs("CONFIG_SOME_THING", default="y")),
        ("CONFIG_SOME_THING defaults to n", ConfigIs("CONFIG_SOME_THING", default="n")),
    ],
)
def test_other_facts_of_a_tree_are_read(words: str, predicate: Predicate) -> None:
    assert read(words) == [predicate]


@pytest.mark.parametrize(
    "words",
    [
        "close() returns EINTR",
        "SOME_MAX is 5, 6 or 7",
        "a_one() is exported to user space",
        "There should be no mmadvise() system call.",
        "Nobody else calls a_one().",
        "a_one() has few callers",
        "a_one() has two callers that pass NULL",
        "a_one() has one caller left",
        "There are two callers of a_one() in mm/",
        "fs/some/file.c has a_one()",
        "There would be only one caller of a_one()",
        "some_fops could set .release to a_release()",
    ],
)
def test_other_facts_that_are_not_stated_are_left_alone(words: str) -> None:
    assert read(words) == []


@pytest.mark.parametrize(
    ("words", "predicate", "verdict"),
    [
        ("4 * 30s = 120s and so on", ProductIs(("4", "30s"), "120s"), Verdict.VERIFIED),
        ("4 * 30s = 130s", ProductIs(("4", "30s"), "130s"), Verdict.REFUTED),
        ("2M / 4K = 512 pages", QuotientIs("2M", "4K", "512"), Verdict.VERIFIED),
        ("2M / 4K = 900 pages", QuotientIs("2M", "4K", "900"), Verdict.REFUTED),
        ("64K * 16 = 1M", ProductIs(("64K", "16"), "1M"), Verdict.VERIFIED),
        ("8 - 3 = 5", SumIs(("3", "5"), "8"), Verdict.VERIFIED),
        ("128 + 64 = 190 bytes", SumIs(("128", "64"), "190"), Verdict.REFUTED),
        ("10 / 3 = 3.33", QuotientIs("10", "3", "3.33"), Verdict.VERIFIED),
        ("10 / 3 = 3", QuotientIs("10", "3", "3"), Verdict.VERIFIED),
        ("3 of 12 tests (25%) fail", QuotientIs("3", "12", "25%"), Verdict.VERIFIED),
        ("3 of 12 tests (30%) fail", QuotientIs("3", "12", "30%"), Verdict.REFUTED),
        ("from 351 ms to 372 ms, a 6% increase", PercentChanges(("351 ms",), ("372 ms",), ("+6",)), Verdict.VERIFIED),
        ("from 351 ms to 372 ms, a 9% increase", PercentChanges(("351 ms",), ("372 ms",), ("+9",)), Verdict.REFUTED),
        ("it went 100 -> 80 MB/s (-20%)", PercentChanges(("100 MB/s",), ("80 MB/s",), ("-20",)), Verdict.VERIFIED),
        (
            "3424 ± 2% +8.3% 3708 vm-scalability.median",
            PercentChanges(("3424",), ("3708",), ("+8.3",)),
            Verdict.VERIFIED,
        ),
        (
            "3424 ± 2% +9.3% 3708 vm-scalability.median",
            PercentChanges(("3424",), ("3708",), ("+9.3",)),
            Verdict.REFUTED,
        ),
    ],
)
def test_what_is_reckoned_in_running_text_is_reckoned_again(words: str, predicate: Predicate, verdict: Verdict) -> None:
    assert read(words) == [predicate]
    assert arithmetic.decide(predicate, None).verdict is verdict


@pytest.mark.parametrize(
    "words",
    [
        "x = 4 * 2 = 8",
        "on 10/30 = a holiday",
        "If 1 + 1 = 3 then it is odd",
        "from 100 ms to 80 ms, 25% faster",
        "it went 100 -> 80 ms (25%)",
        "the range 10 to 20, 50% of it",
        "see v1.2 + 3 = 4.5.6",
        "2 pages of 4 KB",
    ],
)
def test_figures_that_can_be_reckoned_otherwise_are_left_alone(words: str) -> None:
    assert read(words) == []


def test_a_list_of_bare_names_under_the_word_stack_is_a_stack() -> None:
    names = "d_four\nc_three\nb_two\na_one\n"
    ways = AllOf((Reaches("c_three", "d_four"), Reaches("b_two", "c_three"), Reaches("a_one", "b_two")))
    assert read(names.strip(), f"This is the stack trace of the task:\n\n{names}") == [ways]
    assert read(names.strip(), f"These are the functions that I changed:\n\n{names}") == []


def test_a_tree_drawn_by_indentation_shows_calls() -> None:
    tree = "a_one()\n  b_two()\n    c_three()\n  d_four()"
    assert read(tree) == [AllOf((Reaches("a_one", "b_two"), Reaches("b_two", "c_three"), Reaches("a_one", "d_four")))]
    drawn = "a_one\n|- b_two\n|  |- c_three\n|- d_four"
    assert read(drawn) == read(tree)
    assert read("a_one()\nb_two()\nc_three()") == []
    assert read("a_one()\n  return b_two()\n    c_three()") == []


def test_a_list_of_callers_is_whole_only_where_its_heading_says_so() -> None:
    entries = "\n - a_one()\n - b_two()\n\nand so on"
    assert read("x_target() has two callers:", f"x_target() has two callers:{entries}") == [
        CallerCount("x_target", 2),
        CallersAre("x_target", ("a_one", "b_two")),
    ]
    heading = "x_target() is called from the following places:"
    assert read(heading, f"{heading}{entries}") == [CallersAre("x_target", ("a_one", "b_two"), complete=False)]


def test_words_in_marks_are_told_as_they_are_written() -> None:
    (binding,) = bind(claim("`x` and 3 of 12 `tests` (25%) fail, which is rather a lot of them if you ask me now"))
    assert binding.words == "3 of 12 `tests` (25%"


@pytest.mark.parametrize(
    "piece",
    [
        "1 + ",
        "1 = ",
        "4K * ",
        "1 of 2 ",
        "1 -> 2, ",
        "a_ops ",
        "a_ops.b ",
        "a_b(), and ",
        "|  ",
        "`",
        "E1 ± 2% ",
        "a_b\n  ",
    ],
)
def test_long_hostile_words_of_these_forms_take_time_in_proportion(piece: str) -> None:
    long = piece * (60_000 // len(piece))
    start = time.process_time()
    bind(claim(long[:19_000]), long)
    assert time.process_time() - start < 10
