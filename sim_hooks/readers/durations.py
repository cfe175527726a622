"""In: a sentence that says for how many seconds something is held up. Out: a predicate about the model of timeouts.

Only of a waiter behind a server that never answers, and where a timeout is named. A letter in place of the number says
it of every number: it is tried with several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import Predicate, StallsAtMost, all_of
from sim_hooks.readers.vocabulary import vocabulary
from sim_hooks.readers.wording import Binding, Wording

_LONGEST = 1_500
"""Characters of a sentence that are looked at."""
_SECONDS = re.compile(
    r"\b(?:wait|stall|block|hang|delay|held up|hold up|stuck)(?:s|ed|ing)?\b[^.;,]{0,30}"
    r"\b(?P<how>an extra|an additional|another|up to|at most|no longer than|for)\b "
    r"(?P<number>[A-Z]|\d{1,4}) ?(?P<unit>s(?:ec(?:ond)?s?)?|min(?:ute)?s?)\b"
)
_AT_MOST = ("up to", "at most", "no longer than")
_TRIED = (2, 5, 60)
"""Timeouts in seconds that stand for a letter."""


def read(words: Wording) -> Iterator[Binding]:
    """For how long the words say that a waiter is held up: no longer, and where they say so hardly less."""
    sentence = words.sentence
    found = _SECONDS.search(words.text) if len(sentence) <= _LONGEST else None
    if found is None or re.search(r"\?|\b(?:not|n't|never)\b", sentence.replace("no longer than", "")):
        return
    known = vocabulary()
    around = f"{sentence} {words.above} {words.answered} {words.subject}"
    if not known.waiters.search(sentence) or not known.stops.search(sentence):
        return
    if not all(one.search(around) for one in known.timed.near):
        return
    letter = found["number"].isalpha()
    times = 60 if found["unit"].startswith("m") else 1
    timeouts = _TRIED if letter else (int(found["number"]) * times,)
    if min(timeouts) < 2:
        return
    parts: list[Predicate] = []
    for timeout in timeouts:
        given = (("timeout", timeout),)
        parts.append(StallsAtMost(known.timed.name, "X", given))
        if found["how"] not in _AT_MOST:
            parts.append(StallsAtMost(known.timed.name, str(timeout - 1), given, expect=False))
    tried = f"; {found['number']} is tried as {', '.join(map(str, timeouts))}" if letter else ""
    why = f"says for how long {known.timed.about} is held up{tried}"
    part = words.text[words.text.rfind(", ", 0, found.start()) + 1 :].strip()
    yield Binding(all_of(parts), 0.85, why, words=part if len(part) < len(words.text) else "")
