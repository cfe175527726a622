"""In: models. Out: how fast their states are explored, in this process and by SPIN from its text to its verdict."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from sim_hooks.explore import explore
from sim_hooks.guarded import Actor, Command, System, compiled, number
from sim_hooks.models import models
from sim_hooks.predicates import parameters
from sim_hooks.promela import promela

ROUNDS = 3
SIDE = 600
"""States along each side of the simple system's square."""


def square() -> System:
    """Two counters that two actors raise: a state has two steps, and each variable is a small number."""
    return System(
        (number("first", SIDE - 1), number("second", SIDE - 1)),
        tuple(
            Actor(name, (Command("counts", f"{name} < {SIDE - 1}", f"{name} = {name} + 1"),))
            for name in ("first", "second")
        ),
        f"first == {SIDE - 1} and second == {SIDE - 1}",
    )


def _explored(system: System) -> tuple[float, int]:
    began = time.perf_counter()
    states = explore(compiled(system)).states
    return time.perf_counter() - began, states


def _by_spin(system: System) -> float:
    """Seconds from the text to the verdict: SPIN, the C compiler and the checker."""
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        Path(name, "system.pml").write_text(promela(system, watched=True), encoding="utf-8")
        subprocess.run(["spin", "-a", "system.pml"], cwd=name, check=True, capture_output=True)
        subprocess.run(["gcc", "-O2", "-w", "-DSAFETY", "-o", "pan", "pan.c"], cwd=name, check=True)
        subprocess.run(["./pan", "-m1000000"], cwd=name, check=True, capture_output=True)
        return time.perf_counter() - began


def measure() -> Iterator[dict[str, Any]]:
    """Rows for a simple system and for the largest setting of the reclaim model."""
    rounds = [_explored(square()) for _ in range(ROUNDS)]
    seconds, states = median(row[0] for row in rounds), rounds[0][1]
    yield {"what": f"exploring {states} simple states", "seconds": seconds, "states_per_second": states / seconds}
    big = models()["reclaim"].system(parameters(threads=6, requests=6))
    rounds = [_explored(big) for _ in range(ROUNDS)]
    seconds, states = median(row[0] for row in rounds), rounds[0][1]
    row: dict[str, Any] = {
        "what": f"exploring reclaim with 6 threads and 6 requests ({states} states)",
        "seconds": seconds,
        "states_per_second": states / seconds,
    }
    if shutil.which("spin") and shutil.which("gcc"):
        peer = median(_by_spin(big) for _ in range(ROUNDS))
        row |= {"peer": "SPIN, from text to verdict", "peer_seconds": peer, "ratio": seconds / peer}
    yield row
