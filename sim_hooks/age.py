"""In: an outcome from a source tree, and when the words were written. Out: the outcome as it bears on these words.

That a tree does not bear out what was said long before or after it refutes nothing: the code has changed since, or had
not yet come to that. What a tree does bear out stays verified, of that tree.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from kb.records import Outcome, Strength, Verdict

_BEGAN = {
    3: (date(2011, 7, 21), 68),
    4: (date(2015, 4, 12), 67),
    5: (date(2019, 3, 3), 66),
    6: (date(2022, 10, 2), 65),
    7: (date(2026, 4, 12), 65),
}
"""When x.0 of Linux came out, and about how many days each version after it took (kernel.org)."""
_VERSION = re.compile(r"(\d{1,2})\.(\d{1,3})(?!\d)")
_NEAR = timedelta(days=200)
"""How far apart words and tree may be: three releases."""


def released(version: str) -> date | None:
    """About when the kernel of this version came out; None where that is not known."""
    found = _VERSION.match(version)
    if found is None or int(found[1]) not in _BEGAN:
        return None
    began, days = _BEGAN[int(found[1])]
    return began + timedelta(days=days * int(found[2]))


def judged(outcome: Outcome, written: date | None, version: str) -> Outcome:
    """`outcome`, which rests on a tree of this version, as it bears on words written then."""
    tree = released(version)
    if (
        outcome.verdict not in (Verdict.REFUTED, Verdict.PARTLY)
        or tree is None
        or written is None
        or abs(written - tree) <= _NEAR
    ):
        return outcome
    years = abs((written - tree).days) / 365
    when = "before" if written < tree else "after"
    said = f"said {years:.1f} years {when} Linux {version}, where it does not hold, or not whole: {outcome.summary}"
    return replace(outcome, verdict=Verdict.INCONCLUSIVE, strength=Strength.NONE, summary=said)
