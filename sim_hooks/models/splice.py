"""In: who moves a spliced folio, and what stealing makes of writeback. Out: the model of moving a folio out of a pipe.

A folio of the page cache sits in a pipe; who reads the pipe may steal it, which means to take the folio itself and no
copy of it. While its writeback is under way, stealing can wait for it, copy in its place, or take it all the same.
"""

from __future__ import annotations

from sim_hooks.guarded import Actor, Command, Scene, System, flag, words
from sim_hooks.models.migration import MALICIOUS
from sim_hooks.models.spec import ModelSpec, Parameter, Setting

_STEPS = ("outside", "in_pipe", "waiting", "moved", "copied")


def _steals(me: str, begins: str, ends: str) -> tuple[Command, ...]:
    """The commands of whoever empties the pipe; `begins` guards its first step, `ends` is done with the last."""
    under = "splice == in_pipe and folio == writeback"
    mine = f"{me} and " if me else ""
    return (
        Command("splices the folio into a pipe", f"splice == outside and {begins}", "splice = in_pipe"),
        Command(
            "moves the folio out of the pipe",
            f"{mine}splice == in_pipe and folio != writeback",
            f"splice = moved{ends}",
        ),
        Command("waits for writeback before it steals the folio", f"{mine}waits and {under}", "splice = waiting"),
        Command(
            "sees writeback end and moves the folio",
            f"{mine}splice == waiting and folio != writeback",
            f"splice = moved{ends}",
        ),
        Command("copies the folio in place of moving it", f"{mine}copies and {under}", f"splice = copied{ends}"),
        Command(
            "moves the folio while it is written",
            f"{mine}takes and {under}",
            f"splice = moved; corrupt = True{ends}",
        ),
    )


def _thread(place: int, *, splices: bool) -> Actor:
    me = f"thread{place}"
    own = _steals(f"{me} == splicing", f"{me} == splicing", f"; request = answered; {me} = free") if splices else ()
    takes = (Command("takes the read", f"{me} == free and request == queued", f"request = taken; {me} = splicing"),)
    return Actor(
        f"server thread {place}",
        (
            Command(
                "takes the write",
                f"{me} == free and write == queued and not stopped",
                f"write = taken; {me} = writing",
            ),
            Command(
                "answers the write",
                f"{me} == writing and not stopped",
                f"write = answered; folio = clean; {me} = free",
            ),
            *(takes if splices else ()),
            *own,
        ),
    )


def build(setting: Setting) -> System:
    """The system for a complete setting of `SPEC`."""
    itself = setting["who"] == "server"
    threads = range(1, setting["threads"] + 1)
    actors = [
        Actor(
            "flusher",
            (Command("starts writeback of the folio", "folio == dirty", "folio = writeback; write = queued"),),
        ),
        *(_thread(place, splices=itself) for place in threads),
    ]
    if itself:
        actors.append(Actor("application", (Command("sends a read", "request == unsent", "request = queued"),)))
    else:
        actors.append(Actor("application", _steals("", "True", "")))
    if setting["malicious"]:
        actors.append(Actor("adversary", (Command("stops answering", "not stopped", "stopped = True"),), False))
    return System(
        variables=(
            words("folio", "dirty", "writeback", "clean"),
            words("write", "unsent", "queued", "taken", "answered"),
            words("request", "unsent", "queued", "taken", "answered"),
            words("splice", *_STEPS),
            flag("corrupt"),
            flag("stopped"),
            *(words(f"thread{place}", "free", "writing", "splicing") for place in threads),
        ),
        actors=tuple(actors),
        done="splice in (moved, copied)",
        scenes=(
            Scene(
                "splice meets a folio under writeback",
                "the folio is in the pipe while its writeback is under way",
                "splice == in_pipe and folio == writeback",
            ),
            Scene(
                "splice waits on writeback",
                "who empties the pipe waits until writeback of the folio ends",
                "splice == waiting and folio == writeback",
            ),
            Scene("corrupt", "the folio was moved while its write was in flight", "corrupt"),
            Scene("copied", "the folio was copied and not moved", "splice == copied"),
        ),
        constants={
            "waits": setting["design"] == "wait",
            "copies": setting["design"] == "copy",
            "takes": setting["design"] == "move",
        },
    )


SPEC = ModelSpec(
    "splice",
    "a spliced folio of a userspace filesystem is moved out of its pipe while its writeback may be under way",
    (
        Parameter(
            "who",
            "application",
            "application: an unrelated program empties the pipe; server: a thread of the server does, to answer a read",
            choices=("application", "server"),
            said=("an unrelated program empties the pipe", "the server itself empties the pipe"),
        ),
        Parameter(
            "design",
            "wait",
            "what stealing makes of a folio under writeback: wait: waits for it; copy: copies it; move: takes it",
            choices=("wait", "copy", "move"),
            said=(
                "stealing waits for writeback",
                "a folio under writeback is copied",
                "a folio under writeback is moved all the same",
            ),
        ),
        Parameter(
            "threads", 1, "threads of the server", least=1, most=6, said=("", "one server thread", "{} server threads")
        ),
        MALICIOUS,
    ),
    (
        "one folio, one write, one pipe, and the folio is not made dirty again",
        "writeback starts sooner or later, before or after the folio is in the pipe",
        "a thread that empties the pipe answers nothing else",
    ),
    build,
)
