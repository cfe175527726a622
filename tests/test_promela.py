"""What is printed as Promela is what is explored here: SPIN, where installed, finds the same states and verdicts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sim_hooks.explore import explore, find_deadlock
from sim_hooks.fairness import find_endless
from sim_hooks.guarded import Actor, Command, System, compiled, flag, number, words
from sim_hooks.models import models
from sim_hooks.predicates import parameters
from sim_hooks.promela import promela

SETTINGS: list[tuple[str, dict[str, int | str | bool]]] = [
    ("reclaim", {}),
    ("reclaim", {"tmp": True}),
    ("reclaim", {"threads": 3, "requests": 3}),
    ("sync", {"design": "abort", "meta": True, "malicious": True}),
    ("sync", {"design": "abort", "meta": True, "malicious": True, "fail_after_abort": False}),
    ("sync", {"design": "skip", "malicious": True}),
    ("migration", {"policy": "eagain", "caller": "retry_forever", "malicious": True}),
    ("migration", {"policy": "skip", "caller": "bounded", "malicious": True}),
    ("callsite", {"site": "compact_zone", "malicious": True}),
    ("callsite", {"site": "__alloc_contig_migrate_range", "design": "eagain", "malicious": True}),
    ("offline", {"policy": "eagain", "malicious": True, "signal": True}),
    ("selfsync", {"threads": 2, "design": "tmp", "meta": True}),
    ("splice", {"who": "server"}),
    ("splice", {"design": "copy", "malicious": True, "threads": 2}),
]

spin = pytest.mark.skipif(
    not (shutil.which("spin") and shutil.which("gcc")), reason="SPIN or a C compiler is not installed"
)


def _ran(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert "error:" not in done.stdout.lower().replace("errors:", ""), done.stdout
    return done.stdout + done.stderr


def _checked(
    folder: Path, system: System, *, watched: bool = False, options: tuple[str, ...], run: tuple[str, ...]
) -> str:
    """What SPIN's checker says of the system; with the optimisations off that hide variables or join steps."""
    (folder / "system.pml").write_text(promela(system, watched=watched), encoding="utf-8")
    _ran(folder, "spin", "-o1", "-o2", "-o3", "-a", "system.pml")
    _ran(folder, "gcc", "-O0", "-w", "-DNOREDUCE", *options, "-o", "checker", "pan.c")
    return _ran(folder, "./checker", "-m100000", *run)


@spin
@pytest.mark.parametrize(("name", "given"), SETTINGS)
def test_spin_finds_the_same_states_and_verdicts(name: str, given: dict[str, int | str | bool], tmp_path: Path) -> None:
    system = models()[name].system(parameters(**given))
    explored = explore(compiled(system))
    safety = _checked(tmp_path, system, options=("-DNOCLAIM", "-DSAFETY"), run=("-E",))
    assert int(re.findall(r"(\d+) states, stored", safety)[0]) == explored.states
    live = _checked(tmp_path, system, options=("-DNFAIR=3",), run=("-a", "-f"))
    assert ("errors: 0" in live) == (find_endless(explored) is None)
    dead = _checked(tmp_path, system, watched=True, options=("-DSAFETY",), run=())
    assert ("errors: 0" in dead) == (find_deadlock(explored) is None)


@spin
def test_spin_sees_assignments_happen_at_once_as_well(tmp_path: Path) -> None:
    swaps = Command("swaps", "not flipped", "left = right; right = left; count = count + 1; flipped = count == 0")
    system = System(
        (words("left", "run", "full"), words("right", "full", "run"), number("count", 2), flag("flipped")),
        (Actor("Swapper 1", (swaps,)),),
        "left == full and right == run and flipped and count == 1",
    )
    model = compiled(system)
    assert model.done(explore(model).order[-1])
    assert "errors: 0" in _checked(tmp_path, system, options=("-DNFAIR=3",), run=("-a", "-f"))


@pytest.mark.parametrize("name", models())
def test_text_names_every_command_and_declares_every_variable(name: str) -> None:
    system = models()[name].system(())
    text = promela(system)
    for actor in system.actors:
        for command in actor.commands:
            assert f"/* {command.name} */" in text
    for variable in system.variables:
        assert re.search(rf"^(mtype|bool|byte) {variable.name}_? = ", text, re.MULTILINE)
    assert "ltl ends" in text
    assert "assert(false)" in promela(system, watched=True)
