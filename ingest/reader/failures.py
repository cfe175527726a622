"""In: nothing but values. Out: how a reader can fail, each with a short name to count it by.

A failure never ends an ingest: the passages that were asked about are read by threadkb itself.
"""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """Why an endpoint gave no reading, as it is told to people."""

    UNREACHABLE = "the server cannot be reached"
    SLOW = "no answer in time"
    REFUSED = "the server refused"
    BROKEN = "the server failed"
    MOVED = "the server sends elsewhere, which is not followed"
    CUT = "the answer was cut off"
    HUGE = "the answer was too large"
    NOT_JSON = "the answer was no JSON"
    SHAPE = "the answer had the wrong shape"
    MANY = "the answer had too many items"
    LOOSE = "nothing in the answer stands in the mail"
    STOPPED = "not asked after repeated failures"
    SPENT = "not asked: as much was sent as one run may"


class ReadingError(Exception):
    """The endpoint gave no reading."""

    def __init__(self, why: Why, words: str = "", *, status: int = 0, after: float | None = None) -> None:
        super().__init__(why, words)
        self.why, self.words, self.status = why, words, status
        self.after = after
        """Seconds that the server asked to wait, if it did."""

    @property
    def passing(self) -> bool:
        """Whether asking again may help."""
        if self.status == 200:
            return False
        return self.why in {Why.UNREACHABLE, Why.BROKEN, Why.CUT} or self.status in {408, 425, 429}
