"""In: a parcel of mails, one of them maybe poison. Out: what a worker makes of it, unless it dies or fails of that."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from ingest.bulk_reading import Worked, work
from kb.records import Correction, RawMail

POISON = b"This mail kills who reads it."


def dying_work(raw: Mapping[str, RawMail], corrections: Sequence[Correction]) -> Worked:
    """As `ingest.bulk_reading.work`; the process dies of `POISON`."""
    if any(POISON in mail.content for mail in raw.values()):
        os._exit(1)
    return work(raw, corrections)


def failing_work(raw: Mapping[str, RawMail], corrections: Sequence[Correction]) -> Worked:
    """As `ingest.bulk_reading.work`; `POISON` makes it fail."""
    if any(POISON in mail.content for mail in raw.values()):
        return Worked(failed="ValueError: poison")
    return work(raw, corrections)
