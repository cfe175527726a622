"""In: what migration does with a folio under writeback, and who calls it how often. Out: the model of one migration.

A caller takes passes over a folio whose write only a userspace server can answer. A pass moves the folio, waits for its
writeback, or finds it busy; `CALLERS` says what each kind of caller makes of a pass that found it busy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sim_hooks.explore import Action, Model, Process, Situation
from sim_hooks.models.spec import ModelSpec, Parameter, Setting

DIRTY, WRITEBACK, CLEAN = "dirty", "writeback", "clean"
NONE, QUEUED, TAKEN, ANSWERED, FAILED = "none", "queued", "taken", "answered", "failed"
PASS, HOLDING, WAITING, BUSY, MOVED, GAVE_UP = "pass", "holding", "waiting", "busy", "moved", "gave up"

POLICIES = ("wait", "eagain", "skip", "abort", "eagain_abort")


@dataclass(frozen=True, slots=True)
class Caller:
    """One kind of caller of migration."""

    name: str
    passes: int | None
    """Passes before it gives up; None: it never does; 0: as many as the parameter `bound` says."""
    meaning: str


CALLERS: Mapping[str, Caller] = {
    caller.name: caller
    for caller in (
        Caller("once", 1, "one pass, as compaction takes"),
        Caller("retry_forever", None, "passes until the folio has moved, as memory offlining takes"),
        Caller("bounded", 0, "at most `bound` passes"),
    )
}


class State(NamedTuple):
    """The folio and its write, where the caller stands, its passes begun, what has gone wrong, and who has acted."""

    folio: str
    write: str
    caller: str
    passes: int
    corrupt: bool
    stopped: bool
    aborted: bool
    signalled: bool


def _caller(name: str, policy: str, passes: int | None) -> Process[State]:
    waits, busies, skips = policy in ("wait", "abort"), policy in ("eagain", "eagain_abort"), policy == "skip"

    def begins(state: State) -> State:
        """An endless caller does not count its passes, so that its states come round again."""
        return state._replace(caller=HOLDING, passes=state.passes + 1 if passes else 0)

    return Process(
        name,
        (
            Action("begins a pass and takes the folio", lambda s: s.caller == PASS, begins),
            Action(
                "moves the folio",
                lambda s: s.caller == HOLDING and s.folio != WRITEBACK,
                lambda s: s._replace(caller=MOVED),
            ),
            Action(
                "moves the folio under writeback",
                lambda s: skips and s.caller == HOLDING and s.folio == WRITEBACK,
                lambda s: s._replace(caller=MOVED, corrupt=True),
            ),
            Action(
                "waits for writeback",
                lambda s: waits and s.caller == HOLDING and s.folio == WRITEBACK,
                lambda s: s._replace(caller=WAITING),
            ),
            Action(
                "sees writeback end and moves the folio",
                lambda s: s.caller == WAITING and s.folio != WRITEBACK,
                lambda s: s._replace(caller=MOVED),
            ),
            Action(
                "finds the folio busy and lets it go",
                lambda s: busies and s.caller == HOLDING and s.folio == WRITEBACK,
                lambda s: s._replace(caller=BUSY),
            ),
            Action(
                "tries again",
                lambda s: s.caller == BUSY and not s.signalled and (passes is None or s.passes < passes),
                lambda s: s._replace(caller=PASS),
            ),
            Action(
                "gives up",
                lambda s: s.caller == BUSY and (s.signalled or (passes is not None and s.passes >= passes)),
                lambda s: s._replace(caller=GAVE_UP),
            ),
        ),
    )


def _server() -> Process[State]:
    def works(state: State) -> bool:
        return not state.stopped and not state.aborted

    return Process(
        "server",
        (
            Action("takes the write", lambda s: s.write == QUEUED and works(s), lambda s: s._replace(write=TAKEN)),
            Action(
                "answers the write",
                lambda s: s.write == TAKEN and works(s),
                lambda s: s._replace(write=ANSWERED, folio=CLEAN),
            ),
        ),
    )


def migration(*, caller: str, policy: str, passes: int | None, malicious: bool, signal: bool = False) -> Model[State]:
    """The model of a caller that takes `passes` (None: without end); with `signal` a person interrupts it."""
    flush: Action[State] = Action(
        "starts writeback of the folio",
        lambda s: s.folio == DIRTY and s.caller in (PASS, BUSY),
        lambda s: s._replace(folio=WRITEBACK, write=QUEUED),
    )
    processes = [_caller(caller, policy, passes), Process("flusher", (flush,)), _server()]
    if malicious:
        stop: Action[State] = Action("stops answering", lambda s: not s.stopped, lambda s: s._replace(stopped=True))
        processes.append(Process("adversary", (stop,), must_move=False))
    if policy in ("abort", "eagain_abort"):
        expire: Action[State] = Action(
            "aborts the connection",
            lambda s: s.write in (QUEUED, TAKEN) and not s.aborted,
            lambda s: s._replace(write=FAILED, folio=CLEAN, aborted=True),
        )
        processes.append(Process("timer", (expire,)))
    if signal:
        interrupt: Action[State] = Action(
            "sends a signal", lambda s: not s.signalled, lambda s: s._replace(signalled=True)
        )
        processes.append(Process("person", (interrupt,)))
    return Model(
        tuple(processes),
        (State(DIRTY, NONE, PASS, 0, False, False, False, False),),
        lambda s: s.caller in (MOVED, GAVE_UP),
        (
            Situation(
                "corrupt",
                "the folio was moved while its write was in flight",
                lambda s: s.corrupt,
            ),
            Situation(
                "migration meets a folio under writeback",
                "the caller holds a folio that is under writeback",
                lambda s: s.caller == HOLDING and s.folio == WRITEBACK,
            ),
            Situation(
                "migration waits on writeback",
                "the caller waits until writeback of the folio ends",
                lambda s: s.caller == WAITING and s.folio == WRITEBACK,
            ),
            Situation(
                "migration tries again",
                "the caller found the folio busy and is about to take another pass",
                lambda s: s.caller == BUSY and not s.signalled and (passes is None or s.passes < passes),
            ),
            Situation("folio not moved", "the caller gave up and the folio stays", lambda s: s.caller == GAVE_UP),
            Situation("folio moved", "the folio was moved", lambda s: s.caller == MOVED),
        ),
    )


def build(setting: Setting) -> Model[State]:
    """The model for a complete setting of `SPEC`."""
    passes = CALLERS[setting["caller"]].passes
    return migration(
        caller="migration",
        policy=setting["policy"],
        passes=setting["bound"] if passes == 0 else passes,
        malicious=setting["malicious"],
    )


POLICY = Parameter(
    "policy",
    "wait",
    "wait for writeback; eagain: let a folio under writeback go; skip: move it all the same; abort: wait, and a timer "
    "aborts the connection; eagain_abort: let it go, with that timer",
    choices=POLICIES,
    said=(
        "migration waits for writeback",
        "migration lets a folio under writeback go",
        "migration moves a folio under writeback all the same",
        "migration waits for writeback, and a timer aborts the connection",
        "migration lets a folio under writeback go, and a timer aborts the connection",
    ),
)
MALICIOUS = Parameter(
    "malicious",
    False,
    "the server may stop answering at any time",
    said=("a server that answers", "a server that may stop answering"),
)
ASSUMPTIONS = (
    "one folio, one write, and it is not made dirty again",
    "writeback does not start while the caller holds the folio",
    "time is left out: a pass that finds the folio busy may be followed at once by the next",
)

SPEC = ModelSpec(
    "migration",
    "page migration meets a folio under writeback whose server may stop answering",
    (
        POLICY,
        Parameter(
            "caller",
            "once",
            "; ".join(f"{caller.name}: {caller.meaning}" for caller in CALLERS.values()),
            choices=tuple(CALLERS),
            said=("one pass", "passes without end until the folio has moved", "a bounded number of passes"),
        ),
        Parameter(
            "bound",
            3,
            "passes of a bounded caller",
            least=1,
            most=50,
            said=("", "at most one pass", "at most {} passes"),
            where=("caller", "bounded"),
        ),
        MALICIOUS,
    ),
    ASSUMPTIONS,
    build,
)
