"""In: server threads and how sync(2) treats its folios. Out: the model of a server that syncs its own mount.

One thread of the server, while it answers a request, calls sync(2); the write that this starts needs a thread too.
"""

from __future__ import annotations

from typing import NamedTuple

from sim_hooks.explore import Action, Model, Process, Situation
from sim_hooks.models.spec import ModelSpec, Parameter, Setting

FREE, ANSWERING, SYNCING, WRITING, TIMING = "free", "answering", "syncing", "writing", "timing"
NONE, QUEUED, TAKEN, ANSWERED = "none", "queued", "taken", "answered"


class State(NamedTuple):
    """The request that makes a thread sync, the write and the inode's times, the folio, and the threads."""

    request: str
    write: str
    times: str
    writeback: bool
    flushed: bool
    threads: tuple[str, ...]


def _thread(number: int, *, waits: bool) -> Process[State]:
    def doing(what: str, state: State) -> bool:
        return state.threads[number] == what

    def turn(state: State, what: str) -> tuple[str, ...]:
        return (*state.threads[:number], what, *state.threads[number + 1 :])

    return Process(
        f"server thread {number + 1}",
        (
            Action(
                "takes the request",
                lambda s: doing(FREE, s) and s.request == QUEUED,
                lambda s: s._replace(request=TAKEN, threads=turn(s, ANSWERING)),
            ),
            Action(
                "calls sync on its own mount",
                lambda s: doing(ANSWERING, s),
                lambda s: s._replace(threads=turn(s, SYNCING)),
            ),
            Action(
                "returns from sync and answers the request",
                lambda s: doing(SYNCING, s) and s.flushed and not (waits and s.writeback),
                lambda s: s._replace(request=ANSWERED, threads=turn(s, FREE)),
            ),
            Action(
                "takes the write",
                lambda s: doing(FREE, s) and s.write == QUEUED,
                lambda s: s._replace(write=TAKEN, threads=turn(s, WRITING)),
            ),
            Action(
                "answers the write",
                lambda s: doing(WRITING, s),
                lambda s: s._replace(write=ANSWERED, writeback=False, threads=turn(s, FREE)),
            ),
            Action(
                "takes the inode's times",
                lambda s: doing(FREE, s) and s.times == QUEUED,
                lambda s: s._replace(times=TAKEN, threads=turn(s, TIMING)),
            ),
            Action(
                "answers the inode's times",
                lambda s: doing(TIMING, s),
                lambda s: s._replace(times=ANSWERED, threads=turn(s, FREE)),
            ),
        ),
    )


def build(setting: Setting) -> Model[State]:
    """The model for a complete setting of `SPEC`."""
    copies, waits, meta = setting["design"] == "tmp", setting["design"] != "skip", setting["meta"]
    flusher: Process[State] = Process(
        "flusher",
        (
            Action(
                "writes the folio out",
                lambda s: s.write == NONE,
                lambda s: s._replace(write=QUEUED, writeback=not copies),
            ),
            Action(
                "sends the inode's times",
                lambda s: meta and s.write != NONE and s.times == NONE,
                lambda s: s._replace(times=QUEUED),
            ),
            Action(
                "has written all out",
                lambda s: not s.flushed and s.write != NONE and s.times == (ANSWERED if meta else NONE),
                lambda s: s._replace(flushed=True),
            ),
        ),
    )
    ask: Action[State] = Action("sends a request", lambda s: s.request == NONE, lambda s: s._replace(request=QUEUED))
    threads = range(setting["threads"])
    return Model(
        (Process("application", (ask,)), flusher, *(_thread(number, waits=waits) for number in threads)),
        (State(NONE, NONE, NONE, False, False, (FREE,) * len(threads)),),
        lambda s: s.request == ANSWERED and s.write == ANSWERED,
        (
            Situation(
                "the server syncs before the write is answered",
                "a server thread is in sync(2) on its own mount while the write is not answered",
                lambda s: SYNCING in s.threads and s.write in (QUEUED, TAKEN),
            ),
        ),
    )


SPEC = ModelSpec(
    "selfsync",
    "a userspace filesystem server calls sync(2) on its own mount",
    (
        Parameter(
            "threads", 1, "threads of the server", least=1, most=6, said=("", "one server thread", "{} server threads")
        ),
        Parameter(
            "design",
            "wait",
            "tmp: a temporary copy is written; wait: sync waits for folios; skip: it does not",
            choices=("tmp", "wait", "skip"),
            said=("a temporary copy", "sync waits for folios under writeback", "sync does not wait for folios"),
        ),
        Parameter(
            "meta",
            False,
            "the inode's times must be flushed, by a request that is waited for",
            said=("no inode times to flush", "inode times to flush"),
        ),
    ),
    (
        "one mount, one dirty folio, one request that makes the server sync",
        "a thread in sync answers nothing else",
        "every other thread answers whatever comes",
    ),
    build,
)
