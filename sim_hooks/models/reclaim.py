"""In: server threads, requests, and how reclaim treats writeback. Out: the model of reclaim inside the server.

A folio of the mount is dirty; its writeback is a WRITE that only a free thread of the server can answer. A thread that
allocates memory while it answers an ordinary request may have to reclaim, and then meets that very folio.
"""

from __future__ import annotations

from typing import NamedTuple

from sim_hooks.explore import Action, Model, Process, Situation
from sim_hooks.models.spec import ModelSpec, Parameter, Setting

FREE, ANSWERING, RECLAIMING, WRITING = "free", "answering", "reclaiming", "writing"
DIRTY, WRITEBACK, CLEAN = "dirty", "writeback", "clean"
NONE, QUEUED, TAKEN, ANSWERED = "none", "queued", "taken", "answered"


class State(NamedTuple):
    """Requests yet to be sent and waiting, the folio, its write, and what each server thread does."""

    unsent: int
    waiting: int
    folio: str
    write: str
    threads: tuple[str, ...]


def _thread(number: int, *, waits: bool) -> Process[State]:
    def doing(what: str, state: State) -> bool:
        return state.threads[number] == what

    def turn(state: State, what: str) -> tuple[str, ...]:
        return (*state.threads[:number], what, *state.threads[number + 1 :])

    def answers_write(state: State) -> State:
        folio = CLEAN if state.folio == WRITEBACK else state.folio
        return state._replace(folio=folio, write=ANSWERED, threads=turn(state, FREE))

    return Process(
        f"server thread {number + 1}",
        (
            Action(
                "takes a request",
                lambda s: doing(FREE, s) and s.waiting > 0,
                lambda s: s._replace(waiting=s.waiting - 1, threads=turn(s, ANSWERING)),
            ),
            Action(
                "takes the write",
                lambda s: doing(FREE, s) and s.write == QUEUED,
                lambda s: s._replace(write=TAKEN, threads=turn(s, WRITING)),
            ),
            Action(
                "runs short of memory and reclaims",
                lambda s: doing(ANSWERING, s),
                lambda s: s._replace(threads=turn(s, RECLAIMING)),
            ),
            Action(
                "gets memory and answers",
                lambda s: doing(ANSWERING, s),
                lambda s: s._replace(threads=turn(s, FREE)),
            ),
            Action(
                "ends its reclaim and answers",
                lambda s: doing(RECLAIMING, s) and not (waits and s.folio == WRITEBACK),
                lambda s: s._replace(threads=turn(s, FREE)),
            ),
            Action("answers the write", lambda s: doing(WRITING, s), answers_write),
        ),
    )


def build(setting: Setting) -> Model[State]:
    """The model for a complete setting of `SPEC`."""
    copies, waits = setting["tmp"], not setting["skip"]
    processes = [
        Process(
            "application",
            (
                Action(
                    "sends a request",
                    lambda s: s.unsent > 0,
                    lambda s: s._replace(unsent=s.unsent - 1, waiting=s.waiting + 1),
                ),
            ),
        ),
        Process(
            "flusher",
            (
                Action(
                    "starts writeback of the folio",
                    lambda s: s.folio == DIRTY,
                    lambda s: s._replace(folio=CLEAN if copies else WRITEBACK, write=QUEUED),
                ),
            ),
        ),
        *(_thread(number, waits=waits) for number in range(setting["threads"])),
    ]
    if setting["timeout_fallback"]:
        expire: Action[State] = Action(
            "gives up waiting and moves the write to a temporary copy",
            lambda s: s.folio == WRITEBACK,
            lambda s: s._replace(folio=CLEAN),
        )
        processes.append(Process("timer", (expire,)))
    return Model(
        tuple(processes),
        (State(setting["requests"], 0, DIRTY, NONE, (FREE,) * setting["threads"]),),
        lambda s: not s.unsent and not s.waiting and s.write == ANSWERED and all(what == FREE for what in s.threads),
        (
            Situation(
                "reclaim before the write is answered",
                "a server thread reclaims memory while the folio's write is not answered",
                lambda s: RECLAIMING in s.threads and s.write in (QUEUED, TAKEN),
            ),
            Situation(
                "reclaim waits on writeback",
                "a server thread waits in reclaim until the folio's writeback ends",
                lambda s: waits and RECLAIMING in s.threads and s.folio == WRITEBACK,
            ),
            Situation(
                "every thread waits in reclaim",
                "every server thread waits in reclaim until the folio's writeback ends",
                lambda s: waits and s.folio == WRITEBACK and all(what == RECLAIMING for what in s.threads),
            ),
        ),
    )


SPEC = ModelSpec(
    "reclaim",
    "a userspace filesystem server reclaims memory and meets a folio of its own mount under writeback",
    (
        Parameter(
            "threads", 1, "threads of the server", least=1, most=6, said=("", "one server thread", "{} server threads")
        ),
        Parameter(
            "requests",
            1,
            "requests of the application besides the write",
            least=0,
            most=6,
            said=("no request besides the write", "one request besides the write", "{} requests besides the write"),
        ),
        Parameter(
            "tmp",
            False,
            "writeback ends at once because a temporary copy is written in its place",
            said=("no temporary copy", "a temporary copy"),
        ),
        Parameter(
            "skip",
            False,
            "reclaim does not wait on such a folio",
            said=("reclaim waits for writeback", "reclaim passes over folios under writeback"),
        ),
        Parameter(
            "timeout_fallback",
            False,
            "a timer moves a write that takes long to a temporary copy",
            said=("no timer", "a timer that falls back to a temporary copy"),
        ),
    ),
    (
        "one mount, one dirty folio, one write",
        "only ordinary requests need memory that must be reclaimed; the write is answered without",
        "the server answers everything that it has taken and is not held up in",
        "time is left out: a timer fires sooner or later, at any moment",
    ),
    build,
)
