"""In: server threads and how sync(2) treats its folios. Out: the model of a server that syncs its own mount.

One thread of the server, while it answers a request, calls sync(2); the write that this starts needs a thread too.
"""

from __future__ import annotations

from sim_hooks.guarded import Actor, Command, Scene, System, flag, words
from sim_hooks.models.spec import ModelSpec, Parameter, Setting

_REQUEST = ("unsent", "queued", "taken", "answered")


def _thread(place: int) -> Actor:
    me = f"thread{place}"
    return Actor(
        f"server thread {place}",
        (
            Command(
                "takes the request",
                f"{me} == free and request == queued",
                f"request = taken; {me} = answering",
            ),
            Command("calls sync on its own mount", f"{me} == answering", f"{me} = syncing"),
            Command(
                "returns from sync and answers the request",
                f"{me} == syncing and flushed and not (waits and writeback)",
                f"request = answered; {me} = free",
            ),
            Command("takes the write", f"{me} == free and write == queued", f"write = taken; {me} = writing"),
            Command("answers the write", f"{me} == writing", f"write = answered; writeback = False; {me} = free"),
            Command("takes the inode's times", f"{me} == free and times == queued", f"times = taken; {me} = timing"),
            Command("answers the inode's times", f"{me} == timing", f"times = answered; {me} = free"),
        ),
    )


_FLUSHER = Actor(
    "flusher",
    (
        Command("writes the folio out", "write == unsent", "write = queued; writeback = not copies"),
        Command("sends the inode's times", "meta and write != unsent and times == unsent", "times = queued"),
        Command(
            "has written all out",
            "not flushed and write != unsent and (times == answered if meta else times == unsent)",
            "flushed = True",
        ),
    ),
)


def build(setting: Setting) -> System:
    """The system for a complete setting of `SPEC`."""
    threads = [f"thread{place + 1}" for place in range(setting["threads"])]
    return System(
        variables=(
            words("request", *_REQUEST),
            words("write", *_REQUEST),
            words("times", *_REQUEST),
            flag("writeback"),
            flag("flushed"),
            *(words(thread, "free", "answering", "syncing", "writing", "timing") for thread in threads),
        ),
        actors=(
            Actor("application", (Command("sends a request", "request == unsent", "request = queued"),)),
            _FLUSHER,
            *(_thread(place + 1) for place in range(len(threads))),
        ),
        done="request == answered and write == answered",
        scenes=(
            Scene(
                "the server syncs before the write is answered",
                "a server thread is in sync(2) on its own mount while the write is not answered",
                f"({' or '.join(f'{thread} == syncing' for thread in threads)}) and write in (queued, taken)",
            ),
        ),
        constants={
            "copies": setting["design"] == "tmp",
            "waits": setting["design"] != "skip",
            "meta": setting["meta"],
        },
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
