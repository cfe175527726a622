"""A check is due when it never ran or something it rests on changed, and its run says why."""

from __future__ import annotations

import contextlib
import mailbox
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.bundled import bundled
from kb.errors import CheckError
from kb.records import ItemKind, Outcome, Run, Strength, Verdict
from sim_hooks.bindings import HandBinding, load
from sim_hooks.catalog import Catalog, Hook, catalog
from sim_hooks.predicates import AllOf, Calls, Chain, PathExists, PercentChanges, SumIs
from sim_hooks.readers.wording import Binding
from sim_hooks.runner import Runner
from sim_hooks.verify import bindings_of, plan, run
from tests.support.checks import claim

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SUM = Binding(SumIs(("1", "2"), "3"), 0.9, "adds up")
ITEM = claim("1 + 2 = 3")
DECIDED = (Verdict.VERIFIED, Verdict.REFUTED, Verdict.PARTLY)


def _run(fingerprint: str, verdict: Verdict = Verdict.VERIFIED) -> Run:
    outcome = Outcome(verdict, Strength.EXACT, "so")
    return Run(ITEM.id, "m@example.org", ITEM.quote.text, "arithmetic", {}, "rule", outcome, 0.1, fingerprint, NOW)


def _reasons(
    past: Mapping[str, Run], *, binding: Binding = SUM, facts: str = "f1", everything: bool = False
) -> list[str]:
    due = plan([ITEM], {ITEM.id: (binding,)}, past, catalog(), facts, everything=everything)
    return [check.reason for check in due]


def _past(binding: Binding = SUM, facts: str = "f1") -> dict[str, Run]:
    (check,) = plan([ITEM], {ITEM.id: (binding,)}, {}, catalog(), facts)
    return {ITEM.id: _run(check.fingerprint)}


def test_a_check_that_never_ran_is_due() -> None:
    assert _reasons({}) == ["never run"]


def test_a_check_whose_last_run_holds_is_left_out_unless_asked_for() -> None:
    assert _reasons(_past()) == []
    assert _reasons(_past(), everything=True) == ["asked for"]


def test_another_predicate_is_a_reason() -> None:
    assert _reasons(_past(Binding(SumIs(("1", "2"), "4"), 0.9, "adds up"))) == ["predicate changed"]


def test_other_facts_are_a_reason_only_for_a_hook_that_reads_them() -> None:
    calls = Binding(Calls("a_one", "b_two"), 0.9, "says so")
    assert _reasons(_past(calls), binding=calls, facts="f2") == ["facts changed"]
    assert _reasons(_past(), facts="f2") == []


def test_changed_code_of_the_hook_is_a_reason() -> None:
    past = _past()[ITEM.id]
    asked, _, facts = past.fingerprint.split(".")
    assert _reasons({ITEM.id: replace(past, fingerprint=f"{asked}.older.{facts}")}) == ["hook changed"]


def test_a_fingerprint_of_another_shape_is_a_reason() -> None:
    assert _reasons({ITEM.id: _run("old")}) == ["predicate changed"]


def test_another_reason_to_bind_alone_is_no_reason_to_run() -> None:
    assert _reasons(_past(), binding=replace(SUM, why="other words", confidence=0.1)) == []


def test_several_bindings_of_an_item_make_one_check_of_them_all() -> None:
    other = Binding(SumIs(("2", "2"), "4"), 0.8, "adds up too")
    (check,) = plan([ITEM], {ITEM.id: (SUM, other)}, {}, catalog(), "")
    assert check.predicate == AllOf((SUM.predicate, other.predicate))
    assert check.hook.name == "arithmetic"
    assert check.bound_by == "rule: adds up; adds up too"


def test_items_that_say_nothing_checkable_and_questions_have_no_check() -> None:
    question = claim("1 + 2 = 3", kind=ItemKind.QUESTION)
    assert plan([ITEM, question], {question.id: (SUM,)}, {}, catalog(), "") == ()


def test_a_binding_by_hand_wins_over_a_rule() -> None:
    item = claim("a_one() calls b_two()")
    hand = HandBinding("m@example.org", "a_one() calls b_two()", "me", "says a file", PathExists("a.c"), "x")
    by_rule, _ = bindings_of([item])
    by_hand, left = bindings_of([item], [hand])
    assert [binding.predicate for binding in by_rule[item.id]] == [Calls("a_one", "b_two")]
    assert [(binding.predicate, binding.by) for binding in by_hand[item.id]] == [(PathExists("a.c"), "hand")]
    assert not left


def test_a_run_keeps_what_was_asked_and_why() -> None:
    checks = plan([ITEM], {ITEM.id: (SUM,)}, {}, catalog(), "")
    with Runner(None, jobs=1) as runner:
        (made,) = run(checks, runner, lambda: NOW)
    assert (made.item_id, made.check, made.reason, made.at) == (ITEM.id, "arithmetic", "never run", NOW)
    assert made.predicate == {"kind": "SumIs", "parts": ["1", "2"], "total": "3", "expect": True}
    assert made.outcome.verdict == Verdict.VERIFIED
    assert made.bound_by == "rule: adds up"
    assert plan([ITEM], {ITEM.id: (SUM,)}, {ITEM.id: made}, catalog(), "") == ()


def test_the_twin_of_a_predicate_comes_out_the_other_way() -> None:
    twin = Binding(SumIs(("1", "2"), "4"), 0.9, "adds up")
    checks = plan([ITEM], {ITEM.id: (twin,)}, {}, catalog(), "")
    with Runner(None, jobs=1) as runner:
        (made,) = run(checks, runner, lambda: NOW)
    assert made.outcome.verdict == Verdict.REFUTED


def test_a_catalogue_of_ones_own_is_used() -> None:
    mine = Catalog((Hook("mine", (SumIs,), "sim_hooks.hooks.arithmetic", "adds", "arithmetic"),))
    (check,) = plan([ITEM], {ITEM.id: (SUM,)}, {}, mine, "")
    assert check.hook.name == "mine"


def _bodies() -> dict[str, str]:
    """The bodies of the bundled thread by Message-ID."""
    bodies = {}
    with contextlib.closing(mailbox.mbox(bundled("threads", "fuse-tmp-folio-v2.mbox"), create=False)) as mails:
        for mail in mails:
            content = mail.get_payload(decode=True)
            assert isinstance(content, bytes)
            bodies[str(mail["message-id"]).strip("<> ")] = content.decode("utf-8", "replace").replace("\r\n", "\n")
    return bodies


def test_every_bundled_binding_quotes_its_message() -> None:
    bodies = {key: [line for line in body.splitlines() if not line.startswith(">")] for key, body in _bodies().items()}
    for binding in load(bundled("bindings", "fuse-tmp-folio-v2.toml")):
        assert binding.quote in " ".join(" ".join(bodies[binding.message_id]).split()), binding.place


def test_the_rules_read_the_bundled_thread() -> None:
    path, percentages = None, None
    for key, body in _bodies().items():
        for paragraph in body.split("\n\n"):
            item = claim(paragraph, message_id=key)
            for binding in bindings_of([item], contexts={key: body})[0].get(item.id, ()):
                match binding.predicate:
                    case Chain(functions) if len(functions) == 10:
                        path = functions
                    case PercentChanges(quoted=quoted):
                        percentages = quoted
    assert path is not None
    assert path[-1] == "folio_wait_writeback"
    assert percentages == ("-3", "23", "45")


def _bundled_runs(facts: Path | None) -> dict[str, Outcome]:
    """What each bundled binding comes to, by its words; without `facts`, those that need none."""
    items, bindings = [], {}
    for binding in load(bundled("bindings", "fuse-tmp-folio-v2.toml")):
        item = claim(binding.quote, message_id=binding.message_id)
        if facts or not any(hook.needs_facts for hook in catalog().leaves(binding.predicate)):
            items.append(item)
            bindings[item.id] = (Binding(binding.predicate, 1.0, binding.why, "hand"),)
    checks = plan(items, bindings, {}, catalog(), "")
    with Runner(facts, jobs=2) as runner:
        return {made.quote: made.outcome for made in run(checks, runner, lambda: NOW)}


def test_every_bundled_binding_of_a_model_is_decided() -> None:
    """A misspelt model, parameter or situation would be an error."""
    outcomes = _bundled_runs(None)
    assert len(outcomes) > 10
    assert {outcome.verdict for outcome in outcomes.values()} <= set(DECIDED)


def test_every_bundled_binding_of_the_source_is_decided() -> None:
    """A misspelt function would be inconclusive."""
    try:
        found = sorted(bundled("facts").glob("*.gz"))
    except CheckError:
        found = []
    if not found:
        pytest.skip("no facts file is bundled")
    outcomes = _bundled_runs(found[0])
    odd = {words: outcome for words, outcome in outcomes.items() if outcome.verdict not in DECIDED}
    assert odd == {}
    assert outcomes["tmp pages can be migrated/compacted"].verdict == Verdict.REFUTED
    assert Verdict.VERIFIED in {outcome.verdict for outcome in outcomes.values()}


def test_paths_need_no_facts_to_be_planned(tmp_path: Path) -> None:
    item = claim("a_one() calls b_two()")
    checks = plan([item], bindings_of([item])[0], {}, catalog(), "")
    with Runner(tmp_path / "none.facts") as runner:
        (made,) = run(checks, runner, lambda: NOW)
    assert made.outcome.verdict == Verdict.NOT_RUN


def test_a_run_keeps_the_words_that_a_hand_written_binding_reads_not_the_whole_item() -> None:
    item = claim("It is quick, and 1 + 2 = 3 as everybody can see on page 12 of the manual that came with it.")
    part = HandBinding(item.quote.message_id, "1 + 2 = 3", "a tester", "adds up", SumIs(("1", "2"), "3"), "tests")
    bound, unattached = bindings_of([item], [part])
    assert unattached == ()
    (check,) = plan([item], bound, {}, catalog(), "")
    assert check.words == "1 + 2 = 3"
    with Runner(None, jobs=1) as runner:
        (kept,) = run([check], runner, lambda: NOW)
    assert (kept.quote, kept.item_id) == ("1 + 2 = 3", item.id)
