"""In: which caller of page migration, and what a mode makes of writeback. Out: the model of that caller with one folio.

Who calls, in which modes and how often it comes back is data (`migrate_callers.toml`), read from a kernel's source. In
the asynchronous modes a folio under writeback is let go; what the synchronous one does is what a design chooses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.errors import CheckError
from sim_hooks.guarded import Actor, Command, Scene, System, flag, number, words
from sim_hooks.models.migration import MALICIOUS
from sim_hooks.models.spec import ModelSpec, Parameter, Setting

_SYNCHRONOUS = "MIGRATE_SYNC"
_ANY = "as called"


@dataclass(frozen=True, slots=True)
class CallSite:
    """One caller of migrate_pages() in a source tree."""

    function: str
    place: str
    """`file:line`."""
    modes: tuple[str, ...]
    """Every mode that it may pass."""
    passes: int
    """Calls for one folio before it gives up; 0: it does not."""
    then: str
    """What it makes of a folio that was not moved."""


@lru_cache(maxsize=1)
def call_sites() -> tuple[str, Mapping[str, CallSite]]:
    """The version of the tree, and its callers by function, in the order of the file."""
    given: dict[str, Any] = tomllib.loads(Path(__file__).with_name("migrate_callers.toml").read_text("utf-8"))
    sites = (CallSite(**{**row, "modes": tuple(row["modes"])}) for row in given["caller"])
    return given["tree"], {site.function: site for site in sites}


def build(setting: Setting) -> System:
    """The system for a complete setting of `SPEC`."""
    site = call_sites()[1][setting["site"]]
    modes = tuple(mode for mode in site.modes if setting["mode"] in (_ANY, mode))
    if not modes:
        what = f"{site.function} does not pass {setting['mode']}"
        raise CheckError("model callsite", what, f"it passes {', '.join(site.modes)}")
    meets = "caller == holding and folio == writeback"
    patient = f"{meets} and mode == {_SYNCHRONOUS}"
    hasty = f"{meets} and mode != {_SYNCHRONOUS}"
    again = "not signalled and (not counted or passes < most)"
    chooses = tuple(
        Command(f"begins a pass in mode {mode}", f"caller == resting and mode in (undecided, {mode})", _begins(mode))
        for mode in modes
    )
    caller = Actor(
        site.function,
        (
            *chooses,
            Command("moves the folio", "caller == holding and folio != writeback", "caller = moved"),
            Command("waits for writeback", f"waits and {patient}", "caller = waiting"),
            Command(
                "sees writeback end and moves the folio", "caller == waiting and folio != writeback", "caller = moved"
            ),
            Command("moves the folio under writeback", f"skips and {patient}", "caller = moved; corrupt = True"),
            Command("finds the folio busy and lets it go", f"({hasty}) or (busies and {patient})", "caller = busy"),
            Command("tries again", f"caller == busy and {again}", "caller = resting"),
            Command("gives up", f"caller == busy and not ({again})", "caller = gave_up"),
        ),
    )
    server = "not stopped"
    actors = [
        caller,
        Actor(
            "flusher",
            (
                Command(
                    "starts writeback of the folio",
                    "folio == dirty and caller in (resting, busy)",
                    "folio = writeback; write = queued",
                ),
            ),
        ),
        Actor(
            "server",
            (
                Command("takes the write", f"write == queued and {server}", "write = taken"),
                Command("answers the write", f"write == taken and {server}", "write = answered; folio = clean"),
            ),
        ),
    ]
    if setting["malicious"]:
        actors.append(Actor("adversary", (Command("stops answering", "not stopped", "stopped = True"),), False))
    if setting["signal"]:
        actors.append(Actor("person", (Command("sends a signal", "not signalled", "signalled = True"),)))
    return System(
        variables=(
            words("folio", "dirty", "writeback", "clean"),
            words("write", "unsent", "queued", "taken", "answered"),
            words("caller", "resting", "holding", "waiting", "busy", "moved", "gave_up"),
            words("mode", "undecided", "MIGRATE_ASYNC", "MIGRATE_SYNC_LIGHT", _SYNCHRONOUS),
            number("passes", site.passes),
            flag("corrupt"),
            flag("stopped"),
            flag("signalled"),
        ),
        actors=tuple(actors),
        done="caller in (moved, gave_up)",
        scenes=(
            Scene("corrupt", "the folio was moved while its write was in flight", "corrupt"),
            Scene("meets a folio under writeback", "the caller holds a folio that is under writeback", meets),
            Scene(
                "waits on writeback",
                "the caller waits until writeback of the folio ends",
                "caller == waiting and folio == writeback",
            ),
            Scene(
                "tries again", "the caller lets the folio go and is about to come back", f"caller == busy and {again}"
            ),
            Scene("folio not moved", "the caller gave up and the folio stays", "caller == gave_up"),
        ),
        constants={
            "waits": setting["design"] == "wait",
            "busies": setting["design"] == "eagain",
            "skips": setting["design"] == "skip",
            "counted": site.passes > 0,
            "most": site.passes,
        },
    )


def _begins(mode: str) -> str:
    """A caller keeps its mode; one without end does not count its passes, so that its states come round again."""
    return f"caller = holding; mode = {mode}; passes = passes + 1 if counted else 0"


def spec() -> ModelSpec:
    """The family; its sites are those of the data file."""
    tree, sites = call_sites()
    names = tuple(sites)
    return ModelSpec(
        "callsite",
        "a caller of migrate_pages() meets a folio under writeback whose server may stop answering",
        (
            Parameter(
                "site",
                names[0],
                f"the calling function, as Linux {tree} has it",
                choices=names,
                said=tuple(f"called by {name}()" for name in names),
            ),
            Parameter(
                "mode",
                _ANY,
                "the mode that is passed; as called: any that this caller passes",
                choices=(_ANY, "MIGRATE_ASYNC", "MIGRATE_SYNC_LIGHT", _SYNCHRONOUS),
                said=(
                    "in any mode that it passes",
                    "in MIGRATE_ASYNC mode",
                    "in MIGRATE_SYNC_LIGHT mode",
                    "in MIGRATE_SYNC mode",
                ),
            ),
            Parameter(
                "design",
                "wait",
                "what MIGRATE_SYNC makes of a folio under writeback: wait: waits for it; eagain: lets it go; "
                "skip: moves it all the same",
                choices=("wait", "eagain", "skip"),
                said=(
                    "MIGRATE_SYNC waits for writeback",
                    "MIGRATE_SYNC lets a folio under writeback go",
                    "MIGRATE_SYNC moves a folio under writeback all the same",
                ),
            ),
            Parameter(
                "signal",
                False,
                "a person sends a signal sooner or later; it is looked at between two passes",
                said=("nobody sends a signal", "a person sends a signal sooner or later"),
            ),
            MALICIOUS,
        ),
        (
            f"callers, modes and numbers of passes are those of Linux {tree}",
            "one folio, one write, and it is not made dirty again",
            "writeback does not start while the caller holds the folio",
            "the attempts inside one call of migrate_pages() count as one pass; they are bounded",
        ),
        build,
    )
