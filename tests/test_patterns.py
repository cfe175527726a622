"""Every regular expression of the project takes time that grows no faster than the text, on a megabyte of its worst."""

from __future__ import annotations

import os
import re

import pytest

from ingest.zones import zones_of
from tests.support.patterns import Used, every_pattern, missed, unexplained
from tests.support.worst_cases import TooLongError, pieces, seconds, text_of, worst

WHOLE = 1_000_000
ALL = bool(os.environ.get("THREADKB_BOMBS"))
PARTS = 6
LIMIT = 12.0
"""CPU seconds for a megabyte: what is quadratic takes hours."""
LINES = 800
"""Characters of a line, or of lines joined, that the modules of zones look at (twice `LONGEST`)."""
CUT = ("ingest.zone_lines.", "ingest.zone_words.", "ingest.zone_diffs.", "ingest.zone_traces.", "ingest.zone_quotes.")
SLOWER = {"kb.forgetting._ADDRESS": 10}
"""Linear, but up to 200 characters are looked at from each: tried on a tenth of a megabyte."""
TRUSTED = {
    "tui.picture._COMMENT": "reads what Textual wrote, where `<` of a mail is `&lt;`",
    "tui.picture._INDENTED": "reads what Textual wrote, where `<` of a mail is `&lt;`",
}
PUT_TOGETHER = {
    "ingest/cue_rules.py": "cue files, tried as such",
    "ingest/silent.py": "a cue file, tried as such",
    "ingest/sources/lore.py": "one escaped Message-ID",
    "ingest/zone_words.py": "while the module is loaded",
    "kb/carrying.py": "one escaped name",
    "kb/maintainers.py": "expressions of a MAINTAINERS file that a person chose, on 500 characters of a path",
    "kb/own_words.py": "escaped words with white space between",
    "kb/roles.py": "bots.toml, tried as such",
    "sim_hooks/readers/figures.py": "two labels; what is between is bounded",
    "sim_hooks/readers/listed.py": "a part of patterns that are tried",
    "sim_hooks/readers/operations.py": "made once, tried as such",
    "sim_hooks/readers/vocabulary.py": "wording.toml, tried as such",
    "sim_hooks/skeleton.py": "parts of patterns that are tried",
    "sim_hooks/source/tree.py": "a literal",
    "tui/widgets/words.py": "escaped words with white space between",
}


def _seconds_for_lines(used: Used) -> tuple[float, str]:
    """What a megabyte of lines of the length that is looked at takes, and the worst line."""
    slowest, shown = 0.0, ""
    for made in pieces(used.pattern):
        text = text_of(made, LINES)[:LINES]
        try:
            took = seconds(used, text, limit=LIMIT * LINES / WHOLE * 20)
        except TooLongError:
            took = LIMIT
        if took > slowest:
            slowest, shown = took, text[:80]
    return slowest * WHOLE / LINES, shown


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_pattern_takes_more_than_linear_time_on_its_worst_text(part: int) -> None:
    slow = []
    for used in every_pattern()[part::PARTS]:
        if used.place in TRUSTED:
            continue
        if used.place.startswith(CUT):
            took, shown = _seconds_for_lines(used)
        else:
            size = WHOLE // SLOWER.get(used.place, 1)
            took, _, shown = worst(used, sizes=(1500, 12_000, size), limit=LIMIT, keep=3 if ALL else 1)
        if took >= LIMIT:
            slow.append((used.place, round(took, 2), shown, used.pattern.pattern))
    assert not slow


def test_no_pattern_escapes_the_scan() -> None:
    assert len(every_pattern()) > 400
    assert missed() == []
    assert {call.partition(":")[0] for call in unexplained()} <= set(PUT_TOGETHER)
    assert set(TRUSTED) <= {used.place for used in every_pattern()}


@pytest.mark.parametrize(
    "pattern",
    [r"\s+$", r"(a+)+b", r"\w*foo\w*\(", r"(?:\s*x?\s*)*y", r"<!--.*?-->", r"a.*b.*c", r"\d+m?[\d.]+s?$"],
)
def test_the_guard_sees_what_is_not_linear(pattern: str) -> None:
    took, _, _ = worst(Used(re.compile(pattern), "here", False), sizes=(1500, 12_000, WHOLE), limit=1.0, keep=1)
    assert took >= 1.0


@pytest.mark.parametrize("pattern", [r"\s", r"(?<!\s)\s+$", r"\bfoo\w++\("])
def test_the_guard_lets_linear_patterns_pass(pattern: str) -> None:
    took, size, _ = worst(Used(re.compile(pattern), "here", False), sizes=(1500, 12_000, WHOLE), limit=LIMIT, keep=1)
    assert took < LIMIT
    assert size == WHOLE


def test_zones_of_the_worst_lines_end_in_bounded_time() -> None:
    """What is tried on the beginning of lines only is tried on no more of them, however long they are."""
    lines = [
        text_of(made, 20_000) for used in every_pattern() if used.place.startswith(CUT) for made in pieces(used.pattern)
    ]
    body = "\n".join(line.replace("\n", " ") for line in lines[:: 1 if ALL else 40])
    used = Used(re.compile("x"), "", True)
    assert seconds(used, "", limit=1) < 1
    zones = zones_of(body)
    assert zones[-1].end == len(body)
