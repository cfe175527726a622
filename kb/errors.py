"""In: what went wrong, where, and what to do. Out: the one exception tree, and an exit code for each branch.

ThreadkbError
  ├─ UsageError        the command was typed wrongly, or names something that does not exist   exit 2
  ├─ SourceError       mail could not be had: no such file, no such message, server down        exit 1
  ├─ StoreError        the database cannot be opened, read or written                           exit 1
  └─ CheckError        a check, a binding or a facts file cannot be used                        exit 1

Only these are shown as one line; any other exception is a bug and keeps its traceback.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    INTERRUPTED = 130


class ThreadkbError(Exception):
    """`place: what is wrong; what to do`, for people."""

    code = Exit.FAILURE

    def __init__(self, place: str, what: str, todo: str = "") -> None:
        super().__init__(place, what, todo)
        self.place, self.what, self.todo = place, what, todo

    def __str__(self) -> str:
        line = f"{self.place}: {self.what}" if self.place else self.what
        return f"{line}; {self.todo}" if self.todo else line


class UsageError(ThreadkbError):
    """The command line is wrong or names something that does not exist."""

    code = Exit.USAGE


class SourceError(ThreadkbError):
    """Mail could not be had."""

    retry_after: float | None = None
    """Seconds for which the server asked to be left alone."""
    absent = False
    """The server answered, and has no such mail."""


class StoreError(ThreadkbError):
    """The database cannot be opened, read or written."""


class CheckError(ThreadkbError):
    """A check, a binding or a facts file cannot be used."""
