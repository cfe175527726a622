"""In: the text of a C file of the Linux kernel. Out: text that a C grammar can read, with every line where it was.

No compiler and no configuration is at work: both sides of #ifdef stay. Only what would derail the grammar is rewritten:
system call macros become functions, attribute macros become blanks, iterator macros become while loops.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

_Rewrite: TypeAlias = Callable[[str, re.Match[str], int], str | None]

_ATTRIBUTE = re.compile(
    r"""\b(?:
    ____cacheline_aligned | ____cacheline_aligned_in_smp | ____cacheline_internodealigned_in_smp |
    __aligned_largest | __always_unused | __assume_ctx_lock | __attribute_const__ | __bitwise | __bpf_kfunc |
    __cacheline_aligned | __cacheline_aligned_in_smp | __cold | __compat_init | __cpuidle | __cpuinit |
    __deprecated | __designated_init | __disable_sanitizer_instrumentation | __exit | __exitcall | __exitdata |
    __fix_address | __flatten | __force | __hot | __init | __init_memblock | __init_or_module | __initcall |
    __initconst | __initdata | __iomem | __kernel | __kprobes | __ksym | __latent_entropy | __lockfunc |
    __lockless | __malloc | __maybe_unused | __meminit | __meminitconst | __meminitdata | __must_check |
    __net_exit | __net_init | __no_kasan_or_inline | __no_kcsan | __no_kmsan_checks | __no_profile |
    __no_randomize_layout | __no_sanitize_address | __no_sanitize_coverage | __no_sanitize_memory |
    __no_stack_protector | __nocapture | __noinline | __noreturn | __nosavedata | __packed | __paginginit |
    __percpu | __percpu_init | __printk_default | __private | __pure | __randomize_layout | __rcu |
    __read_mostly | __ref | __refconst | __refdata | __ro_after_init | __sanitize_address | __sanitize_memory |
    __sched | __sparse_cache | __unused | __used | __user | __visible | __weak | asmlinkage | fastcall |
    noinline | noinline_for_stack | noinline_for_tracing | noinstr | nokprobe_inline | notrace
    )\b(?!\s*\()""",
    re.VERBOSE,
)
_ATTRIBUTE_CALL = re.compile(
    r"""\b(?:
    __access | __acquires | __aligned | __alignof_check | __alloc_size | __assume_aligned | __attribute__ |
    __cleanup | __cond_acquires | __cond_releases | __counted_by | __counted_by_be | __counted_by_le |
    __diagnose_as | __free | __guarded_by | __malloc | __must_hold | __no_sanitize_or_inline | __nonstring |
    __printf | __realloc_size | __releases | __scanf | __section
    )\s*\(""",
    re.VERBOSE,
)
_INLINE = re.compile(r"\b(?:__always_inline|__inline__|__inline)\b")
_SYSCALL = re.compile(r"^(COMPAT_)?SYSCALL(?:32)?_DEFINE(\d)\s*\(", re.MULTILINE)
_ITERATOR = re.compile(r"(?<![\w.>])(?:(?=\w*for_?each)\w++|for_next_\w+)\s*\(|(?<![\w.>])(?:__)?scoped_guard\s*\(")
_BASIC = r"(?:unsigned|signed|long|short|int|char|void|bool)"
_TYPE_ARGUMENT = re.compile(
    r"(,[ \t\n]*|\b\w+\([ \t\n]*)(?:const[ \t]+)?(?:(?:struct|union|enum)[ \t\n]+(\w+)|("
    + _BASIC
    + r"(?:[ \t]+"
    + _BASIC
    + r")*)\b)[ \t*]*(?=[,)])"
)
"""A type among the arguments of a call, as in `list_first_entry(x, struct y, z)`; a lone one is left alone."""
_ALONE = re.compile(r"(?=\w*alloc_percpu)\w++\(|KMEM_CACHE\(")
_STATIC_MACRO = re.compile(r"^([ \t]+)static[ \t]+(?=DEFINE_)", re.MULTILINE)
_MACRO_LINE = re.compile(r"^[ \t]*#[ \t]*define\b", re.MULTILINE)
_COMMENT_OR_STRING = re.compile(r'/\*.*?(?:\*/|\Z)|//[^\n]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'', re.DOTALL)
_PARENTHESIS = re.compile(r"[()]")
_NOT_NEWLINE = re.compile(r"[^\n]")
_LONGEST_ARGUMENTS = 4000
"""Characters; a parenthesis that stays open longer is not an argument list."""


def readable(text: str) -> str:
    """`text` with kernel idioms rewritten; the number of lines and the line of every name stay the same."""
    text = text.replace("\r\n", "\n").replace("\f", " ")
    text = _COMMENT_OR_STRING.sub(_without_comment, text)
    text = _each_call(text, _ATTRIBUTE_CALL, _blank)
    text = _INLINE.sub("inline", text)
    text = _ATTRIBUTE.sub(" ", text)
    text = _each_call(text, _SYSCALL, _system_call)
    text = _TYPE_ARGUMENT.sub(_type_name, text)
    text = _STATIC_MACRO.sub(r"\1", text)
    return _each_call(text, _ITERATOR, _while_loop)


def _without_comment(found: re.Match[str]) -> str:
    whole = found[0]
    if whole[0] == "/":
        return " " + "\n" * whole.count("\n")
    return whole


def _type_name(found: re.Match[str]) -> str:
    before, tag, basic = found.groups()
    alone = before[0] != "," and found.string[found.end() : found.end() + 1] == ")"
    if alone and not _ALONE.match(before):
        return found[0]
    lines = found[0].count("\n") - before.count("\n")
    return before + (tag or "_".join(basic.split()) + "_type") + "\n" * lines


def closing(text: str, start: int) -> int:
    """The place of the parenthesis that closes the one at `start`, or -1."""
    depth = 0
    for found in _PARENTHESIS.finditer(text, start, start + _LONGEST_ARGUMENTS):
        depth += 1 if found[0] == "(" else -1
        if not depth:
            return found.start()
    return -1


def split_arguments(text: str) -> list[str]:
    """The pieces of an argument list between its top-level commas."""
    pieces, depth, start = [], 0, 0
    for place, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and not depth:
            pieces.append(text[start:place])
            start = place + 1
    pieces.append(text[start:])
    return pieces


def _each_call(text: str, pattern: re.Pattern[str], rewrite: _Rewrite) -> str:
    out, at = [], 0
    for found in pattern.finditer(text):
        if found.start() < at:
            continue
        end = closing(text, found.end() - 1)
        if end < 0:
            continue
        made = rewrite(text, found, end)
        if made is None:
            continue
        out += [text[at : found.start()], made]
        at = end + 1
    return "".join([*out, text[at:]]) if out else text


def _blank(text: str, found: re.Match[str], end: int) -> str | None:
    return _NOT_NEWLINE.sub("", text[found.start() : end + 1]) or " "


def _system_call(text: str, found: re.Match[str], end: int) -> str | None:
    """`SYSCALL_DEFINE2(sync, t, a, u, b)` as `long __do_sys_sync(t a, u b)`."""
    inside = text[found.end() : end]
    name, *rest = (" ".join(piece.split()) for piece in split_arguments(inside))
    prefix = "__do_compat_sys_" if found[1] else "__do_sys_"
    parameters = ", ".join(f"{kind} {name}" for kind, name in zip(rest[::2], rest[1::2], strict=False)) or "void"
    return f"long {prefix}{name}({parameters})" + "\n" * inside.count("\n")


def _while_loop(text: str, found: re.Match[str], end: int) -> str | None:
    """`list_for_each(a, b) {` as `while (list_for_each(a, b)) {`; None where it is no loop head."""
    line = text.rfind("\n", 0, found.start()) + 1
    before = text[line : found.start()]
    if _MACRO_LINE.match(text, line) or (before.strip() and not re.search(r"[;{})]\s*$|\belse\s*$", before)):
        return None
    after = text[end + 1 : end + 200].lstrip()
    if not after or after[0] in ";,).=?&|+-*/<>":
        return None
    if line == found.start() and "inline" not in before and after[0] == "{" and not before:
        return None
    return f"while ({text[found.start() : end + 1]})"
