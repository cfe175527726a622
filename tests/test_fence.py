"""What the fence around a check refuses, call by call, as the kernel answers it."""

from __future__ import annotations

import errno
import json
import platform
import subprocess
import sys

import pytest

from sim_hooks import fence
from tests.support.command_line import ROOT

COLUMN = fence._MACHINES.get(platform.machine(), (-1, 0))[0]
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or COLUMN < 0, reason="the fence knows the system calls of Linux on x86_64 and aarch64"
)
PROGRAM = """
import ctypes, json, sys
from sim_hooks import fence
libc = ctypes.CDLL(None, use_errno=True)
behind, numbers = json.loads(sys.argv[1])
said = fence.fence() if behind else ()
answers = []
for number in numbers:
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(-1)] * 6)
    answers.append(ctypes.get_errno() if result == -1 else 0)
print(json.dumps([said, answers]))
"""


def _answers(numbers: list[int], *, behind: bool) -> list[int]:
    """The errors of these calls, all arguments -1, made by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([behind, numbers])],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    said, answers = json.loads(done.stdout)
    assert said == []
    return list(answers)


def _numbers(table: dict[str, tuple[int | None, int | None]]) -> dict[str, int]:
    return {name: number for name, row in table.items() if (number := row[COLUMN]) is not None}


def test_every_refused_call_is_answered_eperm() -> None:
    calls = _numbers(fence._REFUSED)
    assert {"open_by_handle_at", "pidfd_getfd", "execve", "socket", "ptrace", "memfd_create"} <= set(calls)
    answers = dict(zip(calls, _answers(list(calls.values()), behind=True), strict=True))
    assert answers == dict.fromkeys(calls, errno.EPERM)


@pytest.mark.parametrize(
    ("name", "open_answer"),
    [("pidfd_getfd", errno.EBADF), ("open_by_handle_at", errno.EFAULT), ("unlinkat", errno.EBADF)],
)
def test_without_the_fence_such_a_call_is_looked_at_by_the_kernel(name: str, open_answer: int) -> None:
    (answer,) = _answers([_numbers(fence._REFUSED)[name]], behind=False)
    if answer in (errno.EPERM, errno.ENOSYS):
        pytest.skip(f"this machine refuses {name} by itself")
    assert answer in (open_answer, errno.EFAULT, errno.EBADF, errno.EINVAL)


def test_calls_that_cannot_be_looked_into_and_later_ones_are_unknown() -> None:
    calls = [*_numbers(fence._UNKNOWN).values(), fence._NEWEST + 1]
    assert _answers(calls, behind=True) == [errno.ENOSYS] * len(calls)


def test_a_signal_to_another_process_and_a_file_opened_for_writing_are_refused() -> None:
    calls = [row[COLUMN] for row in fence._SIGNALLING.values()] + [row[COLUMN] for row in fence._OPENING.values()]
    numbers = [number for number in calls if number is not None]
    assert _answers(numbers, behind=True) == [errno.EPERM] * len(numbers)
