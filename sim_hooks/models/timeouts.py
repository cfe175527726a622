"""In: a timeout, how it is looked after, and dead servers. Out: how long a waiter behind them was held up, run by run.

A server takes a request and never answers. A request older than the timeout X aborts its connection: at once, if each
request has a timer, or at the next scan, if all requests are looked through every P seconds. A waiter waits for all.
"""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from typing import TYPE_CHECKING, Any

from sim_hooks.models.spec import Parameter, Setting, Stalls, TimedSpec

if TYPE_CHECKING:
    import simpy

ROUNDS = 20
"""How often the waiter of one run comes again when the adversary mounts anew after each abort."""


class _Connection:
    """The connection of a dead server, with a timer on each request or a scan every `scan` seconds from `phase` on."""

    def __init__(self, clock: simpy.Environment, *, timeout: int, scan: int, phase: float) -> None:
        self.clock, self.timeout, self.scan = clock, timeout, scan
        self.look = clock.event()
        if scan:
            clock.process(self._scans(phase))

    def _scans(self, phase: float) -> Generator[simpy.Event, Any, None]:
        yield self.clock.timeout(phase)
        while True:
            looked, self.look = self.look, self.clock.event()
            looked.succeed()
            yield self.clock.timeout(self.scan)

    def request(self) -> Generator[simpy.Event, Any, None]:
        """A request sent now; ends when it is aborted."""
        sent = self.clock.now
        if not self.scan:
            yield self.clock.timeout(self.timeout)
            return
        while self.clock.now - sent < self.timeout:
            yield self.look


def _waiter(
    clock: simpy.Environment, setting: Setting, connections: list[_Connection], draw: Random, held: list[float]
) -> Generator[simpy.Event, Any, None]:
    """Waits for a request of every server, once, or `ROUNDS` times with a new mount in between."""
    for _ in range(ROUNDS if setting["repeat"] else 1):
        start = clock.now
        yield clock.all_of([clock.process(connection.request()) for connection in connections])
        held.append(clock.now - start)
        if setting["repeat"]:
            yield clock.timeout(draw.expovariate(1000 / setting["remount"]))


def simulate(setting: Setting) -> Stalls:
    """Run the setting `runs` times from `seed`; equal settings give equal figures."""
    import simpy

    draw = Random(setting["seed"])
    held: list[float] = []
    passed = 0.0
    for _ in range(setting["runs"]):
        clock = simpy.Environment()
        connections = [
            _Connection(clock, timeout=setting["timeout"], scan=setting["scan"], phase=draw.uniform(0, setting["scan"]))
            for _ in range(setting["servers"])
        ]
        clock.run(until=clock.process(_waiter(clock, setting, connections, draw, held)))
        passed += clock.now
    share = sum(held) / passed if setting["repeat"] else 0.0
    return Stalls(max(held), sum(held) / len(held), len(held), share)


SPEC = TimedSpec(
    "timeouts",
    "a waiter behind dead servers whose connections are aborted by a timeout",
    (
        Parameter(
            "timeout",
            5,
            "X: age in seconds at which a request counts as dead",
            least=1,
            most=1_000_000,
            said=("", "a timeout of one second", "a timeout of {} seconds"),
        ),
        Parameter(
            "scan",
            0,
            "P: seconds between two scans, 0 for a timer on each request",
            least=0,
            most=1_000_000,
            said=("a timer on each request", "a scan every second", "a scan every {} seconds"),
        ),
        Parameter(
            "servers",
            1,
            "dead servers that the waiter waits for",
            least=1,
            most=100,
            said=("", "one dead server", "{} dead servers"),
        ),
        Parameter("runs", 400, "runs", least=1, most=100_000),
        Parameter("seed", 1, "where the random numbers start", least=0, most=2**31),
        Parameter(
            "repeat",
            False,
            "the adversary mounts anew after each abort, and the waiter comes again",
            said=("one wait", "a new mount after each abort, and the waiter comes again"),
        ),
        Parameter(
            "remount",
            75,
            "mean milliseconds until the new mount is in the way again",
            least=1,
            most=1_000_000,
            said=("", "one millisecond until the new mount", "{} milliseconds on average until the new mount"),
            where=("repeat", "yes"),
        ),
    ),
    (
        "the servers never answer, and the requests waited for are sent when the waiter begins to wait",
        "each connection is scanned on its own, from a random moment on",
        "an abort takes no time",
    ),
    {"X": "timeout", "P": "scan"},
    simulate,
)
