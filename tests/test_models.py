"""Each model gives the verdicts that guests and SPIN gave, with pinned counts, and its broken twin the opposite."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kb.errors import CheckError
from kb.records import Strength, Verdict
from sim_hooks.explore import Explored, explore, find_deadlock, find_state
from sim_hooks.fairness import find_endless
from sim_hooks.guarded import State, System, compiled
from sim_hooks.hooks.model import decide
from sim_hooks.hooks.timing import STATED
from sim_hooks.models import models, timed_models
from sim_hooks.models.callsite import call_sites
from sim_hooks.models.migration import CALLERS
from sim_hooks.models.spec import ModelSpec, TimedSpec
from sim_hooks.predicates import AlwaysEnds, CanHappen, Deadlocks, PathExists, parameters
from tests.support.models import NEVER, broken, every_system

ENDS, STUCK, LOOPS = "ends", "stuck", "loops"
FIRST_WRITE = "sync returned before the write reached the server"


def _model(name: str, **given: int | str | bool) -> System:
    return models()[name].system(parameters(**given))


def _explored(system: System) -> Explored[State]:
    return explore(compiled(system))


def _end(model: System) -> str:
    trace = find_endless(_explored(model))
    if trace is None:
        return ENDS
    return LOOPS if trace.loop else STUCK


def _can(system: System, situation: str) -> bool:
    model = compiled(system)
    return find_state(explore(model), model.by_situation[situation].holds) is not None


def _counts(model: System) -> tuple[int, int]:
    explored = _explored(model)
    return explored.states, explored.transitions


RECLAIM: list[tuple[dict[str, int | str | bool], str, tuple[int, int]]] = [
    ({}, STUCK, (18, 26)),
    ({"tmp": True}, ENDS, (18, 27)),
    ({"skip": True}, ENDS, (18, 27)),
    ({"threads": 2}, ENDS, (31, 60)),
    ({"threads": 2, "requests": 2}, STUCK, (90, 229)),
    ({"threads": 4, "requests": 4}, STUCK, (1737, 8181)),
    ({"timeout_fallback": True}, ENDS, (26, 46)),
]


@pytest.mark.parametrize(("given", "end", "counts"), RECLAIM)
def test_reclaim_deadlocks_exactly_when_no_thread_is_left_to_answer(
    given: dict[str, int | str | bool], end: str, counts: tuple[int, int]
) -> None:
    model = _model("reclaim", **given)
    assert _end(model) == end
    assert (find_deadlock(_explored(model)) is not None) == (end == STUCK)
    assert _counts(model) == counts
    assert _can(model, "reclaim before the write is answered")


def test_reclaim_that_deadlocks_tells_the_shortest_story() -> None:
    trace = find_deadlock(_explored(_model("reclaim")))
    assert trace is not None
    assert [str(step) for step in trace.steps] == [
        "application sends a request",
        "flusher starts writeback of the folio",
        "server thread 1 takes a request",
        "server thread 1 runs short of memory and reclaims",
    ]


def test_reclaim_twins_come_out_the_other_way() -> None:
    no_wait = broken(_model("reclaim"), "ends its reclaim and answers", when="thread1 == reclaiming")
    assert _end(no_wait) == ENDS
    copy_keeps_writeback = broken(
        _model("reclaim", tmp=True),
        "starts writeback of the folio",
        do="folio = writeback; write = queued",
    )
    assert _end(copy_keeps_writeback) == STUCK
    fallback = "gives up waiting and moves the write to a temporary copy"
    assert _end(broken(_model("reclaim", timeout_fallback=True), fallback, when=NEVER)) == STUCK


SYNC: list[tuple[str, bool, str, tuple[int, int]]] = [
    ("tmp", False, ENDS, (40, 74)),
    ("tmp", True, STUCK, (72, 134)),
    ("wait", False, STUCK, (36, 66)),
    ("wait", True, STUCK, (68, 126)),
    ("skip", False, ENDS, (40, 74)),
    ("skip", True, STUCK, (72, 134)),
    ("abort", False, ENDS, (48, 104)),
    ("abort", True, ENDS, (108, 236)),
]


@pytest.mark.parametrize(("design", "meta", "end", "counts"), SYNC)
def test_sync_behind_a_server_that_may_stop(design: str, meta: bool, end: str, counts: tuple[int, int]) -> None:
    model = _model("sync", design=design, meta=meta, malicious=True)
    assert _end(model) == end
    assert _counts(model) == counts


@pytest.mark.parametrize("design", ["tmp", "wait", "skip", "abort"])
@pytest.mark.parametrize("meta", [False, True])
def test_sync_behind_an_honest_server_ends(design: str, meta: bool) -> None:
    assert _end(_model("sync", design=design, meta=meta)) == ENDS


def test_sync_with_abort_is_stuck_if_later_requests_hang() -> None:
    model = _model("sync", design="abort", meta=True, malicious=True, fail_after_abort=False)
    assert _end(model) == STUCK


@pytest.mark.parametrize(("design", "early"), [("tmp", True), ("skip", True), ("wait", False), ("abort", False)])
def test_sync_returns_before_the_write_reached_the_server_only_if_it_does_not_wait(design: str, early: bool) -> None:
    assert _can(_model("sync", design=design), FIRST_WRITE) is early


@pytest.mark.parametrize("design", ["wait", "abort"])
def test_sync_that_waits_does_come_to_wait(design: str) -> None:
    assert _can(_model("sync", design=design), "sync waits for the folio")
    assert _can(_model("sync", design=design, meta=True), "sync waits for the inode's times")


def test_sync_twins_come_out_the_other_way() -> None:
    waits = broken(
        _model("sync", design="skip", malicious=True),
        "writes the folio out",
        do="write = queued; writeback = True; flusher = submitted",
    )
    assert _end(broken(waits, "returns", when="sync == waiting and not writeback")) == STUCK
    hasty = broken(_model("sync", malicious=True), "returns", when="sync == waiting")
    assert _end(hasty) == ENDS
    assert _can(hasty, FIRST_WRITE)
    no_timer = broken(_model("sync", design="abort", malicious=True), "aborts the connection", when=NEVER)
    assert _end(no_timer) == STUCK
    assert not _can(broken(_model("sync", design="tmp"), "returns", when=NEVER), FIRST_WRITE)
    assert _end(broken(_model("sync"), "returns", when="sync == returned")) == STUCK


MIGRATION: list[tuple[str, str, str, tuple[int, int]]] = [
    ("wait", "once", STUCK, (26, 39)),
    ("wait", "retry_forever", STUCK, (26, 39)),
    ("wait", "bounded", STUCK, (26, 39)),
    ("eagain", "once", ENDS, (32, 48)),
    ("eagain", "retry_forever", LOOPS, (26, 43)),
    ("eagain", "bounded", ENDS, (72, 116)),
    ("skip", "once", ENDS, (26, 37)),
    ("skip", "retry_forever", ENDS, (26, 37)),
    ("skip", "bounded", ENDS, (26, 37)),
    ("abort", "once", ENDS, (34, 61)),
    ("abort", "retry_forever", ENDS, (34, 61)),
    ("eagain_abort", "retry_forever", ENDS, (34, 65)),
]


@pytest.mark.parametrize(("policy", "caller", "end", "counts"), MIGRATION)
def test_migration_behind_a_server_that_may_stop(policy: str, caller: str, end: str, counts: tuple[int, int]) -> None:
    model = _model("migration", policy=policy, caller=caller, bound=3, malicious=True)
    assert _end(model) == end
    assert _counts(model) == counts
    assert _can(model, "migration meets a folio under writeback")
    assert _can(model, "corrupt") == (policy == "skip")


@pytest.mark.parametrize("policy", ["wait", "eagain", "skip", "abort", "eagain_abort"])
@pytest.mark.parametrize("caller", CALLERS)
def test_migration_behind_an_honest_server_ends(policy: str, caller: str) -> None:
    assert _end(_model("migration", policy=policy, caller=caller)) == ENDS


def test_migration_that_retries_for_ever_goes_round_and_round() -> None:
    trace = find_endless(_explored(_model("migration", policy="eagain", caller="retry_forever", malicious=True)))
    assert trace is not None
    assert [step.action for step in trace.loop] == [
        "begins a pass and takes the folio",
        "finds the folio busy and lets it go",
        "tries again",
    ]


def test_migration_twins_come_out_the_other_way() -> None:
    bounded = _model("migration", caller="bounded", policy="eagain", malicious=True)
    unbounded = broken(bounded, "gives up", when=NEVER)
    unbounded = broken(unbounded, "tries again", when="caller == busy")
    unbounded = broken(unbounded, "begins a pass and takes the folio", do="caller = holding", when="caller == resting")
    assert _end(unbounded) == LOOPS
    careful = broken(_model("migration", policy="skip"), "moves the folio under writeback", when=NEVER)
    assert not _can(careful, "corrupt")
    hasty = broken(
        _model("migration", malicious=True), "sees writeback end and moves the folio", when="caller == waiting"
    )
    assert _end(hasty) == ENDS
    assert _end(broken(_model("migration"), "answers the write", when=NEVER)) == STUCK
    no_timer = broken(_model("migration", policy="abort", malicious=True), "aborts the connection", when=NEVER)
    assert _end(no_timer) == STUCK
    early = broken(
        _model("migration", policy="wait"),
        "starts writeback of the folio",
        when="folio == dirty and caller == holding",
        do="folio = writeback; write = queued",
    )
    assert _can(early, "migration waits on writeback")


def test_offlining_loops_until_it_is_bounded_or_interrupted() -> None:
    assert _end(_model("offline", policy="eagain", malicious=True)) == LOOPS
    assert _end(_model("offline", policy="eagain", malicious=True, bound=3)) == ENDS
    interrupted = _model("offline", policy="eagain", malicious=True, signal=True)
    assert _end(interrupted) == ENDS
    assert _end(_model("offline", policy="eagain")) == ENDS
    assert _counts(interrupted) == (58, 117)
    assert _end(broken(interrupted, "sends a signal", when=NEVER)) == LOOPS


def test_offlining_that_waits_is_stuck_and_no_signal_frees_it() -> None:
    assert _end(_model("offline", policy="wait", malicious=True, signal=True)) == STUCK


SELFSYNC: list[tuple[int, str, bool, str, tuple[int, int]]] = [
    (1, "wait", False, STUCK, (25, 40)),
    (1, "tmp", False, ENDS, (27, 43)),
    (1, "skip", False, ENDS, (27, 43)),
    (2, "wait", False, ENDS, (47, 97)),
    (1, "tmp", True, STUCK, (51, 85)),
    (2, "tmp", True, ENDS, (110, 251)),
]


@pytest.mark.parametrize(("threads", "design", "meta", "end", "counts"), SELFSYNC)
def test_server_that_syncs_its_own_mount(
    threads: int, design: str, meta: bool, end: str, counts: tuple[int, int]
) -> None:
    model = _model("selfsync", threads=threads, design=design, meta=meta)
    assert _end(model) == end
    assert _counts(model) == counts
    assert _can(model, "the server syncs before the write is answered")


def test_selfsync_twins_come_out_the_other_way() -> None:
    lone = _model("selfsync")
    assert _end(broken(lone, "calls sync on its own mount", do="flushed = True")) != ENDS
    returns = "returns from sync and answers the request"
    hasty = broken(lone, returns, when="thread1 == syncing and flushed")
    assert _end(hasty) == ENDS
    assert _end(broken(_model("selfsync", threads=2), "takes the write", when=NEVER)) == STUCK


PATIENT = {
    "do_move_pages_to_node",
    "migrate_to_node",
    "do_mbind",
    "soft_offline_in_use_page",
    "do_migrate_range",
    "compact_zone",
    "migrate_longterm_unpinnable_folios",
    "__alloc_contig_migrate_range",
}
"""The callers that pass MIGRATE_SYNC, as `verification` of the source tree found them."""


@pytest.mark.parametrize("site", call_sites()[1])
def test_call_site_is_stuck_exactly_where_it_may_wait(site: str) -> None:
    waits = _model("callsite", site=site, malicious=True)
    assert _end(waits) == (STUCK if site in PATIENT else ENDS)
    assert _can(waits, "meets a folio under writeback")
    assert _can(waits, "waits on writeback") == (site in PATIENT)
    lets_go = _model("callsite", site=site, design="eagain", malicious=True)
    assert _end(lets_go) == (LOOPS if site == "do_migrate_range" else ENDS)
    assert _can(_model("callsite", site=site, design="skip", malicious=True), "corrupt") == (site in PATIENT)
    assert _end(_model("callsite", site=site)) == ENDS


def test_call_sites_come_out_the_other_way_when_broken() -> None:
    endless = _model("callsite", site="do_migrate_range", design="eagain", malicious=True, signal=True)
    assert _end(endless) == ENDS
    assert _end(broken(endless, "sends a signal", when=NEVER)) == LOOPS
    hasty = _model("callsite", site="demote_folio_list", malicious=True)
    assert _end(broken(hasty, "begins a pass in mode MIGRATE_ASYNC", do="caller = waiting")) == STUCK
    light = _model("callsite", site="compact_zone", mode="MIGRATE_SYNC_LIGHT", malicious=True)
    assert (_end(light), _counts(light)) == (ENDS, (32, 48))
    assert _end(broken(light, "finds the folio busy and lets it go", when=NEVER)) == STUCK
    five = _model("callsite", site="__alloc_contig_migrate_range", design="eagain", malicious=True)
    assert _counts(five) == (112, 184)
    assert _end(broken(five, "gives up", when=NEVER)) == STUCK


def test_call_site_refuses_a_mode_that_it_does_not_pass() -> None:
    with pytest.raises(CheckError, match="demote_folio_list does not pass MIGRATE_SYNC; it passes MIGRATE_ASYNC"):
        _model("callsite", site="demote_folio_list", mode="MIGRATE_SYNC")


SPLICE: list[tuple[dict[str, int | str | bool], str, tuple[int, int]]] = [
    ({"malicious": True}, STUCK, (30, 47)),
    ({"malicious": True, "design": "copy"}, ENDS, (30, 45)),
    ({"malicious": True, "design": "move"}, ENDS, (30, 45)),
    ({}, ENDS, (15, 20)),
    ({"who": "server"}, STUCK, (19, 24)),
    ({"who": "server", "threads": 2}, ENDS, (37, 62)),
    ({"who": "server", "design": "copy"}, ENDS, (21, 26)),
]


@pytest.mark.parametrize(("given", "end", "counts"), SPLICE)
def test_splice_waits_for_the_one_who_must_answer(
    given: dict[str, int | str | bool], end: str, counts: tuple[int, int]
) -> None:
    model = _model("splice", **given)
    assert _end(model) == end
    assert _counts(model) == counts
    assert _can(model, "splice meets a folio under writeback")
    assert _can(model, "corrupt") == (given.get("design") == "move")
    assert _can(model, "splice waits on writeback") == (given.get("design", "wait") == "wait")


def test_splice_twins_come_out_the_other_way() -> None:
    lone = _model("splice", who="server")
    assert _end(broken(lone, "waits for writeback before it steals the folio", do="splice = moved")) == ENDS
    careful = _model("splice", design="copy", malicious=True)
    assert _end(broken(careful, "copies the folio in place of moving it", when=NEVER)) == STUCK
    assert not _can(
        broken(_model("splice", design="move"), "moves the folio while it is written", when=NEVER), "corrupt"
    )
    assert _end(broken(_model("splice", malicious=True), "stops answering", when=NEVER)) == ENDS


@pytest.mark.parametrize("name", models())
def test_every_state_of_every_model_holds_what_its_variables_can_hold(name: str) -> None:
    for system in every_system(models()[name]):
        for state in _explored(system).order:
            assert all(value in one.values for one, value in zip(system.variables, state, strict=True))


@pytest.mark.parametrize("name", models())
def test_every_situation_of_a_model_happens_and_every_action_is_taken_under_some_setting(name: str) -> None:
    there: set[str] = set()
    seen: set[str] = set()
    for system in every_system(models()[name]):
        explored = _explored(system)
        model = explored.model
        moves = model.moves
        there |= {action.name for _, action in moves} | set(model.by_situation)
        seen |= {moves[move][1].name for move in set(explored.taken)}
        seen |= {one.name for one in model.situations if find_state(explored, one.holds)}
    assert seen == there


@pytest.mark.parametrize("name", models())
def test_model_says_what_it_leaves_out_in_sentences_for_people(name: str) -> None:
    spec = models()[name]
    assert len(spec.assumptions) >= 3
    for words in (spec.about, *spec.assumptions, *(parameter.meaning for parameter in spec.parameters)):
        assert re.fullmatch(r"[A-Za-z0-9][^\n]{8,}[^.]", words)


def test_hook_turns_the_verdict_round_when_the_claim_denies() -> None:
    given = parameters(design="wait", malicious=True)
    assert decide(AlwaysEnds("sync", given), None).verdict is Verdict.REFUTED
    assert decide(AlwaysEnds("sync", given, expect=False), None).verdict is Verdict.VERIFIED
    assert decide(Deadlocks("sync", given), None).verdict is Verdict.VERIFIED
    assert decide(Deadlocks("sync", given, expect=False), None).verdict is Verdict.REFUTED
    assert decide(CanHappen("sync", FIRST_WRITE, given), None).verdict is Verdict.REFUTED
    assert decide(CanHappen("sync", FIRST_WRITE, given, expect=False), None).verdict is Verdict.VERIFIED


def test_hook_shows_the_run_the_counts_and_what_the_model_leaves_out() -> None:
    outcome = decide(AlwaysEnds("offline", parameters(policy="eagain", malicious=True)), None)
    assert outcome.strength is Strength.EXHAUSTIVE
    assert [(line.place, line.text) for line in outcome.evidence if line.kind == "step"][:2] == [
        ("flusher", "starts writeback of the folio"),
        ("adversary", "stops answering"),
    ]
    assert [line.text for line in outcome.evidence if line.kind == "note"] == ["and then over and over:"]
    assert outcome.evidence[-1].text == "26 states (all), 43 transitions, depth 6"
    assert "(migration lets a folio under writeback go, a server that may stop answering)" in outcome.summary
    assert "as nothing else is said: retries without a bound" in outcome.assumptions
    assert "holds in this model, not measured on a kernel" in outcome.assumptions


def test_hook_never_calls_a_bounded_search_a_proof() -> None:
    big = parameters(threads=2, requests=2)
    assert decide(Deadlocks("reclaim", big), None, limit=5).verdict is Verdict.INCONCLUSIVE
    ends = decide(AlwaysEnds("reclaim", parameters(tmp=True)), None, limit=5)
    assert (ends.verdict, ends.strength) == (Verdict.INCONCLUSIVE, Strength.BOUNDED)
    found = decide(Deadlocks("reclaim", big), None, limit=89)
    assert (found.verdict, found.strength) == (Verdict.VERIFIED, Strength.BOUNDED)
    assert decide(Deadlocks("reclaim", big), None, limit=90).strength is Strength.EXHAUSTIVE


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        (Deadlocks("reclaims"), "no model 'reclaims'; models are reclaim, sync"),
        (Deadlocks("reclaim", parameters(thread=1)), "no parameter 'thread'; parameters are threads, requests"),
        (Deadlocks("reclaim", parameters(threads=0)), "threads is 0; write a number from 1 to 6"),
        (Deadlocks("reclaim", parameters(threads=True)), "threads is True; write a number"),
        (Deadlocks("reclaim", parameters(tmp="yes")), "tmp is 'yes'; write true or false"),
        (AlwaysEnds("sync", parameters(design="hope")), "design is 'hope'; choices are tmp, wait, skip, abort"),
        (CanHappen("migration", "chaos"), "no situation 'chaos'; situations are corrupt"),
        (PathExists("mm/migrate.c"), "cannot decide PathExists"),
    ],
)
def test_hook_names_what_exists_when_something_does_not(predicate: Any, words: str) -> None:
    with pytest.raises(CheckError) as raised:
        decide(predicate, None)
    assert words in str(raised.value)


def test_parameters_take_zero_and_one_for_no_and_yes() -> None:
    assert (
        decide(Deadlocks("reclaim", parameters(tmp=1)), None).summary
        == decide(Deadlocks("reclaim", parameters(tmp=True)), None).summary
    )


def test_what_makes_no_difference_is_not_said() -> None:
    def assumed(design: str) -> str:
        return " ".join(decide(AlwaysEnds("sync", parameters(design=design)), None).assumptions)

    assert "requests sent after the abort fail at once" in assumed("abort")
    assert "after the abort" not in assumed("wait")


@pytest.mark.parametrize("spec", [*models().values(), *timed_models().values()], ids=lambda spec: spec.name)
def test_each_setting_of_each_model_has_words(spec: ModelSpec | TimedSpec) -> None:
    for parameter in spec.parameters:
        values: tuple[object, ...] = parameter.choices or (
            (False, True) if isinstance(parameter.default, bool) else (parameter.least, parameter.most)
        )
        if parameter.name not in STATED:
            told = [
                parameter.words(value) for value in values if parameter.where == ("", "") or value != parameter.least
            ]
            assert all(told), parameter
            assert len(set(told)) == len(told), parameter
            assert "=" not in "".join(told)
