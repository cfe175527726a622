"""In: how much is done, and a clock. Out: a line that says how fast it goes and how long it will take yet."""

from __future__ import annotations

import time
from collections.abc import Callable

_SECONDS = 2.0
"""Before that much time has gone by, a rate says nothing."""


class Pace:
    """Counts one stage of work of known size."""

    def __init__(self, what: str, total: int, unit: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._total, self._unit = what, total, unit
        self._clock, self._began = clock, clock()
        self.done = 0

    def add(self, count: int) -> str:
        """The line after `count` more are done."""
        self.done += count
        seconds = self._clock() - self._began
        line = f"{self._what} {self.done:,} of {max(self._total, self.done):,} {self._unit}"
        if seconds < _SECONDS or not self.done:
            return line
        rate = self.done / seconds
        left = max(self._total - self.done, 0) / rate
        return f"{line}, {_rate(rate)}/s, {duration(left)} left"


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


def duration(seconds: float) -> str:
    """Seconds as people say them: `8 s`, `3 min`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"
