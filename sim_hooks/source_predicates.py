"""In: what a claim says about source code. Out: a small typed value for it.

Each states what would be the case if the claim were true; `expect=False` turns it round ("does not reach"). Names are
written as people write them: `f`, `f()`, `EAGAIN`, `inode->i_lock`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Parameters: TypeAlias = tuple[tuple[str, int | str | bool], ...]
"""Names and values, sorted by name, so that equal settings are equal values."""


@dataclass(frozen=True, slots=True)
class Calls:
    """`caller` calls `callee` directly; with `constant`, passing that constant as one of the arguments."""

    caller: str
    callee: str
    constant: str = ""
    expect: bool = True


@dataclass(frozen=True, slots=True)
class Chain:
    """Each of `functions` calls the next, and a run can take the whole chain with the constants it passes on the way.

    `constants` fixes parameters of the first function, e.g. `mode` = `MIGRATE_SYNC`.
    """

    functions: tuple[str, ...]
    constants: Parameters = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class Reaches:
    """A run that starts in `start`, with these constants for its parameters, can come to call `target`."""

    start: str
    target: str
    constants: Parameters = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class OnlyFrom:
    """Every way to `callee` begins in one of `roots` (system calls by their plain name)."""

    callee: str
    roots: tuple[str, ...]
    expect: bool = True


@dataclass(frozen=True, slots=True)
class CallersAre:
    """In the whole tree `callers` call `callee`; with `complete`, no other function does.

    `modes` says for some of the callers which constants they pass: `MIGRATE_ASYNC`, or `A or B` for just these two.
    """

    callee: str
    callers: tuple[str, ...]
    complete: bool = True
    modes: Parameters = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class CallerCount:
    """In the whole tree `count` functions call `callee`, macros looked through."""

    callee: str
    count: int
    expect: bool = True


@dataclass(frozen=True, slots=True)
class DefinedIn:
    """`function` is defined in the file `path` (a tail of a path will do)."""

    function: str
    path: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class PathExists:
    """The source tree holds the file `path`."""

    path: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class ArgumentHas:
    """In `caller`, some call of `callee` has an argument that names all of `has` and none of `lacks`."""

    caller: str
    callee: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class ReturnsError:
    """Some return of `function`, or of what it returns the result of, gives -`code` (`EAGAIN`), or `ERR_PTR` of it."""

    function: str
    code: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class TakesLock:
    """`function` calls a locking primitive on `lock` (`i_lock`, `inode->i_lock`); with `deep`, so may what it calls.

    Wrappers in headers, such as `inode_lock()`, count as the primitive that they call.
    """

    function: str
    lock: str
    deep: bool = False
    expect: bool = True


@dataclass(frozen=True, slots=True)
class ConstantIs:
    """The macro, enumeration constant or initialised variable `name` is `value`: `4096`, `0x10`, `5 * HZ`, `A | B`."""

    name: str
    value: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class MaskHas:
    """The constant `mask` is made of all of `has` and none of `lacks`."""

    mask: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    expect: bool = True


@dataclass(frozen=True, slots=True)
class DefaultIs:
    """The module parameter, sysctl or variable `name` starts with this value, written as for `ConstantIs`."""

    name: str
    value: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class IsExported:
    """`symbol` is exported to modules; `gpl` is `yes` for GPL modules only, `no` for all, empty for either."""

    symbol: str
    gpl: str = ""
    expect: bool = True


@dataclass(frozen=True, slots=True)
class IsStatic:
    """`function` is static to its file."""

    function: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class HasField:
    """The struct or union `struct` (its tag) has a field `field`, its anonymous parts included."""

    struct: str
    field: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class Installs:
    """`table`, a variable such as `def_blk_aops` or a struct's tag, has `function` as its `operation`.

    Without `function`, the variable sets that operation to some function. For a tag, some variable of it does.
    """

    table: str
    operation: str
    function: str = ""
    expect: bool = True


@dataclass(frozen=True, slots=True)
class SystemCallExists:
    """The tree defines a system call of this plain name."""

    name: str
    expect: bool = True


@dataclass(frozen=True, slots=True)
class ConfigIs:
    """Kconfig has `symbol` (with or without CONFIG_), it depends on and selects these, and has this `default` (`y`)."""

    symbol: str
    depends_on: tuple[str, ...] = ()
    selects: tuple[str, ...] = ()
    default: str = ""
    expect: bool = True
