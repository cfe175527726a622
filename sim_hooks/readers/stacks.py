"""In: words that are a stack of a kernel. Out: that each function is reached from the one that stands below it.

Functions that a compiler put into their callers have no frame of their own, so a way is looked for and not an edge. A
function that only runs what it is given, such as an iterator, is passed over: its caller is what leads on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim_hooks.predicates import Predicate, Reaches, all_of
from sim_hooks.readers.wording import Binding, Wording

_FRAME = re.compile(
    r"(?P<unsure>\? )?(?<![\w.])(?P<name>[A-Za-z_]\w{1,63})(?P<part>\.[\w.]{1,30})?\+0x[0-9a-f]{1,8}/0x[0-9a-f]{1,8}\b"
)
_BETWEEN = re.compile(r"(?:\[[\w ]{1,40}\]|\[<[0-9a-fx]{0,20}>\]|[\[\d.\]<>/ ?-]){0,12}")
_RUNS_WHAT_IT_IS_GIVEN = re.compile(r"iterate|for_each|walk|apply|wait_on_bit|rmap|(?:^|_)call(?:_|$)|_cb$|thread_fn$")
_ENTRY = re.compile(
    r"(?:entry_|do_syscall|__x64_|__se_|__ia32_|__arm64_|__do_sys|x64_sys|ret_from|el0|asm_|common_interrupt|kthread$|"
    r"worker_thread$|process_one_work$|process_scheduled_works$|invoke_syscall|handle_exception|exc_|sysvec_)"
)
"""Where a kernel is entered and threads begin: written in assembler or the same for every stack."""
_SLEEPS = re.compile(r"_{0,2}schedule(?:_\w+)?$|io_schedule\w*$|context_switch$")
"""The innermost frames of everything that sleeps."""
_OTHER_KERNEL = re.compile(r"\btainted\b|\bHardware name\b|\bv?\d{1,2}\.\d{1,3}\.\d", re.IGNORECASE)
_BARE = re.compile(r"(?P<name>_{0,3}[a-z]\w{1,63})(?P<part>\.(?:isra|constprop|part|cold|llvm)[\w.]{0,20})?")
_IS_A_STACK = re.compile(
    r"\b(?:stack ?traces?|back ?traces?|call ?traces?|call ?stacks?|(?:the|its|kernel) stacks?(?: of \w+)?)\b"
    r"[^.;]{0,80}:$",
    re.IGNORECASE,
)
"""How a line ends that a bare list of functions follows, innermost first as every tool prints them."""
_OUTERMOST_FIRST = re.compile(r"\b(?:bottom|outermost|reverse\w*|top[- ]down|order)\b", re.IGNORECASE)
_ABOVE = 20
_NEAR = 3
"""Lines above a bare list in which it must be called a stack."""
_LEAST, _MOST = 3, 30
"""Frames of a stack that can be followed."""


def read(words: Wording) -> Iterator[Binding]:
    """The stack that the words are, if they hold one; of another kernel, which its head names, nothing is read."""
    frames = _frames(words.text) or _bare(words)
    if len(frames) < _LEAST or any(map(_OTHER_KERNEL.search, (words.text, *words.before[-_ABOVE:]))):
        return
    parts: list[Predicate] = []
    for place, inner in enumerate(frames[:-1]):
        below = next((one for one in frames[place + 1 :] if not _RUNS_WHAT_IT_IS_GIVEN.search(one)), "")
        if below and below != inner and Reaches(below, inner) not in parts:
            parts.append(Reaches(below, inner))
    if parts:
        shown = " < ".join(frames)
        predicate = all_of(parts)
        yield Binding(
            predicate, 0.95, f"is a stack, innermost first; that it was seen in a run is not looked at: {shown}"
        )


def _frames(text: str) -> Sequence[str]:
    """The functions of the first run of frames, innermost first, up to where the kernel is entered."""
    names: list[str] = []
    end = -1
    for found in _FRAME.finditer(text):
        if end >= 0 and not _BETWEEN.fullmatch(text[end : found.start()]):
            break
        end = found.end()
        if _ENTRY.match(found["name"]) or len(names) == _MOST:
            break
        if not found["unsure"] and not (_SLEEPS.match(found["name"]) and not names):
            names.append(found["name"])
    return names


def _bare(words: Wording) -> Sequence[str]:
    """The functions of a list of bare names, one a line, that the line above calls a stack."""
    above = " ".join(line.strip() for line in words.before[-_NEAR:] if line.strip())
    if not _IS_A_STACK.search(above) or _OUTERMOST_FIRST.search(above[-120:]):
        return ()
    found = [_BARE.fullmatch(each) for each in words.text.split()]
    if len(found) <= _LEAST or not all(found) or sum("_" in one["name"] for one in found if one) < len(found) - 2:
        return ()
    names: list[str] = []
    for one in found:
        if one is None or _ENTRY.match(one["name"]) or len(names) == _MOST:
            break
        if not (_SLEEPS.match(one["name"]) and not names):
            names.append(one["name"])
    return names
