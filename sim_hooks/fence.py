"""In: limits. Out: this process held to them for good: it computes and reads, and can do nothing else.

A check may not start a process, signal another one, open a network connection, or change a file. On Linux the kernel
refuses these calls (seccomp(2), no privilege needed, and root is held too); what could not be fenced off is returned in
words, so that a run can say it. Nothing here can be taken back.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

NOT_FENCED = "the system could not keep this check from {}"
"""Said of a check that ran without the kernel's fence."""
ALL = "the network, other processes and files"

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWNET, _CLONE_NEWUSER, _CLONE_THREAD = 0x40000000, 0x10000000, 0x10000
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION = 0x20080522

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _MORE, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
"""BPF: load a word at an offset, jump where equal, greater, any bit set, return (linux/bpf_common.h)."""
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in `struct seccomp_data`; arguments are 64 bits wide, their low half first."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_NEWEST = 462
"""Later system calls are unknown to the lists below; programs fall back where they are answered ENOSYS."""

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column in the tables below and AUDIT_ARCH of each machine whose system calls are known here."""

_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "ptrace": (101, 117),
    "process_vm_writev": (311, 271),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "io_uring_setup": (425, 425),
    "memfd_create": (319, 279),
    "setrlimit": (160, 164),
    "prlimit64": (302, 261),
    "unshare": (272, 97),
    "setns": (308, 268),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "pidfd_getfd": (438, 438),
    "open_by_handle_at": (304, 265),
    "creat": (85, None),
    "truncate": (76, 45),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rmdir": (84, None),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
"""System calls answered EPERM, with their numbers on each machine (asm/unistd_64.h, asm-generic/unistd.h)."""
_UNKNOWN: dict[str, tuple[int | None, int | None]] = {"clone3": (435, 435), "openat2": (437, 437)}
"""Calls whose arguments a filter cannot see, answered ENOSYS; libraries then make the older call."""
_OPENING: dict[str, tuple[int | None, int | None, int]] = {"open": (2, None, 1), "openat": (257, 56, 2)}
"""Calls that open a file, and which argument holds the flags."""
_SIGNALLING: dict[str, tuple[int | None, int | None]] = {"kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131)}
"""Calls that send a signal to the process or thread in their first argument."""
_CLONE = (56, 220)
_OWNING: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "fcntl": (72, 25, (8, 10, 15)),
    "ioctl": (16, 29, (0x8901, 0x8902)),
}


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def limit(seconds: float, memory_mib: int) -> None:
    """Hold this process to so much processor time, and to so much memory beside what it has already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + (memory_mib << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    processor = max(1, int(seconds) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forbid_processes() -> None:
    """Where there is no fence: no process may be started, which root is not held to, and no thread either."""
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def fence() -> tuple[str, ...]:
    """Keep this process from others, from the network and from changing files; what that failed for, in words.

    A call that is refused fails with EPERM. Threads may be started; signals reach this process alone.
    """
    if sys.platform != "linux":
        return (NOT_FENCED.format(ALL),)
    libc = ctypes.CDLL(None, use_errno=True)
    if _filtered(libc):
        _give_up_capabilities(libc)
        return ()
    cut = not libc.unshare(_CLONE_NEWNET) or not libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    _give_up_capabilities(libc)
    return (NOT_FENCED.format("other processes and files" if cut else ALL),)


def _filtered(libc: ctypes.CDLL) -> bool:
    """Whether the kernel now refuses the calls below."""
    column, architecture = _MACHINES.get(platform.machine(), (-1, 0))
    if column < 0 or libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    steps = list(_steps(column, architecture, os.getpid()))
    program = _Program(len(steps), (_Instruction * len(steps))(*steps))
    return not libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def _give_up_capabilities(libc: ctypes.CDLL) -> None:
    """Keep of root's capabilities only the one to read, so that hooks and facts in a private folder can be read."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    now = (ctypes.c_uint32 * 6)()
    if libc.capget(header, now) == 0:
        kept = 1 << _CAP_DAC_READ_SEARCH
        effective, permitted = now[0] & kept, now[1] & kept
        with contextlib.suppress(OSError):
            libc.capset(header, (ctypes.c_uint32 * 6)(effective, permitted, 0, 0, 0, 0))


def _steps(column: int, architecture: int, own: int) -> Iterator[_Instruction]:
    """The filter: what it refuses, first; all else is allowed. `own` is the process that may be signalled."""
    number = _Instruction(_LOAD, 0, 0, _NUMBER)
    refuse, unknown = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    yield _Instruction(_LOAD, 0, 0, _ARCHITECTURE)
    yield _Instruction(_EQUAL, 1, 0, architecture)
    yield _Instruction(_RETURN, 0, 0, refuse)
    yield number
    yield _Instruction(_MORE, 0, 1, _NEWEST)
    yield _Instruction(_RETURN, 0, 0, unknown)
    for table, answer in ((_REFUSED, refuse), (_UNKNOWN, unknown)):
        for numbers in table.values():
            if (call := numbers[column]) is not None:
                yield _Instruction(_EQUAL, 0, 1, call)
                yield _Instruction(_RETURN, 0, 0, answer)
    for *opening, flags in _OPENING.values():
        if (call := opening[column]) is not None:
            yield from _unless(call, flags, _Instruction(_ANY_BIT, 1, 0, _WRITES), refuse)
    yield from _unless(_CLONE[column], 0, _Instruction(_ANY_BIT, 0, 1, _CLONE_THREAD), refuse)
    for *calls, commands in _OWNING.values():
        yield _Instruction(_EQUAL, 0, len(commands) + 3, calls[column])
        yield _Instruction(_LOAD, 0, 0, _ARGUMENTS + 8)
        for at, command in enumerate(commands):
            yield _Instruction(_EQUAL, len(commands) - at, 0, command)
        yield _Instruction(_RETURN, 0, 0, _ALLOW)
        yield _Instruction(_RETURN, 0, 0, refuse)
    for numbers in _SIGNALLING.values():
        if (call := numbers[column]) is not None:
            yield from _unless(call, 0, _Instruction(_EQUAL, 0, 1, own), refuse)
    yield _Instruction(_RETURN, 0, 0, _ALLOW)


def _unless(call: int, argument: int, test: _Instruction, refuse: int) -> Iterator[_Instruction]:
    """Of `call`, only what `test` lets fall through on the low half of an argument is allowed."""
    yield _Instruction(_EQUAL, 0, 4, call)
    yield _Instruction(_LOAD, 0, 0, _ARGUMENTS + 8 * argument)
    yield test
    yield _Instruction(_RETURN, 0, 0, _ALLOW)
    yield _Instruction(_RETURN, 0, 0, refuse)
