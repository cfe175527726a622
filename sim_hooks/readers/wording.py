"""In: an item's quote and the text of its message. Out: the words with what stands around them, and what they assert.

Every expression here is bounded, so that reading takes time linear in the text. Names are C identifiers; a name with a
digit in its brackets (`sync(2)`) is a manual page and no function.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from kb.ids import fold
from kb.records import Zone
from sim_hooks.predicates import Predicate
from sim_hooks.readers.assertion import asserted, closing, opening

FUNCTION = r"(?<![\w.>/])[A-Za-z_]\w{1,63}\((?!\d\))[^()\n]{0,60}\)"
"""A function as prose names it, with its brackets."""
PLAIN = r"(?<![\w.>/])_{0,3}[a-z]\w{0,30}_\w{1,50}\b(?!\()"
"""A function named without brackets: lower case with an underscore."""
CONSTANT = r"[A-Z][A-Z0-9]{1,40}_[A-Z0-9_]{1,60}"
"""A constant of C."""

_MARKER = r"\s{0,20}(?:\(?\d{1,3}[.)]|[-*•])\s{1,8}"
_HEAD = re.compile(rf"{_MARKER}({FUNCTION})")
_NEAR = 24
"""Lines above a quote, own or answered, that tell what it is about."""
_LEADING = re.compile(rf"(?:{_MARKER})?({FUNCTION})")


_STOP = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\.\.)(?<! vs)[.!?;](?=\s|$)|\b(?:since|because)\b")
_OPEN = re.compile(
    r"\b(?:if|unless|when|whenever|until|whether|should|shall|must|want|wants|suppose|assum\w{1,4}|imagine|without|"
    r"instead|rather|not|never|no|none|nor|neither|cannot|\w{2,6}n't|doubt|wrong|used to|formerly|previously|"
    r"patch|series|plan|planning|propos\w{1,4}|will|gonna|let's|add|adding|make|making|change|changing)\b"
    r"|\bv?\d{1,2}\.\d{1,3}\b",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\?|\b(?:wrong|not true|incorrect|any ?more|no longer|instead|removed|dropped|in (?:older|newer|previous)|right)\b"
    r"|\bv?\d{1,2}\.\d{1,3}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Binding:
    """A predicate that an item's words were read as, and how sure the reading is."""

    predicate: Predicate
    confidence: float
    """0 to 1."""
    why: str
    """One sentence: why this predicate says what the words say."""
    by: str = "rule"
    """`rule` or `hand`."""
    words: str = ""
    """The words that were read, where they are fewer than the item's; "" for all of them."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a message offers around an item's words."""

    body: str
    subject: str = ""
    zones: tuple[Zone, ...] = ()
    """What each stretch of the body is."""


@dataclass(frozen=True, slots=True)
class Wording:
    """An item's words and what stands around them in the message's own lines."""

    text: str
    """The quote, white space folded."""
    before: tuple[str, ...] = ()
    """Own lines above the quote; the last is what stands before it on its first line."""
    after: tuple[str, ...] = ()
    """Own lines below the quote; the first is what stands after it on its last line."""
    answered: str = ""
    """The end of the quoted passage above the quote, marks off and white space folded."""
    subject: str = ""
    """The subject of the message."""
    lines: tuple[str, ...] = ()
    """The message's own lines in which the quote stands, as they are; none where it was not found there."""

    @property
    def sentence(self) -> str:
        """The quote with the rest of its first and of its last sentence."""
        rest = "" if self.text.endswith((".", "!", "?")) else closing(self.after).strip()
        between = "" if rest[:1] in ",;:.!?)" else " "
        return fold(f"{opening(self.before)} {self.text}{between}{rest}")

    @property
    def above(self) -> str:
        """The own lines above the quote, the nearest `_NEAR` of them, white space folded."""
        return fold(" ".join(self.before[-_NEAR:]))

    @property
    def head(self) -> str:
        """The function that the quote begins with, or that heads the list entry it stands in; "" if there is none."""
        if leading := _LEADING.match(self.text):
            return name(leading[1])
        for line in reversed(self.before[-12:]):
            if entry := _HEAD.match(line):
                return name(entry[1])
            if not line.strip() and line is not self.before[-1]:
                break
        return ""

    def stated(self, start: int, end: int, *, asked: bool = False) -> bool:
        """Whether the clause from `start` to `end` states something, whatever the rest of its sentence wishes or plans.

        So it is where nothing before it in the sentence makes a condition, a denial or a question of it; what a
        question takes for granted is stated too, where `asked`.
        """
        stop = max((found.end() for found in _STOP.finditer(self.text, 0, start)), default=0)
        before = self.text[stop:start] if stop else f"{opening(self.before)}{self.text[:start]}"
        rest = _STOP.search(self.text, max(start, end - 1))
        after = self.text[end : rest.end()] if rest else f"{self.text[end:]}{closing(self.after)}"
        return not _OPEN.search(before) and not _TAKEN_BACK.search(after.replace("?", "") if asked else after)

    def asserts(self, start: int, end: int, *, negated: bool = False) -> bool:
        """Whether the text from `start` to `end` is stated as a fact, or, if `negated`, its contrary is."""
        return asserted(self.text, start, end, self.before, self.after, negated=negated)


def wording(quote: str, context: str | Around = "") -> Wording:
    """The quote in its place in the body of its message; alone where it is not found there."""
    around = context if isinstance(context, Around) else Around(context)
    text = fold(quote)
    whole = around.body.splitlines()
    numbers = [number for number, line in enumerate(whole) if not line.startswith(">")]
    lines = [whole[number] for number in numbers]
    place = _find(text, lines) if text else None
    if place is None:
        return Wording(text, subject=fold(around.subject))
    (first, column), (last, rest) = place
    return Wording(
        text,
        before=(*lines[:first], fold(lines[first])[:column]),
        after=(fold(lines[last])[rest:], *lines[last + 1 :]),
        answered=_answered(whole, numbers[first]),
        subject=fold(around.subject),
        lines=tuple(lines[first : last + 1]),
    )


def _answered(lines: Sequence[str], number: int) -> str:
    """The last lines of the quoted passage above line `number`."""
    end = next((place for place in range(number, 0, -1) if lines[place - 1].startswith(">")), 0)
    passage: list[str] = []
    while end and lines[end - 1].startswith(">") and len(passage) < _NEAR:
        end -= 1
        passage.append(lines[end].lstrip("> \t"))
    return fold(" ".join(reversed(passage)))


def name(words: str) -> str:
    """The bare name of a function as prose writes it."""
    return words.split("(", 1)[0].strip()


def names_function(word: str) -> bool:
    """Whether a bare name can be a function's: all upper case is a constant or a macro."""
    return word != word.upper()


def _find(text: str, lines: Sequence[str]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Line and column of the text's start and of its end, columns counted in the folded line."""
    starts: list[int] = []
    numbers: list[int] = []
    folded: list[str] = []
    at = 0
    for number, line in enumerate(lines):
        if words := fold(line):
            starts.append(at)
            numbers.append(number)
            folded.append(words)
            at += len(words) + 1
    found = " ".join(folded).find(text)
    if found < 0:
        return None
    first = bisect_right(starts, found) - 1
    last = bisect_right(starts, found + len(text) - 1) - 1
    return (numbers[first], found - starts[first]), (numbers[last], found + len(text) - starts[last])
