"""In: what migration does with a folio under writeback, and who calls it how often. Out: the model of one migration.

A caller takes passes over a folio whose write only a userspace server can answer. A pass moves the folio, waits for its
writeback, or finds it busy; `CALLERS` says what each kind of caller makes of a pass that found it busy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim_hooks.guarded import Actor, Command, Scene, System, flag, number, words
from sim_hooks.models.spec import ModelSpec, Parameter, Setting

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


_AGAIN = "not signalled and (not counted or passes < most)"
_SERVER = Actor(
    "server",
    (
        Command("takes the write", "write == queued and not stopped and not aborted", "write = taken"),
        Command(
            "answers the write",
            "write == taken and not stopped and not aborted",
            "write = answered; folio = clean",
        ),
    ),
)
_FLUSHER = Actor(
    "flusher",
    (
        Command(
            "starts writeback of the folio",
            "folio == dirty and caller in (resting, busy)",
            "folio = writeback; write = queued",
        ),
    ),
)


def _caller(name: str) -> Actor:
    """An endless caller does not count its passes, so that its states come round again."""
    meets = "caller == holding and folio == writeback"
    return Actor(
        name,
        (
            Command(
                "begins a pass and takes the folio",
                "caller == resting",
                "caller = holding; passes = passes + 1 if counted else 0",
            ),
            Command("moves the folio", "caller == holding and folio != writeback", "caller = moved"),
            Command("moves the folio under writeback", f"skips and {meets}", "caller = moved; corrupt = True"),
            Command("waits for writeback", f"waits and {meets}", "caller = waiting"),
            Command(
                "sees writeback end and moves the folio",
                "caller == waiting and folio != writeback",
                "caller = moved",
            ),
            Command("finds the folio busy and lets it go", f"busies and {meets}", "caller = busy"),
            Command("tries again", f"caller == busy and {_AGAIN}", "caller = resting"),
            Command("gives up", f"caller == busy and not ({_AGAIN})", "caller = gave_up"),
        ),
    )


def migration(*, caller: str, policy: str, passes: int | None, malicious: bool, signal: bool = False) -> System:
    """The system of a caller that takes `passes` (None: without end); with `signal` a person interrupts it."""
    actors = [_caller(caller), _FLUSHER, _SERVER]
    if malicious:
        actors.append(Actor("adversary", (Command("stops answering", "not stopped", "stopped = True"),), False))
    if policy in ("abort", "eagain_abort"):
        expire = Command(
            "aborts the connection",
            "write in (queued, taken) and not aborted",
            "write = failed; folio = clean; aborted = True",
        )
        actors.append(Actor("timer", (expire,)))
    if signal:
        actors.append(Actor("person", (Command("sends a signal", "not signalled", "signalled = True"),)))
    return System(
        variables=(
            words("folio", "dirty", "writeback", "clean"),
            words("write", "unsent", "queued", "taken", "answered", "failed"),
            words("caller", "resting", "holding", "waiting", "busy", "moved", "gave_up"),
            number("passes", passes or 0),
            flag("corrupt"),
            flag("stopped"),
            flag("aborted"),
            flag("signalled"),
        ),
        actors=tuple(actors),
        done="caller in (moved, gave_up)",
        scenes=(
            Scene("corrupt", "the folio was moved while its write was in flight", "corrupt"),
            Scene(
                "migration meets a folio under writeback",
                "the caller holds a folio that is under writeback",
                "caller == holding and folio == writeback",
            ),
            Scene(
                "migration waits on writeback",
                "the caller waits until writeback of the folio ends",
                "caller == waiting and folio == writeback",
            ),
            Scene(
                "migration tries again",
                "the caller found the folio busy and is about to take another pass",
                f"caller == busy and {_AGAIN}",
            ),
            Scene("folio not moved", "the caller gave up and the folio stays", "caller == gave_up"),
            Scene("folio moved", "the folio was moved", "caller == moved"),
        ),
        constants={
            "waits": policy in ("wait", "abort"),
            "busies": policy in ("eagain", "eagain_abort"),
            "skips": policy == "skip",
            "counted": passes is not None,
            "most": passes or 0,
        },
    )


def build(setting: Setting) -> System:
    """The system for a complete setting of `SPEC`."""
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
