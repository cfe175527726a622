"""In: how sync(2) treats folios of a userspace filesystem, and what its server may do. Out: the model of one sync(2).

sync(2) has the flusher write the mount out, waits until the flusher has done that, and then waits for the folios under
writeback. With `meta` the flusher also sends the inode's times, a request that it waits for.
"""

from __future__ import annotations

from sim_hooks.guarded import Actor, Command, Scene, System, flag, words
from sim_hooks.models.spec import ModelSpec, Parameter, Setting

_FREE = "not stopped and not aborted and write != taken and times != taken"
_SERVER = Actor(
    "server",
    (
        Command("takes the write", f"write == queued and {_FREE}", "write = taken"),
        Command(
            "answers the write",
            "write == taken and not stopped and not aborted",
            "write = answered; writeback = False",
        ),
        Command("takes the inode's times", f"times == queued and {_FREE}", "times = taken"),
        Command("answers the inode's times", "times == taken and not stopped and not aborted", "times = answered"),
    ),
)
_FLUSHER = Actor(
    "flusher",
    (
        Command(
            "writes the folio out",
            "flusher == idle",
            "write = failed if aborted and fails else queued; "
            "writeback = not (aborted and fails) and not copies; flusher = submitted",
        ),
        Command(
            "sends the inode's times",
            "meta and flusher == submitted",
            "times = failed if aborted and fails else queued; flusher = asking",
        ),
        Command(
            "has written all out",
            "(flusher == asking if meta else flusher == submitted) and times not in (queued, taken)",
            "flusher = flushed",
        ),
    ),
)
_SYNC = Actor(
    "sync",
    (
        Command("starts", "sync == before", "sync = flushing"),
        Command("sees that the flusher is through", "sync == flushing and flusher == flushed", "sync = waiting"),
        Command("returns", "sync == waiting and not (waits and writeback)", "sync = returned"),
    ),
)
_ABORT = Command(
    "aborts the connection",
    "(write in (queued, taken) or times in (queued, taken)) and not aborted",
    "write = failed if write in (queued, taken) else write; times = failed if times in (queued, taken) else times; "
    "writeback = False; aborted = True",
)
"""Every request that is not answered fails, and writeback of its folio ends."""


def build(setting: Setting) -> System:
    """The system for a complete setting of `SPEC`."""
    design = setting["design"]
    actors = [_SYNC, _FLUSHER, _SERVER]
    if setting["malicious"]:
        actors.append(Actor("adversary", (Command("stops answering", "not stopped", "stopped = True"),), False))
    if design == "abort":
        actors.append(Actor("timer", (_ABORT,)))
    return System(
        variables=(
            flag("writeback"),
            words("write", "unsent", "queued", "taken", "answered", "failed"),
            words("times", "unsent", "queued", "taken", "answered", "failed"),
            words("flusher", "idle", "submitted", "asking", "flushed"),
            words("sync", "before", "flushing", "waiting", "returned"),
            flag("stopped"),
            flag("aborted"),
        ),
        actors=tuple(actors),
        done="sync == returned",
        scenes=(
            Scene(
                "sync returned before the write reached the server",
                "sync(2) has returned and the server has not even taken the write",
                "sync == returned and write == queued",
            ),
            Scene(
                "sync returned before the write was answered",
                "sync(2) has returned and the server has not answered the write",
                "sync == returned and write in (queued, taken)",
            ),
            Scene(
                "sync returned after a failed write",
                "sync(2) has returned and the write was failed by an abort",
                "sync == returned and write == failed",
            ),
            Scene(
                "sync waits for the folio",
                "sync(2) waits for a folio under writeback",
                "waits and sync == waiting and writeback",
            ),
            Scene(
                "sync waits for the inode's times",
                "sync(2) waits for the flusher, which waits for the answer to the inode's times",
                "sync == flushing and flusher == asking and times in (queued, taken)",
            ),
        ),
        constants={
            "copies": design == "tmp",
            "waits": design != "skip",
            "meta": setting["meta"],
            "fails": setting["fail_after_abort"],
        },
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
