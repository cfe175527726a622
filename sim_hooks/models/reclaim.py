"""In: server threads, requests, and how reclaim treats writeback. Out: the model of reclaim inside the server.

A folio of the mount is dirty; its writeback is a WRITE that only a free thread of the server can answer. A thread that
allocates memory while it answers an ordinary request may have to reclaim, and then meets that very folio.
"""

from __future__ import annotations

from sim_hooks.guarded import Actor, Command, Scene, System, number, words
from sim_hooks.models.spec import ModelSpec, Parameter, Setting


def _thread(place: int) -> Actor:
    me = f"thread{place}"
    return Actor(
        f"server thread {place}",
        (
            Command(
                "takes a request",
                f"{me} == free and waiting > 0",
                f"waiting = waiting - 1; {me} = answering",
            ),
            Command("takes the write", f"{me} == free and write == queued", f"write = taken; {me} = writing"),
            Command("runs short of memory and reclaims", f"{me} == answering", f"{me} = reclaiming"),
            Command("gets memory and answers", f"{me} == answering", f"{me} = free"),
            Command(
                "ends its reclaim and answers",
                f"{me} == reclaiming and not (waits and folio == writeback)",
                f"{me} = free",
            ),
            Command(
                "answers the write",
                f"{me} == writing",
                f"folio = clean if folio == writeback else folio; write = answered; {me} = free",
            ),
        ),
    )


def build(setting: Setting) -> System:
    """The system for a complete setting of `SPEC`."""
    threads = [f"thread{place + 1}" for place in range(setting["threads"])]
    actors = [
        Actor(
            "application",
            (Command("sends a request", "unsent > 0", "unsent = unsent - 1; waiting = waiting + 1"),),
        ),
        Actor(
            "flusher",
            (
                Command(
                    "starts writeback of the folio",
                    "folio == dirty",
                    "folio = clean if copies else writeback; write = queued",
                ),
            ),
        ),
        *(_thread(place + 1) for place in range(len(threads))),
    ]
    if setting["timeout_fallback"]:
        moves = "gives up waiting and moves the write to a temporary copy"
        actors.append(Actor("timer", (Command(moves, "folio == writeback", "folio = clean"),)))
    reclaiming = [f"{thread} == reclaiming" for thread in threads]
    return System(
        variables=(
            number("unsent", setting["requests"], start=setting["requests"]),
            number("waiting", setting["requests"]),
            words("folio", "dirty", "writeback", "clean"),
            words("write", "unsent_write", "queued", "taken", "answered"),
            *(words(thread, "free", "answering", "reclaiming", "writing") for thread in threads),
        ),
        actors=tuple(actors),
        done=" and ".join(
            ("unsent == 0", "waiting == 0", "write == answered", *(f"{thread} == free" for thread in threads))
        ),
        scenes=(
            Scene(
                "reclaim before the write is answered",
                "a server thread reclaims memory while the folio's write is not answered",
                f"({' or '.join(reclaiming)}) and write in (queued, taken)",
            ),
            Scene(
                "reclaim waits on writeback",
                "a server thread waits in reclaim until the folio's writeback ends",
                f"waits and folio == writeback and ({' or '.join(reclaiming)})",
            ),
            Scene(
                "every thread waits in reclaim",
                "every server thread waits in reclaim until the folio's writeback ends",
                f"waits and folio == writeback and {' and '.join(reclaiming)}",
            ),
        ),
        constants={"copies": setting["tmp"], "waits": not setting["skip"]},
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
