"""Each model gives the verdicts that guests and SPIN gave, with pinned counts, and its broken twin the opposite."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kb.errors import CheckError
from kb.records import Strength, Verdict
from sim_hooks.explore import Model, explore, find_deadlock, find_state
from sim_hooks.fairness import find_endless
from sim_hooks.hooks.model import decide
from sim_hooks.hooks.timing import STATED
from sim_hooks.models import models, timed_models
from sim_hooks.models.migration import BUSY, CALLERS, DIRTY, HOLDING, PASS, WAITING, WRITEBACK
from sim_hooks.models.reclaim import QUEUED, RECLAIMING
from sim_hooks.models.spec import ModelSpec, TimedSpec
from sim_hooks.models.sync import RETURNED
from sim_hooks.models.sync import WAITING as SYNC_WAITING
from sim_hooks.predicates import AlwaysEnds, CanHappen, Deadlocks, PathExists, parameters
from tests.support.models import broken, every_model, never

ENDS, STUCK, LOOPS = "ends", "stuck", "loops"
FIRST_WRITE = "sync returned before the write reached the server"


def _model(name: str, **given: int | str | bool) -> Model[Any]:
    return models()[name].model(parameters(**given))[0]


def _end(model: Model[Any]) -> str:
    trace = find_endless(explore(model))
    if trace is None:
        return ENDS
    return LOOPS if trace.loop else STUCK


def _can(model: Model[Any], situation: str) -> bool:
    return find_state(explore(model), model.by_situation[situation].holds) is not None


def _counts(model: Model[Any]) -> tuple[int, int]:
    explored = explore(model)
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
    assert (find_deadlock(explore(model)) is not None) == (end == STUCK)
    assert _counts(model) == counts
    assert _can(model, "reclaim before the write is answered")


def test_reclaim_that_deadlocks_tells_the_shortest_story() -> None:
    trace = find_deadlock(explore(_model("reclaim")))
    assert trace is not None
    assert [str(step) for step in trace.steps] == [
        "application sends a request",
        "flusher starts writeback of the folio",
        "server thread 1 takes a request",
        "server thread 1 runs short of memory and reclaims",
    ]


def test_reclaim_twins_come_out_the_other_way() -> None:
    no_wait = broken(_model("reclaim"), "ends its reclaim and answers", guard=lambda s: RECLAIMING in s.threads)
    assert _end(no_wait) == ENDS
    copy_keeps_writeback = broken(
        _model("reclaim", tmp=True),
        "starts writeback of the folio",
        effect=lambda s: s._replace(folio="writeback", write=QUEUED),
    )
    assert _end(copy_keeps_writeback) == STUCK
    fallback = "gives up waiting and moves the write to a temporary copy"
    assert _end(broken(_model("reclaim", timeout_fallback=True), fallback, guard=never)) == STUCK


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
        effect=lambda s: s._replace(write="queued", writeback=True, flusher="submitted"),
    )
    assert _end(broken(waits, "returns", guard=lambda s: s.sync == SYNC_WAITING and not s.writeback)) == STUCK
    hasty = broken(_model("sync", malicious=True), "returns", guard=lambda s: s.sync == SYNC_WAITING)
    assert _end(hasty) == ENDS
    assert _can(hasty, FIRST_WRITE)
    no_timer = broken(_model("sync", design="abort", malicious=True), "aborts the connection", guard=never)
    assert _end(no_timer) == STUCK
    assert not _can(broken(_model("sync", design="tmp"), "returns", guard=never), FIRST_WRITE)
    assert _end(broken(_model("sync"), "returns", guard=lambda s: s.sync == RETURNED)) == STUCK


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
    trace = find_endless(explore(_model("migration", policy="eagain", caller="retry_forever", malicious=True)))
    assert trace is not None
    assert [step.action for step in trace.loop] == [
        "begins a pass and takes the folio",
        "finds the folio busy and lets it go",
        "tries again",
    ]


def test_migration_twins_come_out_the_other_way() -> None:
    bounded = _model("migration", caller="bounded", policy="eagain", malicious=True)
    unbounded = broken(bounded, "gives up", guard=never)
    unbounded = broken(unbounded, "tries again", guard=lambda s: s.caller == BUSY)
    unbounded = broken(
        unbounded, "begins a pass and takes the folio", effect=lambda s: s._replace(caller=HOLDING), guard=_at_pass
    )
    assert _end(unbounded) == LOOPS
    careful = broken(_model("migration", policy="skip"), "moves the folio under writeback", guard=never)
    assert not _can(careful, "corrupt")
    hasty = broken(_model("migration", malicious=True), "sees writeback end and moves the folio", guard=_waits)
    assert _end(hasty) == ENDS
    assert _end(broken(_model("migration"), "answers the write", guard=never)) == STUCK
    no_timer = broken(_model("migration", policy="abort", malicious=True), "aborts the connection", guard=never)
    assert _end(no_timer) == STUCK
    early = broken(
        _model("migration", policy="wait"),
        "starts writeback of the folio",
        guard=lambda s: s.folio == DIRTY and s.caller == HOLDING,
        effect=lambda s: s._replace(folio=WRITEBACK, write="queued"),
    )
    assert _can(early, "migration waits on writeback")


def _at_pass(state: Any) -> bool:
    return bool(state.caller == PASS)


def _waits(state: Any) -> bool:
    return bool(state.caller == WAITING)


def test_offlining_loops_until_it_is_bounded_or_interrupted() -> None:
    assert _end(_model("offline", policy="eagain", malicious=True)) == LOOPS
    assert _end(_model("offline", policy="eagain", malicious=True, bound=3)) == ENDS
    interrupted = _model("offline", policy="eagain", malicious=True, signal=True)
    assert _end(interrupted) == ENDS
    assert _end(_model("offline", policy="eagain")) == ENDS
    assert _counts(interrupted) == (58, 117)
    assert _end(broken(interrupted, "sends a signal", guard=never)) == LOOPS


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
    assert _end(broken(lone, "calls sync on its own mount", effect=lambda s: s._replace(flushed=True))) != ENDS
    returns = "returns from sync and answers the request"
    hasty = broken(lone, returns, guard=lambda s: s.threads == ("syncing",) and s.flushed)
    assert _end(hasty) == ENDS
    assert _end(broken(_model("selfsync", threads=2), "takes the write", guard=never)) == STUCK


@pytest.mark.parametrize("name", models())
def test_every_situation_of_a_model_happens_and_every_action_is_taken_under_some_setting(name: str) -> None:
    there: set[str] = set()
    seen: set[str] = set()
    for model in every_model(models()[name]):
        explored = explore(model)
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
