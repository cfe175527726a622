"""What rules read of a claim's words, and what they leave alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.records import ItemKind
from sim_hooks.bind import bind
from sim_hooks.predicates import (
    AllOf,
    CallersAre,
    Calls,
    Chain,
    DefinedIn,
    OnlyFrom,
    PercentChanges,
    Predicate,
    Reaches,
    SumIs,
)
from tests.support.checks import claim


def read(words: str, context: str = "", *, kind: ItemKind = ItemKind.CLAIM) -> list[Predicate]:
    return [binding.predicate for binding in bind(claim(words, kind=kind), context)]


@pytest.mark.parametrize(
    ("words", "predicate"),
    [
        ("a_one() -> b_two() -> c_three()", Chain(("a_one", "b_two", "c_three"))),
        ("This path: a_one() ->\n   b_two() ->\n   c_three()", Chain(("a_one", "b_two", "c_three"))),
        ("... -> a_one() -> b_two()", Chain(("a_one", "b_two"))),
        ("a_one() --> b_two(x, y)", Chain(("a_one", "b_two"))),
        ("a_one() → b_two()", Chain(("a_one", "b_two"))),
        ("a_one() -> /* takes the lock */ b_two()", Chain(("a_one", "b_two"))),
        ("The path for this is a_one() -> b_two().", Chain(("a_one", "b_two"))),
        ("a_one() -> ... -> c_three()", Reaches("a_one", "c_three")),
        (
            "a_one() -> b_two() -> ... -> c_three() -> d_four()",
            AllOf((Chain(("a_one", "b_two")), Reaches("b_two", "c_three"), Chain(("c_three", "d_four")))),
        ),
        (
            "we wait in c_three (a_one -> b_two -> c_three) here",
            AllOf((Reaches("a_one", "b_two"), Reaches("b_two", "c_three"))),
        ),
    ],
)
def test_a_written_out_path_is_a_chain(words: str, predicate: Predicate) -> None:
    assert read(words) == [predicate]


@pytest.mark.parametrize(
    "words",
    [
        "folio->mapping has no such bit",
        "cc->mode is set",
        "enabled -> disabled",
        "the state goes new_state -> old_state",
        "a_one() alone",
        "it is not a_one() -> b_two()",
        "there is no path a_one() -> b_two()",
        "If a_one() -> b_two() then it sleeps",
        "a_one() -> b_two()?",
        "PR_SET_ONE -> PR_SET_TWO -> PR_SET_THREE",
        "We should do a_one() -> b_two() there.",
    ],
)
def test_what_is_no_stated_path_is_left_alone(words: str) -> None:
    assert read(words) == []


@pytest.mark.parametrize(
    ("words", "predicate"),
    [
        ("a_one() calls b_two()", Calls("a_one", "b_two")),
        ("a_one() directly calls b_two()", Calls("a_one", "b_two")),
        ("a_one calls b_two()", Calls("a_one", "b_two")),
        ("a_one() calls b_two() in MODE_ASYNC mode", Calls("a_one", "b_two", "MODE_ASYNC")),
        ("a_one() calls b_two() with mode MODE_ASYNC", Calls("a_one", "b_two", "MODE_ASYNC")),
        ("a_one() calls b_two() with MODE_ASYNC", Calls("a_one", "b_two", "MODE_ASYNC")),
        ("a_one() does not call b_two()", Calls("a_one", "b_two", expect=False)),
        ("a_one() doesn't call b_two().", Calls("a_one", "b_two", expect=False)),
        ("a_one() never calls b_two()", Calls("a_one", "b_two", expect=False)),
        ("I think a_one() could call b_two()", Reaches("a_one", "b_two")),
        ("2) a_one() Can ignore this. It calls b_two() in MODE_ASYNC mode", Calls("a_one", "b_two", "MODE_ASYNC")),
        ("- a_one() Fine. This calls b_two()", Calls("a_one", "b_two")),
        ("a_one(), which calls b_two(), sleeps", Calls("a_one", "b_two")),
        ("a_one() where it calls b_two() on the list", Calls("a_one", "b_two")),
        ("a_one() eventually calls b_two()", Reaches("a_one", "b_two")),
        ("b_two() is called by a_one()", Reaches("a_one", "b_two")),
        ("b_two() is called directly from a_one()", Calls("a_one", "b_two")),
        ("b_two() is never called from a_one()", Reaches("a_one", "b_two", expect=False)),
        ("a_one() can reach b_two() in MODE_SYNC mode", Reaches("a_one", "b_two", (("mode", "MODE_SYNC"),))),
        ("a_one() never reaches b_two()", Reaches("a_one", "b_two", expect=False)),
        (
            "We hit the b_two() path when callers call a_one() with mode MODE_SYNC",
            Reaches("a_one", "b_two", (("mode", "MODE_SYNC"),)),
        ),
    ],
)
def test_a_stated_call_is_read(words: str, predicate: Predicate) -> None:
    assert read(words) == [predicate]


@pytest.mark.parametrize(
    "words",
    [
        "If a_one() calls b_two(), it sleeps",
        "when a_one() calls b_two()",
        "unless a_one() calls b_two()",
        "a_one() calls b_two() if the flag is set",
        "a_one() should call b_two()",
        "a_one() would call b_two()",
        "a_one() will call b_two() in the next version",
        "a_one() used to call b_two()",
        "a_one() no longer calls b_two()",
        "Does it matter that a_one() calls b_two()?",
        "I don't think a_one() calls b_two()",
        "I wonder whether a_one() calls b_two()",
        "We need to make sure a_one() calls b_two()",
        "It calls b_two()",
        "a_one() is odd, c_three() is not. It calls b_two()",
        "close(2) calls b_two()",
        "a_one() calls WARN()",
        "the a_one() syscall calls b_two()",
        "b_two() is called under a lock",
        "a_one() calls are slow",
        "a_one() calls itself a_one()",
        "see fs/some/file.c for this",
        "the code in lib/ecc.c is fine",
    ],
)
def test_what_is_not_stated_as_a_fact_is_left_alone(words: str) -> None:
    assert read(words) == []


def test_a_chain_cut_out_of_one_with_a_constant_is_left_alone() -> None:
    whole = "a_one() ->\nb_two() -> /* MODE_ASYNC */\nc_three() ->\nd_four() ->\ne_five()\n"
    assert read("d_four() -> e_five()", whole) == []
    assert read("a_one() -> b_two()", whole) == [Chain(("a_one", "b_two"))]
    assert read("d_four() -> e_five()", whole.replace("MODE_ASYNC", "locked")) == [Chain(("d_four", "e_five"))]


LIST = """Some notes:

1) a_one()
Fine. It calls b_two() in MODE_ASYNC mode

2)  c_three()
Can ignore this. This calls b_two() in MODE_SYNC mode but
this path is only invoked by the some_call() syscall.

3) d_four()
Same here. This path is only
invoked by the other_call() syscall.
"""


def test_a_pronoun_in_a_list_entry_stands_for_the_function_at_its_head() -> None:
    assert read("It calls b_two() in MODE_ASYNC mode", LIST) == [Calls("a_one", "b_two", "MODE_ASYNC")]
    assert read(
        "This calls b_two() in MODE_SYNC mode but this path is only invoked by the some_call() syscall.", LIST
    ) == [Calls("c_three", "b_two", "MODE_SYNC"), OnlyFrom("c_three", ("some_call",))]
    assert read("This path is only invoked by the other_call() syscall.", LIST) == [OnlyFrom("d_four", ("other_call",))]


def test_quoted_lines_are_no_context() -> None:
    quoted = "\n".join(f"> {line}" for line in LIST.splitlines())
    assert read("It calls b_two() in MODE_ASYNC mode", quoted) == []


def test_a_blank_line_ends_a_list_entry() -> None:
    assert read("It calls b_two().", "1) a_one()\nis fine\n\nThe daemon is odd. It calls b_two().") == []


@pytest.mark.parametrize(
    ("words", "predicate"),
    [
        ("a_one() is only called by the x_call() syscall", OnlyFrom("a_one", ("x_call",))),
        ("a_one() is only reached through x_call(2)", OnlyFrom("a_one", ("x_call",))),
        ("a_one() is called only from b_two() and c_three()", CallersAre("a_one", ("b_two", "c_three"))),
        ("b_two() is the only caller of a_one()", CallersAre("a_one", ("b_two",))),
        ("a_one() is defined in mm/some/file.c", DefinedIn("a_one", "mm/some/file.c")),
        ("a_one() lives in mm/file.h now", DefinedIn("a_one", "mm/file.h")),
    ],
)
def test_a_closed_statement_is_read(words: str, predicate: Predicate) -> None:
    assert read(words) == [predicate]


@pytest.mark.parametrize(
    "words",
    [
        "This path is only invoked by the x_call() syscall",
        "a_one() is only called when b_two() fails",
        "a_one() is only used for tests",
        "Is a_one() only called by b_two()?",
        "a_one() must only be called from b_two()",
    ],
)
def test_an_open_or_unclear_statement_is_left_alone(words: str) -> None:
    assert [one for one in read(words) if isinstance(one, OnlyFrom | CallersAre)] == []


def test_a_list_of_call_sites_is_read_whole() -> None:
    context = (
        "* These are the places where we call b_two():\n1) a_one()\nfine\n\n2) c_three()\n3)  d_four()\n\n9) e_five()\n"
    )
    assert read("These are the places where we call b_two():", context) == [
        CallersAre("b_two", ("a_one", "c_three", "d_four"))
    ]
    assert read("These are the places where we call b_two():") == []


TABLE = """
        bs =  1k          4k
Before  100 MiB/s     2000 MiB/s
After   90.5 MiB/s    3000 MiB/s
% diff        -9.5%       50%
"""


def test_percentages_are_read_with_the_rows_above_them() -> None:
    assert read("% diff -9.5% 50%", TABLE) == [PercentChanges(("100", "2000"), ("90.5", "3000"), ("-9.5", "50"))]
    assert read("% diff -9.5%", TABLE) == [PercentChanges(("100",), ("90.5",), ("-9.5",))]
    assert read(" ".join(TABLE.split())) == [PercentChanges(("100", "2000"), ("90.5", "3000"), ("-9.5", "50"))]


@pytest.mark.parametrize(
    "words", ["Before 100 MiB/s 2000 MiB/s", "% diff 3%", "It is 20% faster", "99% of them are fast"]
)
def test_figures_with_nothing_to_recompute_are_left_alone(words: str) -> None:
    assert read(words) == []


@pytest.mark.parametrize(
    "table",
    [
        "Before 100 200\nAfter 90 150\ngain 11% 33%",
        "Before 1,000 2,000\nAfter 1,100 2,500\n% diff 10% 25%",
        "Before 1.5 GiB 2 GiB\nAfter 1600 MiB 3 GiB\n% diff 4% 50%",
        "Before 100 200 300\nAfter 110 220 330\n% diff 10% 10%",
        "Before 100 200\nAfter 110 220\n% of max 50% 60%",
        "Before: 4 threads 100 8 threads 200\nAfter: 4 threads 110 8 threads 220\n% diff 10% 10%",
        "Before 100 ± 3 200 ± 5\nAfter 110 ± 3 220 ± 5\n% diff 10% 10%",
        "Before 100 200\nAfter 90 240\n% change: 10% fewer 20% more",
        "Before 100 200\nAfter 90 240\npercent of time spent waiting 40% 30%",
        "Before 100 200\nAfter 90 240\nchange in CPU use 40% 30%",
        "Before 100 200\nAfter 110 220\n\nBefore 1 2\n\n% diff 10% 10%",
        "After 90 150\nBefore 100 200\n% diff -10% -25%",
        "We run it before (10 times) and after (20 times) and the diff is 50%",
    ],
)
def test_percentages_of_something_else_are_left_alone(table: str) -> None:
    assert read(table) == []
    assert read(table.splitlines()[-1], table) == []


def test_rows_of_different_length_are_left_alone() -> None:
    assert read("% diff 1% 2%", "Before 1 2\nAfter 1 2 3\n% diff 1% 2%\n") == []


def test_a_diffstat_is_read_with_its_bars() -> None:
    one = " fs/a/file.c | 322 +++++-----\n 1 file changed, 28 insertions(+), 294 deletions(-)\n"
    assert read("1 file changed, 28 insertions(+), 294 deletions(-)", one) == [SumIs(("28", "294"), "322")]
    two = " a.c | 3 ++-\n b.c | 1 +\n 2 files changed, 3 insertions(+), 1 deletion(-)\n"
    assert read("2 files changed, 3 insertions(+), 1 deletion(-)", two) == [SumIs(("3", "1"), "4")]
    assert read("2 files changed, 3 insertions(+), 1 deletion(-)", one) == []


def test_a_question_is_never_bound() -> None:
    assert read("a_one() -> b_two()", kind=ItemKind.QUESTION) == []


def test_a_decision_is_bound_only_where_it_states_a_fact_in_full() -> None:
    assert read("Can ignore this: a_one() -> b_two()", kind=ItemKind.DECISION) == [Chain(("a_one", "b_two"))]
    assert read("2) a_one() Ignore it. It calls b_two()", kind=ItemKind.DECISION) == []


def test_each_binding_says_why_and_how_sure() -> None:
    (binding,) = bind(claim("a_one() calls b_two() in MODE_ASYNC mode"))
    assert binding.by == "rule"
    assert 0 < binding.confidence <= 1
    assert binding.why == "says that a_one() calls b_two() with MODE_ASYNC"


@given(st.text(alphabet="ab_()->./*ABC \n,1%|+", max_size=300), st.text(alphabet="ab_()-> \n1)%|+", max_size=300))
def test_no_words_make_it_stumble(words: str, context: str) -> None:
    for binding in bind(claim(words), context):
        assert binding.why


@pytest.mark.parametrize(
    "piece",
    [
        "a_b() -> ",
        "a_b() ",
        "a(",
        "/*",
        "... ",
        "1 file changed, ",
        "Before 1 After 1 ",
        "if ",
        "it calls ",
        "% ",
        "a/",
        "x | 1 +",
    ],
)
def test_long_hostile_words_take_time_in_proportion(piece: str) -> None:
    long = piece * (200_000 // len(piece))
    start = time.process_time()
    bind(claim(long), long)
    assert time.process_time() - start < 10


CALL = "a_one() calls b_two()"


@pytest.mark.parametrize(
    "words",
    [
        "It is not true that {}.",
        "I doubt that {}.",
        "Nobody said {}.",
        "You said that {}.",
        "Ann claims that {}.",
        "The comment says {}, which is outdated.",
        "I thought {}.",
        "I was wrong that {}.",
        "{} is wrong.",
        "Does it follow that {}",
        "So {}, right?",
        "Previously {}.",
        "In v5.4 {}.",
        "In 5.15.3 {}.",
        "{} in v4.19.",
        "{} in older kernels.",
        "On RHEL7 {}.",
        "In my tree {}.",
        "In -next {}.",
        "With this patch {}.",
        "Once this series is in, {}.",
        "In theory {}.",
        "Assume {}.",
        "neither c_three() nor {}.",
        "Only {}.",
        "{} anymore.",
        "{}, not c_three().",
        "{} instead of c_three().",
        "{} only when it is idle.",
        "{} before c_three().",
        "{} twice.",
        "{} under the lock.",
        "{} when the queue is full.",
    ],
)
def test_a_call_that_is_not_claimed_here_and_now_is_left_alone(words: str) -> None:
    assert read(words.format(CALL)) == []
    assert read(CALL) == [Calls("a_one", "b_two")]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("It is not the case that\n", "."),
        ("If nobody looks,\n", "."),
        ("In v5.4 of the kernel\n", "."),
        ("This never happens:\n\n", "."),
        ("", "\nif the flag is set."),
        ("", ", which is wrong."),
        ("", " before it sleeps."),
        ("", "?"),
        ("Changes since v1:\n- ", "\n"),
    ],
)
def test_the_rest_of_the_sentence_counts_where_the_quote_is_cut_out_of_it(above: str, below: str) -> None:
    assert read(CALL, f"Hello.\n\n{above}{CALL}{below}\n\nBye.\n") == []
    assert read(CALL, f"Hello.\n\n{CALL}.\n\nIf not, bye.\n") == [Calls("a_one", "b_two")]


@pytest.mark.parametrize(
    "words",
    [
        "a_one() doesn't call b_two() when it is idle",
        "a_one() never calls b_two() in this case",
        "a_one() does not call b_two() yet",
        "a_one() doesn't call b_two() anymore",
        "b_two() is never called from a_one() on this path",
        "a_one() can't reach b_two() here",
    ],
)
def test_a_denial_that_is_limited_is_left_alone(words: str) -> None:
    assert read(words) == []


@pytest.mark.parametrize(
    "words",
    [
        "rename a_one() -> b_two()",
        "Renamed a_one() -> b_two() as asked",
        "replace a_one() => b_two()",
        "The conversion a_one() -> b_two() is trivial.",
        "the lock order is a_one() -> b_two() -> c_three()",
        "The path a_one() -> b_two() does not exist.",
        "a_one() -> b_two() cannot happen.",
        "a_one() -> b_two() was removed in the meantime.",
        "In 5.4, a_one() -> b_two() -> c_three()",
    ],
)
def test_an_arrow_that_is_no_call_is_left_alone(words: str) -> None:
    assert read(words) == []


@pytest.mark.parametrize(
    "words",
    [
        "a_one() is called only by b_two() and others.",
        "a_one() is called only from b_two(), among others.",
        "a_one() is only called from b_two() and by drivers.",
        "a_one() used to be only called by b_two().",
    ],
)
def test_a_closed_statement_that_is_left_open_again_is_left_alone(words: str) -> None:
    assert [one for one in read(words) if isinstance(one, OnlyFrom | CallersAre)] == []


@pytest.mark.parametrize("piece", ["a_one() calls b_two() ", "This calls b_two() ", "a_one() is in a/b.c ", "x -> "])
def test_many_statements_in_one_quote_take_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        words = piece * (length // len(piece))
        start = time.process_time()
        bind(claim(words), words)
        return time.process_time() - start

    assert seconds(16_000) < 16 * max(seconds(4_000), 0.02)
    assert seconds(400_000) < 2


@pytest.mark.parametrize(
    "words",
    [
        "Ann said: a_one() calls b_two().",
        "With your change: a_one() calls b_two().",
        "Suppose: a_one() calls b_two().",
        "The commit message claims: a_one() calls b_two().",
        "In my out-of-tree driver: a_one() calls b_two().",
        "Your patch means a_one() calls b_two().",
        "Alternatively, a_one() calls b_two().",
        "One option is that a_one() calls b_two().",
        "a_one() calls b_two() in the new code.",
        "a_one() calls b_two() in your version.",
        "a_one() calls b_two() in the v3.",
        "VM_ONE implies VM_TWO.",
        "GFP_ONE implies GFP_TWO.",
    ],
)
def test_what_is_said_of_other_code_or_by_others_is_left_alone(words: str) -> None:
    assert read(words) == []


@pytest.mark.parametrize("how", ["reached from", "reachable from", "called through", "reached via"])
def test_only_reached_from_speaks_of_ways_and_not_of_direct_callers(how: str) -> None:
    assert read(f"b_two() is only {how} a_one()") == [OnlyFrom("b_two", ("a_one",))]


@pytest.mark.parametrize(
    "words",
    [
        "The NFS server never replies, and kswapd can deadlock in reclaim under writeback.",
        "The NFS server never replies, so sync() then hangs forever on the pages.",
        "A DNS server that never replies makes sync(2) hang forever under writeback.",
    ],
)
def test_a_server_of_another_sort_is_no_business_of_the_models(words: str) -> None:
    assert read(words) == []
