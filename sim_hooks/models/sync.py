"""In: how sync(2) treats folios of a userspace filesystem, and what its server may do. Out: the model of one sync(2).

sync(2) has the flusher write the mount out, waits until the flusher has done that, and then waits for the folios under
writeback. With `meta` the flusher also sends the inode's times, a request that it waits for.
"""

from __future__ import annotations

from typing import NamedTuple

from sim_hooks.explore import Action, Model, Process, Situation
from sim_hooks.models.spec import ModelSpec, Parameter, Setting

NONE, QUEUED, TAKEN, ANSWERED, FAILED = "none", "queued", "taken", "answered", "failed"
IDLE, SUBMITTED, ASKING, FLUSHED = "idle", "submitted", "asking", "flushed"
BEFORE, FLUSHING, WAITING, RETURNED = "before", "flushing", "waiting", "returned"


class State(NamedTuple):
    """Whether the folio is under writeback, both requests, where flusher and sync stand, and the connection."""

    writeback: bool
    write: str
    times: str
    flusher: str
    sync: str
    stopped: bool
    aborted: bool

    @property
    def unanswered(self) -> bool:
        """Whether a request is with the server, taken or not."""
        return self.write in (QUEUED, TAKEN) or self.times in (QUEUED, TAKEN)


def _server() -> Process[State]:
    def works(state: State) -> bool:
        return not state.stopped and not state.aborted

    def free(state: State) -> bool:
        return works(state) and TAKEN not in (state.write, state.times)

    return Process(
        "server",
        (
            Action("takes the write", lambda s: s.write == QUEUED and free(s), lambda s: s._replace(write=TAKEN)),
            Action(
                "answers the write",
                lambda s: s.write == TAKEN and works(s),
                lambda s: s._replace(write=ANSWERED, writeback=False),
            ),
            Action(
                "takes the inode's times", lambda s: s.times == QUEUED and free(s), lambda s: s._replace(times=TAKEN)
            ),
            Action(
                "answers the inode's times",
                lambda s: s.times == TAKEN and works(s),
                lambda s: s._replace(times=ANSWERED),
            ),
        ),
    )


def _flusher(*, copies: bool, meta: bool, fails: bool) -> Process[State]:
    def sent(state: State) -> str:
        return FAILED if state.aborted and fails else QUEUED

    def writes_out(state: State) -> State:
        status = sent(state)
        return state._replace(write=status, writeback=status == QUEUED and not copies, flusher=SUBMITTED)

    return Process(
        "flusher",
        (
            Action("writes the folio out", lambda s: s.flusher == IDLE, writes_out),
            Action(
                "sends the inode's times",
                lambda s: meta and s.flusher == SUBMITTED,
                lambda s: s._replace(times=sent(s), flusher=ASKING),
            ),
            Action(
                "has written all out",
                lambda s: s.flusher == (ASKING if meta else SUBMITTED) and s.times not in (QUEUED, TAKEN),
                lambda s: s._replace(flusher=FLUSHED),
            ),
        ),
    )


def _abort(state: State) -> State:
    """Every request that is not answered fails, and writeback of its folio ends."""
    write = FAILED if state.write in (QUEUED, TAKEN) else state.write
    times = FAILED if state.times in (QUEUED, TAKEN) else state.times
    return state._replace(write=write, times=times, writeback=False, aborted=True)


def build(setting: Setting) -> Model[State]:
    """The model for a complete setting of `SPEC`."""
    design = setting["design"]
    waits = design != "skip"
    caller: Process[State] = Process(
        "sync",
        (
            Action("starts", lambda s: s.sync == BEFORE, lambda s: s._replace(sync=FLUSHING)),
            Action(
                "sees that the flusher is through",
                lambda s: s.sync == FLUSHING and s.flusher == FLUSHED,
                lambda s: s._replace(sync=WAITING),
            ),
            Action(
                "returns",
                lambda s: s.sync == WAITING and not (waits and s.writeback),
                lambda s: s._replace(sync=RETURNED),
            ),
        ),
    )
    processes = [
        caller,
        _flusher(copies=design == "tmp", meta=setting["meta"], fails=setting["fail_after_abort"]),
        _server(),
    ]
    if setting["malicious"]:
        stop: Action[State] = Action("stops answering", lambda s: not s.stopped, lambda s: s._replace(stopped=True))
        processes.append(Process("adversary", (stop,), must_move=False))
    if design == "abort":
        expire: Action[State] = Action("aborts the connection", lambda s: s.unanswered and not s.aborted, _abort)
        processes.append(Process("timer", (expire,)))
    return Model(
        tuple(processes),
        (State(False, NONE, NONE, IDLE, BEFORE, False, False),),
        lambda s: s.sync == RETURNED,
        (
            Situation(
                "sync returned before the write reached the server",
                "sync(2) has returned and the server has not even taken the write",
                lambda s: s.sync == RETURNED and s.write == QUEUED,
            ),
            Situation(
                "sync returned before the write was answered",
                "sync(2) has returned and the server has not answered the write",
                lambda s: s.sync == RETURNED and s.write in (QUEUED, TAKEN),
            ),
            Situation(
                "sync returned after a failed write",
                "sync(2) has returned and the write was failed by an abort",
                lambda s: s.sync == RETURNED and s.write == FAILED,
            ),
            Situation(
                "sync waits for the folio",
                "sync(2) waits for a folio under writeback",
                lambda s: waits and s.sync == WAITING and s.writeback,
            ),
            Situation(
                "sync waits for the inode's times",
                "sync(2) waits for the flusher, which waits for the answer to the inode's times",
                lambda s: s.sync == FLUSHING and s.flusher == ASKING and s.times in (QUEUED, TAKEN),
            ),
        ),
    )


SPEC = ModelSpec(
    "sync",
    "sync(2) over a mount whose server may stop answering",
    (
        Parameter(
            "design",
            "wait",
            "tmp: a temporary copy is written; wait: sync waits for folios; skip: it does not; "
            "abort: wait, and a timer aborts the connection",
            choices=("tmp", "wait", "skip", "abort"),
            said=(
                "a temporary copy",
                "sync waits for folios under writeback",
                "sync does not wait for folios",
                "sync waits for folios, and a timer aborts the connection",
            ),
        ),
        Parameter(
            "meta",
            False,
            "the inode's times must be flushed, by a request that is waited for",
            said=("no inode times to flush", "inode times to flush"),
        ),
        Parameter(
            "malicious",
            False,
            "the server may stop answering at any time",
            said=("a server that answers", "a server that may stop answering"),
        ),
        Parameter(
            "fail_after_abort",
            True,
            "a request sent after the abort fails at once instead of waiting",
            said=("requests sent after the abort wait", "requests sent after the abort fail at once"),
            where=("design", "abort"),
        ),
    ),
    (
        "one mount, one dirty folio, one single-threaded server",
        "the flusher submits the write and does not wait for it; it waits for the inode's times",
        "nobody but the timer ever aborts the connection",
        "time is left out: a timer fires sooner or later, at any moment",
    ),
    build,
)
