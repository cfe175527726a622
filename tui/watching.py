"""In: something to do again and again, how often, and how it went. Out: it done in that rhythm until told to stop.

The clock is not looked at: how to wait, and chance, are given. A server that asks to be left alone is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kb.errors import SourceError, ThreadkbError
from kb.records import SourceKind

JITTER = 0.1
"""Part of a pause by which it is made shorter or longer, so that not all who watch ask at the same moment."""
LONGEST = 6 * 3600.0
"""Seconds; back-off makes no pause longer than this, or than the one that was asked for."""
_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Round:
    """How one round went."""

    failed: bool = False
    """A server could not be asked, or all went wrong."""
    retry_after: float | None = None
    """Seconds for which a server asked to be left alone, the longest if several did."""


def round_of(failures: Iterable[tuple[SourceKind, ThreadkbError]]) -> Round:
    """What the failures of a round mean for the next one.

    A file that is gone, or a mail that no server has, is no reason to ask the others less often.
    """
    from_servers = [
        wrong for kind, wrong in failures if kind is SourceKind.LORE and not getattr(wrong, "absent", False)
    ]
    asked = [w.retry_after for w in from_servers if isinstance(w, SourceError) and w.retry_after is not None]
    return Round(bool(from_servers), max(asked, default=None))


def pause_after(every: float, failures: int, retry_after: float | None, chance: float) -> float:
    """Seconds until the next round, after `failures` rounds in a row that failed.

    `every` doubles with each failure. `chance`, from 0 to 1, moves the pause by up to `JITTER` of it; but it is never
    shorter than what a server asked for.
    """
    pause = min(every * 2.0 ** min(failures, _DOUBLINGS), max(every, LONGEST))
    pause *= 1 + JITTER * (2 * chance - 1)
    return max(pause, (retry_after or 0.0) * (1 + JITTER * chance))


def keep_on(
    run: Callable[[], Round],
    *,
    every: float,
    wait: Callable[[float], bool],
    chance: Callable[[], float],
    told: Callable[[float, int], None] = lambda _pause, _failures: None,
) -> None:
    """Do `run` until `wait`, which gets the seconds of a pause, says that it is to stop.

    `told` gets each pause and how many rounds in a row failed before it.
    """
    failures = 0
    while True:
        done = run()
        failures = failures + 1 if done.failed else 0
        pause = pause_after(every, failures, done.retry_after, chance())
        told(pause, failures)
        if wait(pause):
            return


SERVICE = """\
# ~/.config/systemd/user/threadkb-watch.service
[Unit]
Description=Fetch new replies of the reviews in threadkb

[Service]
Type=oneshot
ExecStart={command}
"""
TIMER = """\
# ~/.config/systemd/user/threadkb-watch.timer
[Unit]
Description=Fetch new replies of the reviews in threadkb, regularly

[Timer]
OnBootSec={first}s
OnUnitInactiveSec={every}s
RandomizedDelaySec={jitter}s

[Install]
WantedBy=timers.target

# systemctl --user daemon-reload && systemctl --user enable --now threadkb-watch.timer
# journalctl --user -u threadkb-watch shows what changed
"""


def units(command: Sequence[str], every: float) -> str:
    """A systemd user service that runs `command` once, and a timer that starts it."""
    jitter = max(1, round(every * JITTER))
    service = SERVICE.format(command=" ".join(quoted(word) for word in command))
    return f"{service}\n{TIMER.format(first=min(120, round(every)), every=round(every), jitter=jitter)}"


def quoted(word: str) -> str:
    """A word as systemd's ExecStart takes it: no specifier, variable or blank in it means anything."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if word and not set(word) & set(" \t;'\"\\") else f'"{escaped}"'
